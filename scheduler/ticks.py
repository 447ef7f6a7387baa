"""What happens by the clock: APScheduler ticks, our tables say what is due. Nothing of ours is stored in the
scheduler.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler


@dataclass(frozen=True, slots=True)
class Tick:
    """Something to call every so many seconds."""

    name: str
    seconds: float
    call: Callable[[], Awaitable[object]]


class Ticks:
    """Starts and stops the ticks. A tick that is late runs once; one that is still running is not started again."""

    def __init__(self, ticks: Sequence[Tick]) -> None:
        self._scheduler: Final = AsyncIOScheduler(timezone="UTC")
        for tick in ticks:
            self._scheduler.add_job(
                tick.call,
                "interval",
                seconds=tick.seconds,
                id=tick.name,
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )

    def start(self) -> None:
        """Begin ticking on the running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """No further ticks."""
        self._scheduler.shutdown(wait=False)
