"""The small regular duties: failed turns tried again, arrivals that never came, leftovers of scratch, the floor of a
rehearsal's clock.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from handlers import acts
from handlers.turn import Turns
from scheduler.intake import IntakeWorker
from scheduler.ticks import Tick
from storage.database import Database, StorageTrouble

log = structlog.get_logger()


def duties(db: Database, turns: Turns, worker: IntakeWorker, clock: Callable[[], datetime]) -> list[Tick]:
    """Every duty with its rhythm in seconds."""

    async def retry_turns() -> None:
        await _unless_stuck("retry", turns.retry_due)

    async def keep_clock() -> None:
        await _unless_stuck("clock", lambda: db.write(lambda tx: acts.keep_clock(tx, clock)))

    async def forget() -> None:
        await _unless_stuck("forget", db.forget_the_past)

    async def clear_up() -> None:
        await _unless_stuck("never came", worker.refuse_what_never_came)
        await _unless_stuck("scratch", worker.sweep_scratch)

    return [
        Tick("forget", 60, forget),
        Tick("retry-turns", 5, retry_turns),
        Tick("keep-clock", 60, keep_clock),
        Tick("clear-up", 600, clear_up),
    ]


async def _unless_stuck(duty: str, call: Callable[[], Awaitable[object]]) -> None:
    """A duty that the database or disk does not allow now waits for its next tick."""
    try:
        await call()
    except (StorageTrouble, OSError) as trouble:
        log.warning("duty postponed", duty=duty, why=type(trouble).__name__)
