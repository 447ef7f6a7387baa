"""A small process with the parsers loaded, which forks a confined child for every file.

Started by `storage.checking.pool`. One JSON request per line on stdin, one JSON answer per line on stdout; ends when
stdin closes.
"""

import gc
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn

from criteria.files import MIB, PARSE_MEMORY, PARSE_SECONDS, RefusalReason

Answer = dict[str, Any]

THUMBNAIL_BYTES: Final = 8 * MIB
OPEN_FILES: Final = 64
# What ends a child that asked for too much: the clock, the processor limit, the kernel, an allocator that gave up.
_OUT_OF_LIMITS: Final = frozenset({signal.SIGKILL, signal.SIGXCPU, signal.SIGALRM, signal.SIGABRT, signal.SIGXFSZ})
_PIPE: Final = 3


def run_in_child(work: Callable[[], Answer], seconds: int, memory: int) -> Answer:
    """What `work` answers, or a refusal if its process did not live to answer."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        _child(work, write_end, seconds, memory)
    os.close(write_end)
    previous = signal.signal(signal.SIGTERM, partial(_end_both, child))
    try:
        raw = _read(read_end, seconds)
        if raw is None:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    finally:
        signal.signal(signal.SIGTERM, previous)
        os.close(read_end)
    if raw is None:
        return {"refused": RefusalReason.TOO_COMPLEX.value, "detail": "time"}
    code = os.waitstatus_to_exitcode(status)
    return json.loads(raw) if code == 0 else _death(code)


def _end_both(child: int, number: int, frame: object) -> NoReturn:
    os.kill(child, signal.SIGKILL)
    os._exit(0)


def _read(pipe: int, seconds: int) -> bytes | None:
    """Everything the child wrote before it closed the pipe; None if it took too long."""
    parts: list[bytes] = []
    until = time.monotonic() + seconds
    while True:
        ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            return None
        part = os.read(pipe, 65536)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _death(code: int) -> Answer:
    """A parser that broke off has met bytes it does not understand; one that was ended has met its limits."""
    limits = -code in _OUT_OF_LIMITS
    reason = RefusalReason.TOO_COMPLEX if limits else RefusalReason.DAMAGED
    return {"refused": reason.value, "detail": f"signal:{-code}" if code < 0 else f"exit:{code}"}


def _child(work: Callable[[], Answer], write_end: int, seconds: int, memory: int) -> NoReturn:
    code = 1
    try:
        _confine(write_end, seconds, memory)
        answer = json.dumps(work()).encode()
        while answer:
            answer = answer[os.write(_PIPE, answer) :]
        code = 0
    finally:
        os._exit(code)


def _confine(write_end: int, seconds: int, memory: int) -> None:
    """Leaves the child nothing but the pipe (as descriptor 3), its memory, its seconds."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.alarm(seconds + 5)  # its own end, should the parent be gone
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.dup2(write_end, _PIPE)
    os.closerange(_PIPE + 1, 1024)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    space = pages * resource.getpagesize() + memory
    for limit, value in (
        (resource.RLIMIT_AS, space),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, THUMBNAIL_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def serve() -> None:
    from storage.checking import parsers  # here, so that a test may fork without loading them

    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a library prints must not land among the answers
    gc.collect()
    gc.freeze()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        thumbnail = request["thumbnail"]
        kind = request["kind"]
        parsers.prepare(kind)
        work = partial(parsers.check, Path(request["path"]), kind, Path(thumbnail) if thumbnail else None)
        answer = run_in_child(work, PARSE_SECONDS, PARSE_MEMORY)
        answers.write(json.dumps(answer | {"id": request["id"]}).encode() + b"\n")


if __name__ == "__main__":
    serve()
