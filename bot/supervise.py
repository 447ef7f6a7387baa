"""The only place that starts tasks: each named part runs until it is stopped; one that fails is started again, later
each time, and hurts no other.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

log = structlog.get_logger()

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0


class Supervisor:
    """Keeps parts running. Made by `bot.app`."""

    def __init__(self) -> None:
        self._tasks: Final[dict[str, asyncio.Task[None]]] = {}

    def start(self, name: str, part: Callable[[], Awaitable[None]]) -> None:
        """Run `part` and keep it running."""
        self._tasks[name] = asyncio.create_task(_keep_running(name, part), name=name)

    async def stop(self) -> None:
        """Cancel every part and wait for each to end."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()


async def _keep_running(name: str, part: Callable[[], Awaitable[None]]) -> None:
    pause = _FIRST_PAUSE
    while True:
        try:
            await part()
        except Exception:  # whatever broke this part, the others and the next try must go on
            log.exception("part failed", part=name, again_in=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
