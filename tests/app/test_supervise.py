"""One part that fails is started again and hurts no other."""

import asyncio

import pytest

from bot import supervise
from bot.supervise import Supervisor


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "_FIRST_PAUSE", 0.001)
    monkeypatch.setattr(supervise, "_LONGEST_PAUSE", 0.004)


async def until(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), 10)


async def test_a_part_that_fails_is_started_again_while_another_goes_on() -> None:
    tries, beats, enough, alive = [0], [0], asyncio.Event(), asyncio.Event()

    async def breaks() -> None:
        tries[0] += 1
        if tries[0] >= 5:
            enough.set()
        raise ValueError("a secret that must not be logged")

    async def goes_on() -> None:
        while True:
            beats[0] += 1
            if enough.is_set():
                alive.set()
            await asyncio.sleep(0)

    supervisor = Supervisor()
    supervisor.start("breaks", breaks)
    supervisor.start("goes on", goes_on)
    await until(enough)
    await until(alive)
    await supervisor.stop()
    assert tries[0] >= 5
    assert beats[0] > 0


async def test_a_part_that_ends_is_started_again() -> None:
    runs, enough = [0], asyncio.Event()

    async def ends() -> None:
        runs[0] += 1
        if runs[0] == 3:
            enough.set()

    supervisor = Supervisor()
    supervisor.start("ends", ends)
    await until(enough)
    await supervisor.stop()


async def test_the_pauses_grow_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    enough = asyncio.Event()
    sleep = asyncio.sleep

    async def noted(pause: float) -> None:
        pauses.append(pause)
        if len(pauses) == 6:
            enough.set()
        await sleep(0)

    async def breaks() -> None:
        raise RuntimeError

    monkeypatch.setattr(asyncio, "sleep", noted)
    supervisor = Supervisor()
    supervisor.start("breaks", breaks)
    await until(enough)
    await supervisor.stop()
    assert pauses[:6] == [0.001, 0.002, 0.004, 0.004, 0.004, 0.004]


async def test_stopping_ends_a_part_in_its_pause_and_in_its_work() -> None:
    begun, tidied = asyncio.Event(), []

    async def works() -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            tidied.append("works")

    supervisor = Supervisor()
    supervisor.start("works", works)
    await until(begun)
    await supervisor.stop()
    assert tidied == ["works"]
    await supervisor.stop()
