"""One writer, whole transactions, and caches that hold only while nobody else has written."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from criteria.facts import AccessDenied
from handlers import acts
from storage import audit, campaigns
from storage.campaigns import NoCampaign
from storage.database import Database, StorageTrouble, Tx, forget, savepoint
from tests.world import OFFICER, World


@pytest.fixture
async def beside(world: World) -> AsyncIterator[Database]:
    """Another process's connection to the same database."""
    made = Database(world.url, serving=False)
    yield made
    await made.close()


def add(tx: Tx, world: World, *people: int) -> audit.Head:
    audit.append(tx, [AccessDenied(person, "walk:open") for person in people], world.clock())
    return audit.head(tx)


async def faults(world: World) -> list[audit.Fault]:
    return await world.look(lambda tx: list(audit.faults(tx)))


async def test_no_update_is_lost(world: World) -> None:
    """Read, then write what was read plus one: eight at once, a hundred times each."""
    person = await world.person(OFFICER)

    def count(tx: Tx) -> None:
        seq = tx.exec_driver_sql("SELECT seq FROM conversations WHERE person_id = ?", (person,)).scalar_one()
        tx.exec_driver_sql("UPDATE conversations SET seq = ? WHERE person_id = ?", (seq + 1, person))

    async def often() -> None:
        for _ in range(100):
            await world.db.write(count)

    await asyncio.gather(*(often() for _ in range(8)))
    assert await world.look(lambda tx: tx.exec_driver_sql("SELECT seq FROM conversations").scalar_one()) == 800


async def test_no_update_is_lost_between_processes(world: World, beside: Database) -> None:
    async def often(db: Database) -> None:
        for number in range(50):
            await db.write(lambda tx, number=number: add(tx, world, number))  # type: ignore[misc]

    before = await world.look(audit.head)
    await asyncio.gather(often(world.db), often(beside))
    assert (await world.look(audit.head)).seq == before.seq + 100
    assert await faults(world) == []


async def test_an_exception_takes_all_of_it_back(world: World) -> None:
    def half(tx: Tx) -> None:
        add(tx, world, 1, 2)
        raise RuntimeError("half way")

    before = await world.look(audit.head)
    with pytest.raises(RuntimeError, match="half way"):
        await world.db.write(half)
    assert await world.look(audit.head) == before
    after = await world.db.write(lambda tx: add(tx, world, 3))
    assert after.seq == before.seq + 1
    assert await faults(world) == []


async def test_a_savepoint_takes_its_part_back(world: World) -> None:
    """The rows before it stay, and the head that was remembered within it is forgotten."""

    def work(tx: Tx) -> audit.Head:
        add(tx, world, 1)
        with contextlib.suppress(RuntimeError), savepoint(tx):
            add(tx, world, 2, 3)
            raise RuntimeError
        forget(tx)
        return add(tx, world, 4)

    before = await world.look(audit.head)
    assert (await world.db.write(work)).seq == before.seq + 2
    assert await faults(world) == []
    bodies = await world.look(lambda tx: tx.exec_driver_sql("SELECT body FROM audit ORDER BY seq").scalars().all())
    assert [('"person":4' in body, '"person":2' in body) for body in bodies[-2:]] == [(False, False), (True, False)]


async def test_another_process_moves_the_head(world: World, beside: Database) -> None:
    await world.db.write(lambda tx: add(tx, world, 1))
    await beside.write(lambda tx: add(tx, world, 2))
    await world.db.write(lambda tx: add(tx, world, 3))
    await beside.write(lambda tx: add(tx, world, 4))
    assert await faults(world) == []


async def test_another_process_moves_the_clock(world: World, beside: Database) -> None:
    """Both the writer and the readers see a campaign that was changed beside them."""

    def now(tx: Tx) -> object:
        return campaigns.current(tx).campaign.now(world.clock())

    before = (await world.db.write(now), await world.db.read(now))
    assert before[0] == before[1]
    moved = await beside.write(lambda tx: acts.advance_clock(tx, timedelta(days=3), world.clock()))
    assert (await world.db.write(now), await world.db.read(now)) == (moved, moved) != before


async def test_a_clock_that_was_moved_and_taken_back(world: World) -> None:
    def half(tx: Tx) -> None:
        acts.advance_clock(tx, timedelta(days=3), world.clock())
        raise RuntimeError

    before = await world.now()
    with pytest.raises(RuntimeError):
        await world.db.write(half)
    assert await world.db.write(lambda tx: campaigns.current(tx).campaign.now(world.clock())) == before


async def test_reading_cannot_write(world: World) -> None:
    with pytest.raises(sa.exc.OperationalError, match="readonly"):
        await world.db.read(lambda tx: tx.exec_driver_sql("DELETE FROM inbox"))


async def test_a_read_sees_one_moment(world: World) -> None:
    def twice(tx: Tx) -> tuple[int, int]:
        first = audit.head(tx).seq
        with sqlite3.connect(world.folder / "kiemchung.db", isolation_level=None) as other:
            other.execute("INSERT INTO audit VALUES (?, 'a', 'b', 'c')", (first + 1,))
        other.close()
        return first, audit.head(tx).seq

    first, second = await world.look(twice)
    assert first == second


async def test_a_lock_held_by_another_process_is_waited_for(world: World) -> None:
    other = sqlite3.connect(world.folder / "kiemchung.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.ensure_future(world.db.write(lambda tx: add(tx, world, 1)))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    other.execute("ROLLBACK")
    await waiting
    other.close()


async def test_a_lock_held_too_long_is_trouble_and_leaves_nothing(world: World) -> None:
    await world.db.write(lambda tx: tx.connection.cursor().execute("SELECT 1"))
    raw = world.db._writer
    assert raw is not None
    await world.db.write(lambda tx: None)
    raw.connection.cursor().execute("PRAGMA busy_timeout=50")
    before = await world.look(audit.head)
    other = sqlite3.connect(world.folder / "kiemchung.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageTrouble):
        await world.db.write(lambda tx: add(tx, world, 1))
    assert await world.look(audit.head) == before
    other.execute("ROLLBACK")
    other.close()
    assert (await world.db.write(lambda tx: add(tx, world, 1))).seq == before.seq + 1
    assert await faults(world) == []


async def test_the_settings_that_durability_rests_on(world: World, beside: Database) -> None:
    def pragmas(tx: Tx) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema", "wal_autocheckpoint")
        return {name: tx.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    ours = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0}
    assert await world.db.write(pragmas) == {**ours, "wal_autocheckpoint": 1000}
    assert await beside.write(pragmas) == {**ours, "wal_autocheckpoint": 0}


async def test_without_a_campaign(tmp_path: Path) -> None:
    empty = World(tmp_path)
    with pytest.raises(NoCampaign):
        await empty.look(campaigns.current)
    await empty.open()
    assert (await empty.look(campaigns.current)).campaign.rehearsal
    await empty.close()


def test_other_databases_are_turned_away() -> None:
    with pytest.raises(ValueError, match="sqlite"):
        Database("postgresql+asyncpg://nowhere/kiemchung", serving=True)
