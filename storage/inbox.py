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
_DUE = sa.select(t.inbox.c.id, t.inbox.c.raw, t.inbox.c.tries).where(
    t.inbox.c.state == "waiting", t.inbox.c.retry_at <= param("at")
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A heard message whose turn failed and is due again. `raw` is what `handlers.channel` encoded."""

    id: int
    raw: str
    tries: int


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
    return [Waiting(r.id, r.raw, r.tries) for r in tx.execute(_DUE.order_by(t.inbox.c.id).limit(limit), {"at": at})]


def counts(tx: Tx) -> dict[str, int]:
    """How many wait for another try and how many are parked."""
    open_states = t.inbox.c.state.in_(("waiting", "parked"))
    rows = tx.execute(
        sa.select(t.inbox.c.state, sa.func.count().label("n")).where(open_states).group_by(t.inbox.c.state)
    )
    found = {row.state: row.n for row in rows}
    return {"waiting": found.get("waiting", 0), "parked": found.get("parked", 0)}
