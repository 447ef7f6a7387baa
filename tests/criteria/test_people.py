"""What a person is trusted with."""

import pytest

from criteria.people import Grant, GrantState, Person, Role

ACTIVE, PENDING, ENDED = (
    Grant("a", Role.OFFICER),
    Grant("b", Role.OFFICER, GrantState.PENDING),
    Grant("c", Role.HEAD, GrantState.ENDED),
)


@pytest.mark.parametrize(
    ("grants", "active", "units", "pending"),
    [
        ((), True, (), False),
        ((ACTIVE,), True, ("a",), False),
        ((PENDING,), True, (), True),
        ((ENDED,), True, (), False),
        ((ACTIVE, PENDING), True, ("a",), False),
        ((PENDING, ENDED), True, (), True),
        ((ACTIVE, ACTIVE, Grant("d", Role.LEADER)), True, ("a", "d"), False),
        ((ACTIVE, PENDING), False, (), False),
        ((PENDING,), False, (), False),
    ],
)
def test_grants(grants: tuple[Grant, ...], active: bool, units: tuple[str, ...], pending: bool) -> None:
    person = Person(1, "", active, False, grants)
    assert (person.units(), person.pending) == (units, pending)


def test_the_values_of_roles_are_for_ever() -> None:
    assert [role.value for role in Role] == ["can_bo", "truong_don_vi", "tong_hop", "lanh_dao", "quan_tri"]
