"""Bytes on their way in: one file per arrival under `scratch/`, whole and fsynced before anybody is told. Never
backed up, never served.

The web channel writes here (later: the fetchers of other channels); the intake worker reads from here and removes
what it has settled.
"""

import hashlib
import os
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Final

from storage.blobs import Digest, sync_directory
from storage.crashpoints import crash_point

ARRIVAL_LENGTH: Final = 16


class Scratch:
    """The scratch folder. `<arrival>.part` is being written, `<arrival>` is whole."""

    def __init__(self, root: Path) -> None:
        self.root: Final = root

    def prepare(self) -> None:
        """Create the folder; raises OSError where that is not allowed."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)

    def path(self, arrival: str) -> Path:
        """Where the whole file of an arrival lies, or would."""
        return self.root / arrival

    def thumbnail(self, arrival: str) -> Path:
        """Where the checker writes a picture's thumbnail before it is kept."""
        return self.root / f"{arrival}.webp"

    def free_bytes(self) -> int:
        """Free space on the file system that takes the bytes in."""
        return shutil.disk_usage(self.root).free

    def writer(self, arrival: str) -> "ScratchWriter":
        """Begin an arrival's file, from the first byte."""
        return ScratchWriter(self.root / f"{arrival}.part", self.path(arrival))

    def remove(self, arrival: str) -> None:
        """Forget an arrival's bytes; harmless when there are none."""
        for path in (self.path(arrival), self.root / f"{arrival}.part", self.thumbnail(arrival)):
            path.unlink(missing_ok=True)

    def sweep(self, still_open: Collection[str], before: float) -> None:
        """Let go of what belongs to arrivals that have ended and was last written before `before` (a file time in
        seconds).

        Anything else than an arrival's file is left alone, and so is what a new arrival may be writing.
        """
        for path in self.root.iterdir():
            arrival, _, ending = path.name.partition(".")
            ours = len(arrival) == ARRIVAL_LENGTH and ending in ("", "part", "webp")
            if ours and arrival not in still_open and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)


class ScratchWriter:
    """One arrival's bytes being written, hashed on the way. All calls block: run them off the event loop."""

    def __init__(self, part: Path, whole: Path) -> None:
        self._part: Final = part
        self._whole: Final = whole
        self._hash: Final = hashlib.sha256()
        self._out: Final = part.open("wb", buffering=0)
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Add bytes; raises OSError when the disk is full."""
        view = memoryview(chunk)
        while view:
            view = view[self._out.write(view) :]
        self._hash.update(chunk)
        self.size += len(chunk)
        crash_point("upload:half-written")

    def finish(self) -> Digest:
        """Make file and name durable and say what it is. Only then may anybody be told that the bytes are here."""
        crash_point("upload:written")
        os.fsync(self._out.fileno())
        self._out.close()
        self._part.rename(self._whole)
        sync_directory(self._whole.parent)
        crash_point("upload:synced")
        return Digest(self._hash.hexdigest(), self.size)

    def abandon(self) -> None:
        """Drop what was written: the sender will begin again."""
        self._out.close()
        self._part.unlink(missing_ok=True)
