"""The chat page, its history, its event stream, and what is said in it."""

import asyncio
import json
from functools import partial
from typing import Any, Final

from aiohttp import web

from bot.web import encode, session
from bot.web.answers import json_object, page, refuse
from bot.web.parts import parts
from criteria.roles import EVERYWHERE, Action, allows, working_units
from handlers.channel import WEB, Inbound, Pressed, Said
from handlers.texts import pages as texts
from handlers.texts import refusals
from storage import campaigns, conversations, people
from storage.database import StorageTrouble, Tx
from storage.doors import Device

_PING_SECONDS: Final = 15
_PAGE: Final = 30
_LONGEST_WORDS: Final = refusals.TEXT_MAX + 2000
_CHANGES: Final = 200


async def show(request: web.Request) -> web.Response:
    """GET /chat: the chat, or the way in for a stranger."""

    def look(tx: Tx, device: Device) -> dict[str, Any]:
        person = people.get(tx, device.person)
        plan = campaigns.current(tx).campaign.plan
        assert person is not None
        return {
            "person_id": person.id,
            "person_name": person.name,
            "unit_name": ", ".join(plan.unit(unit).name for unit in person.units()),
            "walks": bool(working_units(person)),
            "sees_progress": allows(person, Action.SEE_PROGRESS, EVERYWHERE),
        }

    try:
        shown = await session.read(request, look)
    except session.SignedOut:
        return await page(request, "welcome.html")
    return await page(request, "chat.html", **shown)


async def history(request: web.Request) -> web.Response:
    """GET /chat/feed: a page of messages, oldest first; without `before`, the newest."""
    before, limit = _number(request, "before"), min(_number(request, "limit") or _PAGE, 100)

    def look(tx: Tx, device: Device) -> dict[str, Any]:
        found = conversations.page(tx, device.person, before, limit + 1)
        messages = encode.messages(tx, found[-limit:])
        return {"messages": messages, "more": len(found) > limit, "seq": conversations.get(tx, device.person).seq}

    return web.json_response(await session.read(request, look), dumps=_dumps)


async def events(request: web.Request) -> web.StreamResponse:
    """GET /chat/events: new and changed messages as they come, from the number that the page saw last."""
    device = await session.required(request)
    last = _whole(request.headers.get("Last-Event-ID", ""))
    seq = last if last is not None else _number(request, "after") or 0
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
            try:
                changed = await session.read(request, partial(_changed, seq))
            except session.SignedOut:
                await response.write(b"event: signed-out\ndata: {}\n\n")
                return
            if changed:
                seq = changed[-1]["seq"]
                await response.write("".join(_event(message) for message in changed).encode())
            if len(changed) < _CHANGES:
                await _until_woken(stream, response)


def _changed(seq: int, tx: Tx, device: Device) -> list[dict[str, Any]]:
    return encode.messages(tx, conversations.changed_since(tx, device.person, seq, _CHANGES))


def _event(message: dict[str, Any]) -> str:
    return f"event: message\nid: {message['seq']}\ndata: {_dumps(message)}\n\n"


async def _until_woken(stream: asyncio.Event, response: web.StreamResponse) -> None:
    """Wait for news; when there is none for a while, let the page know that the line is alive."""
    try:
        async with asyncio.timeout(_PING_SECONDS):
            await stream.wait()
    except TimeoutError:
        await response.write(b"event: ping\ndata: {}\n\n")


async def say(request: web.Request) -> web.Response:
    """POST /chat/say: words or a tap. The page's id makes a repeat harmless, so the page may always try again."""
    find = session.device_in(request)
    said = _said(await json_object(request))
    if said is None:
        await session.required(request)
        return refuse(400, texts.BAD_REQUEST)

    def inbound(tx: Tx) -> Inbound:
        device = find(tx)
        if device is None:
            raise session.SignedOut
        return Inbound(WEB, f"{device.person}:{client_id}", str(device.person), body, client_id, str(device.id))

    client_id, body = said
    try:
        heard = await parts(request).turns.accept_from(inbound)
    except StorageTrouble:
        return refuse(503, texts.BUSY, retry_after=3)
    return web.json_response({"seq": heard.seq})


def _said(sent: dict[str, Any]) -> tuple[str, Said | Pressed] | None:
    """The page's id and what it says; None for anything else."""
    client_id, words, tap = sent.get("client_id"), sent.get("text"), sent.get("press")
    if not encode.is_id(client_id):
        return None
    if isinstance(tap, str) and len(tap) <= 200:
        message = sent.get("message")
        under = message if isinstance(message, int) and 0 < message < 1 << 53 else 0
        return client_id, Pressed(encode.storable(tap), under)
    if isinstance(words, str) and words.strip():
        return client_id, Said(encode.storable(words[:_LONGEST_WORDS]))
    return None


def _number(request: web.Request, name: str) -> int | None:
    return _whole(request.query.get(name, ""))


def _whole(raw: str) -> int | None:
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 16 else None


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
