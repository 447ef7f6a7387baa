"""The checker the rest of the product talks to: keeps the checking processes, sends them files, reads the verdicts.

Made by `bot.app`, used by the intake worker; it never loads a parser itself.
"""

import asyncio
import contextlib
import json
import shutil
import sys
from itertools import count
from pathlib import Path
from typing import Any, Final

from criteria.files import KINDS, PARSE_SECONDS, Accepted, CheckResult, FileFlag, FileKind, RefusalReason, Refused

ROOT: Final = Path(__file__).resolve().parents[2]
ANSWER_SECONDS: Final = PARSE_SECONDS + 10
GOODBYE_SECONDS: Final = 2
# One arena: each further one would take 64 MiB out of a child's address space.
ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
CUT_OFF: Final = ("-r", "-n")


class CheckerDown(Exception):
    """No verdict: a process or the scratch file failed us, not the sender. The file waits and is checked again."""


class _Died(Exception):
    """The process ended, or kept silent for too long, in the middle of a request."""


class _Zygote:
    """One checking process. Only its holder talks to it, one request at a time."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._numbers = count(1)
        self._in_step = True

    async def ask(self, command: list[str], request: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        answered = False
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                raw = await self._exchange(command, json.dumps(request | {"id": number}).encode() + b"\n")
            answer: dict[str, Any] = json.loads(raw) if raw.endswith(b"\n") else {}
            answered = answer.get("id") == number
        except (OSError, TimeoutError) as error:
            raise _Died from error
        finally:
            if not answered:  # also when cancelled: its answer would be taken for that of the next file
                self._give_up()
        if not answered:
            raise _Died
        return answer

    async def _exchange(self, command: list[str], line: bytes) -> bytes:
        if self._process is None or self._process.returncode is not None or not self._in_step:
            await self.stop()
            self._process = await _start(command)
            self._in_step = True
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(line)
        await stdin.drain()
        return await stdout.readline()

    def _give_up(self) -> None:
        self._in_step = False
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


class Checker:
    """Checks files, as many at once as it has processes. `isolated` is None until the first start has tried."""

    def __init__(self, processes: int = 1) -> None:
        self.isolated: bool | None = None
        self._processes = processes
        self._probing = asyncio.Lock()
        self._free: asyncio.Queue[_Zygote] = asyncio.Queue()
        for _ in range(processes):
            self._free.put_nowait(_Zygote())

    async def check(self, path: Path, name_kind: FileKind, thumbnail: Path | None = None) -> CheckResult:
        """The verdict on a file; raises CheckerDown when there is none. The thumbnail is for pictures only."""
        command = await self._command()
        request = _request(path, name_kind, thumbnail)
        zygote = await self._free.get()
        try:
            answer = await _twice(zygote, command, request)
        finally:
            self._free.put_nowait(zygote)
        return _result(answer)

    async def probe(self) -> bool:
        """Whether the checking processes are cut off from the network here."""
        await self._command()
        return bool(self.isolated)

    async def close(self) -> None:
        """Waits for the checks in progress, then ends the processes."""
        zygotes = [await self._free.get() for _ in range(self._processes)]
        for zygote in zygotes:
            await zygote.stop()
            self._free.put_nowait(zygote)

    async def _command(self) -> list[str]:
        unshare = shutil.which("unshare", path=ENVIRONMENT["PATH"])
        async with self._probing:
            if self.isolated is None:
                self.isolated = unshare is not None and await _permitted([unshare, *CUT_OFF, "true"])
        plain = [sys.executable, "-s", "-m", "storage.checking.zygote"]
        return [unshare, *CUT_OFF, *plain] if unshare and self.isolated else plain


def _request(path: Path, kind: FileKind, thumbnail: Path | None) -> dict[str, Any]:
    where = str(thumbnail.absolute()) if thumbnail else None
    return {"path": str(path.absolute()), "kind": kind.code, "thumbnail": where}


async def _twice(zygote: _Zygote, command: list[str], request: dict[str, Any]) -> dict[str, Any]:
    try:
        return await zygote.ask(command, request)
    except _Died:
        await zygote.stop()
    try:
        return await zygote.ask(command, request)
    except _Died as died:
        raise CheckerDown("process") from died


async def _start(command: list[str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env=ENVIRONMENT,
        start_new_session=True,  # Ctrl+C is for the main process, which then says goodbye
    )


async def _permitted(command: list[str]) -> bool:
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdin=nowhere, stdout=nowhere, stderr=nowhere)
    return await process.wait() == 0


def _result(answer: dict[str, Any]) -> CheckResult:
    if error := answer.get("error"):
        raise CheckerDown(error)
    if reason := answer.get("refused"):
        return CheckResult(Refused(RefusalReason(reason)), detail=answer.get("detail", ""))
    flags = (*map(FileFlag, answer["flags"]), FileFlag.NOT_SCANNED_FOR_VIRUSES)
    return CheckResult(
        Accepted(),
        KINDS[answer["kind"]],
        flags,
        answer["width"],
        answer["height"],
        answer["pages"],
        answer["thumbnail"],
    )
