"""When a turn or a file fails through a fault of ours: nothing is lost, doubled, or done late to the wrong thing."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from criteria import evidence as rules
from criteria.evidence import FileState
from handlers.flows import evidence as flow
from handlers.flows import walk
from handlers.texts import evidence as texts
from handlers.texts import refusals
from storage import evidence, inbox, intake, verify
from storage import tables as t
from storage.checking.pool import Checker
from tests import hostile
from tests.world import CONSOLIDATOR, OFFICER, World

PHOTO = hostile.jpg(40, 30)


class Broken(Exception):
    """A fault of ours."""


async def said(world: World, person: int) -> list[str]:
    return [json.loads(message.body)["text"] for message in await world.messages(person) if message.direction == "out"]


async def answers(world: World, person: int) -> dict[str, str]:
    rows = await world.look(lambda tx: tx.execute(sa.select(t.items.c.code, t.items.c.answer)).all())
    return {row.code: row.answer for row in rows if row.answer}


def breaks(monkeypatch: pytest.MonkeyPatch, module: Any, times: int) -> None:
    """The flow raises that many times, then works."""
    real, left = module.step, [times]

    def step(*given: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise Broken
        return real(*given)

    monkeypatch.setattr(module, "step", step)


async def test_a_failed_turn_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lan = await world.person(OFFICER)
    await world.say(lan, "3.2.2")
    breaks(monkeypatch, walk, 1)
    with capture_logs():
        await world.say(lan, "2")
    assert (await said(world, lan))[-1].startswith("Hệ thống đã nhận tin")
    assert await answers(world, lan) == {}
    world.clock.forward(minutes=1)
    assert await world.turns.retry_due() == 1
    assert await answers(world, lan) == {"3.2.2": "not_done"}


async def test_words_are_not_tried_again_once_the_conversation_has_moved_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = await world.person(OFFICER)
    await world.say(lan, "3.2.2")
    breaks(monkeypatch, walk, 1)
    with capture_logs():
        await world.say(lan, "2")
    await world.say(lan, "tiếp")
    world.clock.forward(minutes=1)
    await world.turns.retry_due()
    assert await answers(world, lan) == {}
    assert (await said(world, lan))[-1] == refusals.please_repeat()
    assert await world.look(inbox.counts) == {"waiting": 0, "parked": 0}


async def test_a_row_of_another_version_is_parked_and_stops_nobody(world: World) -> None:
    real = world.clock()

    def older(tx: Any) -> None:
        id_ = inbox.add(tx, "web", "older", real)
        assert id_ is not None
        inbox.failed(tx, id_, '{"kind": "Sung", "body": {}, "channel": "web"}', 1, "Broken", real)

    await world.db.write(older)
    world.clock.forward(minutes=1)
    with capture_logs() as logs:
        await world.turns.retry_due()
    assert [line["event"] for line in logs] == ["inbox row not understood"]
    assert await world.look(inbox.counts) == {"waiting": 0, "parked": 1}


async def test_a_verdict_that_was_given_up_is_taken_when_it_is_said_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = await world.person(OFFICER)
    (arrival,) = await world.announce(lan, ("ảnh.jpg", len(PHOTO)))
    breaks(monkeypatch, flow, 1 + inbox.MAX_TRIES)
    with capture_logs():
        await world.bring(arrival, PHOTO)
        for _ in range(12):
            await world.drain()
            await world.turns.retry_due()
            world.clock.forward(hours=2)
    found = await world.look(lambda tx: intake.get(tx, arrival))
    assert found is not None
    assert found.state is FileState.STORED
    assert await world.look(inbox.counts) == {"waiting": 0, "parked": 0}


async def test_one_file_that_breaks_the_worker_does_not_hold_up_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan = await world.person(OFFICER)
    first, second = await world.announce(lan, ("một.jpg", len(PHOTO)), ("hai.jpg", len(PHOTO)))
    real = Checker.check

    async def check(self: Checker, path: Any, *given: Any) -> Any:
        if path.name == first:
            raise ValueError("not thought of")
        return await real(self, path, *given)

    monkeypatch.setattr(Checker, "check", check)
    with capture_logs():
        await world.bring(first, PHOTO)
        await world.bring(second, PHOTO)
        await world.drain()
        assert (await world.look(lambda tx: intake.get(tx, second))).state is FileState.STORED  # type: ignore[union-attr]
        for _ in range(intake.MAX_TRIES):
            world.clock.forward(minutes=5)
            await world.drain()
    ended = await world.look(lambda tx: intake.get(tx, first))
    assert ended is not None
    assert (ended.state, ended.reason) == (FileState.REFUSED, rules.REPEATED)


async def test_whole_bytes_are_never_said_not_to_have_come(world: World) -> None:
    """The list of late arrivals may be older than the bytes."""
    lan = await world.person(OFFICER)
    (arrival,) = await world.announce(lan, ("ảnh.jpg", len(PHOTO)))
    world.clock.forward(hours=25)
    late = await world.look(lambda tx: intake.never_came(tx, world.clock()))
    assert [one.id for one in late] == [arrival]
    await world.bring(arrival, PHOTO)
    await world.worker.refuse_what_never_came()
    await world.drain()
    assert (await world.look(lambda tx: intake.get(tx, arrival))).state is FileState.STORED  # type: ignore[union-attr]
    assert verify.check(await world.look(verify.read), world.blobs).faults == ()


async def test_a_stamp_in_the_text_leaves_nothing_behind(world: World) -> None:
    """The bytes go, the name goes from wherever it was shown, those who guard secrets hear of it."""
    lan, huong = await world.person(OFFICER), await world.person(CONSOLIDATOR)
    secret = hostile.text_docx(hostile.word_paragraphs("CÔNG AN HUYỆN\nMẬT\nKẾ HOẠCH"))
    canary = "chim-hoang-yen"
    (arrival,) = await world.announce(lan, (f"{canary}.docx", len(secret)), caption=f"về {canary}")
    await world.say(lan, "/hopthu")
    await world.bring(arrival, secret)
    await world.say(lan, "1")
    await world.drain()
    ended = await world.look(lambda tx: intake.get(tx, arrival))
    assert ended is not None
    assert (ended.state, ended.reason) == (FileState.REFUSED, rules.SECRET)
    assert texts.secret_found() in await said(world, lan)
    assert texts.secret_alert("Công an xã An Thạnh Đông") in await said(world, huong)
    await world.db.forget_the_past()
    left = [path.name for path in world.folder.rglob("*") if path.is_file() and canary.encode() in path.read_bytes()]
    assert left == []
    assert list(world.blobs.names()) == []


async def test_a_secret_is_not_forgotten_between_erasing_and_the_verdict(world: World) -> None:
    lan = await world.person(OFFICER)
    (arrival,) = await world.announce(lan, ("kế hoạch.docx", len(PHOTO)))
    await world.bring(arrival, PHOTO)
    await world.db.write(lambda tx: intake.found_secret(tx, arrival, "mat"))
    world.scratch.remove(arrival)
    await world.drain()
    ended = await world.look(lambda tx: intake.get(tx, arrival))
    assert ended is not None
    assert (ended.state, ended.reason) == (FileState.REFUSED, rules.SECRET)


async def test_a_file_that_comes_after_xong_has_to_be_declared_too(world: World) -> None:
    lan = await world.person(OFFICER)
    await world.say(lan, "3.2.2")
    await world.announce(lan, ("một.jpg", 10), batch="album")
    first = await world.look(lambda tx: evidence.document_of_batch(tx, lan, "album"))
    assert first is not None
    await world.press(lan, f"ev:done:{first.id}")
    await world.announce(lan, ("hai.jpg", 10), batch="album")
    after = await world.look(lambda tx: evidence.document_of_batch(tx, lan, "album"))
    assert after is not None
    assert (after.declared, len(after.files)) == (False, 2)


async def test_an_older_button_is_named_in_the_history(world: World) -> None:
    lan = await world.person(OFFICER)
    await world.say(lan, "3.2.2")
    card = (await world.messages(lan))[-1]
    await world.say(lan, "/tiendo")
    data = json.loads(card.body)["choices"][0][1]["data"]
    await world.press(lan, data, message=card.id)
    heard = [json.loads(m.body)["text"] for m in await world.messages(lan) if m.direction == "in"]
    assert heard[-1] == "Chưa làm"
