"""Proves an old office file (doc, xls, ppt): every stream is read, macros, objects and stamps refuse it.

Called by `parsers`; also tells an encrypted new office file, which comes in the same container. `ole_text` scans.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msoffcrypto
import olefile
from msoffcrypto.exceptions import FileFormatError, ParseError

from criteria.files import KINDS, FileFlag, FileKind, RefusalReason
from storage.checking import ole_text, secrecy
from storage.checking.findings import Found, Rejected
from storage.checking.secrecy import Text

Streams = dict[str, bytes]

_MAIN: Final = (("worddocument", "doc"), ("workbook", "xls"), ("book", "xls"), ("powerpoint document", "ppt"))
_MACRO_PARTS: Final = frozenset({"macros", "vba", "_vba_project", "_vba_project_cur"})
_OBJECT_PARTS: Final = frozenset({"\x01ole10native", "package", "\x01ole10itemname"})
_WORD_MAGIC: Final = b"\xec\xa5"
_DDE: Final = (b"DDEAUTO", "DDEAUTO".encode("utf-16-le"))
_BIFF_START: Final = (0x0009, 0x0209, 0x0409, 0x0809)
_BIFF_SHEET, _BIFF_PASSWORD, _BIFF_END = 0x0085, 0x002F, 0x000A
_BIFF_MACRO_SHEET: Final = 1
_PPT_MACROS: Final = bytes.fromhex("0f00ff0314000000"), bytes.fromhex("1f00ff0314000000")
_PPT_OBJECT: Final = bytes.fromhex("1110")  # an ExOleObjStg record, after its two bytes of version
_ENCRYPTED_PART: Final = "encryptedpackage"


def inspect(path: Path, claimed: FileKind) -> Found:
    try:
        with olefile.OleFileIO(path) as container:
            streams = _read_all(container)
            flags = _missing_end(container, path)
            titles = ole_text.titles(container)
        kind = _kind(streams, claimed)
        _refuse_encrypted(path, kind, streams)
    except (OSError, ValueError, struct.error, RecursionError):
        # olefile's own error is an OSError; the others come where a directory or a table of sectors lies.
        raise Rejected(RefusalReason.DAMAGED) from None
    _refuse_active(streams)
    _LOOKS[kind.code](streams)
    secrecy.refuse_marked([_TEXTS[kind.code](streams), Text(titles=titles)])
    return Found(kind, flags)


def _read_all(container: olefile.OleFileIO) -> Streams:
    streams: Streams = {}
    for parts in container.listdir():
        with container.openstream(parts) as stream:
            data = stream.read()
        if len(data) != container.get_size(parts):
            raise Rejected(RefusalReason.DAMAGED)
        streams["/".join(parts).lower()] = data
    return streams


def _missing_end(container: olefile.OleFileIO, path: Path) -> frozenset[FileFlag]:
    used = [sector for sector, follower in enumerate(container.fat) if follower != olefile.FREESECT]
    whole = (max(used, default=0) + 2) * container.sectorsize
    return frozenset({FileFlag.POSSIBLY_DAMAGED}) if path.stat().st_size < whole else frozenset()


def _kind(streams: Streams, claimed: FileKind) -> FileKind:
    if _ENCRYPTED_PART in streams and claimed.code in ("docx", "xlsx", "pptx", "doc", "xls", "ppt"):
        raise Rejected(RefusalReason.ENCRYPTED)
    found = {code for stream, code in _MAIN if stream in streams}
    if claimed.code not in found:
        raise Rejected(RefusalReason.TYPE_MISMATCH)
    return KINDS[claimed.code]


def _refuse_encrypted(path: Path, kind: FileKind, streams: Streams) -> None:
    if kind.code == "xls" and "workbook" not in streams:
        return  # a workbook of Excel 95: its records tell
    with path.open("rb") as file:
        try:
            if msoffcrypto.OfficeFile(file).is_encrypted():
                raise Rejected(RefusalReason.ENCRYPTED)
        except (FileFormatError, ParseError, AssertionError):
            raise Rejected(RefusalReason.DAMAGED) from None


def _refuse_active(streams: Streams) -> None:
    names = {part for name in streams for part in name.split("/")}
    if names & _MACRO_PARTS:
        raise Rejected(RefusalReason.MACRO)
    if names & _OBJECT_PARTS or any(name.startswith(("objectpool/", "mbd")) for name in streams):
        raise Rejected(RefusalReason.EMBEDDED_OBJECT)


def _look_at_doc(streams: Streams) -> None:
    text = streams["worddocument"]
    if not text.startswith(_WORD_MAGIC):
        raise Rejected(RefusalReason.DAMAGED)
    if any(field in text for field in _DDE):
        raise Rejected(RefusalReason.REMOTE_CONTENT)


def _look_at_xls(streams: Streams) -> None:
    records = _records(_book(streams))
    first = next(records, None)
    if first is None or first[0] not in _BIFF_START:
        raise Rejected(RefusalReason.DAMAGED)
    for number, data in records:
        if number == _BIFF_END:
            return
        if number == _BIFF_PASSWORD:
            raise Rejected(RefusalReason.ENCRYPTED)
        if number == _BIFF_SHEET and len(data) > 5 and data[5] == _BIFF_MACRO_SHEET:
            raise Rejected(RefusalReason.MACRO)
    raise Rejected(RefusalReason.DAMAGED)


def _book(streams: Streams) -> bytes:
    return streams.get("workbook") or streams.get("book", b"")


def _records(book: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(book):
        number, length = struct.unpack_from("<HH", book, at)
        yield number, book[at + 4 : at + 4 + length]
        at += 4 + length


def _look_at_ppt(streams: Streams) -> None:
    show = streams["powerpoint document"]
    for mark in _PPT_MACROS:
        at = show.find(mark)
        if at >= 0 and int.from_bytes(show[at + 20 : at + 24], "little"):
            raise Rejected(RefusalReason.MACRO)
    if any(number == _PPT_OBJECT for number in _top_records(show)):
        raise Rejected(RefusalReason.EMBEDDED_OBJECT)


def _top_records(show: bytes) -> Iterator[bytes]:
    at = 0
    while at + 8 <= len(show):
        yield show[at + 2 : at + 4]
        at += 8 + int.from_bytes(show[at + 4 : at + 8], "little")


_LOOKS: Final = {"doc": _look_at_doc, "xls": _look_at_xls, "ppt": _look_at_ppt}
_TEXTS: Final = {
    "doc": ole_text.of_doc,
    "xls": lambda streams: ole_text.of_xls(_records(_book(streams))),
    "ppt": ole_text.of_ppt,
}
