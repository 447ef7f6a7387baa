"""An arrival's states, each change guarded by the state it leaves; scratch; and the worker that takes it through."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from criteria.evidence import NEVER_CAME, REPEATED, FileState
from storage import evidence, intake
from storage.blobs import Digest
from storage.checking.pool import CheckerDown
from storage.database import Tx
from storage.scratch import Scratch
from tests import hostile
from tests.invariants import Folder, Told, breaches
from tests.world import OFFICER, World

WHOLE = Digest("ab" * 32, 10)
S = FileState


async def arrival(world: World, state: FileState | None = None, size: int = 10) -> str:
    """An announced file, put into `state` by hand."""
    person = await world.person(OFFICER)
    (id_,) = await world.announce(person, ("Ảnh.jpg", size))
    if state is not None:
        await world.db.write(
            lambda tx: tx.exec_driver_sql(
                "UPDATE arrivals SET state = ?, sha256 = ?, size = 10, retry_at = ? WHERE id = ?",
                (state.value, "cd" * 32, world.clock().replace(tzinfo=None).isoformat(" "), id_),
            )
        )
    return id_


async def state_of(world: World, id_: str) -> intake.Arrival:
    found = await world.look(lambda tx: intake.get(tx, id_))
    assert found is not None
    return found


Move = Callable[[Tx, str, World], object]


def begin(tx: Tx, id_: str, world: World) -> object:
    return intake.begin(tx, id_)


def whole(tx: Tx, id_: str, world: World) -> object:
    return intake.whole(tx, id_, WHOLE, world.clock())


def postpone(tx: Tx, id_: str, world: World) -> object:
    intake.postpone(tx, id_, 1, world.clock(), timedelta(seconds=5))
    return None


@pytest.mark.parametrize(
    ("move", "leads"),
    [
        (begin, {S.RECEIVED: S.FETCHING, S.FETCHING: S.FETCHING}),
        (whole, {S.FETCHING: S.CHECKING}),
        (postpone, {S.CHECKING: S.WAITING, S.WAITING: S.WAITING}),
    ],
)
@pytest.mark.parametrize("before", list(FileState))
async def test_every_move_from_every_state(
    world: World, move: Move, leads: dict[FileState, FileState], before: FileState
) -> None:
    id_ = await arrival(world, before)
    said = await world.db.write(lambda tx: move(tx, id_, world))
    after = await state_of(world, id_)
    assert after.state is leads.get(before, before)
    assert said in (None, before in leads)
    if before not in leads:
        assert after.sha256 == "cd" * 32


async def test_whole_is_due_at_once_and_counts_afresh(world: World) -> None:
    id_ = await arrival(world)
    await world.db.write(lambda tx: (intake.begin(tx, id_), whole(tx, id_, world)))
    (found,) = await world.look(lambda tx: intake.due(tx, world.clock(), 10))
    assert (found.id, found.digest, found.tries) == (id_, WHOLE, 0)


async def test_postponed_is_due_later(world: World) -> None:
    id_ = await arrival(world, S.CHECKING)
    await world.db.write(lambda tx: postpone(tx, id_, world))
    assert await world.look(lambda tx: intake.due(tx, world.clock(), 10)) == []
    world.clock.forward(seconds=5)
    assert [one.id for one in await world.look(lambda tx: intake.due(tx, world.clock(), 10))] == [id_]


@pytest.mark.parametrize("before", [S.STORED, S.REFUSED])
async def test_an_end_is_an_end(world: World, before: FileState) -> None:
    id_ = await arrival(world, before)
    with pytest.raises(RuntimeError, match="ended before"):
        await world.db.write(lambda tx: evidence.settle_refused(tx, id_, "damaged"))
    assert (await state_of(world, id_)).reason == ""


async def test_counts_and_open_ids(world: World) -> None:
    ids = {state: await arrival(world, state) for state in FileState}
    assert await world.look(intake.counts) == {"stored": 1, "refused": 1, "waiting": 4}
    assert await world.look(intake.open_ids) == {ids[state] for state in FileState if state not in intake.ENDS}


# --- scratch ---------------------------------------------------------------------------------------------------------


def test_scratch_is_swept_by_rule(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "scratch")
    scratch.prepare()
    old, new = 1000.0, 3000.0
    gone, open_, young = "a" * 16, "b" * 16, "c" * 16
    names = {
        gone: False, f"{gone}.part": False, f"{gone}.webp": False,
        open_: True, f"{open_}.part": True, f"{open_}.webp": True,
        "README": True, f"{gone}.txt": True, "a" * 15: True, f".{gone}": True,
    }  # fmt: skip
    for name in names:
        (scratch.root / name).touch()
        os.utime(scratch.root / name, (old, old))
    (scratch.root / young).touch()
    os.utime(scratch.root / young, (new, new))
    scratch.sweep({open_}, 2000.0)
    assert {path.name for path in scratch.root.iterdir()} == {n for n, kept in names.items() if kept} | {young}
    scratch.remove(open_)
    scratch.remove(open_)
    assert not [path for path in scratch.root.iterdir() if path.name.startswith(open_)]


def test_a_writer_that_is_abandoned_leaves_nothing(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    writer = scratch.writer("a" * 16)
    writer.write(b"half")
    assert not scratch.path("a" * 16).exists()
    writer.abandon()
    assert list(tmp_path.iterdir()) == []


def test_a_second_writer_begins_from_the_first_byte(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    first = scratch.writer("a" * 16)
    first.write(b"a long first try that was cut")
    first._out.close()
    second = scratch.writer("a" * 16)
    second.write(b"whole")
    assert second.finish().size == 5
    assert scratch.path("a" * 16).read_bytes() == b"whole"


# --- the worker ------------------------------------------------------------------------------------------------------


async def well(world: World) -> list[str]:
    return breaches(Folder(world.folder, world.folder / "blobs"), Told())


async def test_bytes_that_vanished_are_asked_for_at_once(world: World) -> None:
    content = hostile.jpg(32, 32)
    id_ = await arrival(world, size=len(content))
    await world.bring(id_, content)
    world.scratch.remove(id_)
    await world.drain()
    found = await state_of(world, id_)
    assert (found.state, found.reason) == (S.REFUSED, REPEATED)
    assert await well(world) == []


async def test_a_checker_that_is_down_is_asked_five_times(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    content = hostile.jpg(32, 32)
    id_ = await arrival(world, size=len(content))
    await world.bring(id_, content)
    asked = 0

    async def down(*_: object) -> None:
        nonlocal asked
        asked += 1
        raise CheckerDown("process")

    monkeypatch.setattr(world.checker, "check", down)
    states = []
    for _ in range(intake.MAX_TRIES):
        await world.drain()
        states.append((await state_of(world, id_)).state)
        world.clock.forward(minutes=2)
    assert states == [S.WAITING] * (intake.MAX_TRIES - 1) + [S.REFUSED]
    assert asked == intake.MAX_TRIES
    assert (await state_of(world, id_)).reason == REPEATED
    assert await well(world) == []


async def test_a_full_disk_costs_no_tries(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it lasts, the file keeps its place."""
    content = hostile.jpg(32, 32)
    id_ = await arrival(world, size=len(content))
    await world.bring(id_, content)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(world.blobs, "put", full)
        for _ in range(3 * intake.MAX_TRIES):
            await world.drain()
            world.clock.forward(minutes=2)
            found = await state_of(world, id_)
            assert (found.state, found.tries) == (S.WAITING, 0)
        assert await well(world) == []
    await world.drain()
    assert (await state_of(world, id_)).state is S.STORED
    assert await well(world) == []


