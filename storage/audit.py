"""The audit chain: every fact is one row whose hash covers the row before it. Written by `storage.record`, checked by
`storage.verify`.

hash = SHA-256(previous hash + canonical JSON). A database trigger refuses UPDATE and DELETE; the chain shows whoever
goes around it.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

from criteria.facts import Fact
from storage import tables as t
from storage.database import Tx, recall, remember

GENESIS: Final = "0" * 64
_HEAD = sa.select(t.audit.c.seq, t.audit.c.hash).order_by(t.audit.c.seq.desc()).limit(1)
_INSERT = sa.insert(t.audit)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row: how many there are and the hash that stands for all of them."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the chain does not hold."""

    seq: int
    problem: str


def canonical(fact: Fact, at: datetime) -> str:
    """One fact as JSON with sorted keys and no blanks; `at` is real time, written in UTC."""
    fields = {field.name: getattr(fact, field.name) for field in dataclasses.fields(fact)}
    body = {"at": at.astimezone(UTC).isoformat(), "fact": type(fact).__name__, **fields}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chain(previous: str, body: str) -> str:
    """The hash of a row that follows `previous`."""
    return hashlib.sha256((previous + body).encode()).hexdigest()


def head(tx: Tx) -> Head:
    """The newest row, from memory while this process alone writes."""
    known = recall(tx, "audit")
    if isinstance(known, Head):
        return known
    row = tx.execute(_HEAD).first()
    return Head(row.seq, row.hash) if row else Head(0, GENESIS)


def last_at(tx: Tx) -> datetime | None:
    """When the newest row was written, in real time; None for an empty chain."""
    body = tx.execute(sa.select(t.audit.c.body).order_by(t.audit.c.seq.desc()).limit(1)).scalar()
    return datetime.fromisoformat(json.loads(body)["at"]) if body else None


def append(tx: Tx, facts: Iterable[Fact], at: datetime) -> None:
    """Add one row per fact, in order."""
    last = head(tx)
    rows = []
    for fact in facts:
        body = canonical(fact, at)
        digest = chain(last.hash, body)
        rows.append({"seq": last.seq + 1, "prev_hash": last.hash, "hash": digest, "body": body})
        last = Head(last.seq + 1, digest)
    if rows:
        tx.execute(_INSERT, rows)
        remember(tx, "audit", last)


def faults(tx: Tx) -> Iterator[Fault]:
    """Walk the whole chain and name every row that is missing, out of order or changed."""
    previous, expected = GENESIS, 1
    rows = tx.execute(sa.select(t.audit).order_by(t.audit.c.seq).execution_options(yield_per=1000))
    for row in rows:
        if row.seq != expected:
            yield Fault(row.seq, f"rows {expected} to {row.seq - 1} are missing")
        if row.prev_hash != previous:
            yield Fault(row.seq, "does not follow the row before it")
        if chain(row.prev_hash, row.body) != row.hash:
            yield Fault(row.seq, "content does not match its hash")
        previous, expected = row.hash, row.seq + 1
