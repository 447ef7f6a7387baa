"""Turns in process: `Turns.accept` on a real SQLite file, beside the same rows written by plain `sqlite3`.

The log goes where it always goes, as one JSON line per turn, but into nothing.
"""

import asyncio
import contextlib
import itertools
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final, Self

from benchmarks.measure import Figure, milliseconds, own_cpu, percentile
from benchmarks.taps import PEOPLE, cards, officers, taps
from bot import logs
from handlers.channel import WEB, Inbound, Pressed
from tests.world import World

_WARM_UP: Final = 60
_ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class Run:
    """What some turns took: `wall` and `cpu` in seconds for all, `each` per turn."""

    wall: float
    cpu: float
    each: list[float]

    @classmethod
    def of(cls, some: Sequence[Self]) -> Self:
        """Several runs as one."""
        return cls(sum(r.wall for r in some), sum(r.cpu for r in some), [took for r in some for took in r.each])

    @property
    def rate(self) -> float:
        """Turns per second."""
        return len(self.each) / self.wall

    @property
    def cpu_each(self) -> float:
        """CPU seconds per turn."""
        return self.cpu / len(self.each)


async def measure(folder: Path, turns: int) -> list[Figure]:
    """One person tapping on, then sixteen at once, then the yardstick, five rounds; ratios are their medians."""
    (folder / "turns").mkdir()
    rounds = []
    with _log_into_nothing():
        world = World(folder / "turns")
        people = await officers(world, PEOPLE)
        rows = {person: taps(await cards(world, person)) for person in people}
        numbers = itertools.count(1)
        await _walk(world, people[0], rows[people[0]], numbers, _WARM_UP)
        with _copied(folder / "turns" / "kiemchung.db", folder / "turns" / "yardstick.db") as raw:
            for number in range(_ROUNDS):
                share = turns // _ROUNDS
                alone = await _timed(world, people[:1], rows, numbers, share)
                crowd = await _timed(world, people, rows, numbers, share)
                rounds.append((alone, crowd, _yardstick(raw, range(number * share, (number + 1) * share))))
        await world.close()
    alone, crowd, raw_run = (Run.of([one[which] for one in rounds]) for which in range(3))
    cpu = median(one.cpu_each / raw.cpu_each for one, _, raw in rounds)
    p50 = median(percentile(one.each, 0.5) / percentile(raw.each, 0.5) for one, _, raw in rounds)
    return [
        Figure("turn, one person: p50", milliseconds(percentile(alone.each, 0.5))),
        Figure("turn, one person: p95", milliseconds(percentile(alone.each, 0.95))),
        Figure("turn, one person: turns/s", f"{alone.rate:.0f}"),
        Figure("turn, one person: CPU per turn", milliseconds(alone.cpu_each), "1.5 ms"),
        Figure(f"turn, {PEOPLE} people: p50", milliseconds(percentile(crowd.each, 0.5))),
        Figure(f"turn, {PEOPLE} people: p95", milliseconds(percentile(crowd.each, 0.95))),
        Figure(f"turn, {PEOPLE} people: turns/s", f"{crowd.rate:.0f}"),
        Figure(f"turn, {PEOPLE} people: CPU per turn", milliseconds(crowd.cpu_each), "1.5 ms"),
        Figure("yardstick: a turn's rows by plain sqlite3, p50", milliseconds(percentile(raw_run.each, 0.5))),
        Figure("yardstick: the same, CPU per turn", milliseconds(raw_run.cpu_each)),
        Figure("turn against yardstick, CPU", f"{cpu:.1f} times"),
        Figure("turn against yardstick, p50", f"{p50:.1f} times"),
    ]


async def _timed(
    world: World, people: list[int], rows: dict[int, Iterator[str]], numbers: Iterator[int], turns: int
) -> Run:
    began, cpu = time.perf_counter(), own_cpu()
    share = turns // len(people)
    each = await asyncio.gather(*(_walk(world, person, rows[person], numbers, share) for person in people))
    return Run(time.perf_counter() - began, own_cpu() - cpu, [one for some in each for one in some])


