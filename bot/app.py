"""The only place that wires: makes every part from the settings, starts and stops them in order, and owns the clock."""

import asyncio
import contextlib
import errno
import fcntl
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web

from bot.ids import RandomIds
from bot.settings import BadSettings, Problem, Settings, secret_key
from bot.supervise import Supervisor
from bot.web import server
from bot.web.live import Live
from bot.web.parts import Parts
from handlers.turn import Turns
from scheduler import housekeeping
from scheduler.intake import IntakeWorker
from scheduler.ticks import Ticks
from storage import schema
from storage.blobs import Blobs
from storage.checking.pool import Checker
from storage.database import Database, sqlite_is_safe
from storage.scratch import Scratch
from storage.thumbnails import Thumbnails

log = structlog.get_logger()

WORKERS: Final = 2
_DRAIN_SECONDS: Final = 10.0


def real_time() -> datetime:
    """The real clock: aware, in UTC. Everything below gets it handed in."""
    return datetime.now(UTC)


class CannotStart(Exception):
    """The product must not or cannot run as things are; `key` names the sentence."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key: Final = key


@dataclass(frozen=True, slots=True)
class App:
    """Everything that runs."""

    settings: Settings
    db: Database
    turns: Turns
    worker: IntakeWorker
    checker: Checker
    live: Live
    site: web.Application


def build_app(settings: Settings, clock: Callable[[], datetime] = real_time) -> App:
    """Make all parts; starts nothing."""
    db = Database(settings.database, serving=True)
    blobs, scratch = Blobs(settings.blobs), Scratch(settings.data_dir / "scratch")
    thumbnails = Thumbnails(settings.data_dir / "thumbnails")
    for folder in (blobs, scratch, thumbnails):
        folder.prepare()
    live, ids, checker = Live(), RandomIds(), Checker(processes=WORKERS)
    turns = Turns(db, clock=clock, ids=ids, wake=live.wake, public_url=settings.base_url)
    worker = IntakeWorker(db, turns, blobs=blobs, scratch=scratch, thumbnails=thumbnails, checker=checker, clock=clock)
    parts = Parts(
        db=db,
        turns=turns,
        blobs=blobs,
        scratch=scratch,
        thumbnails=thumbnails,
        live=live,
        templates=server.templates(),
        ids=ids,
        clock=clock,
        arrived=worker.nudge,
        health=lambda: {"web": "up"},
        disk_reserve=settings.disk_reserve,
        secure_cookies=settings.secure_cookies,
    )
    return App(settings, db, turns, worker, checker, live, server.application(parts))


async def serve(
    settings: Settings, ready: Callable[[], Awaitable[None]], clock: Callable[[], datetime] = real_time
) -> None:
    """Run until SIGTERM or SIGINT, then finish what is under way. `ready` is called once the web server listens."""
    secret_key(settings)
    app = build_app(settings, clock)
    stopping = asyncio.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(ending, stopping.set)
    supervisor = Supervisor()
    ticks = Ticks(housekeeping.duties(app.db, app.turns, app.worker, clock))
    runner = web.AppRunner(app.site, access_log=None, handler_cancellation=False, shutdown_timeout=_DRAIN_SECONDS)
    await runner.setup()
    ticks.start()
    try:
        await _listen(runner, settings)
        for number in range(WORKERS):
            supervisor.start(f"intake-{number}", app.worker.run)
        if not sqlite_is_safe():
            log.warning(
                "old sqlite", detail="before 3.51.3: one writer, which alone checkpoints, keeps clear of its WAL race"
            )
        await ready()
        await stopping.wait()
    finally:
        ticks.stop()
        app.live.close()
        await runner.cleanup()
        await supervisor.stop()
        await app.checker.close()
        await app.db.close()


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    try:
        await web.TCPSite(runner, settings.web_host, settings.web_port).start()
    except OSError as trouble:
        if trouble.errno in (errno.EADDRINUSE, errno.EACCES):
            raise CannotStart("port_taken") from trouble
        raise BadSettings(Problem("WEB_HOST", "no_such_address", "this machine has no such address")) from trouble


@contextlib.contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold the data folder and the database for this process; `CannotStart("served_already")` when another `run` has
    one of them. Released with the process, however it ends.
    """
    with contextlib.ExitStack() as locks:
        for folder in dict.fromkeys(_folder(path) for path in (settings.data_dir, settings.database_file.parent)):
            held = locks.enter_context((folder / "run.lock").open("a"))
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as taken:
                raise CannotStart("served_already") from taken
            held.truncate(0)
            held.write(str(os.getpid()))
            held.flush()
        yield


def _folder(path: Path) -> Path:
    """A folder that exists; `CannotStart("not_writable")` when it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise CannotStart("not_writable") from trouble
    return path.resolve()


def bring_up_to_date(settings: Settings) -> None:
    """Migrate the database; `CannotStart("database_newer")` for one that a newer program made."""
    _folder(settings.data_dir)
    _folder(settings.database_file.parent)
    match schema.state(settings.database):
        case schema.SchemaState.NEWER:
            raise CannotStart("database_newer")
        case schema.SchemaState.ABSENT | schema.SchemaState.BEHIND:
            schema.upgrade(settings.database)
        case schema.SchemaState.CURRENT:
            pass
