"""The log: one JSON line per event, known fields only, and nothing that anybody typed, sent or was given."""

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot import logs
from tests import hostile
from tests.product import Product
from tests.web.site import Site
from tests.web.wire import connection, head_of_put, plainly

WORDS = [
    "Kanarinam",
    "Kanaricaption",
    "Kanaributton",
    "Kanaritext",
    "0987123456",
    "Kanariagent",
    "kanarikey",
    "kanaribatch",
]


def events(text: str) -> list[dict[str, object]]:
    """Every line of a log as JSON; allowed fields only, each with a plain value."""
    found = [json.loads(line) for line in text.splitlines()]
    for line in found:
        assert set(line) <= logs.ALLOWED, line
        assert {"event", "level", "timestamp"} <= set(line), line
        assert all(isinstance(value, str | int | float | bool) for value in line.values()), line
    return found


def test_a_whole_session_leaves_no_trace_of_what_was_in_it(tmp_path: Path) -> None:
    with Product(tmp_path, env={"LOG_LEVEL": "DEBUG"}) as product:
        site = Site(product)
        page = site.page()
        tokens = [link.rpartition("/")[2] for link in product.links]
        tokens.append(site.invite(phone=WORDS[4]))
        tokens += [one.value or "" for one in page.cookies]
        plainly(site.base, "POST", f"/in/{tokens[-2]}", b"", {"User-Agent": "Kanariagent"})
        plainly(site.base, "POST", "/in/WrongKanaritext", b"", {"User-Agent": "Kanariagent"})
        plainly(site.base, "GET", "/Kanaritext?x=Kanaritext")
        page.say("Kanaritext 0987123456")
        page.say(f"/start {tokens[1]}")
        page.press("Kanaributton:Kanaributton:x")
        page.press("ev:Kanaritext:0987123456")
        page.press("walk:answer:Kanaritext")
        page.press('nonsense\n{"event": "forged"}')
        page.post("/chat/say", {"client_id": "kanarikey", "text": "Kanaritext"})
        for name, content in (
            ("Kanarinam.jpg", hostile.jpg()),
            ("Kanarinam cut.jpg", hostile.jpg()[:5000]),
            ("Kanarinam cut.mp4", hostile.mp4()[:5000]),
            ("Kanarinam noise.mp4", hostile.noisy_film()),
            ("Kanarinam.heic", hostile.tall_heic()),
            ("Kanarinam.pdf", hostile.pdf(owner="owner")),
            ("Kanarinam bomb.docx", hostile.flat_bomb(20)),
            ("Kanarinam.xls", hostile.xls(hostile.bound_sheet(0), hostile.bound_sheet(1))),
            ("Kanarinam TỐI MẬT.pdf", b"x"),
            ("Kanarinam.exe", b"x"),
        ):
            told = page.announce(name, len(content), caption="Kanaricaption", batch="kanaribatch").json()
            if told["state"] == "send":
                assert page.put(told["id"], content).status == 200
                page.settled(told["id"])
                page.request("GET", f"/chat/files/{told['id']}")
        id_ = page.announce("Kanarinam.jpg", 5000).json()["id"]
        with connection(site.base) as line:
            line.sendall(head_of_put(page, id_, "Content-Length: 5000\r\n") + b"x" * 100)
        with connection(site.base) as line:
            line.sendall(f"GET /in/{tokens[0]}\x00 HTTP/1.1\r\n\r\n".encode())
            line.recv(1000)
        blob = next(p for p in (site.data / "blobs").rglob("*") if p.is_file() and len(p.name) == 64)
        blob.write_bytes(b"changed")
        stored = next(id_ for id_, file in page.files().items() if file["state"] == "stored")
        assert page.request("GET", f"/chat/files/{stored}").status == 503
    log = product.log()
    kinds = {event["event"] for event in events(log)}
    assert {"turn", "file refused", "damaged blob", "library"} <= kinds
    for word in [*WORDS, *tokens, "forged", "/in/", "An Thạnh", "Nguyễn", str(tmp_path)]:
        assert word.lower() not in log.lower(), word


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """The log set up as `run` does, and put back."""
    root, stream = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    logs.set_up("INFO", stream)
    structlog.configure(**{**structlog.get_config(), "cache_logger_on_first_use": False})
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_unknown_fields_are_dropped(logged: io.StringIO) -> None:
    structlog.get_logger().info("turn", inbox=5, name="canary", text="canary", token="canary", verb="ack")
    (event,) = events(logged.getvalue())
    assert {"inbox": 5, "verb": "ack", "event": "turn", "level": "info"}.items() <= event.items()
    assert "canary" not in str(event)


@pytest.mark.parametrize("made_up", ["Canary", "canary 1", "a" * 21, "ậ", "0912345678", "a\nb"])
def test_a_made_up_button_is_not_logged(logged: io.StringIO, made_up: str) -> None:
    structlog.get_logger().info("turn", flow=made_up, verb=made_up)
    (event,) = events(logged.getvalue())
    assert (event["flow"], event["verb"]) == ("?", "?")


def test_an_exception_is_a_place_without_its_words(logged: io.StringIO) -> None:
    try:
        int("canary")
    except ValueError:
        structlog.get_logger().exception("turn failed")
    (event,) = events(logged.getvalue())
    assert re.fullmatch(
        r"ValueError at test_logs\.py:\d+:test_an_exception_is_a_place_without_its_words", str(event["exception"])
    )


def test_libraries_say_where_and_not_what(logged: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").warning("GET /in/%s", "canary")
    try:
        raise LookupError("canary")
    except LookupError as fault:
        logging.getLogger("asyncio").error("canary", exc_info=fault)
    logging.getLogger("anything").info("canary")
    text = logged.getvalue()
    first, second = events(text)
    assert (first["event"], first["level"], first["part"]) == ("library", "warning", "aiohttp.server")
    assert (second["level"], second["part"]) == ("error", "asyncio")
    assert str(second["exception"]).startswith("LookupError at test_logs.py:")
    assert "canary" not in text


def test_the_level_is_kept_to(logged: io.StringIO) -> None:
    structlog.get_logger().debug("turn")
    assert logged.getvalue() == ""
