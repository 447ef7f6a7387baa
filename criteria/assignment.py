"""Who is asked for what: units crossed with the sub-criteria of their kind, and the plan's exceptions.

Called when a campaign is set up.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from criteria.catalogue import Catalogue
from criteria.periods import OFFICIAL
from criteria.plan import AssignmentException, Plan, Unit


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One unit's part of one sub-criterion. `lead`: it answers for it (chủ trì), else it contributes (phối hợp)."""

    unit: str
    code: str
    lead: bool


def items_for(plan: Plan, catalogue: Catalogue) -> tuple[PlannedItem, ...]:
    """Every item of the campaign, by unit in the plan's order, then by code (plan sections III and IV.1).

    Units not in force on the last official day get none. Exceptions for a kind come before those for a unit, each
    in the order of the file: the last word stands. `ValueError` if one names a sub-criterion the catalogue lacks.
    """
    if unknown := sorted({e.code for e in plan.assignments} - {leaf.code for leaf in catalogue.leaves}):
        raise ValueError(f"exceptions name sub-criteria that the catalogue does not have: {', '.join(unknown)}")
    day = plan.deadline(OFFICIAL).last_day
    return tuple(item for unit in plan.units if unit.in_force(day) for item in _items_of(unit, plan, catalogue))


def _items_of(unit: Unit, plan: Plan, catalogue: Catalogue) -> Iterator[PlannedItem]:
    leads = {leaf.code: leaf.lead == unit.kind for leaf in catalogue.assigned_to(unit.kind)}
    for exception in _exceptions_of(unit, plan):
        if exception.change == "add":
            leads[exception.code] = exception.lead
        else:
            leads.pop(exception.code, None)
    for leaf in catalogue.leaves:
        if leaf.code in leads:
            yield PlannedItem(unit.code, leaf.code, leads[leaf.code])


def _exceptions_of(unit: Unit, plan: Plan) -> list[AssignmentException]:
    """The general ones first."""
    return [e for e in plan.assignments if e.kind == unit.kind] + [e for e in plan.assignments if e.unit == unit.code]


def mismatches(plan: Plan, catalogue: Catalogue) -> tuple[str, ...]:
    """Where a plan and a catalogue do not fit together, in English with codes; empty when they do.

    To be asked before both are put to use.
    """
    codes = {leaf.code for leaf in catalogue.leaves}
    found = [f"assignments: no sub-criterion {e.code}" for e in plan.assignments if e.code not in codes]
    found += [
        f"evidence_window: no code {o.code}" for o in plan.evidence_window.overrides if catalogue.get(o.code) is None
    ]
    kinds = {kind for leaf in catalogue.leaves for kind in leaf.kinds}
    found += [f"unit_kinds: the catalogue asks {kind}, unknown here" for kind in sorted(kinds - set(plan.unit_kinds))]
    if not found:
        led = {item.code for item in items_for(plan, catalogue) if item.lead}
        found += [f"{leaf.code}: no unit leads it" for leaf in catalogue.leaves if leaf.code not in led]
    return tuple(found)
