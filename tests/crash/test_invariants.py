"""The checker behind the crash tests sees what it is there to see."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests import hostile
from tests.invariants import Folder, Told, breaches
from tests.world import OFFICER, World

PHOTO = hostile.jpg(32, 32)


def sql(statement: str) -> Callable[[World], None]:
    def harm(world: World) -> None:
        with closing(sqlite3.connect(world.folder / "kiemchung.db")) as db, db:
            db.execute("PRAGMA foreign_keys = OFF")
            db.execute(statement)

    return harm


def blob(world: World) -> Path:
    return world.blobs.path(next(iter(world.blobs.names())))


def no_blob(world: World) -> None:
    blob(world).unlink()


def other_bytes(world: World) -> None:
    blob(world).write_bytes(b"other")


def other_sidecar(world: World) -> None:
    next(blob(world).parent.glob("*.json")).write_text("{}")


def foreign_blob(world: World) -> None:
    (blob(world).parent / ("0" * 64)).touch()


def foreign_scratch(world: World) -> None:
    (world.folder / "scratch" / ("z" * 16)).touch()


def secret_kept(world: World) -> None:
    (world.folder / "scratch" / "note").write_text("TỐI MẬT")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (no_blob, "row without bytes"),
        (other_bytes, "row with other bytes"),
        (other_sidecar, "sidecar of"),
        (foreign_blob, "bytes without a row"),
        (foreign_scratch, "unknown in scratch"),
        (secret_kept, "written in note"),
        (sql("DELETE FROM files"), "two ends or none"),
        (sql("DELETE FROM arrivals"), "announced and is gone"),
        (sql("UPDATE arrivals SET state = 'refused', reason = 'damaged'"), "two ends or none"),
        (sql("UPDATE arrivals SET state = 'received'"), "waited for again"),
        (sql("UPDATE arrivals SET sha256 = 'other'"), "holds other bytes"),
        (sql("UPDATE files SET receipt = '000-000-000'"), "false receipt"),
        (sql("UPDATE messages SET body = replace(body, 'đã lưu', 'đang lưu')"), "silence"),
        (sql("DELETE FROM messages"), "silence"),
        (sql("UPDATE inbox SET state = 'parked'"), "parked"),
        (sql("DELETE FROM audit WHERE seq = (SELECT max(seq) - 1 FROM audit)"), "verify: audit"),
    ],
)
async def test_every_breach_is_seen(world: World, harm: Callable[[World], None], words: str) -> None:
    person = await world.person(OFFICER)
    id_ = await world.send(person, "Ảnh.jpg", PHOTO)
    (sha256,) = world.blobs.names()
    told = Told({id_}, {id_: sha256})
    told.wanted[sha256] = 1
    folder = Folder(world.folder, world.folder / "blobs", log="quiet", canaries=["Ảnh"], unwritten=["TỐI MẬT"])
    assert breaches(folder, told) == []
    sql("DROP TRIGGER audit_no_delete")(world)
    harm(world)
    assert [breach for breach in breaches(folder, told) if words in breach]


async def test_what_is_missing_or_logged_is_seen(world: World) -> None:
    person = await world.person(OFFICER)
    await world.send(person, "Ảnh.jpg", PHOTO)
    told = Told()
    told.wanted["another"] = 1
    folder = Folder(world.folder, world.folder / "blobs", log="read Ảnh.jpg", canaries=["Ảnh"])
    assert {breach.partition(":")[0] for breach in breaches(folder, told)} == {"evidence", "in the log"}
