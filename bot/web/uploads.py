"""Files from the page, in two requests: a POST announces one (its name and caption are checked before a byte comes),
a PUT brings its bytes.

The PUT is answered 200 only after the scratch file and its directory are fsynced and the arrival's row says so; the
page keeps the file until then.
"""

import asyncio
import errno
from typing import Any, Final

from aiohttp import web

from bot.web import encode, session
from bot.web.answers import JSON, json_object, problem, refuse
from bot.web.parts import Parts, parts
from criteria.evidence import CANCELLED, FileState
from criteria.files import WEB_MAX
from handlers.channel import WEB, BytesRefused, Inbound, IncomingFile, Sent
from handlers.texts import evidence as evidence_texts
from handlers.texts import pages as texts
from storage import intake
from storage.crashpoints import crash_point
from storage.database import StorageTrouble, Tx
from storage.doors import Device
from storage.intake import Arrival
from storage.scratch import ScratchWriter

_CHUNK: Final = 1 << 20
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_DISK_RETRY: Final = 30
_LONGEST_NAME: Final = 4000  # well above what is kept: a secret mark counts wherever it stands
_LONGEST_CAPTION: Final = 16_000
_STALLED_SECONDS: Final = 60.0  # the page gives a silent line up just as soon, and comes again

UNDER_WAY: web.AppKey[set[str]] = web.AppKey("uploads under way", set)


async def announce(request: web.Request) -> web.Response:
    """POST /chat/files: a turn that makes the arrival, or says why not. Repeating it is harmless and tells how far
    the file has come.
    """
    device = await session.required(request)
    of = parts(request)
    inbound = _inbound(await json_object(request), device.person)
    if inbound is None:
        return refuse(400, texts.BAD_REQUEST)
    if of.scratch.free_bytes() < of.disk_reserve:
        return refuse(507, texts.DISK_FULL, retry_after=_DISK_RETRY)
    try:
        heard = await of.turns.accept(inbound)
    except StorageTrouble:
        return refuse(503, texts.BUSY, retry_after=5)
    uid = inbound.client_id
    arrival = await of.db.read(lambda tx: intake.of_uid(tx, WEB, inbound.address, uid))
    if arrival is None:
        # A rule said no before there was an arrival, or the turn failed and the inbox will try it again.
        if heard.refusal or heard.done:
            return _told("", "refused", heard.refusal or texts.NOT_TAKEN)
        return refuse(503, texts.BUSY, retry_after=5)
    return _told(arrival.id, *_standing(arrival))


def _inbound(sent: dict[str, Any], person: int) -> Inbound | None:
    uid, batch, name, size = sent.get("client_id"), sent.get("batch"), sent.get("name"), sent.get("size")
    if not (encode.is_id(uid) and encode.is_id(batch)):
        return None
    if not (isinstance(name, str) and isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 1 << 50):
        return None
    mime, caption = encode.storable(str(sent.get("type") or "")[:100]), str(sent.get("caption") or "")
    file = IncomingFile(uid, encode.storable(name[-_LONGEST_NAME:]), mime, min(size, 1 << 31))
    body = Sent((file,), encode.storable(caption[:_LONGEST_CAPTION]), batch)
    return Inbound(WEB, f"{person}:file:{uid}", str(person), body, uid)


def _standing(arrival: Arrival) -> tuple[str, str]:
    """How far an arrival has come, in the page's words."""
    match arrival.state:
        case FileState.RECEIVED | FileState.FETCHING:
            return "send", ""
        case FileState.STORED:
            return "stored", ""
        case FileState.REFUSED:
            return "refused", encode.sentence(evidence_texts.reason(arrival.reason))
        case _:
            return "saving", ""


def _told(id_: str, state: str, message: str) -> web.Response:
    return web.json_response({"id": id_, "state": state, "message": message})


