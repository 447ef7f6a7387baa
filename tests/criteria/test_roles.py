"""Who may do what, held against a table written out by hand."""

import pytest

from criteria.errors import Refusal
from criteria.people import Grant, GrantState, Person, Role
from criteria.roles import EVERYWHERE, TABLE, Action, allows, authorize, working_units

OWN, OTHER = "xa-an-thanh-1", "xa-an-thanh-2"
# action: for the own unit / for another one / for none in particular / for all at once
OFFICER = {
    "see_items": "y n y n",
    "answer": "y n y n",
    "send_evidence": "y n y n",
    "see_evidence": "y n y n",
    "see_progress": "y n y n",
    "see_catalogue": "y y y y",
    "manage_people": "n n n n",
    "be_told_of_secrets": "n n n n",
}
EXPECTED = {
    "can_bo": OFFICER,
    "truong_don_vi": OFFICER,
    "tong_hop": {
        "see_items": "y n y n",
        "answer": "y n y n",
        "send_evidence": "y n y n",
        "see_evidence": "y y y y",
        "see_progress": "y y y y",
        "see_catalogue": "y y y y",
        "manage_people": "y y y y",
        "be_told_of_secrets": "y y y y",
    },
    "lanh_dao": {
        "see_items": "n n n n",
        "answer": "n n n n",
        "send_evidence": "n n n n",
        "see_evidence": "n n n n",
        "see_progress": "y y y y",
        "see_catalogue": "y y y y",
        "manage_people": "n n n n",
        "be_told_of_secrets": "n n n n",
    },
    "quan_tri": {
        "see_items": "n n n n",
        "answer": "n n n n",
        "send_evidence": "n n n n",
        "see_evidence": "n n n n",
        "see_progress": "n n n n",
        "see_catalogue": "y y y y",
        "manage_people": "y y y y",
        "be_told_of_secrets": "n n n n",
    },
}
CASES = [
    (role, action, where, verdict == "y")
    for role, actions in EXPECTED.items()
    for action, verdicts in actions.items()
    for where, verdict in zip((OWN, OTHER, None, EVERYWHERE), verdicts.split(), strict=True)
]


def person(*grants: Grant, active: bool = True) -> Person:
    return Person(1, "Nguyễn Thị Lan", active, True, grants)


def test_the_expected_table_knows_every_role_and_action() -> None:
    assert set(EXPECTED) == {role.value for role in Role} == {role.value for role in TABLE}
    for actions in EXPECTED.values():
        assert set(actions) == {action.value for action in Action}


@pytest.mark.parametrize(("role", "action", "where", "expected"), CASES)
def test_role_and_action(role: str, action: str, where: str | None, expected: bool) -> None:
    who = person(Grant(OWN, Role(role)))
    assert allows(who, Action(action), where) is expected
    if expected:
        authorize(who, Action(action), where)
    else:
        with pytest.raises(Refusal, match="not_allowed"):
            authorize(who, Action(action), where)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("where", [OWN, OTHER, None, EVERYWHERE])
def test_who_waits_or_has_left_may_nothing(action: Action, where: str | None) -> None:
    for role in Role:
        waiting = person(Grant(OWN, role, GrantState.PENDING))
        with pytest.raises(Refusal, match="waiting_for_approval"):
            authorize(waiting, action, where)
        for gone in (person(Grant(OWN, role), active=False), person(Grant(OWN, role, GrantState.ENDED)), person()):
            with pytest.raises(Refusal, match="not_allowed"):
                authorize(gone, action, where)


def test_several_grants_add_up() -> None:
    who = person(Grant(OWN, Role.LEADER), Grant(OTHER, Role.OFFICER))
    assert allows(who, Action.ANSWER, OTHER)
    assert not allows(who, Action.ANSWER, OWN)
    assert allows(who, Action.SEE_PROGRESS, EVERYWHERE)


def test_units_one_works_for() -> None:
    who = person(
        Grant("b", Role.HEAD), Grant("a", Role.OFFICER), Grant("b", Role.OFFICER), Grant("c", Role.LEADER),
        Grant("d", Role.OFFICER, GrantState.PENDING),
    )  # fmt: skip
    assert working_units(who) == ("b", "a")
    assert working_units(person(Grant("a", Role.ADMIN))) == ()
