"""Decides whether a file is what it says: extension, first bytes and a real parse must agree.

Runs only in the children of `storage.checking.zygote`; nothing else may import it.
"""

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from criteria.files import KINDS, FileFlag, FileGroup, FileKind, RefusalReason
from storage.checking import images, ole, ooxml, pdf, sniffing
from storage.checking.findings import Found, Rejected
from storage.checking.sniffing import Family, Look

Answer = dict[str, Any]

_OFFICE: Final = {
    "docx": Family.ZIP,
    "xlsx": Family.ZIP,
    "pptx": Family.ZIP,
    "doc": Family.OLE,
    "xls": Family.OLE,
    "ppt": Family.OLE,
}


def prepare(kind_by_name: str) -> None:
    """Loads what a check of this kind needs, before the child's memory is limited."""
    if KINDS[kind_by_name].group is FileGroup.VIDEO:
        importlib.import_module("storage.checking.video")  # heavy, and most files are not videos


def check(path: Path, kind_by_name: str, thumbnail: Path | None = None) -> Answer:
    """The verdict as plain values, ready for JSON; `error` where the file could not be read, which proves nothing."""
    try:
        seen = sniffing.look(path)
    except OSError as error:
        return {"error": f"errno:{error.errno}"}
    try:
        found = _inspect(path, KINDS[kind_by_name], seen, thumbnail)
    except Rejected as no:
        return {"refused": no.reason.value} | ({"detail": no.detail} if no.detail else {})
    except MemoryError:
        return {"refused": RefusalReason.TOO_COMPLEX.value, "detail": "memory"}
    return {
        "kind": found.kind.code,
        "flags": sorted(found.flags),
        "width": found.width,
        "height": found.height,
        "pages": found.pages,
        "thumbnail": found.thumbnail,
    }


def _inspect(path: Path, claimed: FileKind, seen: Look, thumbnail: Path | None) -> Found:
    family = sniffing.family_of(seen)
    expected = _OFFICE.get(claimed.code) or Family(claimed.code)
    both_images = {family, expected} <= sniffing.IMAGES
    # A new office file with a password comes in the old container: the OLE parser says which it is.
    locked_office = family is Family.OLE and expected is Family.ZIP
    if family is not expected and not both_images and not locked_office:
        raise Rejected(RefusalReason.TYPE_MISMATCH)
    found = _parse(path, claimed, family, seen, thumbnail)
    flags = {*found.flags, *found.kind.flags}
    if found.kind is not claimed:
        flags.add(FileFlag.EXTENSION_MISMATCH)
    return replace(found, flags=frozenset(flags))


def _parse(path: Path, claimed: FileKind, family: Family, seen: Look, thumbnail: Path | None) -> Found:
    match family:
        case Family.ZIP:
            return ooxml.inspect(path, claimed)
        case Family.OLE:
            return ole.inspect(path, claimed)
        case _:
            hidden = sniffing.glued(seen, path)
    match family:
        case Family.PDF:
            found = pdf.inspect(path, KINDS["pdf"], seen)
        case Family.MP4:
            from storage.checking import video

            found = video.inspect(path, KINDS["mp4"])
        case _:
            found = images.inspect(path, KINDS[family], thumbnail)
    return replace(found, flags=found.flags | hidden)
