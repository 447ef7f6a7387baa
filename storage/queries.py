"""Read models for lists and pages that no flow decides on: units with their people and items, and the counts of
`status`.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from criteria.items import Item
from storage import campaigns, items
from storage import tables as t
from storage.database import Tx


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit with how many active people it has, and its items."""

    code: str
    name: str
    kind: str
    people: int
    items: tuple[Item, ...]


def units(tx: Tx) -> list[UnitRow]:
    """Every unit of the campaign, in the order of the plan."""
    opened = campaigns.current(tx)
    heads = (
        sa.select(t.units.c.code, sa.func.count(sa.distinct(t.grants.c.person_id)).label("n"))
        .join(t.grants, t.grants.c.unit_id == t.units.c.id)
        .where(t.grants.c.state == "active")
        .group_by(t.units.c.code)
    )
    people = {row.code: row.n for row in tx.execute(heads)}
    of_unit: dict[str, list[Item]] = {}
    for item in items.of_units(tx, list(opened.unit_ids.values())):
        of_unit.setdefault(item.unit, []).append(item)
    return [
        UnitRow(unit.code, unit.name, unit.kind, people.get(unit.code, 0), tuple(of_unit.get(unit.code, ())))
        for unit in opened.campaign.plan.units
    ]
