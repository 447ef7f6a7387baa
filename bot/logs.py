"""How the process logs: one JSON line per event with allowlisted fields. Ids, codes, sizes and durations; never
names, texts, tokens or URLs.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

ALLOWED: Final = frozenset(
    {
        "event", "level", "timestamp", "exception",
        "inbox", "person", "flow", "verb", "ms", "tries", "parked",
        "arrival", "why", "reason", "detail", "part", "again_in", "duty",
        "status", "method", "route", "channel", "isolated", "version", "port", "signal", "free",
    }
)  # fmt: skip


def set_up(level: str) -> None:
    """Configure structlog and the libraries' logging. Called once by `run`."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _traceback_without_values,
            only_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )


def only_allowed(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not known to be harmless."""
    return {key: value for key, value in event.items() if key in ALLOWED}


def _traceback_without_values(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Where it broke, without the exception's own text: that may hold a name, a token or a statement's parameters."""
    if event.pop("exc_info", False):
        kind, _, trace = sys.exc_info()
        frames = []
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}:{code.co_name}")
            trace = trace.tb_next
        event["exception"] = f"{kind.__name__ if kind else '?'} at {' > '.join(frames[-8:])}"
    return event
