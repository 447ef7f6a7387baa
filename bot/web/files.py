"""Stored files and thumbnails for the page: found through the evidence row that owns them, and only for those who may
see its unit's evidence.
"""

import asyncio
from pathlib import Path
from typing import Final
from urllib.parse import quote

import structlog
from aiohttp import web

from bot.web import session
from bot.web.answers import JSON, problem
from bot.web.parts import parts
from criteria.evidence import Document, EvidenceFile
from criteria.files import KINDS
from criteria.roles import Action, allows
from handlers.texts import pages as texts
from storage import evidence, people
from storage.blobs import DamagedBlob
from storage.database import Tx
from storage.doors import Device

log = structlog.get_logger()

# Nothing a stranger made may run or be shown inline under our name.
_SAFE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store",
}


async def download(request: web.Request) -> web.StreamResponse:
    """GET /chat/files/<id>: the original bytes, checked against their hash before the first one leaves; always an
    attachment.
    """
    file, sha256 = await _visible(request)
    try:
        path = await asyncio.to_thread(parts(request).blobs.checked, sha256)
    except DamagedBlob:
        log.exception("damaged blob", arrival=file.id)
        raise web.HTTPServiceUnavailable(text=problem(texts.DAMAGED), content_type=JSON) from None
    kind = KINDS[file.kind]
    return _attachment(path, kind.mime, file.name)


def _attachment(path: Path, mime: str, name: str) -> web.FileResponse:
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return web.FileResponse(path, headers={**_SAFE, "Content-Type": mime, "Content-Disposition": disposition})


async def thumbnail(request: web.Request) -> web.StreamResponse:
    """GET /chat/files/<id>/thumb: our own small picture of a stored photo."""
    _, sha256 = await _visible(request)
    path = parts(request).thumbnails.path(sha256)
    if not await asyncio.to_thread(path.exists):
        raise web.HTTPNotFound(text=problem(texts.NO_SUCH_FILE), content_type=JSON)
    return web.FileResponse(path, headers={**_SAFE, "Content-Type": "image/webp"})


async def _visible(request: web.Request) -> tuple[EvidenceFile, str]:
    """The stored file named in the path; 404 in the same words whether it does not exist or is another unit's."""
    id_ = request.match_info["id"]

    def look(tx: Tx, device: Device) -> tuple[Document | None, str | None, bool]:
        document = evidence.document_of_arrival(tx, id_)
        person = people.get(tx, device.person)
        seen = document is not None and person is not None and allows(person, Action.SEE_EVIDENCE, document.unit)
        return document, evidence.hash_of(tx, id_), seen

    document, sha256, seen = await session.read(request, look)
    if document is None or sha256 is None or not seen:
        raise web.HTTPNotFound(text=problem(texts.NO_SUCH_FILE), content_type=JSON)
    return document.file(id_), sha256
