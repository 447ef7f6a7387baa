"""The audit chain shows whoever goes around it, and the database refuses whoever does not."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
import sqlalchemy as sa

from criteria.facts import AccessDenied
from storage import audit
from tests.world import World

ROWS = 12


@pytest.fixture
async def chained(world: World) -> World:
    facts = [AccessDenied(person, "walk:open") for person in range(ROWS)]
    await world.db.write(lambda tx: audit.append(tx, facts, world.clock()))
    return world


def around(world: World, *statements: str) -> None:
    """As somebody with the file and without the triggers."""
    with closing(sqlite3.connect(world.folder / "kiemchung.db")) as db, db:
        db.execute("DROP TRIGGER IF EXISTS audit_no_update")
        db.execute("DROP TRIGGER IF EXISTS audit_no_delete")
        for statement in statements:
            db.execute(statement)


async def found(world: World) -> list[int]:
    return [fault.seq for fault in await world.look(lambda tx: list(audit.faults(tx)))]


async def test_an_honest_chain_holds(chained: World) -> None:
    head = await chained.look(audit.head)
    assert head.seq == 1 + ROWS
    assert await found(chained) == []


async def test_an_empty_one_too(world: World) -> None:
    around(world, "DELETE FROM audit")
    assert await found(world) == []
    assert await world.look(audit.head) == audit.Head(0, audit.GENESIS)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET body = '{}'", "DELETE FROM audit", "UPDATE audit SET seq = seq + 100"]
)
async def test_the_database_refuses_changes(chained: World, statement: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        await chained.db.write(lambda tx: tx.exec_driver_sql(statement))
    assert await found(chained) == []


@pytest.mark.parametrize(
    ("statements", "at"),
    [
        (("UPDATE audit SET body = replace(body, 'walk', 'list') WHERE seq = 5",), [5]),
        (("UPDATE audit SET hash = 'x' WHERE seq = 5",), [5, 6]),
        (("UPDATE audit SET prev_hash = 'x' WHERE seq = 5",), [5, 5]),
        (("DELETE FROM audit WHERE seq = 5",), [6, 6]),
        (("DELETE FROM audit WHERE seq < 5",), [5, 5]),
        (("INSERT INTO audit SELECT 100, 'x', 'y', body FROM audit WHERE seq = 5",), [100, 100, 100]),
        (
            (
                "UPDATE audit SET seq = 100 WHERE seq = 5",
                "UPDATE audit SET seq = 5 WHERE seq = 6",
                "UPDATE audit SET seq = 6 WHERE seq = 100",
            ),
            [5, 6, 7],
        ),
    ],
    ids=["edited", "another hash", "another link", "deleted", "beginning gone", "inserted", "reordered"],
)
async def test_tampering_is_found(chained: World, statements: tuple[str, ...], at: list[int]) -> None:
    around(chained, *statements)
    assert await found(chained) == at


async def test_a_row_that_was_edited_with_its_hash_no_longer_leads_on(chained: World) -> None:
    row = await chained.look(lambda tx: tx.exec_driver_sql("SELECT * FROM audit WHERE seq = 5").one())
    body = row.body.replace("walk", "list")
    around(chained, f"UPDATE audit SET body = '{body}', hash = '{audit.chain(row.prev_hash, body)}' WHERE seq = 5")
    assert await found(chained) == [6]


async def test_a_tail_that_was_cut_is_found_by_the_head_kept_outside(chained: World) -> None:
    kept = await chained.look(audit.head)
    around(chained, f"DELETE FROM audit WHERE seq > {kept.seq - 3}")
    assert await found(chained) == []
    assert (await chained.look(audit.head)).seq == kept.seq - 3
    on_it: Callable[[sa.Connection], object] = lambda tx: tx.exec_driver_sql(  # noqa: E731
        "SELECT count(*) FROM audit WHERE seq = ? AND hash = ?", (kept.seq, kept.hash)
    ).scalar()
    assert await chained.look(on_it) == 0
