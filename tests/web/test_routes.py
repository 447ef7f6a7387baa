"""Every route: who may ask, which requests are our own page's, and what stands on every answer."""

import re
from collections.abc import Iterator
from typing import cast

import pytest

from bot.web import server
from bot.web.parts import Parts
from tests.product import ROOT, Answer
from tests.web.site import Site
from tests.web.wire import Stream, connection, cookie, plainly, told

# What each route answers to somebody who is not signed in. A new route needs its decision here.
OPEN, WELCOME, TO_CHAT, SIGN_IN_PAGE, REFUSES_CODE, NO_SESSION = range(6)
DECISIONS = {
    ("GET", "/"): TO_CHAT,
    ("GET", "/chat"): WELCOME,
    ("GET", "/chat/feed"): NO_SESSION,
    ("GET", "/chat/events"): NO_SESSION,
    ("POST", "/chat/say"): NO_SESSION,
    ("POST", "/chat/files"): NO_SESSION,
    ("PUT", "/chat/files/{id}"): NO_SESSION,
    ("DELETE", "/chat/files/{id}"): NO_SESSION,
    ("GET", "/chat/files/{id}"): NO_SESSION,
    ("GET", "/chat/files/{id}/thumb"): NO_SESSION,
    ("POST", "/in"): REFUSES_CODE,
    ("GET", "/in/{token}"): SIGN_IN_PAGE,
    ("POST", "/in/{token}"): REFUSES_CODE,
    ("GET", "/healthz"): OPEN,
    ("GET", "/static"): OPEN,
}
CHANGING = sorted(route for route, decision in DECISIONS.items() if decision == NO_SESSION and route[0] != "GET")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def routes() -> Iterator[tuple[str, str]]:
    for route in server.application(cast(Parts, None)).router.routes():
        assert route.resource is not None
        if route.method != "HEAD":
            yield route.method, route.resource.canonical


def address(path: str) -> str:
    return path.replace("{id}", "aaaaaaaaaaaaaaaa").replace("{token}", "A" * 43)


def test_every_route_has_its_decision() -> None:
    assert sorted(routes()) == sorted(DECISIONS)


@pytest.mark.parametrize("route", sorted(r for r, decision in DECISIONS.items() if decision != OPEN))
def test_without_a_session(site: Site, route: tuple[str, str]) -> None:
    method, path = route
    body = b"{}" if method in ("POST", "PUT") else None
    answer = plainly(site.base, method, address(path), body, {"X-Kiemchung": "1"}, "127.1.1.1")
    decision = DECISIONS[route]
    if decision == NO_SESSION:
        assert answer.status == 401
        assert told(answer).startswith("Thiết bị này chưa đăng nhập")
    elif decision == TO_CHAT:
        assert (answer.status, answer.headers["Location"]) == (303, "/chat")
    elif decision == WELCOME:
        assert answer.status == 200
        assert "Cần có đường dẫn mời" in answer.body.decode()
        assert "data-owner" not in answer.body.decode()
    elif decision == SIGN_IN_PAGE:
        assert answer.status == 200
        assert "Đăng nhập trên thiết bị này" in answer.body.decode()
    else:
        assert answer.status == 403
        told(answer)


@pytest.mark.parametrize("route", CHANGING)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Kiemchung": "0"},
        {"X-Kiemchung": "1", "Origin": "https://evil.example"},
        {"X-Kiemchung": "1", "Origin": "null"},
    ],
    ids=["no guard", "wrong guard", "another site", "no site"],
)
def test_only_our_own_page_may_change_anything(site: Site, route: tuple[str, str], headers: dict[str, str]) -> None:
    method, path = route
    page = site.page()
    before = len(page.messages())
    answer = plainly(site.base, method, address(path), b"{}", {**headers, "Cookie": cookie(page)})
    assert answer.status == 403
    assert told(answer).startswith("Yêu cầu không đến từ trang Kiểm chứng")
    assert len(page.messages()) == before


def test_health_says_which_channels_are_up_and_nothing_else(site: Site) -> None:
    answer = plainly(site.base, "GET", "/healthz")
    assert (answer.status, answer.json()) == (200, {"status": "ok", "channels": {"web": "up"}})


