"""/toi, devices, handing over, agreeing and revoking."""

import hashlib

import pytest

from criteria.facts import DevicesSignedOut, JoinApproved, PersonRevoked, SignInLinkMade
from criteria.people import GrantState, Role
from handlers.conversation import Idle
from handlers.flows import people
from handlers.flows.step import PeopleView
from tests.flows.builders import event, labels_of, person, pressed, refused, step, view

INVITER = person(Role.CONSOLIDATOR, "doi-tong-hop", id_=2)
NEW = person(id_=5, state=GrantState.PENDING, acknowledged=False)
OLD = person(id_=5)


def test_who_am_i() -> None:
    (say,) = step("me", view(PeopleView, channels=("web",), devices=2), "show").replies
    assert "Nguyễn Thị Lan" in say.text
    assert pressed(say) == ["me:device", "me:others", "me:hand"]


def test_a_link_for_another_device_is_kept_as_a_hash() -> None:
    outcome = step("me", view(PeopleView), "device")
    (fact,) = outcome.facts
    assert isinstance(fact, SignInLinkMade)
    token = outcome.replies[0].text.rpartition("/in/")[2]
    assert fact.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(fact)


@pytest.mark.parametrize(("session", "kept"), [("7", 7), ("", None), ("x", None)])
def test_other_devices_are_signed_out(session: str, kept: int | None) -> None:
    outcome = people.step(view(PeopleView), Idle(), event("others", session=session))
    assert outcome.facts == (DevicesSignedOut(1, kept),)


def test_handing_over_is_told_to_the_consolidators() -> None:
    assert labels_of(step("me", view(PeopleView), "hand").replies[0])
    told = step("me", view(PeopleView, inviters=(1, 2, 3)), "tell")
    assert [notice.person for notice in told.notices] == [2, 3]
    assert pressed(told.notices[0].say) == ["me:revoke:1"]
    assert told.facts == ()


def test_agreeing() -> None:
    outcome = step("me", view(PeopleView, INVITER, target=NEW), "agree", 5)
    assert outcome.facts == (JoinApproved(5, 2),)
    (notice,) = outcome.notices
    assert pressed(notice.say) == ["hi:start"]  # where the state-secret notice waits to be confirmed
    again = step("me", view(PeopleView, INVITER, target=OLD), "agree", 5)
    assert (again.facts, again.notices) == ((), ())


def test_revoking_is_asked_twice() -> None:
    asked = step("me", view(PeopleView, INVITER, target=OLD), "revoke", 5)
    assert asked.facts == ()
    assert pressed(asked.replies[0]) == ["me:out:5", "me:keep:5"]
    assert step("me", view(PeopleView, INVITER, target=OLD), "keep", 5).facts == ()
    assert step("me", view(PeopleView, INVITER, target=OLD), "out", 5).facts == (PersonRevoked(5, 2),)
    gone = person(id_=5)
    gone = type(gone)(gone.id, gone.name, False, True, ())
    assert step("me", view(PeopleView, INVITER, target=gone), "out", 5).facts == ()


@pytest.mark.parametrize("verb", ["agree", "revoke", "out", "keep"])
def test_only_managers_and_never_themselves(verb: str) -> None:
    for role in (Role.OFFICER, Role.HEAD, Role.LEADER):
        assert refused("me", view(PeopleView, person(role), target=OLD), verb, 5) == "not_allowed"
    assert refused("me", view(PeopleView, INVITER, target=INVITER), verb, 2) == "no_such_person"
    assert refused("me", view(PeopleView, INVITER), verb, 99) == "no_such_person"


def test_garbage_is_a_stale_button() -> None:
    assert refused("me", view(PeopleView), "dance") == "stale_button"