async def test_what_never_came_is_refused_after_a_day(world: World) -> None:
    id_ = await arrival(world)
    world.clock.forward(hours=23)
    await world.worker.refuse_what_never_came()
    assert (await state_of(world, id_)).state is S.RECEIVED
    world.clock.forward(hours=2)
    await world.worker.refuse_what_never_came()
    found = await state_of(world, id_)
    assert (found.state, found.reason) == (S.REFUSED, NEVER_CAME)
    assert await well(world) == []


async def test_the_sweep_spares_what_is_open(world: World) -> None:
    content = hostile.jpg(32, 32)
    id_ = await arrival(world, size=len(content))
    await world.bring(id_, content)
    stray = world.scratch.path("z" * 16)
    stray.touch()
    for path in (stray, world.scratch.path(id_)):
        os.utime(path, (0, 0))
    await world.worker.sweep_scratch()
    assert not stray.exists()
    assert world.scratch.path(id_).exists()


async def test_a_verdict_heard_twice_stores_once(world: World) -> None:
    """The worker died after the turn and before it let go of scratch: the row says that it has ended."""
    content = hostile.jpg(32, 32)
    id_ = await arrival(world, size=len(content))
    await world.bring(id_, content)
    before = await state_of(world, id_)
    await world.worker._settle(before)
    writer = world.scratch.writer(id_)
    writer.write(content)
    writer.finish()
    await world.worker._settle(before)
    assert await well(world) == []
    assert not world.scratch.path(id_).exists()
