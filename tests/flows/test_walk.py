"""/viec: cards, answers, reasons, taking back."""

from dataclasses import replace

import pytest

from criteria.facts import ItemAnswered, ItemCleared, ItemDeferred
from criteria.items import NEEDS_REASON, REASON_MAX, Answer
from criteria.people import Role
from handlers.channel import Said
from handlers.conversation import GivingReason, Idle, OnCard, OnChecklist
from handlers.flows.step import View
from handlers.texts import labels
from tests.flows.builders import NEIGHBOUR, NOW, UNIT, answered, item, labels_of, person, pressed, refused, step, view

FIRST, SECOND = item("3.2.2"), item("3.3.2")
OTHERS = item("3.2.2", NEIGHBOUR)
SIX = list(labels.ANSWERS.values())


def test_the_most_urgent_item_comes_first() -> None:
    outcome = step("walk", view(View), "open")
    assert outcome.state == OnCard(FIRST.id)
    assert outcome.card == FIRST.id
    (card,) = outcome.replies
    assert labels_of(card) == SIX
    assert card.progress == (0, 50)
    assert outcome.facts == ()


def test_the_walk_resumes_where_it_was_left() -> None:
    there = item("8.4.2")
    assert step("walk", view(View, card=there.id), "open").card == there.id
    done = (replace(there, answer=Answer.DONE),)
    assert step("walk", view(View, changed=done, card=there.id), "open").card == FIRST.id
    coming = frozenset({there.id, FIRST.id})
    assert step("walk", view(View, card=there.id, coming=coming), "open").card == SECOND.id
    assert step("walk", view(View, card=OTHERS.id), "open").card == FIRST.id


def test_next_leaves_the_card_unanswered() -> None:
    outcome = step("walk", view(View), "next", FIRST.id)
    assert (outcome.state, outcome.facts) == (OnCard(SECOND.id), ())
    assert step("walk", view(View), "next").card == FIRST.id


@pytest.mark.parametrize("given", [a for a in Answer if a not in NEEDS_REASON and a is not Answer.LATER])
def test_an_answer_is_kept(given: Answer) -> None:
    outcome = step("walk", view(View), "answer", f"{FIRST.id}={given.value}", OnCard(FIRST.id))
    assert outcome.facts == (ItemAnswered(FIRST.id, UNIT, "3.2.2", given.value, 1, None),)
    assert f"walk:undo:{FIRST.id}=none" in [data for say in outcome.replies for data in pressed(say)]
    stays = given is Answer.DONE
    assert outcome.state == OnCard(FIRST.id if stays else SECOND.id)


def test_done_with_a_document_goes_on() -> None:
    held = replace(FIRST, documents=1)
    given = step("walk", view(View, changed=(held,)), "answer", f"{FIRST.id}=done")
    assert given.state == OnCard(SECOND.id)
    coming = step("walk", view(View, coming=frozenset({FIRST.id})), "answer", f"{FIRST.id}=done")
    assert coming.state == OnCard(SECOND.id)


def test_later_puts_off_and_offers_no_way_back() -> None:
    outcome = step("walk", view(View), "answer", f"{FIRST.id}=later")
    assert outcome.facts == (ItemDeferred(FIRST.id, UNIT, "3.2.2", 1),)
    assert outcome.replies[0].rows == ()
    assert outcome.state == OnCard(SECOND.id)


@pytest.mark.parametrize("given", sorted(NEEDS_REASON))
def test_a_reason_is_asked_for_and_kept_apart(given: Answer) -> None:
    asked = step("walk", view(View), "answer", f"{FIRST.id}={given.value}", OnCard(FIRST.id))
    assert asked.state == GivingReason(FIRST.id, given.value)
    assert asked.facts == ()
    assert pressed(asked.replies[0]) == [f"walk:card:{FIRST.id}"]
    told = step("walk", view(View), "reason", "", asked.state, Said("  không có\nhồ sơ nào "))
    (fact,) = told.facts
    assert isinstance(fact, ItemAnswered)
    assert fact.reason
    assert dict(told.texts) == {(fact.reason, "reason"): "không có hồ sơ nào"}
    assert "hồ sơ" not in str(fact)
    assert told.state == OnCard(SECOND.id)


def test_a_second_press_changes_nothing_and_keeps_the_first_way_back() -> None:
    done = answered("3.2.2", Answer.NOT_DONE)
    outcome = step("walk", view(View, changed=(done,)), "answer", f"{FIRST.id}=not_done")
    assert outcome.facts == ()
    assert outcome.replies[0].rows == ()


def test_taking_back() -> None:
    done = answered("3.2.2", Answer.NOT_DONE)
    back = step("walk", view(View, changed=(done,)), "undo", f"{FIRST.id}=none")
    assert back.facts == (ItemCleared(FIRST.id, UNIT, "3.2.2", 1),)
    assert back.state == OnCard(FIRST.id)
    again = step("walk", view(View), "undo", f"{FIRST.id}=none")
    assert again.facts == ()
    to_done = step("walk", view(View, changed=(done,)), "undo", f"{FIRST.id}=done")
    assert to_done.facts == (ItemAnswered(FIRST.id, UNIT, "3.2.2", "done", 1, None),)
    to_reason = step("walk", view(View, changed=(done,)), "undo", f"{FIRST.id}=not_ours")
    assert to_reason.state == GivingReason(FIRST.id, "not_ours")
    assert to_reason.facts == ()


