"""When the disk, the database or our own code fails, and when time passes: a sentence for the person, nothing lost."""

import errno
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.web import chat
from storage import conversations, intake, people
from storage.blobs import DamagedBlob
from storage.scratch import ScratchWriter
from tests import hostile
from tests.web.booth import GUARD, Booth, impatient, locked, open_booth, refused, until
from tests.web.wire import one_sentence
from tests.world import CONSOLIDATOR, World

PHOTO = hostile.jpg()


@pytest.fixture
async def booth(world: World) -> AsyncIterator[Booth]:
    with capture_logs():
        async with open_booth(world) as made:
            yield made


async def test_a_locked_database_is_busy_and_keeps_nothing_half(booth: Booth) -> None:
    world = booth.world
    id_ = (await (await booth.announce("ảnh.jpg", len(PHOTO))).json())["id"]
    before = await world.messages(booth.person)
    await impatient(world)
    with locked(world):
        for answer in (
            await booth.say("tiến độ", "again"),
            await booth.announce("hai.jpg", 10, "twice"),
            await booth.put(id_, PHOTO),
            await booth.cancel(id_),
        ):
            assert int(answer.headers["Retry-After"]) > 0
            assert "bận" in await refused(answer, 503)
    assert await world.messages(booth.person) == before
    assert (await booth.say("tiến độ", "again")).status == 200
    assert (await (await booth.announce("hai.jpg", 10, "twice")).json())["state"] == "send"
    assert (await booth.put(id_, PHOTO)).status == 200
    await world.drain()
    found = await world.look(lambda tx: intake.get(tx, id_))
    assert found is not None
    assert found.state.value == "stored"


@pytest.mark.parametrize(
    ("code", "status", "word"), [(errno.ENOSPC, 507, "đầy"), (errno.EDQUOT, 507, "đầy"), (errno.EIO, 503, "bận")]
)
async def test_a_disk_that_fails_while_bytes_come(
    booth: Booth, monkeypatch: pytest.MonkeyPatch, code: int, status: int, word: str
) -> None:
    id_ = (await (await booth.announce("ảnh.jpg", len(PHOTO))).json())["id"]

    def fails(self: ScratchWriter, chunk: bytes) -> None:
        raise OSError(code, "canary")

    with monkeypatch.context() as broken:
        broken.setattr(ScratchWriter, "write", fails)
        answer = await booth.put(id_, PHOTO)
        assert answer.headers["Retry-After"] == "30"
        assert word in await refused(answer, status)
    assert list(booth.world.scratch.root.iterdir()) == []
    assert (await booth.put(id_, PHOTO)).status == 200


async def test_a_turn_that_fails_is_kept_and_done_later(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    from handlers.flows import evidence

    def fails(*_: object) -> None:
        raise RuntimeError("canary")

    with monkeypatch.context() as broken:
        broken.setattr(evidence, "step", fails)
        answer = await booth.announce("ảnh.jpg", len(PHOTO), "kept")
        assert "bận" in await refused(answer, 503)
        assert "bận" in await refused(await booth.announce("ảnh.jpg", len(PHOTO), "kept"), 503)
    booth.world.clock.forward(minutes=1)
    assert await booth.world.turns.retry_due() == 1
    answer = await booth.announce("ảnh.jpg", len(PHOTO), "kept")
    told = await answer.json()
    assert told["state"] == "send"
    assert (await booth.put(told["id"], PHOTO)).status == 200


async def test_a_fault_of_ours_is_a_sentence_and_no_more(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr(conversations, "page", fails)
    monkeypatch.setattr(people, "get", fails)
    answer = await booth.client.get("/chat/feed")
    assert (await refused(answer, 500)).startswith("Hệ thống gặp lỗi")
    page = await booth.client.get("/chat")
    text = await page.text()
    assert (page.status, "canary" in text, "Traceback" in text) == (500, False, False)
    assert one_sentence(text.split('<p id="sentence">')[1].split("</p>")[0])
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


async def test_other_refusals_of_the_server_are_sentences_too(booth: Booth) -> None:
    answer = await booth.client.patch("/chat/say")
    await refused(answer, 405)
    missing = await booth.client.get("/nothing")
    assert "Đường liên kết không đúng" in await missing.text()


async def test_a_page_that_goes_away_leaves_no_stream_behind(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "_PING_SECONDS", 0.02)
    streams = [await booth.client.get("/chat/events?after=0") for _ in range(3)]
    await until("three streams are open", lambda: sum(map(len, booth.live._open.values())) == 3)
    for stream in streams:
        stream.close()
    await until("all streams are gone", lambda: not booth.live._open)


async def test_a_closing_server_ends_its_streams(booth: Booth) -> None:
    stream = await booth.client.get("/chat/events?after=0")
    await until("a stream is open", lambda: booth.live._open)
    booth.live.close()
    assert b"event: message" in await stream.read()


async def test_a_session_ends_after_90_days(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "_PING_SECONDS", 0.02)
    booth.world.clock.forward(days=89, hours=23)
    assert (await booth.client.get("/chat/feed")).status == 200
    stream = await booth.client.get("/chat/events?after=0")
    booth.world.clock.forward(hours=2)
    assert (await stream.read()).endswith(b"event: signed-out\ndata: {}\n\n")
    assert "chưa đăng nhập" in await refused(await booth.client.get("/chat/feed"), 401)
    assert "Cần có đường dẫn mời" in await (await booth.client.get("/chat")).text()


async def test_an_invite_ends_after_72_hours(booth: Booth) -> None:
    first, second = await booth.invite(CONSOLIDATOR), await booth.invite(CONSOLIDATOR)
    booth.world.clock.forward(hours=71, minutes=59)
    assert (await booth.enter(first)).status == 303
    booth.world.clock.forward(minutes=2)
    late = await booth.stranger_enters(second)
    assert late.status == 403
    assert "Mã không dùng được" in await late.text()


async def test_a_link_for_another_device_ends_after_an_hour(booth: Booth) -> None:
    async def link() -> str:
        tap = {"client_id": f"d{booth.world.clock().timestamp():.0f}", "press": "me:device"}
        await booth.client.post("/chat/say", json=tap, headers=GUARD)
        words = (await booth.world.messages(booth.person))[-1].body
        return words.split("/in/")[1][:43]

    first = await link()
    booth.world.clock.forward(minutes=59)
    assert (await booth.enter(first)).status == 303
    second = await link()
    booth.world.clock.forward(minutes=61)
    assert (await booth.enter(second)).headers["Location"] == "/chat"  # signed in here: nothing is lost
    assert (await booth.stranger_enters(second)).status == 403


async def test_guessing_may_go_on_after_an_hour(booth: Booth) -> None:
    for _ in range(5):
        assert "Mã không dùng được" in await (await booth.stranger_enters("A" * 43)).text()
    assert "quá nhiều lần" in await (await booth.stranger_enters("A" * 43)).text()
    booth.world.clock.forward(minutes=61)
    assert "Mã không dùng được" in await (await booth.stranger_enters("A" * 43)).text()


async def test_a_damaged_blob_is_not_sent(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = (await (await booth.announce("ảnh.jpg", len(PHOTO))).json())["id"]
    assert (await booth.put(id_, PHOTO)).status == 200
    await booth.world.drain()

    def damaged(*_: object) -> Any:
        raise DamagedBlob("canary")

    monkeypatch.setattr(type(booth.world.blobs), "checked", damaged)
    assert "chưa mở được" in await refused(await booth.client.get(f"/chat/files/{id_}"), 503)
