"""The door: joining, the notice, the name, help, stopping."""

import pytest

from criteria.facts import NoticeAcknowledged, PersonJoined, PersonNamed
from criteria.people import GrantState, Role
from handlers.channel import Joined, Said
from handlers.conversation import GivingName, Idle, OnCard
from handlers.flows.step import PeopleView, View
from tests.flows.builders import UNIT, item, person, pressed, refused, step, view

NEW = person(acknowledged=False)
FIRST = item("3.2.2").id


def joined(**more: object) -> Joined:
    known: dict[str, object] = {"fresh": True, "inviter": 2, "pending": False, **more}
    return Joined(9, UNIT, "can_bo", **known)  # type: ignore[arg-type]


def test_joining_greets_with_the_notice_and_tells_the_inviter() -> None:
    outcome = step("hi", view(PeopleView, NEW, inviters=(2,)), "joined", "", None, joined())
    assert outcome.facts == (PersonJoined(1, 9, UNIT, "can_bo", False),)
    assert pressed(outcome.replies[0]) == ["hi:ack"]
    assert [(notice.person, pressed(notice.say)) for notice in outcome.notices] == [(2, ["me:revoke:1"])]


def test_a_joining_that_waits() -> None:
    outcome = step("hi", view(PeopleView, NEW, inviters=(2, 1)), "joined", "", None, joined(pending=True))
    assert outcome.replies[0].rows == ()
    assert [(n.person, pressed(n.say)) for n in outcome.notices] == [(2, ["me:agree:1", "me:revoke:1"])]


def test_a_further_role() -> None:
    outcome = step("hi", view(PeopleView, inviters=()), "joined", "", None, joined(fresh=False))
    assert outcome.replies[0].rows == ()
    assert outcome.replies[0].text.count("An Thạnh Đông") == 2


def test_the_notice_is_confirmed_once_and_leads_to_the_first_card() -> None:
    outcome = step("hi", view(View, NEW), "ack")
    assert outcome.facts == (NoticeAcknowledged(1),)
    assert outcome.state == OnCard(FIRST)
    assert step("hi", view(View), "ack").facts == ()
    nameless = step("hi", view(View, person(name="")), "ack")
    assert nameless.state == GivingName()
    leader = step("hi", view(View, person(Role.LEADER)), "ack")
    assert (leader.state, pressed(leader.replies[0])) == (Idle(), ["look:progress"])
    waiting = step("hi", view(View, person(state=GrantState.PENDING)), "ack")
    assert waiting.replies[0].rows == ()


@pytest.mark.parametrize("typed", ["", "  ", "12", "a", "a" * 61, "?!"])
def test_a_name_is_letters(typed: str) -> None:
    assert refused("hi", view(View, person(name="")), "name", "", GivingName(), Said(typed)) == "name_unclear"


def test_a_name_is_kept_as_private_text() -> None:
    outcome = step("hi", view(View, person(name="")), "name", "", GivingName(), Said("  Võ\u200b  Văn Bình "))
    assert outcome.facts == (PersonNamed(1),)
    assert dict(outcome.texts) == {("person:1", "name"): "Võ Văn Bình"}
    assert outcome.state == OnCard(FIRST)


def test_start() -> None:
    assert pressed(step("hi", view(View, NEW), "start").replies[0]) == ["hi:ack"]
    assert "walk:open" in pressed(step("hi", view(View), "start").replies[0])
    assert step("hi", view(View, person(state=GrantState.PENDING)), "start").replies[0].rows == ()


@pytest.mark.parametrize(
    ("role", "words", "not_words"),
    [
        (Role.OFFICER, ["/viec", "/tiendo", "ảnh"], ["Thu hồi"]),
        (Role.HEAD, ["/viec", "/tiendo", "ảnh"], ["Thu hồi"]),
        (Role.CONSOLIDATOR, ["/viec", "/tiendo", "Thu hồi"], []),
        (Role.LEADER, ["/tiendo", "/han"], ["/viec", "ảnh", "Thu hồi"]),
        (Role.ADMIN, ["/han", "Thu hồi"], ["/viec", "/tiendo", "ảnh"]),
    ],
)
def test_help_names_what_the_role_may_do(role: Role, words: list[str], not_words: list[str]) -> None:
    text = step("hi", view(View, person(role)), "help").replies[0].text
    assert [word for word in words if word not in text] == []
    assert [word for word in not_words if word in text] == []


def test_who_waits_is_told_so() -> None:
    waiting = person(state=GrantState.PENDING)
    assert "/viec" not in step("hi", view(View, waiting), "help").replies[0].text


def test_stopping_leaves_everything() -> None:
    outcome = step("hi", view(View), "stop", "", OnCard(FIRST))
    assert (outcome.state, outcome.facts) == (Idle(), ())


def test_words_that_mean_nothing_change_nothing() -> None:
    outcome = step("hi", view(View), "lost", "", OnCard(FIRST))
    assert (outcome.state, outcome.facts) == (OnCard(FIRST), ())


def test_garbage_is_a_stale_button() -> None:
    for verb in ("dance", "joined", "name"):
        assert refused("hi", view(View), verb) == "stale_button"
