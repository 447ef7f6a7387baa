"""/bangkiem: pages in place."""

import pytest

from criteria.items import Answer
from handlers.conversation import Idle, OnChecklist
from handlers.flows import checklist
from handlers.flows.step import View
from handlers.texts import labels
from tests.flows.builders import answered, item, labels_of, pressed, refused, step, view

CODES = [i.code for i in view(View).items]
PAGES = -(-len(CODES) // checklist.PER_PAGE)


def test_it_opens_on_the_first_page_with_something_open() -> None:
    fresh = step("list", view(View), "open")
    assert isinstance(fresh.state, OnChecklist)
    assert fresh.state.page == 0
    assert fresh.replies[0].key == fresh.state.key
    assert fresh.quiet
    done = tuple(answered(code, Answer.DONE) for code in CODES[: checklist.PER_PAGE])
    later = step("list", view(View, changed=done), "open")
    assert isinstance(later.state, OnChecklist)
    assert later.state.page == 1


def test_pages_are_in_catalogue_order_and_all_items_stand_on_one() -> None:
    seen = []
    for page in range(PAGES):
        (say,) = step("list", view(View), "page", page, OnChecklist(0, "list:a")).replies
        assert say.key == "list:a"
        seen += [label.split(" ")[0] for label in labels_of(say) if label.endswith(labels.MORE_ANSWERS)]
        assert (labels.BACK in labels_of(say)) is (page > 0)
        assert (labels.NEXT in labels_of(say)) is (page + 1 < PAGES)
        assert all(choice.data for choice in say.choices())
    assert seen == CODES


def test_a_page_beyond_the_last_is_the_last() -> None:
    assert step("list", view(View), "page", 999, OnChecklist(0, "k")).state == OnChecklist(PAGES - 1, "k")


def test_further_answers_unfold_for_one_item() -> None:
    here = item("1.1.4")
    (say,) = step("list", view(View), "wide", f"0={here.id}", OnChecklist(0, "k")).replies
    wide = [data for data in pressed(say) if data.startswith(f"walk:answer:{here.id}=")]
    assert [data.rpartition("=")[2] for data in wide] == ["done", "not_done", "nothing_arose", "not_ours", "by_hand"]


def test_another_matter_between_makes_a_new_message() -> None:
    outcome = step("list", view(View), "page", 1, Idle())
    assert isinstance(outcome.state, OnChecklist)
    assert outcome.state.key.startswith("list:id")


@pytest.mark.parametrize(("verb", "arg"), [("dance", ""), ("page", ""), ("page", "-1"), ("wide", "0"), ("wide", "x=1")])
def test_garbage_is_a_stale_button(verb: str, arg: str) -> None:
    assert refused("list", view(View), verb, arg) == "stale_button"