async def _walk(world: World, person: int, row: Iterator[str], numbers: Iterator[int], turns: int) -> list[float]:
    took = []
    for data in itertools.islice(row, turns):
        world.clock.forward(milliseconds=1)
        id_ = f"bench-{next(numbers)}"
        began = time.perf_counter()
        heard = await world.turns.accept(Inbound(WEB, f"{person}:{id_}", str(person), Pressed(data), id_))
        took.append(time.perf_counter() - began)
        assert not heard.refusal, heard
    return took


@contextlib.contextmanager
def _log_into_nothing() -> Iterator[None]:
    with Path(os.devnull).open("w", encoding="utf-8") as nothing:
        logs.set_up("INFO", nothing)
        yield


_READS: Final = (
    "SELECT p.id, p.name, u.code, g.role FROM people p JOIN addresses a ON a.person_id = p.id JOIN grants g"
    " ON g.person_id = p.id JOIN units u ON u.id = g.unit_id WHERE a.channel = 'web' AND a.address = :address",
    "SELECT * FROM conversations WHERE person_id = :person",
    "SELECT i.id, u.code, i.code, i.answer, i.documents, i.confirmed, i.deferred_at FROM items i JOIN units u"
    " ON u.id = i.unit_id WHERE i.unit_id = :unit ORDER BY i.id",
)
_WRITES: Final = (
    "INSERT INTO inbox (channel, external_id, state, received_at) VALUES ('raw', :n, 'done', '2026-11-23')",
    "UPDATE items SET answer = 'not_done', answered_by = :person, answered_at = '2021-08-02' WHERE id = :item",
    "INSERT INTO audit (seq, prev_hash, hash, body) VALUES (:seq, 'raw' || :n, 'raws' || :n, :words)",
    "INSERT INTO messages (person_id, seq, direction, body, at) VALUES (:person, :seq, 'in', 'x', '2021-08-02')",
    "INSERT INTO messages (person_id, seq, direction, body, at) VALUES (:person, :seq, 'out', 'x', '2021-08-02')",
    "INSERT INTO messages (person_id, seq, direction, body, at) VALUES (:person, :seq, 'out', :words, '2021-08-02')",
    "UPDATE conversations SET seq = :seq, menu = :words WHERE person_id = :person",
)


@contextlib.contextmanager
def _copied(path: Path, to: Path) -> Iterator[sqlite3.Connection]:
    """A copy of the database, so that the yardstick has the same tables on the same disk."""
    with contextlib.closing(sqlite3.connect(path)) as source:
        source.execute("VACUUM INTO ?", (str(to),))
    with contextlib.closing(sqlite3.connect(to, isolation_level=None)) as raw:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            raw.execute(f"PRAGMA {pragma}")
        yield raw


def _yardstick(raw: sqlite3.Connection, numbers: range) -> Run:
    """What no program could do without: the reads and writes of one tap and its commit."""
    person, unit = raw.execute("SELECT person_id, unit_id FROM grants LIMIT 1").fetchone()
    (item,) = raw.execute("SELECT id FROM items WHERE unit_id = ? LIMIT 1", (unit,)).fetchone()
    known = {"person": person, "address": str(person), "unit": unit, "item": item, "words": "x" * 900}
    each = []
    began, cpu = time.perf_counter(), own_cpu()
    for n in numbers:
        start = time.perf_counter()
        values = {**known, "n": n, "seq": 10_000_000 + n}
        raw.execute("BEGIN IMMEDIATE")
        for statement in _READS:
            raw.execute(statement, values).fetchall()
        for statement in _WRITES:
            raw.execute(statement, values)
        raw.execute("COMMIT")
        each.append(time.perf_counter() - start)
    return Run(time.perf_counter() - began, own_cpu() - cpu, each)
