"""What happens without a person, when disk, database or checker fail: every arrival keeps its place."""

import asyncio
import errno
from typing import Any

import pytest

from criteria.evidence import FileState
from scheduler import housekeeping
from scheduler import intake as worker
from storage import intake
from storage.blobs import Blobs, DamagedBlob
from storage.checking.pool import Checker, CheckerDown
from storage.database import Database
from storage.intake import Arrival
from tests import hostile
from tests.web.booth import impatient, locked
from tests.world import OFFICER, World

PHOTO = hostile.jpg()


@pytest.fixture
async def officer(world: World) -> int:
    return await world.person(OFFICER)


async def waiting(world: World, officer: int) -> str:
    """An arrival whose bytes are whole and that nobody has looked at."""
    (id_,) = await world.announce(officer, ("ảnh.jpg", len(PHOTO)))
    await world.bring(id_, PHOTO)
    return id_


async def state(world: World, id_: str) -> Arrival:
    found = await world.look(lambda tx: intake.get(tx, id_))
    assert found is not None
    return found


async def words(world: World, officer: int) -> str:
    return (await world.messages(officer))[-1].body


async def test_a_full_disk_is_waited_for_however_long(
    world: World, officer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = await waiting(world, officer)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "canary")

    with monkeypatch.context() as broken:
        broken.setattr(Blobs, "put", full)
        for _ in range(8):
            await world.drain()
            assert (await state(world, id_)).state is FileState.WAITING
            world.clock.forward(minutes=2)
    assert "sẽ tự lưu lại" in await words(world, officer)
    await world.drain()
    assert (await state(world, id_)).state is FileState.STORED
    assert list(world.scratch.root.iterdir()) == []


@pytest.mark.parametrize("fault", [CheckerDown("process"), DamagedBlob("canary")], ids=["checker", "blob"])
async def test_a_file_that_cannot_be_checked_is_tried_five_times(
    world: World, officer: int, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    id_ = await waiting(world, officer)

    async def fails(*_: object) -> Any:
        raise fault

    monkeypatch.setattr(Checker, "check", fails)
    for tries in range(1, 5):
        await world.drain()
        assert ((await state(world, id_)).state, (await state(world, id_)).tries) == (FileState.WAITING, tries)
        world.clock.forward(minutes=2)
    await world.drain()
    assert (await state(world, id_)).state is FileState.REFUSED
    assert "chưa đọc được tệp này" in await words(world, officer)
    assert list(world.scratch.root.iterdir()) == []


async def test_a_locked_database_leaves_the_arrival_due(
    world: World, officer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = await waiting(world, officer)
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    await impatient(world)
    with monkeypatch.context() as broken, locked(world):
        broken.setattr(asyncio, "sleep", nap)
        await world.worker.work_off()
    assert len(naps) == 1
    assert (await state(world, id_)).state is FileState.CHECKING
    await world.drain()
    assert (await state(world, id_)).state is FileState.STORED


async def test_the_worker_looks_by_itself(world: World, officer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_LOOK_EVERY", 0.01)
    running = asyncio.create_task(world.worker.run())
    id_ = await waiting(world, officer)
    for _ in range(2000):
        await asyncio.sleep(0.01)
        if (await state(world, id_)).state is FileState.STORED:
            break
    assert (await state(world, id_)).state is FileState.STORED
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_several_loops_settle_each_arrival_once(world: World, officer: int) -> None:
    ids = [await waiting(world, officer) for _ in range(4)]
    taken = await asyncio.gather(*(world.worker.work_off() for _ in range(4)))
    await world.drain()
    assert sum(taken) >= len(ids)
    assert {(await state(world, id_)).state for id_ in ids} == {FileState.STORED}


async def test_scratch_bytes_that_are_gone_are_asked_for_at_once(world: World, officer: int) -> None:
    id_ = await waiting(world, officer)
    world.scratch.remove(id_)
    await world.drain()
    assert (await state(world, id_)).state is FileState.REFUSED
    assert "Xin gửi lại" in await words(world, officer)


async def test_what_never_came_gets_its_end_after_a_day(world: World, officer: int) -> None:
    (id_,) = await world.announce(officer, ("ảnh.jpg", 10))
    world.clock.forward(hours=23)
    await world.worker.refuse_what_never_came()
    assert (await state(world, id_)).state is FileState.RECEIVED
    world.clock.forward(hours=2)
    await world.worker.refuse_what_never_came()
    assert (await state(world, id_)).state is FileState.REFUSED
    assert "bị ngắt" in await words(world, officer)


async def test_a_duty_that_cannot_be_done_waits_for_its_next_tick(
    world: World, officer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    duties = {tick.name: tick for tick in housekeeping.duties(world.db, world.turns, world.worker, world.clock)}
    assert set(duties) == {"forget", "retry-turns", "keep-clock", "clear-up"}
    await impatient(world)
    with locked(world):
        await duties["keep-clock"].call()

    async def broken(*_: object) -> None:
        raise OSError(errno.EIO, "canary")

    with monkeypatch.context() as no_disk:
        no_disk.setattr(type(world.worker), "sweep_scratch", broken)
        await duties["clear-up"].call()
    for tick in duties.values():
        await tick.call()


async def test_a_fault_of_ours_in_a_duty_is_not_hidden(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise KeyError("canary")

    monkeypatch.setattr(Database, "write", broken)
    duties = {tick.name: tick for tick in housekeeping.duties(world.db, world.turns, world.worker, world.clock)}
    with pytest.raises(KeyError):
        await duties["keep-clock"].call()
