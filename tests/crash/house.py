"""A product started by fork on a folder of its own, killed and started again as a test wishes; and the fork server's
other end.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.product import _LINK, ROOT, free_port

PATIENCE = 40.0
Arm = tuple[str, int]


class Forks:
    """The fork server. May be used from several threads."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.forks"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._one_at_a_time = threading.Lock()

    def ask(self, order: Mapping[str, object]) -> Any:
        with self._one_at_a_time:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


class House:
    """`kiemchung run` on `folder`. `lives`: which crash points are armed in the first life, the second and so on; a
    life that nobody armed lasts.
    """

    def __init__(
        self,
        forks: Forks,
        folder: Path,
        lives: Sequence[Sequence[Arm]] = (),
        *,
        env: Mapping[str, str] = {},
        before: str = "",
        count: bool = False,
    ) -> None:
        self.forks, self.folder = forks, folder
        self.lives = list(lives)
        self.env, self.before, self.count = dict(env), before, count
        self.base = ""
        self.links: list[str] = []
        self.statuses: list[int] = []
        self.armed: Sequence[Arm] = ()
        self._pid = 0
        self._mending = threading.RLock()
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def data(self) -> Path:
        return Path(self.env.get("DATA_DIR", self.folder / "data"))

    @property
    def blobs(self) -> Path:
        return Path(self.env.get("BLOB_URL", self.data / "blobs"))

    def log(self) -> str:
        return (self.folder / "log.jsonl").read_text(encoding="utf-8")

    def out(self) -> str:
        return (self.folder / "out.txt").read_text(encoding="utf-8")

    def start(self) -> bool:
        """One life. False when it ended before it listened."""
        port = free_port()
        self.armed = self.lives.pop(0) if self.lives else ()
        self.base = f"http://127.0.0.1:{port}"
        out = self.folder / "out.txt"
        out.write_bytes(b"")
        self._pid = self.forks.ask(
            {
                "folder": str(self.folder),
                "out": str(out),
                "log": str(self.folder / "log.jsonl"),
                "env": {
                    "PATH": os.environ["PATH"],
                    "LANG": "C.UTF-8",
                    "DATA_DIR": str(self.folder / "data"),
                    "WEB_PORT": str(port),
                    "PUBLIC_URL": self.base,
                    "DISK_RESERVE": "0",
                    **self.env,
                },
                "before": self.before,
                "count": self.count,
                "arms": list(self.armed),
            }
        )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            said = out.read_text(encoding="utf-8")
            if "Ctrl+C" in said:
                self.links = _LINK.findall(said)
                return True
            if self.ended():
                return False
            time.sleep(0.01)
        raise AssertionError(f"did not start: {self.log()[-2000:]}")

    def ended(self) -> bool:
        """Whether this life is over; its status is the last of `statuses` then."""
        with self._mending:
            if self._pid:
                status = self.forks.ask({"reap": self._pid})
                if status is not None:
                    self.statuses.append(status)
                    self._pid = 0
            return self._pid == 0

    def mend(self, broken: str) -> None:
        """Called by a client that could not reach `broken`: if the product died of that, start it again."""
        with self._mending:
            if broken != self.base:
                return  # another client has done it
            until = time.monotonic() + PATIENCE
            while not self.ended():
                assert time.monotonic() < until, f"unreachable but alive: {self.log()[-2000:]}"
                if self.listens():
                    return  # one connection broke, nothing more
                time.sleep(0.01)
            self.rise()

    def rise(self) -> None:
        """Start until a life lasts."""
        while not self.start():
            assert self.statuses[-1] == -signal.SIGKILL, f"{self.statuses}: {self.out()}{self.log()[-2000:]}"

    def listens(self) -> bool:
        import socket

        with contextlib.closing(socket.socket()) as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", int(self.base.rpartition(":")[2]))) == 0

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End this life and say how it ended."""
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, how)
            until = time.monotonic() + PATIENCE
            while not self.ended():
                assert time.monotonic() < until, "does not end"
                time.sleep(0.003)
        return self.statuses[-1]

    @property
    def lasting(self) -> bool:
        """Nothing is armed in this life."""
        return not self.armed and self._pid != 0

    @property
    def kills(self) -> int:
        return self.statuses.count(-signal.SIGKILL)


def furnished(template: Path, folder: Path) -> Path:
    """A copy of a data folder in which a rehearsal has been made."""
    shutil.copytree(template, folder / "data")
    return folder
