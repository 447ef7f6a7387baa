"""Who is asked for what in the bundled campaign, and what exceptions change."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from criteria import bundled
from criteria.assignment import PlannedItem, items_for, mismatches
from criteria.catalogue import Catalogue
from criteria.plan import AssignmentException, EvidenceWindow, Plan, WindowOverride

COMMUNE = "xa-an-thanh-dong"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return bundled.plan("cu-lao-dung-2021")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return bundled.catalogue("mau-cap-huyen-2021")


def given(unit: str | None, code: str, lead: bool = False, kind: str | None = None) -> AssignmentException:
    return AssignmentException(unit, kind, code, "add", lead, "x")


def taken(unit: str | None, code: str, kind: str | None = None) -> AssignmentException:
    return AssignmentException(unit, kind, code, "remove", False, "x")


def with_exceptions(plan: Plan, *exceptions: AssignmentException) -> Plan:
    return replace(plan, assignments=exceptions)


@pytest.mark.parametrize(
    ("kind", "asked", "led"),
    [
        ("cong_an_xa", 50, 9),
        ("doi_tong_hop", 71, 66),
        ("doi_qlhc", 58, 16),
        ("doi_csgt", 40, 0),
        ("doi_khac", 23, 0),
    ],
)
def test_every_unit_of_a_kind_is_asked_for_the_same(
    plan: Plan, catalogue: Catalogue, kind: str, asked: int, led: int
) -> None:
    items = items_for(plan, catalogue)
    units = [unit.code for unit in plan.units if unit.kind == kind]
    assert units
    for unit in units:
        own = [item for item in items if item.unit == unit]
        assert (len(own), sum(item.lead for item in own)) == (asked, led)


def test_nothing_is_planned_twice_and_nothing_is_forgotten(plan: Plan, catalogue: Catalogue) -> None:
    items = items_for(plan, catalogue)
    assert len(items) == 8 * 50 + 71 + 58 + 40 + 3 * 23
    assert max(Counter((item.unit, item.code) for item in items).values()) == 1
    assert {item.code for item in items if item.lead} == {leaf.code for leaf in catalogue.leaves}


def test_items_stand_by_unit_then_by_code(plan: Plan, catalogue: Catalogue) -> None:
    units = {unit.code: number for number, unit in enumerate(plan.units)}
    codes = {leaf.code: number for number, leaf in enumerate(catalogue.leaves)}
    places = [(units[item.unit], codes[item.code]) for item in items_for(plan, catalogue)]
    assert places == sorted(places)


def test_a_unit_is_given_something(plan: Plan, catalogue: Catalogue) -> None:
    before = set(items_for(plan, catalogue))
    after = set(items_for(with_exceptions(plan, given(COMMUNE, "1.1.1")), catalogue))
    assert after - before == {PlannedItem(COMMUNE, "1.1.1", lead=False)}
    assert before <= after


def test_a_unit_becomes_the_lead(plan: Plan, catalogue: Catalogue) -> None:
    after = items_for(with_exceptions(plan, given(COMMUNE, "1.1.3", lead=True)), catalogue)
    assert [item for item in after if item.code == "1.1.3" and item.unit == COMMUNE] == [
        PlannedItem(COMMUNE, "1.1.3", lead=True)
    ]


def test_something_is_taken_from_one_unit(plan: Plan, catalogue: Catalogue) -> None:
    before = set(items_for(plan, catalogue))
    after = set(items_for(with_exceptions(plan, taken(COMMUNE, "3.2.2"), taken(COMMUNE, "1.1.1")), catalogue))
    assert before - after == {PlannedItem(COMMUNE, "3.2.2", lead=True)}
    assert after <= before


def test_a_units_exception_stands_above_its_kinds(plan: Plan, catalogue: Catalogue) -> None:
    exceptions = given(COMMUNE, "3.2.2", lead=True), taken(None, "3.2.2", kind="cong_an_xa")
    after = items_for(with_exceptions(plan, *exceptions), catalogue)
    assert [item.unit for item in after if item.code == "3.2.2" and item.lead] == [COMMUNE]


def test_an_exception_for_an_unknown_sub_criterion(plan: Plan, catalogue: Catalogue) -> None:
    for code in ("9.9.9", "1.1"):
        with pytest.raises(ValueError, match=code):
            items_for(with_exceptions(plan, given(COMMUNE, code)), catalogue)


def test_units_that_ended_before_the_deadline_are_not_asked(plan: Plan, catalogue: Catalogue) -> None:
    first, second, *rest = plan.units
    units = (replace(first, valid_to=date(2021, 8, 29)), replace(second, valid_from=date(2021, 8, 30)), *rest)
    asked = {item.unit for item in items_for(replace(plan, units=units), catalogue)}
    assert asked == {unit.code for unit in plan.units} - {first.code}


def test_the_bundled_plan_and_catalogue_fit(plan: Plan, catalogue: Catalogue) -> None:
    assert mismatches(plan, catalogue) == ()


def test_what_does_not_fit_is_named(plan: Plan, catalogue: Catalogue) -> None:
    window = EvidenceWindow(date(2020, 8, 1), date(2021, 8, 30), (WindowOverride("9.9.9", date.min, date.max, "x"),))
    assert mismatches(replace(plan, evidence_window=window), catalogue) == ("evidence_window: no code 9.9.9",)
    kinds = {code: name for code, name in plan.unit_kinds.items() if code != "doi_csgt"}
    assert mismatches(replace(plan, unit_kinds=kinds), catalogue) == (
        "unit_kinds: the catalogue asks doi_csgt, unknown here",
    )
    assert mismatches(with_exceptions(plan, given(COMMUNE, "9.9")), catalogue) == ("assignments: no sub-criterion 9.9",)
    orphaned = with_exceptions(plan, taken(None, "3.2.2", kind="cong_an_xa"))
    assert mismatches(orphaned, catalogue) == ("3.2.2: no unit leads it",)
