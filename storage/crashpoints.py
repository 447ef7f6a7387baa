"""Named places where tests kill the process, so that every step between two durable writes can be proved. Does
nothing unless armed.

Product code calls `crash_point(name)` at a step's edge; only tests call `arm`.
"""

import os
import signal
from typing import Final

POINTS: Final = (
    "turn:begun",
    "turn:inbox-added",
    "turn:stepped",
    "turn:recorded",
    "turn:before-commit",
    "turn:committed",
    "upload:begun",
    "upload:half-written",
    "upload:written",
    "upload:synced",
    "upload:before-row",
    "upload:row",
    "intake:claimed",
    "intake:checked",
    "intake:secret-erased",
    "blob:copied",
    "blob:linked",
    "blob:synced",
    "sidecar:written",
    "intake:before-turn",
    "intake:after-turn",
    "intake:cleaned",
)

_armed: dict[str, int] = {}


def arm(name: str, after: int = 1) -> None:
    """Kill this process with SIGKILL the `after`-th time `name` is reached. Raises KeyError for a point that does not
    exist.
    """
    if name not in POINTS:
        raise KeyError(name)
    _armed[name] = after


def crash_point(name: str) -> None:
    """A step's edge. Free of charge unless a test armed it."""
    if _armed and name in _armed:
        _armed[name] -= 1
        if _armed[name] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
