"""`verify` names every kind of fault, and only what is wrong."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from storage import verify
from tests import hostile
from tests.world import OFFICER, World


def sql(world: World, *statements: str) -> None:
    with closing(sqlite3.connect(world.folder / "kiemchung.db")) as db, db:
        for statement in statements:
            db.execute(statement)


def blob(world: World) -> Path:
    return world.blobs.path(next(iter(world.blobs.names())))


def lose(world: World) -> None:
    blob(world).unlink()


def flip(world: World) -> None:
    content = bytearray(blob(world).read_bytes())
    content[7] ^= 1
    blob(world).write_bytes(content)


def cut(world: World) -> None:
    blob(world).write_bytes(blob(world).read_bytes()[:-1])


def another_size(world: World) -> None:
    sql(world, "UPDATE files SET size = size + 1")


def no_sidecar(world: World) -> None:
    next(blob(world).parent.glob("*.json")).unlink()


def foreign(world: World) -> None:
    (blob(world).parent / (blob(world).name[:2] + "0" * 62)).write_bytes(b"whose?")


def no_row(world: World) -> None:
    sql(world, "DELETE FROM files")


def edited(world: World) -> None:
    sql(world, "DROP TRIGGER audit_no_update", "UPDATE audit SET body = '{}' WHERE seq = 2")


@pytest.mark.parametrize(
    ("harm", "kinds"),
    [
        (lose, ["missing"]),
        (flip, ["damaged"]),
        (cut, ["damaged"]),
        (another_size, ["size"]),
        (no_sidecar, ["sidecar"]),
        (foreign, ["orphan"]),
        (no_row, ["orphan", "unsettled"]),
        (edited, ["audit"]),
    ],
)
async def test_every_fault_is_named(world: World, harm: Callable[[World], None], kinds: list[str]) -> None:
    person = await world.person(OFFICER)
    await world.send(person, "Ảnh.jpg", hostile.jpg(32, 32))
    sound = verify.check(await world.look(verify.read), world.blobs)
    assert (sound.files, sound.faults) == (1, ())
    assert sound.audit_rows > 3
    harm(world)
    report = verify.check(await world.look(verify.read), world.blobs)
    assert [fault.kind for fault in report.faults] == kinds


async def test_every_damaged_file_of_many_is_named(world: World) -> None:
    person = await world.person(OFFICER)
    for number in range(12):
        await world.send(person, f"Ảnh {number}.jpg", hostile.jpg(24 + number, 24))
    names = list(world.blobs.names())
    for name in names[:5]:
        world.blobs.path(name).write_bytes(b"rot")
    for name in names[5:8]:
        world.blobs.path(name).unlink()
    report = verify.check(await world.look(verify.read), world.blobs)
    found = {(fault.kind, fault.detail) for fault in report.faults}
    assert found == {("damaged", name) for name in names[:5]} | {("missing", name) for name in names[5:8]}


async def test_a_sidecar_is_enough_to_rebuild_the_row(world: World) -> None:
    """Everything but the filing: who sent what, when, in which sending, under which name."""
    person = await world.person(OFFICER)
    id_ = await world.send(person, "Ảnh trụ sở.jpg", hostile.jpg(32, 32), batch="one sending")
    (name,) = world.blobs.names()
    written = json.loads(world.blobs.sidecar(name, id_).read_text(encoding="utf-8"))
    row = await world.look(lambda tx: dict(tx.exec_driver_sql("SELECT * FROM arrivals").mappings().one()))
    for key in ("id", "document_id", "person_id", "channel", "chat", "message", "uid", "kind", "size", "sha256"):
        assert written[key] == row[key]
    assert (written["batch"], written["unit"]) == ("one sending", OFFICER.unit)
    assert written["name"] == "Ảnh trụ sở.jpg"
    assert written["announced_at"].startswith("2026-11-23T01:00:00")
