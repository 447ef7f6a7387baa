"""The ways in: each invite and link once, for its time only; devices that end; guesses that are counted."""

import asyncio
from datetime import datetime, timedelta

import pytest

from criteria.people import GrantState, Role
from storage import campaigns, doors, people
from storage.database import Database, Tx
from tests.world import ADMIN, OFFICER, START, World

HOUR = timedelta(hours=1)
MOMENT = timedelta(seconds=1)


async def invited(world: World, token: str = "code", by: int | None = None) -> int:
    def make(tx: Tx) -> int:
        unit = campaigns.current(tx).unit_ids[OFFICER.unit]
        return doors.make_invite(
            tx, token, unit_id=unit, role=Role.OFFICER.value, name="Lan", phone=None, created_by=by, at=START
        )

    return await world.db.write(make)


async def use(world: World, token: str = "code", at: datetime = START) -> doors.Invite | None:
    return await world.db.write(lambda tx: doors.use_invite(tx, token, at))


async def test_an_invite_is_used_once(world: World) -> None:
    id_ = await invited(world)
    used = await use(world)
    assert used is not None
    assert (used.id, used.unit, used.role, used.name) == (id_, OFFICER.unit, "can_bo", "Lan")
    assert await use(world) is None


async def test_by_one_of_eight_at_once(world: World) -> None:
    """Tried by two processes, four at a time each."""
    await invited(world)
    beside = Database(world.url, serving=False)
    tries = [db.write(lambda tx: doors.use_invite(tx, "code", START)) for db in (world.db, beside) for _ in range(4)]
    found = await asyncio.gather(*tries)
    await beside.close()
    assert sum(one is not None for one in found) == 1


@pytest.mark.parametrize("token", ["", "cod", "code ", "Code", "codes", "\ud800", "' OR 1=1 --"])
async def test_another_code_opens_nothing(world: World, token: str) -> None:
    await invited(world)
    assert await use(world, token) is None
    assert await use(world) is not None


async def test_an_invite_ends_after_three_days(world: World) -> None:
    await invited(world)
    ends = START + timedelta(hours=doors.INVITE_HOURS)
    assert await use(world, at=ends) is None
    assert await use(world, at=ends - MOMENT) is not None


async def test_a_revoked_invite(world: World) -> None:
    id_ = await invited(world)
    assert await world.db.write(lambda tx: doors.revoke_invite(tx, "code", START)) == id_
    assert await world.db.write(lambda tx: doors.revoke_invite(tx, "code", START)) is None
    assert await use(world) is None


async def test_no_token_is_kept_in_clear(world: World) -> None:
    person = await world.person(OFFICER)
    await invited(world, "canary-invite")
    await world.db.write(lambda tx: doors.add_device(tx, "canary-device", person, "phone", START))
    await world.db.write(lambda tx: doors.keep_sign_in_link(tx, doors.token_hash("canary-link"), person, START, 10))
    for path in world.folder.glob("kiemchung.db*"):
        assert b"canary" not in path.read_bytes()


async def test_a_sign_in_link(world: World) -> None:
    person = await world.person(OFFICER)
    for token in ("one", "two", "three"):
        hashed = doors.token_hash(token)
        await world.db.write(lambda tx, h=hashed: doors.keep_sign_in_link(tx, h, person, START, 10))  # type: ignore[misc]

    async def enter(token: str, at: datetime) -> int | None:
        return await world.db.write(lambda tx: doors.use_sign_in_link(tx, token, at))

    assert await enter("one", START) == person
    assert await enter("one", START) is None
    assert await enter("two", START + timedelta(minutes=10)) is None
    assert await enter("two", START + timedelta(minutes=9)) == person
    assert await enter("four", START) is None
    await world.db.write(lambda tx: people.shut_out(tx, person, START))
    assert await enter("three", START) is None


async def test_devices_end(world: World) -> None:
    person = await world.person(OFFICER)
    ids = [
        await world.db.write(lambda tx, t=token: doors.add_device(tx, t, person, "phone", START))  # type: ignore[misc]
        for token in ("one", "two", "three")
    ]

    async def alive(at: datetime = START) -> list[bool]:
        return [
            await world.look(lambda tx, t=token: doors.device(tx, t, at)) is not None  # type: ignore[misc]
            for token in ("one", "two", "three")
        ]

    assert await alive() == [True] * 3
    assert await alive(START + timedelta(days=doors.DEVICE_DAYS)) == [False] * 3
    assert await world.look(lambda tx: doors.devices_of(tx, person, START)) == 3
    await world.db.write(lambda tx: doors.end_devices(tx, person, ids[1], START))
    assert await alive() == [False, True, False]
    await world.db.write(lambda tx: doors.end_devices(tx, person, None, START))
    assert await alive() == [False] * 3
    assert await world.look(lambda tx: doors.device(tx, "another", START)) is None


async def test_five_failed_tries_an_hour(world: World) -> None:
    async def fail(who: str, at: datetime) -> bool:
        return await world.db.write(lambda tx: doors.count_failure(tx, who, at))

    assert [await fail("web:1", START) for _ in range(7)] == [True] * 5 + [False] * 2
    assert await fail("web:2", START)
    assert not await fail("web:1", START + HOUR - MOMENT)
    assert await fail("web:1", START + HOUR)


async def test_old_tries_are_forgotten(world: World) -> None:
    for hours in (0, 12, 40):
        await world.db.write(lambda tx, h=hours: doors.count_failure(tx, "web:1", START + timedelta(hours=h)))  # type: ignore[misc]
    left = await world.look(lambda tx: tx.exec_driver_sql("SELECT count(*) FROM failed_entries").scalar_one())
    assert left == 1


async def test_shut_out_ends_everything_at_once(world: World) -> None:
    person, other = await world.person(ADMIN), await world.person(OFFICER)
    await invited(world, "made", by=person)
    await invited(world, "made by another", by=other)
    for who in (person, other):
        await world.db.write(lambda tx, w=who: doors.add_device(tx, f"device {w}", w, "phone", START))  # type: ignore[misc]
        hashed = doors.token_hash(f"link {who}")
        await world.db.write(lambda tx, w=who, h=hashed: doors.keep_sign_in_link(tx, h, w, START, 10))  # type: ignore[misc]
    await world.db.write(lambda tx: people.shut_out(tx, person, START))
    found = await world.look(lambda tx: people.get(tx, person))
    assert found is not None
    assert (found.active, found.grants) == (False, ())
    states = await world.look(
        lambda tx: tx.exec_driver_sql("SELECT state FROM grants WHERE person_id = ?", (person,)).scalars().all()
    )
    assert states == [GrantState.ENDED.value]
    assert await world.look(lambda tx: doors.device(tx, f"device {person}", START)) is None
    assert await world.look(lambda tx: doors.device(tx, f"device {other}", START)) is not None
    assert await world.db.write(lambda tx: doors.use_sign_in_link(tx, f"link {person}", START)) is None
    assert await world.db.write(lambda tx: doors.use_sign_in_link(tx, f"link {other}", START)) == other
    assert await use(world, "made") is None
    assert await use(world, "made by another") is not None
    assert await world.look(lambda tx: people.with_roles(tx, [Role.ADMIN])) == []
    assert (await world.say(person, "/viec")).refusal