async def receive(request: web.Request) -> web.Response:
    """PUT /chat/files/<id>: the bytes, whole, in the body."""
    arrival = await _own(request)
    of = parts(request)
    if arrival.state in (FileState.STORED, FileState.REFUSED):
        return refuse(409, texts.TOO_LATE)
    if arrival.state in intake.CHECKABLE:
        return web.json_response({"state": "saving"})
    if of.scratch.free_bytes() < of.disk_reserve:
        return refuse(507, texts.DISK_FULL, retry_after=_DISK_RETRY)
    under_way = request.app[UNDER_WAY]
    if arrival.id in under_way:
        return refuse(429, texts.UNDER_WAY, retry_after=3)
    under_way.add(arrival.id)
    try:
        return await _take(request, of, arrival)
    except OSError as trouble:
        if isinstance(trouble, ConnectionError):
            raise
        full = trouble.errno in _FULL
        return refuse(507 if full else 503, texts.DISK_FULL if full else texts.BUSY, retry_after=_DISK_RETRY)
    except StorageTrouble:
        return refuse(503, texts.BUSY, retry_after=5)
    finally:
        under_way.discard(arrival.id)


async def _take(request: web.Request, of: Parts, arrival: Arrival) -> web.Response:
    crash_point("upload:begun")
    if not await of.db.write(lambda tx: intake.begin(tx, arrival.id)):
        return refuse(409, texts.TOO_LATE)
    writer = await asyncio.to_thread(of.scratch.writer, arrival.id)
    done = False
    try:
        fault = await _pour(request, writer, arrival.declared_size)
        if fault is not None:
            return fault
        known = await asyncio.to_thread(writer.finish)
        done = True
    finally:
        if not done:
            await asyncio.to_thread(writer.abandon)
    crash_point("upload:before-row")
    if not await of.db.write(lambda tx: intake.whole(tx, arrival.id, known, of.clock())):
        return refuse(409, texts.TOO_LATE)
    crash_point("upload:row")
    of.arrived()
    return web.json_response({"state": "saving"})


async def _pour(request: web.Request, writer: ScratchWriter, size: int) -> web.Response | None:
    """The body into scratch, in large pieces off the event loop; None when exactly `size` bytes came."""
    piece = bytearray()
    while True:
        try:
            async with asyncio.timeout(_STALLED_SECONDS):
                chunk = await request.content.readany()
        except TimeoutError:
            return refuse(408, texts.STALLED, retry_after=1)
        if not chunk:
            break
        piece += chunk
        if writer.size + len(piece) > min(size, WEB_MAX):
            return refuse(413, texts.LONGER)
        if len(piece) >= _CHUNK:
            await asyncio.to_thread(writer.write, bytes(piece))
            piece.clear()
            if parts(request).scratch.free_bytes() < parts(request).disk_reserve:
                return refuse(507, texts.DISK_FULL, retry_after=_DISK_RETRY)  # others may be sending too
    if piece:
        await asyncio.to_thread(writer.write, bytes(piece))
    return None if writer.size == size else refuse(400, texts.CUT, retry_after=1)


async def cancel(request: web.Request) -> web.Response:
    """DELETE /chat/files/<id>: the sender gave up on a file whose bytes have not all come."""
    arrival = await _own(request)
    body = BytesRefused(arrival.id, CANCELLED)
    if arrival.state in (FileState.RECEIVED, FileState.FETCHING):
        try:
            await parts(request).turns.accept(Inbound(WEB, f"{arrival.id}:cancel", str(arrival.person), body))
        except StorageTrouble:
            return refuse(503, texts.BUSY, retry_after=5)
    now, _ = _standing(await _own(request))
    return web.json_response({"state": now})


async def _own(request: web.Request) -> Arrival:
    """The arrival named in the path, if the signed-in person announced it; otherwise there is no such file, whoever
    else's it is.
    """
    id_ = request.match_info["id"]

    def look(tx: Tx, device: Device) -> Arrival | None:
        found = intake.get(tx, id_)
        return found if found is not None and found.person == device.person and found.channel == WEB else None

    arrival = await session.read(request, look)
    if arrival is None:
        raise web.HTTPNotFound(text=problem(texts.NO_SUCH_FILE), content_type=JSON)
    return arrival
