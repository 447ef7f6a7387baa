"""What may come in as evidence: the kinds of file, the limits, and the words of a check's result.

Used by the channels (`admit`, before any download), by `storage.checking`, and by whoever tells a person the outcome.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

MIB: Final = 1024 * 1024
TELEGRAM_MAX: Final = 20 * MIB
WEB_MAX: Final = 200 * MIB
ZIP_ENTRIES: Final = 2000
ZIP_UNPACKED: Final = 200 * MIB
ZIP_RATIO: Final = 100
IMAGE_PIXELS: Final = 50_000_000
IMAGE_FRAMES: Final = 100
PDF_PAGES: Final = 2000
PARSE_SECONDS: Final = 20
PARSE_MEMORY: Final = 512 * MIB
THUMBNAIL_SIDE: Final = 480


class FileGroup(StrEnum):
    IMAGE = "image"
    PDF = "pdf"
    OFFICE = "office"
    VIDEO = "video"


class RefusalReason(StrEnum):
    """Why a file was not kept. The first six are known from the declared name and size alone."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TYPE_NOT_ALLOWED = "type_not_allowed"
    NO_EXTENSION = "no_extension"
    ARCHIVE = "archive"
    MACRO = "macro"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    TYPE_MISMATCH = "type_mismatch"
    REMOTE_CONTENT = "remote_content"
    EMBEDDED_OBJECT = "embedded_object"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    ZIP_BOMB = "zip_bomb"
    TOO_COMPLEX = "too_complex"
    SECRET = "secret"


class FileFlag(StrEnum):
    """What a reviewer should know about a file that was kept."""

    OLD_OFFICE = "old_office"
    EXTENSION_MISMATCH = "extension_mismatch"
    NOT_SCANNED_FOR_VIRUSES = "not_scanned_for_viruses"
    POSSIBLY_DAMAGED = "possibly_damaged"
    MIXED_CONTENT = "mixed_content"
    TRAILING_DATA = "trailing_data"
    EXTERNAL_LINKS = "external_links"
    PDF_JAVASCRIPT = "pdf_javascript"
    PDF_LAUNCH = "pdf_launch"
    PDF_EMBEDDED_FILE = "pdf_embedded_file"
    PDF_XFA = "pdf_xfa"


@dataclass(frozen=True, slots=True)
class FileKind:
    code: str
    extensions: tuple[str, ...]
    mime: str
    group: FileGroup
    flags: tuple[FileFlag, ...] = ()


class FileRefused(Exception):
    """The file may not come in; `reason` says why."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Accepted:
    pass


@dataclass(frozen=True, slots=True)
class Refused:
    reason: RefusalReason


Verdict = Accepted | Refused


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found. `detail` is a technical code for the log, never content: a signal, an exit code, or the level
    of the mark on a file refused as secret.
    """

    verdict: Verdict
    kind: FileKind | None = None
    flags: tuple[FileFlag, ...] = ()
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    thumbnail: bool = False
    detail: str = ""


_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
_OLD: Final = (FileFlag.OLD_OFFICE,)

KINDS: Final[Mapping[str, FileKind]] = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            FileKind("pdf", ("pdf",), "application/pdf", FileGroup.PDF),
            FileKind("docx", ("docx",), _OPEN_XML + "wordprocessingml.document", FileGroup.OFFICE),
            FileKind("xlsx", ("xlsx",), _OPEN_XML + "spreadsheetml.sheet", FileGroup.OFFICE),
            FileKind("pptx", ("pptx",), _OPEN_XML + "presentationml.presentation", FileGroup.OFFICE),
            FileKind("doc", ("doc",), "application/msword", FileGroup.OFFICE, _OLD),
            FileKind("xls", ("xls",), "application/vnd.ms-excel", FileGroup.OFFICE, _OLD),
            FileKind("ppt", ("ppt",), "application/vnd.ms-powerpoint", FileGroup.OFFICE, _OLD),
            FileKind("jpg", ("jpg", "jpeg", "jpe", "jfif"), "image/jpeg", FileGroup.IMAGE),
            FileKind("png", ("png",), "image/png", FileGroup.IMAGE),
            FileKind("heic", ("heic", "heif"), "image/heic", FileGroup.IMAGE),
            FileKind("mp4", ("mp4",), "video/mp4", FileGroup.VIDEO),
        )
    }
)
_BY_EXTENSION: Final = {extension: kind for kind in KINDS.values() for extension in kind.extensions}
_BY_MIME: Final = {kind.mime: kind for kind in KINDS.values()} | {
    "image/jpg": KINDS["jpg"],
    "image/pjpeg": KINDS["jpg"],
    "image/heif": KINDS["heic"],
    "application/x-pdf": KINDS["pdf"],
}
_ARCHIVES: Final = frozenset(
    {"zip", "zipx", "rar", "7z", "tar", "gz", "tgz", "bz2", "tbz", "xz", "txz", "zst", "lz", "cab", "arj"}
)
_MACRO_KINDS: Final = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm", "ppam"})
_EXTENSION: Final = re.compile(r"(?=.*[a-z])[a-z0-9]{1,8}")


def extension_of(name: str) -> str:
    """The extension in lower case, or "". Invisible characters do not hide one; "No. 12.2026" has none."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) not in ("Cc", "Cf"))
    _, dot, last = visible.rstrip(" .").rpartition(".")
    extension = last.lower()
    return extension if dot and _EXTENSION.fullmatch(extension) else ""


def admit(name: str, size: int | None, limit: int, mime: str = "") -> FileKind:
    """The kind a file claims to be, by its name or else by its declared type; the parse has the final word.

    `size` is the declared one, None where the channel does not say. Raises FileRefused.
    """
    if size is not None and size <= 0:
        raise FileRefused(RefusalReason.EMPTY)
    kind = _kind_claimed(extension_of(name), mime.partition(";")[0].strip().lower())
    if size is not None and size > limit:
        raise FileRefused(RefusalReason.TOO_LARGE)
    return kind


def _kind_claimed(extension: str, mime: str) -> FileKind:
    if not extension:
        if kind := _BY_MIME.get(mime):
            return kind
        raise FileRefused(RefusalReason.TYPE_NOT_ALLOWED if mime else RefusalReason.NO_EXTENSION)
    if extension in _ARCHIVES:
        raise FileRefused(RefusalReason.ARCHIVE)
    if extension in _MACRO_KINDS:
        raise FileRefused(RefusalReason.MACRO)
    if extension not in _BY_EXTENSION:
        raise FileRefused(RefusalReason.TYPE_NOT_ALLOWED)
    return _BY_EXTENSION[extension]