def test_the_checklist_goes_on_where_it_was() -> None:
    here = item("1.1.3")
    quick = step("walk", view(View), "answer", f"{here.id}=done", OnChecklist(0, "list:a"))
    assert quick.state == OnChecklist(0, "list:a")
    assert quick.quiet
    assert len(quick.facts) == 1
    asked = step("walk", view(View), "answer", f"{here.id}=not_ours", OnChecklist(0, "list:a"))
    assert asked.state == GivingReason(here.id, "not_ours", 0, "list:a")
    assert pressed(asked.replies[0]) == ["list:page:0"]
    told = step("walk", view(View), "reason", "", asked.state, Said("việc của Đội"))
    assert isinstance(told.state, OnChecklist)
    assert told.state.page == 0
    assert not told.quiet


def test_paper_is_spoken_of_on_the_checklist_too() -> None:
    here = item("1.1.3")
    outcome = step("walk", view(View), "answer", f"{here.id}=by_hand", OnChecklist(0, "list:a"))
    assert len(outcome.replies) == 2
    assert outcome.replies[1].rows == ()


def test_a_corrected_answer_does_not_turn_the_page() -> None:
    page = tuple(answered(code, Answer.DONE) for code in ("1.1.3", "1.1.4", "1.2.1", "1.2.2"))
    of = view(View, changed=page)
    corrected = step("walk", of, "answer", f"{page[0].id}=not_done", OnChecklist(0, "list:a"))
    assert corrected.state == OnChecklist(0, "list:a")
    last = step("walk", view(View, changed=page[:3]), "answer", f"{page[3].id}=done", OnChecklist(0, "list:a"))
    assert last.state == OnChecklist(1, "list:a")


def test_the_end_of_the_walk() -> None:
    every = tuple(replace(i, answer=Answer.NOTHING_AROSE) for i in view(View).items)
    outcome = step("walk", view(View, changed=every), "open")
    assert (outcome.state, outcome.card) == (Idle(), 0)
    assert pressed(outcome.replies[0]) == ["look:progress"]
    some = (*every[:-1], replace(every[-1], answer=Answer.NOT_DONE))
    assert pressed(step("walk", view(View, changed=some), "open").replies[0]) == ["look:missing", "look:progress"]
    put_off = tuple(replace(i, deferred_at=NOW) for i in view(View).items)
    assert step("walk", view(View, changed=put_off), "open").state == OnCard(FIRST.id)


@pytest.mark.parametrize("verb", ["card", "answer", "undo"])
def test_other_units_items_do_not_exist(verb: str) -> None:
    arg = f"{OTHERS.id}=done" if verb != "card" else OTHERS.id
    assert refused("walk", view(View), verb, arg) == "no_such_item"
    assert refused("walk", view(View), verb, "999999=done" if verb != "card" else 999999) == "no_such_item"


@pytest.mark.parametrize(
    ("verb", "arg"),
    [
        ("dance", ""),
        ("card", ""),
        ("card", "x"),
        ("card", "-1"),
        ("card", "1" * 16),
        ("card", "²"),
        ("next", "x"),
        ("answer", f"{FIRST.id}=maybe"),
        ("answer", f"{FIRST.id}"),
        ("answer", "=done"),
        ("undo", "x=none"),
        ("reason", ""),
    ],
)
def test_garbage_is_a_stale_button(verb: str, arg: str) -> None:
    assert refused("walk", view(View), verb, arg) == "stale_button"


def test_a_reason_is_checked_and_belongs_to_its_item() -> None:
    asked = GivingReason(FIRST.id, "not_ours")
    assert refused("walk", view(View), "reason", "", asked, Said(" . ")) == "reason_empty"
    assert refused("walk", view(View), "reason", "", asked, Said("a" * (REASON_MAX + 1))) == "reason_too_long"
    assert refused("walk", view(View), "reason", "", asked) == "stale_button"
    theirs = GivingReason(OTHERS.id, "not_ours")
    assert refused("walk", view(View), "reason", "", theirs, Said("một lý do")) == "no_such_item"


@pytest.mark.parametrize("flow", ["walk", "list"])
def test_who_has_no_items(flow: str) -> None:
    for role in (Role.LEADER, Role.ADMIN):
        assert refused(flow, view(View, person(role)), "open") == "not_allowed"
    assert refused(flow, view(View, items=()), "open") == "no_items"


def test_the_unit_is_named_to_who_works_for_several() -> None:
    from criteria.people import Grant

    several = person(more=(Grant(NEIGHBOUR, Role.OFFICER),))
    (card,) = step("walk", view(View, several), "card", FIRST.id).replies
    assert card.title.endswith("(An Thạnh Đông)")
    assert card.progress == (0, 50)
    (alone,) = step("walk", view(View), "card", FIRST.id).replies
    assert not alone.title.endswith(")")


def test_documents_that_are_there_can_be_looked_at() -> None:
    (card,) = step("walk", view(View, changed=(replace(FIRST, documents=2),)), "card", FIRST.id).replies
    assert pressed(card)[-1] == f"ev:there:{FIRST.id}"
