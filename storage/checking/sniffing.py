"""A first look at the bytes: which family of formats the content claims, and what is glued to it. Called by `parsers`.

A sniffer only opens the gate: the parser that follows is the proof.
"""

import os
import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import puremagic

from criteria.files import FileFlag, RefusalReason
from storage.checking.findings import Rejected

WINDOW: Final = 65_557  # a zip directory's end record with the longest comment
PDF_HEADER_WITHIN: Final = 1024

OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC: Final = b"PK\x03\x04"
ZIP_END: Final = b"PK\x05\x06"
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_OTHER_BRANDS: Final = frozenset({b"qt  ", b"avif", b"avis", b"M4A ", b"M4B ", b"M4P ", b"crx ", b"jp2 ", b"jpx "})
_FOREIGN: Final = re.compile(rb"<script|<html|<!doctype|<\?php|<svg|%PDF-|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c", re.I)
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BLANK: Final = b" \t\r\n\x0b\x0c\x00\xef\xbb\xbf"  # with the mark that opens some texts


class Family(StrEnum):
    PDF = "pdf"
    JPG = "jpg"
    PNG = "png"
    HEIC = "heic"
    MP4 = "mp4"
    ZIP = "zip"
    OLE = "ole"


IMAGES: Final = frozenset({Family.JPG, Family.PNG, Family.HEIC})
# ISO media files are left out: the sniffer's table of brands is too short to contradict ours.
_SNIFFED: Final = {
    Family.PDF: ".pdf",
    Family.JPG: ".jpg",
    Family.PNG: ".png",
    Family.ZIP: ".zip",
    Family.OLE: ".doc",
}


@dataclass(frozen=True, slots=True)
class Look:
    size: int
    head: bytes
    tail: bytes


def look(path: Path) -> Look:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - WINDOW))
        tail = file.read()
        file.seek(0)
        return Look(size, file.read(WINDOW), tail)


def family_of(seen: Look) -> Family:
    """The family the content shows; raises when it shows none that we take."""
    head = seen.head
    if seen.size <= len(head) and not head.strip(_BLANK):
        raise Rejected(RefusalReason.EMPTY)
    family = _by_signature(head)
    guesses = _guesses(head)
    if family is None:
        raise Rejected(RefusalReason.TYPE_MISMATCH if guesses or _is_foreign(head) else RefusalReason.DAMAGED)
    expected = _SNIFFED.get(family)
    if expected and guesses and expected not in guesses:
        raise Rejected(RefusalReason.TYPE_MISMATCH)
    return family


def _by_signature(head: bytes) -> Family | None:
    if head.startswith(b"\xff\xd8\xff"):
        return Family.JPG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Family.PNG
    if head.startswith(ZIP_MAGIC):
        return Family.ZIP
    if head.startswith(OLE_MAGIC):
        return Family.OLE
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    return _pdf_after_blanks(head)


def _by_brand(head: bytes) -> Family | None:
    length = int.from_bytes(head[:4])
    major, compatible = head[8:12], {head[i : i + 4] for i in range(16, min(length, len(head)), 4)}
    if major in _OTHER_BRANDS or b"avif" in compatible:
        return None
    return Family.HEIC if major in _HEIF_BRANDS else Family.MP4


def _pdf_after_blanks(head: bytes) -> Family | None:
    at = head[:PDF_HEADER_WITHIN].find(b"%PDF-")
    return Family.PDF if at >= 0 and not head[:at].strip(_BLANK) else None


def _guesses(head: bytes) -> frozenset[str]:
    if not head.strip(b"\0"):
        return frozenset()  # a lost download, which the sniffer takes for embroidery
    try:
        return frozenset(guess.extension for guess in puremagic.magic_string(head) if guess.confidence >= 0.2)
    except puremagic.PureError:
        return frozenset()


def _is_foreign(head: bytes) -> bool:
    is_media = head[4:8] == b"ftyp" and len(head) >= 12
    is_text = len(head) >= 16 and not _BINARY.search(head[:1024])
    return is_media or is_text or head.startswith((b"MZ", b"\x7fELF"))


def glued(seen: Look, path: Path) -> frozenset[FileFlag]:
    """Other formats hidden in a file that is neither a zip nor an OLE container; a whole zip is refused."""
    if _ends_as_zip(seen.tail, path):
        raise Rejected(RefusalReason.TYPE_MISMATCH)
    foreign = _FOREIGN.search(seen.head[8:4096]) or _FOREIGN.search(seen.tail[8 if seen.size <= WINDOW else 0 :])
    return frozenset({FileFlag.MIXED_CONTENT}) if foreign else frozenset()


def _ends_as_zip(tail: bytes, path: Path) -> bool:
    at = tail.rfind(ZIP_END)
    if at < 0 or at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") != len(tail):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError):
        names = []
    return bool(names)
