"""A small disk of its own for one test: a tmpfs in a private mount namespace, that can be filled, grown and made
read-only.
"""

import os
import subprocess
from pathlib import Path

import pytest


class Disk:
    """Mounted at `path`, but only for those who `enter`; from outside it is seen at `outside`."""

    def __init__(self, path: Path, size: str) -> None:
        self.path = path
        path.mkdir()
        self._keeper = subprocess.Popen(
            ["unshare", "-m", "sh", "-c", f"mount -t tmpfs -o size={size} tmpfs {path} && echo mounted && exec cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._keeper.stdout is not None
        if self._keeper.stdout.readline() != "mounted\n":
            assert self._keeper.stderr is not None
            problem = self._keeper.stderr.read()
            self.close()
            _cannot(problem)

    @property
    def outside(self) -> Path:
        """The disk, by the keeper's eyes."""
        return Path(f"/proc/{self._keeper.pid}/root{self.path}")

    @property
    def enter(self) -> str:
        """Python that takes a process in which nothing else runs yet into the namespace."""
        return (
            f"import ctypes, os; seen = os.open('/proc/{self._keeper.pid}/ns/mnt', os.O_RDONLY); "
            "assert ctypes.CDLL(None, use_errno=True).setns(seen, 0) == 0, ctypes.get_errno(); os.close(seen)"
        )

    def remount(self, options: str) -> None:
        command = ["nsenter", f"--mount=/proc/{self._keeper.pid}/ns/mnt", "mount", "-o", f"remount,{options}"]
        subprocess.run([*command, str(self.path)], check=True)

    def free(self) -> int:
        found = os.statvfs(self.outside)
        return found.f_bavail * found.f_frsize

    def fill(self, leave: int) -> None:
        """Take all but `leave` bytes."""
        ballast = self.outside / "ballast"
        with ballast.open("ab") as out:
            while (much := self.free() - leave) > 0:
                out.write(b"\0" * min(much, 1 << 16))
                out.flush()

    def relieve(self) -> None:
        (self.outside / "ballast").unlink()

    def close(self) -> None:
        self._keeper.communicate()


def _cannot(problem: str) -> None:
    words = f"needs root, for a disk of its own (unshare -m, mount): {problem}"
    if os.environ.get("CI") == "true":
        pytest.fail(words)
    pytest.skip(words)
