"""What was heard counts once, and a turn that failed is tried again, later each time, at most five times."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from handlers.flows import lookup
from storage import inbox
from storage.database import Tx
from tests.world import OFFICER, START, World


async def test_heard_twice_is_added_once(world: World) -> None:
    def add(tx: Tx) -> list[int | None]:
        return [
            inbox.add(tx, channel, id_, START)
            for channel, id_ in (("web", "1"), ("web", "1"), ("x", "1"), ("web", "2"))
        ]

    first = await world.db.write(add)
    assert [id_ is not None for id_ in first] == [True, False, True, True]
    assert await world.db.write(add) == [None] * 4


async def test_later_each_time_and_then_parked(world: World) -> None:
    id_ = await world.db.write(lambda tx: inbox.add(tx, "web", "1", START))
    assert id_ is not None
    waits = []
    for tries in range(1, inbox.MAX_TRIES + 1):
        parked = await world.db.write(lambda tx, t=tries: inbox.failed(tx, id_, "{}", t, "KeyError", START))  # type: ignore[misc]
        assert parked is (tries == inbox.MAX_TRIES)
        if not parked:
            wait = timedelta(seconds=5 * 4**tries)
            assert await world.look(lambda tx, w=wait: inbox.due(tx, START + w - timedelta(seconds=1))) == []  # type: ignore[misc]
            (due,) = await world.look(lambda tx, w=wait: inbox.due(tx, START + w))  # type: ignore[misc]
            assert (due.id, due.raw, due.tries) == (id_, "{}", tries)
            waits.append(wait)
    assert waits == sorted(waits)
    assert await world.look(lambda tx: inbox.due(tx, START + timedelta(days=999))) == []
    assert await world.look(inbox.counts) == {"waiting": 0, "parked": 1}


async def test_done_forgets_what_was_said(world: World) -> None:
    id_ = await world.db.write(lambda tx: inbox.add(tx, "web", "1", START))
    assert id_ is not None
    await world.db.write(lambda tx: inbox.failed(tx, id_, "words", 1, "KeyError", START))
    await world.db.write(lambda tx: inbox.done(tx, id_))
    row = await world.look(lambda tx: tx.exec_driver_sql("SELECT state, raw, retry_at FROM inbox").one())
    assert tuple(row) == ("done", None, None)


async def test_a_turn_that_fails_is_kept_told_of_and_made_up_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await world.person(OFFICER)

    def broken(*_: object) -> None:
        raise KeyError("a fault of ours")

    with monkeypatch.context() as patched, capture_logs():
        patched.setattr(lookup, "step", broken)
        await world.say(person, "/han", "m")
        assert (await world.say(person, "/han", "m")).repeat
        assert len(await world.messages(person)) == 1
        world.clock.forward(minutes=10)
        assert await world.turns.retry_due() == 1
        assert len(await world.messages(person)) == 1
    assert await world.look(inbox.counts) == {"waiting": 1, "parked": 0}
    world.clock.forward(minutes=10)
    assert await world.turns.retry_due() == 1
    assert await world.look(inbox.counts) == {"waiting": 0, "parked": 0}
    assert await world.turns.retry_due() == 0
    said = [(message.direction, message.client_id) for message in await world.messages(person)]
    assert said[1] == ("in", "m")
    assert len(said) >= 3


async def test_poison_is_parked_and_blocks_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await world.person(OFFICER)

    def broken(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr(lookup, "step", broken)
    with capture_logs() as logged:
        await world.say(person, "/han")
        for _ in range(2 * inbox.MAX_TRIES):
            world.clock.forward(hours=5)
            await world.turns.retry_due()
    assert [entry["parked"] for entry in logged if entry["event"] == "turn failed"] == [False] * 4 + [True]
    assert await world.look(inbox.counts) == {"waiting": 0, "parked": 1}
    assert not (await world.say(person, "/viec")).refusal
