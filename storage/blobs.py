"""Stored bytes, addressed by SHA-256: put once, never overwritten, a sidecar per arrival beside them. Used by the
intake worker and the pages.

Order of a put: whole file in scratch (fsynced by whoever wrote it) -> link under its hash -> fsync of the
directories. A crash leaves the scratch file, the blob or both, and putting again is harmless. Obstore's and most
servers' local stores do not fsync;
this one is written for it.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from storage.crashpoints import crash_point

_CHUNK: Final = 1 << 20


class DamagedBlob(Exception):
    """Stored bytes are gone or no longer match their hash."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What some bytes are: SHA-256 in hex, and how many."""

    sha256: str
    size: int


def digest(path: Path) -> Digest:
    """Read a file whole and say what it is."""
    hasher, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as source:
        while chunk := source.read(_CHUNK):
            hasher.update(chunk)
            size += len(chunk)
    return Digest(hasher.hexdigest(), size)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Blobs:
    """The blob folder `root`: `ab/<sha256>` files, `ab/<sha256>.<arrival>.json` sidecars, `tmp/` for what is being
    written.
    """

    def __init__(self, root: Path) -> None:
        self.root: Final = root
        self._tmp: Final = root / "tmp"
        self._durable: Final[set[str]] = set()  # folders whose names this process has made durable

    def prepare(self) -> None:
        """Create the folders; raises OSError where that is not allowed."""
        self._tmp.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync_directory(self.root)
        sync_directory(self.root.parent)

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie, or would."""
        return self.root / sha256[:2] / sha256

    def sidecar(self, sha256: str, arrival: str) -> Path:
        """Where the sidecar of one arrival of these bytes lies, or would."""
        return self.root / sha256[:2] / f"{sha256}.{arrival}.json"

    def put(self, source: Path, known: Digest) -> None:
        """Make the bytes of `source` (fsynced, equal to `known`) durable under their hash. Raises OSError (disk full)
        with nothing half done.
        """
        target = self.path(known.sha256)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        if target.parent.name not in self._durable:  # one that is there may be younger than the last power cut
            sync_directory(self.root)
            self._durable.add(target.parent.name)
        if not self._intact(target, known):
            self._place(source, target, known)
        crash_point("blob:linked")
        sync_directory(target.parent)
        crash_point("blob:synced")

    def write_sidecar(self, known: Digest, arrival: str, content: Mapping[str, object]) -> None:
        """Write who sent these bytes, when and under which name: enough to rebuild the row. One per arrival, never
        changed.
        """
        target = self.sidecar(known.sha256, arrival)
        if target.exists():
            return
        draft = self._tmp / f"{arrival}.json"
        with draft.open("w", encoding="utf-8") as out:
            json.dump(content, out, ensure_ascii=False, sort_keys=True)
            out.flush()
            os.fsync(out.fileno())
        draft.rename(target)
        sync_directory(target.parent)
        crash_point("sidecar:written")

    def checked(self, sha256: str) -> Path:
        """The path of a blob after reading it whole; raises `DamagedBlob` when it is absent or changed."""
        path = self.path(sha256)
        try:
            found = digest(path)
        except FileNotFoundError as gone:
            raise DamagedBlob(f"{sha256}: absent") from gone
        if found.sha256 != sha256:
            raise DamagedBlob(f"{sha256}: content changed")
        return path

    def names(self) -> Iterator[str]:
        """Every hash that has a blob, for the check of blobs without rows."""
        for folder in sorted(p for p in self.root.iterdir() if len(p.name) == 2):
            yield from sorted(p.name for p in folder.iterdir() if "." not in p.name)

    def set_aside(self) -> Iterator[str]:
        """Names of damaged blobs that were moved out of the way, for a person to judge."""
        for folder in sorted(p for p in self.root.iterdir() if len(p.name) == 2):
            yield from sorted(p.name for p in folder.iterdir() if ".damaged-" in p.name)

    def sweep_drafts(self, before: float) -> None:
        """Let go of drafts that a crash left unfinished and that were last written before `before` (a file time)."""
        for path in self._tmp.iterdir():
            if path.stat().st_mtime < before:
                path.unlink(missing_ok=True)

    def _intact(self, target: Path, known: Digest) -> bool:
        """True when a good copy is there already; a damaged one is set aside, for `verify` to name and a person to
        judge.
        """
        if not target.exists():
            return False
        if digest(target) == known:
            return True
        target.rename(target.with_name(f"{target.name}.damaged-{target.stat().st_mtime_ns}"))
        return False

    def _place(self, source: Path, target: Path, known: Digest) -> None:
        try:
            os.link(source, target)
        except FileExistsError:
            return
        except OSError as problem:
            # A scratch folder on another file system, or one without hard links: copy, then rename within the blob
            # folder.
            if problem.errno not in (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK):
                raise
            self._copy(source, target, known)

    def _copy(self, source: Path, target: Path, known: Digest) -> None:
        draft = self._tmp / source.name  # of this arrival alone: the same bytes may be coming in twice
        with source.open("rb") as read, draft.open("wb") as out:
            shutil.copyfileobj(read, out, _CHUNK)
            out.flush()
            os.fsync(out.fileno())
        if digest(draft) != known:
            draft.unlink()
            raise DamagedBlob(f"{known.sha256}: changed while copying")
        crash_point("blob:copied")
        draft.rename(target)
