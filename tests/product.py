"""The whole product as its own process, and a client that speaks to its web channel as the page does. For tests of
the outside, browsers and crashes.
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
_LINK: Final = re.compile(r"(http://\S+/in/\S+)")
_PATIENCE: Final = 30.0


def free_port() -> int:
    """A TCP port that nobody uses just now."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Product:
    """`kiemchung run` on a folder of its own. `before` is Python run in the process before the product starts (to arm
    crash points).
    """

    def __init__(self, folder: Path, *, port: int | None = None, before: str = "", env: Mapping[str, str] = {}) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.env = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "DATA_DIR": str(folder / "data"),
            "WEB_PORT": str(self.port),
            "PUBLIC_URL": self.base,
            **env,
        }
        self.links: list[str] = []
        self._before = before
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> "Product":
        """Start and wait until it listens; the demo people's sign-in links are in `links`, in the order of the five
        roles.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        program = (
            f"import sys; {self._before or 'pass'}; from bot.cli import main; sys.argv = ['kiemchung', 'run']; main()"
        )
        log = (self.folder / "log.jsonl").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        log.close()
        self.links = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.links += _LINK.findall(line)
            if "Ctrl+C" in line:
                return self
        raise AssertionError(f"the product did not start: {self.log()[-2000:]}")

    def log(self) -> str:
        """Everything it has logged so far."""
        return (self.folder / "log.jsonl").read_text(encoding="utf-8")

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self._reap()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self.process is not None
        self.process.terminate()
        return self._reap()

    def _reap(self) -> int:
        assert self.process is not None
        status = self.process.wait(_PATIENCE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command of the product on the same folder, beside the server."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env={**self.env, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )

    def __enter__(self) -> "Product":
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop()


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        return json.loads(self.body)


class Page:
    """A signed-in device, speaking the web channel's protocol without a browser."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies = CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies)).open

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}, guard: bool = True
    ) -> Answer:
        """One request; errors are answers too."""
        url = path if path.startswith("http") else f"{self.base}{path}"
        sent = {**({"X-Kiemchung": "1"} if guard else {}), **headers}
        asked = urllib.request.Request(url, body, sent, method=method)
        try:
            with self._open(asked, timeout=_PATIENCE) as answer:
                return Answer(answer.status, answer.read(), dict(answer.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read(), dict(error.headers))

    def post(self, path: str, data: Mapping[str, object]) -> Answer:
        """A JSON request as the page makes it."""
        return self.request("POST", path, json.dumps(data).encode(), {"Content-Type": "application/json"})

    def sign_in(self, link: str) -> "Page":
        """Use a sign-in link or an invite."""
        answer = self.request("POST", link, b"", guard=False)
        assert answer.status == 200, answer.status
        return self

    def say(self, text: str, client_id: str = "") -> Answer:
        return self.post("/chat/say", {"client_id": client_id or uuid.uuid4().hex, "text": text})

    def press(self, data: str, client_id: str = "") -> Answer:
        return self.post("/chat/say", {"client_id": client_id or uuid.uuid4().hex, "press": data})

    def announce(
        self, name: str, size: int, *, caption: str = "", batch: str = "", client_id: str = "", mime: str = ""
    ) -> Answer:
        uid, of = client_id or uuid.uuid4().hex, batch or uuid.uuid4().hex
        return self.post(
            "/chat/files", {"client_id": uid, "batch": of, "name": name, "type": mime, "size": size, "caption": caption}
        )

    def put(self, arrival: str, content: bytes) -> Answer:
        return self.request("PUT", f"/chat/files/{arrival}", content)

    def messages(self) -> list[dict[str, Any]]:
        """The newest hundred messages, oldest first."""
        found: list[dict[str, Any]] = self.request("GET", "/chat/feed?limit=100").json()["messages"]
        return found

    def files(self) -> dict[str, dict[str, Any]]:
        """Every file of those messages by its id."""
        return {file["id"]: file for message in self.messages() for file in message["files"]}

    def settled(self, arrival: str, patience: float = 15.0) -> dict[str, Any]:
        """Wait for a file's verdict."""
        until = time.monotonic() + patience
        while True:
            file = self.files().get(arrival, {})
            if file.get("state") in ("stored", "refused"):
                return file
            assert time.monotonic() < until, f"no verdict: {file}"
            time.sleep(0.05)
