"""What was heard, once each: the row that makes a repeat harmless and a failed turn repeatable. Kept by `Turns`,
retried by `scheduler`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy import bindparam as param
from sqlalchemy.dialects.sqlite import insert as upsert

from storage import tables as t
from storage.database import Tx

MAX_TRIES: Final = 5
_ADD = upsert(t.inbox).on_conflict_do_nothing(index_elements=["channel", "external_id"]).returning(t.inbox.c.id)
_DUE = (
    sa.select(t.inbox)
    .where(sa.text("inbox.state = 'waiting'"), t.inbox.c.retry_at <= param("at"))  # as the partial index has it
    .order_by(t.inbox.c.retry_at, t.inbox.c.id)
    .limit(param("at_most"))
)
_STATE = sa.select(t.inbox.c.id, t.inbox.c.state, t.inbox.c.tries).where(
    t.inbox.c.channel == param("of_channel"), t.inbox.c.external_id == param("of_id")
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A heard message whose turn failed and is due again. `raw` is what `handlers.channel` encoded; `seq`: the
    conversation's last change after the failure.
    """

    id: int
    raw: str
    tries: int
    seq: int | None


def add(tx: Tx, channel: str, external_id: str, at: datetime) -> int | None:
    """A row for something heard now, taken as done; None when it was heard before."""
    values = {"channel": channel, "external_id": external_id, "state": "done", "received_at": at}
    return tx.execute(_ADD, values).scalar()


def failed(tx: Tx, id_: int, raw: str, tries: int, error: str, at: datetime) -> bool:
    """The turn raised: keep what was heard for another try, later each time; after five it is parked. True when parked.

    `error` is the kind of the exception, never its text.
    """
    parked = tries >= MAX_TRIES
    state = "parked" if parked else "waiting"
    values = {
        "state": state,
        "raw": raw,
        "tries": tries,
        "error": error,
        "retry_at": at + timedelta(seconds=5 * 4**tries),
    }
    tx.execute(sa.update(t.inbox).where(t.inbox.c.id == id_).values(values))
    return parked


def done(tx: Tx, id_: int) -> None:
    """A retried turn went through: what was said need not be kept here any longer."""
    tx.execute(sa.update(t.inbox).where(t.inbox.c.id == id_).values(state="done", raw=None, retry_at=None))


def due(tx: Tx, at: datetime, limit: int = 50) -> list[Waiting]:
    """Failed turns whose next try is due, oldest first."""
    rows = tx.execute(_DUE, {"at": at, "at_most": limit})
    return [Waiting(r.id, r.raw, r.tries, r.conversation_seq) for r in rows]


def park(tx: Tx, id_: int) -> None:
    """Not to be tried again by itself: a person has to look at it."""
    tx.execute(sa.update(t.inbox).where(t.inbox.c.id == id_).values(state="parked"))


def stood_at(tx: Tx, id_: int, seq: int) -> None:
    """Remember where the conversation stood after a failure."""
    tx.execute(sa.update(t.inbox).where(t.inbox.c.id == id_).values(conversation_seq=seq))


@dataclass(frozen=True, slots=True)
class Known:
    """A row that is there already."""

    id: int
    state: str
    tries: int


def known(tx: Tx, channel: str, external_id: str) -> Known:
    """The row of something that was heard before."""
    row = tx.execute(_STATE, {"of_channel": channel, "of_id": external_id}).one()
    return Known(row.id, row.state, row.tries)


def counts(tx: Tx) -> dict[str, int]:
    """How many wait for another try and how many are parked."""
    open_states = t.inbox.c.state.in_(("waiting", "parked"))
    rows = tx.execute(
        sa.select(t.inbox.c.state, sa.func.count().label("n")).where(open_states).group_by(t.inbox.c.state)
    )
    found = {row.state: row.n for row in rows}
    return {"waiting": found.get("waiting", 0), "parked": found.get("parked", 0)}
