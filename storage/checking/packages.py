"""Reads a zip whole while counting what comes out of it, one level of nested zip included. Called by `ooxml`."""

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import IO, Final, Protocol, TypeVar

from criteria.files import MIB, ZIP_ENTRIES, ZIP_RATIO, ZIP_UNPACKED, RefusalReason
from storage.checking.findings import Rejected
from storage.checking.sniffing import ZIP_MAGIC

CHUNK: Final = 64 * 1024
DEPTH: Final = 1
RATIO_FROM: Final = 8 * MIB  # below this much output no ratio does harm
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # all that office programs write
# What zipfile and zlib raise on damaged archives.
BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, UnicodeDecodeError)


class Reader(Protocol):
    """Looks at the parts of one zip, in their order in it."""

    def begin(self, name: str, first: bytes) -> None: ...

    def feed(self, chunk: bytes) -> None: ...

    def end(self) -> None: ...


ReaderT = TypeVar("ReaderT", bound=Reader)


class Budget:
    """What all zips of one file, the nested ones too, may still give out."""

    def __init__(self, file_size: int) -> None:
        self._entries = ZIP_ENTRIES
        self._bytes = ZIP_UNPACKED
        self._by_ratio = max(RATIO_FROM, ZIP_RATIO * file_size)

    def entries(self, count: int) -> None:
        self._entries -= count
        if self._entries < 0:
            raise Rejected(RefusalReason.ZIP_BOMB)

    def bytes(self, count: int) -> None:
        self._bytes -= count
        self._by_ratio -= count
        if self._bytes < 0 or self._by_ratio < 0:
            raise Rejected(RefusalReason.ZIP_BOMB)


def read(source: IO[bytes], budget: Budget, reader: Callable[[], ReaderT], depth: int = 0) -> ReaderT:
    """Gives every part to a reader made for this zip, which is returned."""
    with zipfile.ZipFile(source) as archive:
        parts = archive.infolist()
        budget.entries(len(parts))
        _refuse_tricks(parts)
        mine = reader()
        for part in parts:
            with archive.open(part) as content:
                nested = _read_part(part.filename, content, budget, mine)
            if nested is None:
                continue
            if depth >= DEPTH:
                raise Rejected(RefusalReason.ZIP_BOMB)
            read(nested, budget, reader, depth + 1)
    return mine


def _refuse_tricks(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.compress_type not in METHODS for part in parts):
        raise Rejected(RefusalReason.DAMAGED)
    names = [part.orig_filename for part in parts]
    if len({name.lower() for name in names}) != len(names) or any(map(_is_trick, names)):
        raise Rejected(RefusalReason.DAMAGED)
    if any(part.flag_bits & 0x1 for part in parts):
        raise Rejected(RefusalReason.ENCRYPTED)


def _is_trick(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or "\0" in name or ".." in PurePosixPath(name).parts


def _read_part(name: str, content: IO[bytes], budget: Budget, reader: Reader) -> io.BytesIO | None:
    """The part's bytes if it is a zip itself."""
    chunk = content.read(CHUNK)
    nested = io.BytesIO() if chunk.startswith(ZIP_MAGIC) else None
    reader.begin(name, chunk)
    while chunk:
        budget.bytes(len(chunk))
        reader.feed(chunk)
        if nested is not None:
            nested.write(chunk)
        chunk = content.read(CHUNK)
    reader.end()
    return nested