def every_kind_of_answer(site: Site) -> Iterator[tuple[str, Answer]]:
    own = {"Cookie": cookie(site.page()), "X-Kiemchung": "1"}
    asked = [
        ("GET", "/", None, {}),
        ("GET", "/chat", None, {}),
        ("GET", "/chat", None, own),
        ("GET", "/chat/feed", None, {}),
        ("GET", "/chat/feed", None, own),
        ("GET", "/chat/files/aaaaaaaaaaaaaaaa", None, own),
        ("GET", "/in/x", None, {}),
        ("POST", "/in/x", b"", {}),
        ("GET", "/healthz", None, {}),
        ("GET", "/nothing/here", None, {}),
        ("GET", "/chat/nothing", None, {}),
        ("PATCH", "/chat", None, {}),
        ("DELETE", "/chat", None, {}),
        ("POST", "/chat/say", b"x" * 100_000, own),
        ("POST", "/chat/say", b"{}", {}),
        ("POST", "/chat/say", b"{}", own),
        ("GET", "/static/chat.css", None, {}),
        ("GET", "/static/chat/main.js", None, {}),
        ("GET", "/static/nothing.js", None, {}),
        ("GET", "/static/", None, {}),
        ("GET", "/static/chat", None, {}),
        ("GET", "/static/../server.py", None, {}),
        ("GET", "/static/%2e%2e/server.py", None, {}),
        ("GET", "/static/..%2fserver.py", None, {}),
        ("GET", "/static/%00", None, {}),
        ("GET", "/static//etc/passwd", None, {}),
    ]
    for method, path, body, headers in asked:
        yield f"{method} {path}", plainly(site.base, method, path, body, headers, "127.1.2.1")


def test_every_answer_bears_the_security_headers(site: Site) -> None:
    for what, answer in every_kind_of_answer(site):
        assert answer.headers.get("Content-Security-Policy") == POLICY, (what, answer)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", what
        assert answer.headers["Referrer-Policy"] == "same-origin", what
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", what
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", what
        assert "geolocation=()" in answer.headers["Permissions-Policy"], what
        kept = "no-cache" if "/static/" in what else "no-store"
        assert answer.headers["Cache-Control"] == kept, what
        assert "Access-Control-Allow-Origin" not in answer.headers, what
        if answer.status >= 400 and "/static/" not in what:
            told(answer)


def test_the_event_stream_bears_them_too(site: Site) -> None:
    with Stream(site.page()) as stream:
        assert stream.answer.headers["Content-Security-Policy"] == POLICY
        assert stream.answer.headers["X-Content-Type-Options"] == "nosniff"
        assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
        assert stream.answer.headers["Cache-Control"] == "no-store"


def test_static_files_are_ours_and_nobody_elses(site: Site) -> None:
    for path in sorted((ROOT / "bot/web/static").rglob("*")):
        if path.is_file():
            name = path.relative_to(ROOT / "bot/web").as_posix()
            answer = plainly(site.base, "GET", f"/{name}")
            assert (answer.status, answer.body) == (200, path.read_bytes()), name
            fresh = plainly(site.base, "GET", f"/{name}", headers={"If-None-Match": answer.headers["Etag"]})
            assert fresh.status == 304, name
    for what, answer in every_kind_of_answer(site):
        assert b"def application" not in answer.body, what
        assert b"root:" not in answer.body, what


def test_pages_run_no_script_of_their_own(site: Site) -> None:
    """With this policy a page must not rely on inline scripts or styles."""
    for path, headers in (("/chat", {}), ("/chat", {"Cookie": cookie(site.page())}), ("/in/x", {})):
        text = plainly(site.base, "GET", path, headers=headers).body.decode()
        assert not re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", text)
        assert not re.findall(r"\son\w+=|\sstyle=|javascript:", text)
        assert "TẬP HUẤN" in text


@pytest.mark.parametrize(
    "lines",
    [
        b"GET /chat HTTP/1.1\r\nX-Long: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /in/SECRETTOKENSECRETTOKEN\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET /chat HTTP/9.9\r\n\r\n",
        b"POST /chat/say HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /chat/say HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /chat/say HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /chat HTTP/1.1\r\nHost: x\r\nHost: y\r\nCookie: " + b"kiemchung=a; " * 500 + b"\r\n\r\n",
    ],
    ids=["header", "path", "NUL", "nonsense", "version", "length", "lengths", "chunk", "tls", "cookies"],
)
def test_what_is_no_request_is_turned_away(site: Site, lines: bytes) -> None:
    with connection(site.base) as line:
        line.settimeout(5)
        got = b""
        try:
            line.sendall(lines)
            line.shutdown(1)
            while piece := line.recv(65536):
                got += piece
        except ConnectionError:
            pass  # closed without a word is an answer too
    if got:
        assert re.match(rb"HTTP/1\.[01] (4\d\d|505|401|200) ", got), got[:200]
        assert b"Traceback" not in got
    assert plainly(site.base, "GET", "/healthz").status == 200
    assert "SECRETTOKEN" not in site.product.log()
