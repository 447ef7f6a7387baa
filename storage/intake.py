"""The states of an arrival between its announcement and its verdict, each change guarded by the state it leaves. Used
by the channels that receive bytes, by the intake worker and by its janitor. Times are real.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy import bindparam as param

from criteria.evidence import FileState
from storage import tables as t
from storage.blobs import Digest
from storage.database import Tx

MAX_TRIES: Final = 5
_SECRET_MARK: Final = "secret:"
ENDS: Final = (FileState.STORED, FileState.REFUSED)
CHECKABLE: Final = (FileState.CHECKING, FileState.WAITING)
_WHOLE = t.arrivals.c.state.in_([state.value for state in CHECKABLE])
_OPEN = t.arrivals.c.state.not_in([state.value for state in ENDS])
# Spelt as in the partial index, with the states written out: few arrivals are open at a time, however many have ended.
_STILL_OPEN = sa.text("arrivals.state NOT IN ('stored', 'refused')")
_COMING = (
    sa.select(t.links.c.item_id)
    .join(t.items, t.items.c.id == t.links.c.item_id)
    .where(
        t.links.c.document_id.in_(sa.select(t.arrivals.c.document_id).where(_STILL_OPEN)),
        t.items.c.unit_id.in_(param("units", expanding=True)),
    )
    .distinct()
)
_GET = sa.select(t.arrivals).where(t.arrivals.c.id == param("arrival"))
_OF_UID = sa.select(t.arrivals).where(
    t.arrivals.c.channel == param("of_channel"),
    t.arrivals.c.chat == param("of_chat"),
    t.arrivals.c.uid == param("of_uid"),
)
_DUE = (
    sa.select(t.arrivals)
    .where(_STILL_OPEN, _WHOLE, t.arrivals.c.retry_at <= param("at"))
    .order_by(t.arrivals.c.retry_at, t.arrivals.c.id)
    .limit(param("at_most"))
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An arrival as the channels and the worker see it. `size` is the declared one until the bytes are whole."""

    id: str
    person: int
    channel: str
    uid: str
    state: FileState
    reason: str
    kind: str
    declared_size: int
    sha256: str
    tries: int

    @property
    def secret_mark(self) -> str:
        """The mark that was found in the bytes, if the verdict about it is still to be given."""
        return self.reason.removeprefix(_SECRET_MARK) if self.reason.startswith(_SECRET_MARK) else ""

    @property
    def digest(self) -> Digest:
        """What the whole bytes are."""
        return Digest(self.sha256, self.declared_size)


def _arrival(row: sa.Row[tuple[object, ...]]) -> Arrival:
    size = row.size if row.size is not None else row.declared_size
    return Arrival(
        row.id,
        row.person_id,
        row.channel,
        row.uid,
        FileState(row.state),
        row.reason or "",
        row.kind,
        size,
        row.sha256 or "",
        row.tries,
    )


def get(tx: Tx, id_: str) -> Arrival | None:
    """One arrival."""
    row = tx.execute(_GET, {"arrival": id_}).first()
    return _arrival(row) if row else None


def of_uid(tx: Tx, channel: str, chat: str, uid: str) -> Arrival | None:
    """The arrival a channel announced under its own id for the file."""
    row = tx.execute(_OF_UID, {"of_channel": channel, "of_chat": chat, "of_uid": uid}).first()
    return _arrival(row) if row else None


def items_with_files_coming(tx: Tx, unit_ids: Sequence[int]) -> list[int]:
    """Items of these units to which files are on their way."""
    if not unit_ids:
        return []
    return [row.item_id for row in tx.execute(_COMING, {"units": list(unit_ids)}).all()]


def begin(tx: Tx, id_: str) -> bool:
    """Bytes begin to come: RECEIVED (or an earlier try of FETCHING) -> FETCHING. False when it is too late for that."""
    early = t.arrivals.c.state.in_((FileState.RECEIVED.value, FileState.FETCHING.value))
    return _move(tx, sa.and_(t.arrivals.c.id == id_, early), {"state": FileState.FETCHING.value})


def whole(tx: Tx, id_: str, known: Digest, at: datetime) -> bool:
    """The bytes are whole and durable in scratch: FETCHING -> CHECKING, due at once. False when it is too late for
    that.
    """
    fetching = sa.and_(t.arrivals.c.id == id_, t.arrivals.c.state == FileState.FETCHING.value)
    values = {"state": FileState.CHECKING.value, "sha256": known.sha256, "size": known.size, "retry_at": at, "tries": 0}
    return _move(tx, fetching, values)


def _move(tx: Tx, which: sa.ColumnElement[bool], values: dict[str, object]) -> bool:
    return tx.execute(sa.update(t.arrivals).where(which).values(values)).rowcount == 1


def due(tx: Tx, at: datetime, limit: int) -> list[Arrival]:
    """Arrivals to be checked and stored now, in the order in which they are due."""
    return [_arrival(row) for row in tx.execute(_DUE, {"at": at, "at_most": limit}).all()]


def found_secret(tx: Tx, id_: str, mark: str) -> None:
    """A secret mark was found in the bytes: written down before they are erased, so that a crash cannot forget it."""
    tx.execute(sa.update(t.arrivals).where(t.arrivals.c.id == id_, _WHOLE).values(reason=f"{_SECRET_MARK}{mark}"))


def postpone(tx: Tx, id_: str, tries: int, at: datetime, wait: timedelta) -> None:
    """Try again later: CHECKING or WAITING -> WAITING until then."""
    values = {"state": FileState.WAITING.value, "tries": tries, "retry_at": at + wait}
    tx.execute(sa.update(t.arrivals).where(t.arrivals.c.id == id_, _WHOLE).values(values))


def never_came(tx: Tx, before: datetime) -> list[Arrival]:
    """Arrivals announced before `before` whose bytes have still not come."""
    waiting = t.arrivals.c.state.in_((FileState.RECEIVED.value, FileState.FETCHING.value))
    rows = tx.execute(sa.select(t.arrivals).where(waiting, t.arrivals.c.announced_at < before).limit(100))
    return [_arrival(row) for row in rows]


def open_ids(tx: Tx) -> set[str]:
    """Ids of all arrivals without a verdict, for the janitor of scratch."""
    return {row.id for row in tx.execute(sa.select(t.arrivals.c.id).where(_OPEN))}


def counts(tx: Tx) -> dict[str, int]:
    """Arrivals by how they ended, or wait."""
    rows = tx.execute(sa.select(t.arrivals.c.state, sa.func.count().label("n")).group_by(t.arrivals.c.state))
    found = {row.state: row.n for row in rows}
    stored, refused = found.get(FileState.STORED.value, 0), found.get(FileState.REFUSED.value, 0)
    return {"stored": stored, "refused": refused, "waiting": sum(found.values()) - stored - refused}
