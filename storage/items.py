"""Items as rows: a unit's open work, and the changes that facts make to it."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy import bindparam as param

from criteria.items import Answer, Item
from storage import tables as t
from storage.database import Tx

_OF_UNITS = (
    sa.select(
        t.items.c.id,
        t.units.c.code.label("unit"),
        t.items.c.code,
        t.items.c.lead,
        t.items.c.answer,
        t.items.c.documents,
        t.items.c.confirmed,
        t.items.c.deferred_at,
    )
    .join(t.units, t.units.c.id == t.items.c.unit_id)
    .where(t.items.c.unit_id.in_(param("units", expanding=True)))
    .order_by(t.items.c.id)
)
_SET_ANSWER = (
    sa.update(t.items)
    .where(t.items.c.id == param("item"))
    .values(
        answer=param("given"),
        reason_id=param("reason"),
        answered_by=param("by"),
        answered_at=param("at"),
        confirmed=None,
    )
)
_DEFER = sa.update(t.items).where(t.items.c.id == param("item")).values(deferred_at=param("at"))
_RECOUNT = (
    sa.update(t.items)
    .where(t.items.c.id == param("item"))
    .values(
        documents=sa.select(sa.func.count(sa.distinct(t.links.c.document_id)))
        .join(t.files, t.files.c.document_id == t.links.c.document_id)
        .where(t.links.c.item_id == param("item"), t.files.c.withdrawn_at.is_(None))
        .scalar_subquery()
    )
)
_OF_DOCUMENT = sa.select(t.links.c.item_id).where(t.links.c.document_id == param("document"))


def of_units(tx: Tx, unit_ids: Sequence[int]) -> tuple[Item, ...]:
    """All items of these units."""
    if not unit_ids:
        return ()
    return tuple(_item(*row) for row in tx.execute(_OF_UNITS, {"units": list(unit_ids)}).all())


@lru_cache(maxsize=4096)
def _item(
    id_: int,
    unit: str,
    code: str,
    lead: bool,
    answer: str | None,
    documents: int,
    confirmed: bool | None,
    deferred_at: datetime | None,
) -> Item:
    """The value of a row's columns. Most rows are as they were a turn ago, and so is their item."""
    return Item(id_, unit, code, lead, Answer(answer) if answer else None, documents, confirmed, deferred_at)


def set_answer(tx: Tx, item: int, given: str | None, reason: str | None, by: int, at: datetime) -> None:
    """Keep an answer (None: taken back). What Đội Tổng hợp said of an earlier answer no longer counts. `at`: campaign
    time.
    """
    tx.execute(_SET_ANSWER, {"item": item, "given": given, "reason": reason, "by": by, "at": at})


def defer(tx: Tx, item: int, at: datetime) -> None:
    """Put an item off to the end of the walk. `at`: campaign time."""
    tx.execute(_DEFER, {"item": item, "at": at})


def recount(tx: Tx, item: int) -> None:
    """Count the item's documents with a stored file afresh."""
    tx.execute(_RECOUNT, {"item": item})


def recount_of_document(tx: Tx, document: str) -> None:
    """Count afresh for every item the document serves."""
    for row in tx.execute(_OF_DOCUMENT, {"document": document}).all():
        recount(tx, row.item_id)


def codes(tx: Tx, ids: Sequence[int]) -> dict[int, str]:
    """The sub-criterion of each of these items."""
    rows = tx.execute(sa.select(t.items.c.id, t.items.c.code).where(t.items.c.id.in_(ids)))
    return {row.id: row.code for row in rows}
