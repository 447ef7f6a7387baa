"""A process that has imported the product once and forks a fresh one for every order: a start costs a tenth of a new
interpreter's. Run as `python -m tests.crash.forks`; `tests.crash.house` gives the orders.

The forked product is `kiemchung run` itself. Only its checking processes are forked too, before it starts, instead of
being started as new interpreters.
"""

import asyncio
import gc
import io
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

import alembic.command
import alembic.config
import typer

import bot.app
import bot.commands.run
from storage import crashpoints
from storage.checking import parsers, pool, zygote

assert parsers
assert alembic.command

_COUNTING = 10**6
_start_anew = pool._start


class ForkedZygote:
    """A checking process that waits already; speaks to the pool as an `asyncio` process does."""

    def __init__(self) -> None:
        request_read, self._request = os.pipe()
        self._answer, answer_write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setsid()
                os.dup2(request_read, 0)
                os.dup2(answer_write, 1)
                os.closerange(3, 512)
                sys.stdin = io.TextIOWrapper(os.fdopen(0, "rb"))
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                zygote.serve()
            finally:
                os._exit(0)
        os.close(request_read)
        os.close(answer_write)
        self.returncode: int | None = None
        self.stdin: asyncio.StreamWriter | None = None
        self.stdout: asyncio.StreamReader | None = None

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        self.stdout = asyncio.StreamReader()
        reading = asyncio.StreamReaderProtocol(self.stdout)
        await loop.connect_read_pipe(lambda: reading, os.fdopen(self._answer, "rb", buffering=0))
        transport, protocol = await loop.connect_write_pipe(
            asyncio.streams.FlowControlMixin, os.fdopen(self._request, "wb", buffering=0)
        )
        self.stdin = asyncio.StreamWriter(transport, protocol, None, loop)

    async def wait(self) -> int:
        while self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)  # noqa: ASYNC222
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
            else:
                await asyncio.sleep(0.005)
        return self.returncode

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


def with_forked_zygotes() -> None:
    """Fork them now, while this process has one thread; the pool takes them up when it needs them."""
    waiting = [ForkedZygote() for _ in range(bot.app.WORKERS)]

    async def start(command: list[str]) -> Any:
        if not waiting:
            return await _start_anew(command)
        taken = waiting.pop()
        await taken.connect()
        return taken

    async def permitted(command: list[str]) -> bool:
        return False

    pool._start = start
    pool._permitted = permitted


def product(order: dict[str, Any]) -> NoReturn:
    """Become the product that was ordered."""
    status = 70
    try:
        for descriptor, path in ((1, order["out"]), (2, order["log"])):
            opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(opened, descriptor)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.closerange(3, 512)
        exec(order["before"], {})
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["env"])
        with_forked_zygotes()
        for name in crashpoints.POINTS if order["count"] else ():
            crashpoints.arm(name, _COUNTING)
        for name, after in order["arms"]:
            crashpoints.arm(name, after)
        bot.commands.run.run()
        if order["count"]:
            passed = {name: _COUNTING - left for name, left in crashpoints._armed.items()}
            Path(order["folder"], "passed.json").write_text(json.dumps(passed))
        status = 0
    except typer.Exit as end:
        status = end.exit_code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def lines() -> Any:
    """Orders, read without a buffer that a child could inherit."""
    rest = b""
    while piece := os.read(0, 65536):
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield json.loads(line)


def main() -> None:
    gc.collect()
    gc.freeze()
    for order in lines():
        if "reap" in order:
            pid, status = os.waitpid(order["reap"], os.WNOHANG)
            answer: int | None = os.waitstatus_to_exitcode(status) if pid else None
        else:
            answer = os.fork()
            if answer == 0:
                product(order)
        os.write(1, json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
