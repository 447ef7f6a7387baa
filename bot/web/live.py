"""Wakes the event streams of a person's open pages. In memory only: what was missed is read again from the messages
by its number.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final


class Live:
    """Who has pages open now."""

    def __init__(self) -> None:
        self._open: Final[dict[int, set[asyncio.Event]]] = {}
        self.closing = False

    def wake(self, person: int) -> None:
        """The person's messages have changed."""
        for stream in self._open.get(person, ()):
            stream.set()

    def close(self) -> None:
        """The process is going down: every stream ends, and its page comes back by itself."""
        self.closing = True
        for streams in self._open.values():
            for stream in streams:
                stream.set()

    @contextmanager
    def stream(self, person: int) -> Iterator[asyncio.Event]:
        """An open event stream, as an event that `wake` sets."""
        stream = asyncio.Event()
        self._open.setdefault(person, set()).add(stream)
        try:
            yield stream
        finally:
            streams = self._open[person]
            streams.discard(stream)
            if not streams:
                del self._open[person]
