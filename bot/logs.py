"""How the process logs: one JSON line per event with allowlisted fields. Ids, codes, sizes and durations; never
names, texts, tokens or URLs.
"""

import io
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO, cast

import structlog

log = structlog.get_logger()

ALLOWED: Final = frozenset(
    {
        "event", "level", "timestamp", "exception",
        "inbox", "person", "flow", "verb", "ms", "tries", "parked",
        "arrival", "why", "reason", "detail", "part", "again_in", "duty",
        "status", "method", "route", "channel", "isolated", "version", "port", "signal", "free",
    }
)  # fmt: skip
_CODE: Final = re.compile(r"[a-z_-]{0,20}")  # what `flow` and `verb` look like, unless somebody made a button up


class LibraryLog(logging.Handler):
    """What libraries log becomes a line like ours: who spoke and where, never the words, which hold addresses and
    values.
    """

    def emit(self, record: logging.LogRecord) -> None:
        where = f"{record.filename}:{record.lineno}"
        loud = record.levelno >= logging.ERROR
        (log.error if loud else log.warning)("library", part=record.name, detail=where, exc_info=record.exc_info)


class Unfailing(io.TextIOBase):
    """Where log lines go. A log that cannot be written (disk full, terminal gone) must not stop the taking in of
    files: the line is counted and dropped.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream: Final = stream
        self.dropped = 0

    def write(self, text: str, /) -> int:
        try:
            return self._stream.write(text)
        except (OSError, ValueError):
            self.dropped += 1
            return 0

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError):
            self.dropped += 1


def set_up(level: str, stream: TextIO) -> None:
    """Configure structlog and the libraries' logging to write to `stream`. Called once by `run`."""
    logging.basicConfig(level=logging.WARNING, handlers=[LibraryLog()], force=True)
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
        logger_factory=structlog.PrintLoggerFactory(file=cast("TextIO", Unfailing(stream))),
        cache_logger_on_first_use=True,
    )


def only_allowed(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not known to be harmless, and what a made-up button carries."""
    kept = {key: value for key, value in event.items() if key in ALLOWED}
    for key in ("flow", "verb"):
        if not _CODE.fullmatch(str(kept.get(key, ""))):
            kept[key] = "?"
    return kept


def _traceback_without_values(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Where it broke, without the exception's own text: that may hold a name, a token or a statement's parameters."""
    given = event.pop("exc_info", False)
    if given:
        kind, _, trace = given if isinstance(given, tuple) else sys.exc_info()
        frames = []
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}:{code.co_name}")
            trace = trace.tb_next
        event["exception"] = f"{kind.__name__ if kind else '?'} at {' > '.join(frames[-8:])}"
    return event
