"""The chat page, its history, its event stream, and what is said in it."""

import asyncio
import json
from typing import Any, Final

from aiohttp import web

from bot.web import encode, session
from bot.web.answers import json_object, page, refuse
from bot.web.parts import parts
from handlers.channel import WEB, Inbound, Pressed, Said
from handlers.texts import pages as texts
from handlers.texts import refusals
from storage import campaigns, conversations, people
from storage.database import StorageTrouble, Tx

_PING_SECONDS: Final = 15
_PAGE: Final = 30
_LONGEST_WORDS: Final = refusals.TEXT_MAX + 2000
_LONGEST_ID: Final = 64


async def show(request: web.Request) -> web.Response:
    """GET /chat: the chat, or the way in for a stranger."""
    device = await session.device(request)
    if device is None:
        return await page(request, "welcome.html")

    def look(tx: Tx) -> tuple[str, str]:
        person = people.get(tx, device.person)
        plan = campaigns.current(tx).campaign.plan
        assert person is not None
        return person.name, ", ".join(plan.unit(unit).name for unit in person.units())

    name, units = await parts(request).db.read(look)
    return await page(request, "chat.html", person_name=name, unit_name=units, person_id=device.person)


async def history(request: web.Request) -> web.Response:
    """GET /chat/feed: a page of messages, oldest first; without `before`, the newest."""
    device = await session.required(request)
    before, limit = _number(request, "before"), min(_number(request, "limit") or _PAGE, 100)

    def look(tx: Tx) -> dict[str, Any]:
        found = conversations.page(tx, device.person, before, limit + 1)
        messages = encode.messages(tx, found[-limit:])
        return {"messages": messages, "more": len(found) > limit, "seq": conversations.get(tx, device.person).seq}

    return web.json_response(await parts(request).db.read(look), dumps=_dumps)


async def events(request: web.Request) -> web.StreamResponse:
    """GET /chat/events: new and changed messages as they come, from the number that the page saw last."""
    device = await session.required(request)
    last = request.headers.get("Last-Event-ID", "")
    seq = int(last) if last.isascii() and last.isdecimal() else _number(request, "after") or 0
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    try:
        await _stream(request, response, device.person, seq)
    except ConnectionError:
        return response  # the page went away; it comes back with the number it saw last
    return response


async def _stream(request: web.Request, response: web.StreamResponse, person: int, seq: int) -> None:
    of = parts(request)
    with of.live.stream(person) as stream:
        await response.write(b"retry: 2000\n\n")
        while not of.live.closing:
            stream.clear()
            changed = await of.db.read(lambda tx, seq=seq: _changed(tx, person, seq))  # type: ignore[misc]
            if await session.device(request) is None:
                await response.write(b"event: signed-out\ndata: {}\n\n")
                return
            for message in changed:
                seq = message["seq"]
                await response.write(f"event: message\nid: {seq}\ndata: {_dumps(message)}\n\n".encode())
            await _until_woken(stream, response)


def _changed(tx: Tx, person: int, seq: int) -> list[dict[str, Any]]:
    return encode.messages(tx, conversations.changed_since(tx, person, seq))


async def _until_woken(stream: asyncio.Event, response: web.StreamResponse) -> None:
    """Wait for news; when there is none for a while, let the page know that the line is alive."""
    try:
        async with asyncio.timeout(_PING_SECONDS):
            await stream.wait()
    except TimeoutError:
        await response.write(b"event: ping\ndata: {}\n\n")


async def say(request: web.Request) -> web.Response:
    """POST /chat/say: words or a tap. The page's id makes a repeat harmless, so the page may always try again."""
    device = await session.required(request)
    inbound = _inbound(await json_object(request), device.person, device.id)
    if inbound is None:
        return refuse(400, texts.BAD_REQUEST)
    try:
        heard = await parts(request).turns.accept(inbound)
    except StorageTrouble:
        return refuse(503, texts.BUSY, retry_after=3)
    return web.json_response({"seq": heard.seq})


def _inbound(sent: dict[str, Any], person: int, device: int) -> Inbound | None:
    client_id, words, tap = sent.get("client_id"), sent.get("text"), sent.get("press")
    if not isinstance(client_id, str) or not 0 < len(client_id) <= _LONGEST_ID:
        return None
    body: Said | Pressed
    if isinstance(tap, str) and len(tap) <= 200:
        body = Pressed(tap, str(sent.get("label", ""))[:200])
    elif isinstance(words, str) and words.strip():
        body = Said(encode.storable(words[:_LONGEST_WORDS]))
    else:
        return None
    return Inbound(WEB, f"{person}:{client_id}", str(person), body, client_id, str(device))


def _number(request: web.Request, name: str) -> int | None:
    raw = request.query.get(name, "")
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 16 else None


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
