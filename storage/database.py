"""The one door to the database: `write` runs a plain function as one whole transaction on the single writer thread,
`read` runs one beside it.

Used by every floor above through these two calls; a transaction is a synchronous function of `Tx`, and no statement
is awaited one by one.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url

Tx = Connection
DamagedDatabase = sa.exc.DatabaseError
"""The file is no database, or its pages do not hold together. `StorageTrouble` is one that passes by itself."""
StorageTrouble = sa.exc.OperationalError
"""The database itself cannot go on just now (disk full, locked too long): nothing was written, and the same may work
later.
"""
T = TypeVar("T")
# Older ones have the WAL-reset race; one writer that alone checkpoints keeps clear of it.
SQLITE_SAFE: Final = (3, 51, 3)

_PATIENCE: Final = 10000
_PATIENCE_WITH_READERS: Final = 100
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={_PATIENCE}",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA secure_delete=ON",
)
_READING_PRAGMAS = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA wal_autocheckpoint=0",
    "PRAGMA query_only=ON",
)
_READERS: Final = 2


class Database:
    """SQLite (one file, one writer thread) today; the same calls on PostgreSQL later.

    `url` is an async SQLAlchemy URL. `serving` is True in the one process that runs the product: only it checkpoints
    the WAL.
    """

    def __init__(self, url: str, *, serving: bool) -> None:
        self._url: Final = make_url(url)
        if self._url.get_backend_name() != "sqlite":
            raise ValueError("only sqlite is supported by this version")
        self._serving = serving
        self._thread: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._writer: Connection | None = None
        self._engine: Final = _engine(
            self._url, _PRAGMAS if serving else (*_PRAGMAS, "PRAGMA wal_autocheckpoint=0"), "BEGIN IMMEDIATE"
        )
        self._readers: Final = ThreadPoolExecutor(max_workers=_READERS, thread_name_prefix="reader")
        self._idle: Final[deque[Connection]] = deque()
        self._reading: Final = _engine(self._url, _READING_PRAGMAS, "BEGIN")

    @property
    def path(self) -> Path:
        """The database file."""
        return Path(self._url.database or "")

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` as one transaction (BEGIN IMMEDIATE) and return its result after the commit; an exception rolls
        all of it back.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, fn)

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run `fn` on a snapshot that cannot write, beside the writer."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._look, fn)

    async def forget_the_past(self) -> bool:
        """Write the WAL back and empty it, so that what was blanked or deleted is gone from the disk. False when a
        reader stands in the way: the caller tries again later.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._truncate)

    async def close(self) -> None:
        """Finish the writes under way and close everything."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close_writer)
        self._thread.shutdown()
        await asyncio.to_thread(self._readers.shutdown)
        while self._idle:
            self._idle.pop().close()
        self._reading.dispose()

    def _run(self, fn: Callable[[Tx], T]) -> T:
        if self._writer is None:
            self._writer = self._engine.connect()
        writer = self._writer
        try:
            with writer.begin():
                result = fn(writer)
        except BaseException:
            forget(writer)
            raise
        keep(writer)
        return result

    def _truncate(self) -> bool:
        if self._writer is None:
            self._writer = self._engine.connect()
        raw = self._writer.connection.dbapi_connection
        assert raw is not None
        cursor = raw.cursor()
        try:
            cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_WITH_READERS}")  # every write waits behind this
            busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout={_PATIENCE}")
            cursor.close()
        return not busy

    def _look(self, fn: Callable[[Tx], T]) -> T:
        try:
            reader = self._idle.pop()
        except IndexError:
            reader = self._reading.connect()
        try:
            with reader.begin():
                result = fn(reader)
        except BaseException:
            forget(reader)
            raise
        else:
            keep(reader)
            return result
        finally:
            self._idle.append(reader)

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._engine.dispose()


def exists(url: str) -> bool:
    """Whether there is a database at `url`, without creating one."""
    target = make_url(url).database
    return bool(target) and Path(str(target)).exists()


def looking_engine(url: str) -> sa.Engine:
    """A synchronous engine that changes nothing, for a look at the schema's version. Dispose of it after."""
    return _engine(make_url(url), _READING_PRAGMAS, "BEGIN")


def one_off_engine(url: str) -> sa.Engine:
    """A synchronous engine for migrations: one whole transaction each. Dispose of it after."""
    return _engine(make_url(url), _PRAGMAS, "BEGIN IMMEDIATE")


def _engine(url: sa.URL, pragmas: Sequence[str], begin: str) -> sa.Engine:
    """An engine whose connections are ours to keep, each used by one thread at a time."""
    engine = sa.create_engine(
        url.set(drivername="sqlite"), poolclass=sa.NullPool, connect_args={"check_same_thread": False}
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        for pragma in pragmas:
            raw.execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def savepoint(tx: Tx) -> Iterator[None]:
    """Part of a transaction that is taken back alone if it raises. In plain statements: SQLAlchemy's own is several
    times dearer, and every turn has one.
    """
    tx.exec_driver_sql("SAVEPOINT part")
    try:
        yield
    except BaseException:
        tx.exec_driver_sql("ROLLBACK TO SAVEPOINT part")
        raise
    finally:
        tx.exec_driver_sql("RELEASE SAVEPOINT part")


# What a transaction remembers for the next one (the audit head, the catalogue) holds only while nobody else has
# committed. It is kept on the connection in two halves, so that a rolled-back transaction leaves nothing behind.


def recall(tx: Tx, name: str) -> Any | None:
    """What an earlier transaction, or this one, remembered under `name`; None after another process committed."""
    info = tx.info
    if "fresh" not in info:
        version = tx.exec_driver_sql("PRAGMA data_version").scalar()
        if info.get("version") != version:
            info["version"] = version
            info["kept"] = {}
        info["fresh"] = {}
    return info["fresh"].get(name, info["kept"].get(name))


def remember(tx: Tx, name: str, value: object) -> None:
    """Remember `value` for later transactions if this one commits."""
    recall(tx, name)
    tx.info["fresh"][name] = value


def keep(tx: Tx) -> None:
    """After a commit: what was remembered stays."""
    if "fresh" in tx.info:
        tx.info["kept"].update(tx.info.pop("fresh"))


def forget(tx: Tx) -> None:
    """After a rollback, of a savepoint too: nothing is remembered."""
    tx.info.pop("fresh", None)
    tx.info["kept"] = {}


def sqlite_is_safe() -> bool:
    """False when the linked SQLite has the WAL-reset race (fixed in 3.51.3)."""
    return sqlite3.sqlite_version_info >= SQLITE_SAFE
