"""Requests that no browser makes, the event stream, and what every answer to a person must be like."""

import html
import http.client
import json
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from tests.product import Answer, Page

PATIENCE: Final = 20.0
_FOREIGN: Final = re.compile(
    r"\b(error|exception|traceback|invalid|found|request|forbidden|denied|unauthorized|internal|server|failed|null|none|"
    r"json|sqlite|aiohttp|errno|file|line|bytes?)\b|\.py|/tmp|0x[0-9a-f]",
    re.IGNORECASE,
)
_VIETNAMESE: Final = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹáàãéèíìóòõúùý]")


def one_sentence(text: str) -> str:
    """Assert that this is something a person can be told: short, Vietnamese, and nothing of our insides."""
    assert 10 <= len(text) <= 260, text
    assert "\n" not in text, text
    assert text.endswith("."), text
    assert _VIETNAMESE.search(text), text
    assert not _FOREIGN.search(text.replace("0 byte", "")), text
    return text


def told(answer: Answer) -> str:
    """The one sentence of an error: JSON for scripts, a page for people."""
    if answer.headers["Content-Type"].startswith("application/json"):
        said = answer.json()
        assert set(said) == {"message"}, said
        return one_sentence(said["message"])
    page = answer.body.decode()
    assert page.startswith("<!doctype html>"), page[:200]
    found = re.findall(r'<p id="sentence">(.*?)</p>', page)
    assert len(found) == 1, page
    return one_sentence(html.unescape(found[0]))


def plainly(
    base: str,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] = {},
    source: str = "127.0.0.1",
) -> Answer:
    """One request without cookies, guard or redirects; `source` is the address it comes from."""
    at = urlsplit(base)
    line = http.client.HTTPConnection(at.hostname or "", at.port, timeout=PATIENCE, source_address=(source, 0))
    try:
        line.request(method, path, body, dict(headers))
        answer = line.getresponse()
        return Answer(answer.status, answer.read(), {name.title(): value for name, value in answer.getheaders()})
    finally:
        line.close()


def cookie(page: Page) -> str:
    """The Cookie header of a signed-in device."""
    return "; ".join(f"{one.name}={one.value}" for one in page.cookies)


@contextmanager
def connection(base: str) -> Iterator[socket.socket]:
    """A bare TCP connection to the product."""
    at = urlsplit(base)
    with socket.create_connection((at.hostname, at.port), timeout=PATIENCE) as line:
        yield line


def head_of_put(page: Page, arrival: str, more: str) -> bytes:
    """The first lines of a PUT of a file's bytes."""
    host = urlsplit(page.base).netloc
    lines = (
        f"PUT /chat/files/{arrival} HTTP/1.1\r\nHost: {host}\r\nX-Kiemchung: 1\r\nCookie: {cookie(page)}\r\n{more}\r\n"
    )
    return lines.encode()


def status_of(line: socket.socket) -> int:
    """The status of the answer that comes on a bare connection."""
    got = b""
    while b"\r\n" not in got:
        piece = line.recv(4096)
        assert piece, f"closed after {got!r}"
        got += piece
    return int(got.split(b" ", 2)[1])


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the stream."""

    kind: str
    id: str
    data: str

    def message(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.data)
        return found


class Stream:
    """An open event stream of a signed-in device, from the number `after`."""

    def __init__(self, page: Page, after: int = 0, last: str | None = None, query: str | None = None) -> None:
        at = urlsplit(page.base)
        self._line = http.client.HTTPConnection(at.hostname or "", at.port, timeout=PATIENCE)
        headers = {"Cookie": cookie(page), **({"Last-Event-ID": last} if last is not None else {})}
        self._line.request("GET", f"/chat/events?{query if query is not None else f'after={after}'}", headers=headers)
        self.answer = self._line.getresponse()
        assert self.answer.status == 200, self.answer.status

    def next(self) -> Event | None:
        """The next event, pings included; None at the end of the stream."""
        fields: dict[str, str] = {}
        while True:
            raw = self.answer.readline()
            if not raw:
                return None
            line = raw.decode().rstrip("\n")
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "data" in fields:
                return Event(fields["event"], fields.get("id", ""), fields["data"])
            else:
                fields.clear()  # "retry:" alone

    def messages(self, count: int) -> list[Event]:
        """The next `count` messages."""
        found: list[Event] = []
        until = time.monotonic() + PATIENCE
        while len(found) < count:
            assert time.monotonic() < until, f"only {len(found)} of {count} messages came"
            event = self.next()
            assert event is not None, f"the stream ended after {len(found)} of {count} messages"
            if event.kind == "message":
                found.append(event)
        return found

    def until(self, kind: str) -> Event:
        """Read on to the next event of this kind."""
        until = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < until, f"no {kind} came"
            event = self.next()
            assert event is not None, f"the stream ended before {kind}"
            if event.kind == kind:
                return event

    def close(self) -> None:
        self.answer.close()
        self._line.close()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
