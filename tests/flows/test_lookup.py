"""/tieuchi, /tim, /thieu, /tiendo, /han."""

from dataclasses import replace

import pytest

from criteria.items import Answer
from criteria.people import Grant, GrantState, Role
from handlers.conversation import Idle, OnCard
from handlers.flows.step import ProgressView
from tests.flows.builders import NEIGHBOUR, PLANNED, item, labels_of, person, pressed, refused, step, view

HERE = item("3.2.2")


def test_a_code_opens_ones_own_card() -> None:
    for typed in ("3.2.2", "322", "mục 3.2.2", "3,2,2"):
        assert step("look", view(ProgressView), "code", typed).state == OnCard(HERE.id)
    strange = step("look", view(ProgressView), "code", "4.1.1")
    assert (strange.state, strange.replies[0].rows) == (Idle(), ())
    assert step("look", view(ProgressView), "code", "9.9.9").replies[0].rows == ()
    several = step("look", view(ProgressView, person(more=(Grant(NEIGHBOUR, Role.OFFICER),))), "code", "3.2.2")
    assert pressed(several.replies[0]) == [f"walk:card:{item('3.2.2', NEIGHBOUR).id}", f"walk:card:{HERE.id}"]


def test_fields_and_criteria_open_their_parts() -> None:
    assert len(labels_of(step("look", view(ProgressView), "code").replies[0])) == 8
    assert pressed(step("look", view(ProgressView), "code", "3").replies[0]) == [
        "look:code:3.1",
        "look:code:3.2",
        "look:code:3.3",
    ]
    assert pressed(step("look", view(ProgressView), "code", "3.2").replies[0])[1] == "look:code:3.2.2"


def test_own_hits_come_first() -> None:
    found = step("look", view(ProgressView), "find", "niem yet").replies[0]
    assert pressed(found) == ["look:code:3.2.2", "look:code:3.2.3", "look:code:3.2.1"]
    nothing = step("look", view(ProgressView), "find", "khong co chu nay").replies[0]
    assert pressed(nothing) == ["walk:open", "look:missing", "hi:help"]
    assert step("look", view(ProgressView), "find", "").replies[0].rows == ()


def test_missing_is_paged() -> None:
    seen: list[str] = []
    page = 0
    while True:
        (say,) = step("look", view(ProgressView), "missing", page).replies
        seen += [data for data in pressed(say) if data.startswith("walk:card")]
        if f"look:missing:{page + 1}" not in pressed(say):
            break
        page += 1
    assert len(seen) == len(set(seen)) == 50
    assert step("look", view(ProgressView), "missing", 999).replies[0].text == say.text
    every = tuple(replace(i, answer=Answer.NOTHING_AROSE) for i in view(ProgressView).items)
    assert step("look", view(ProgressView, changed=every), "missing").replies[0].rows == ()
    assert refused("look", view(ProgressView), "missing", "x") == "stale_button"


def test_progress_of_the_own_unit_and_of_all() -> None:
    own = step("look", view(ProgressView), "progress").replies[0]
    assert own.progress == (0, 50)
    all_ = view(ProgressView, person(Role.LEADER, "doi-tong-hop"), everyone=PLANNED, sees_all=True)
    seen = step("look", all_, "progress").replies[0]
    assert seen.progress == (0, 638)
    assert "An Thạnh Đông" in seen.text


def test_deadlines() -> None:
    (say,) = step("look", view(ProgressView, person(Role.ADMIN)), "deadlines").replies
    assert say.text.count("\n") == 7


@pytest.mark.parametrize("verb", ["code", "find", "missing", "progress", "deadlines"])
def test_who_waits_sees_nothing(verb: str) -> None:
    waiting = person(state=GrantState.PENDING)
    assert refused("look", view(ProgressView, waiting), verb) == "waiting_for_approval"


@pytest.mark.parametrize(
    ("role", "verb", "key"),
    [
        (Role.LEADER, "missing", "not_allowed"),
        (Role.ADMIN, "missing", "not_allowed"),
        (Role.ADMIN, "progress", "not_allowed"),
        (Role.OFFICER, "dance", "stale_button"),
    ],
)
def test_refusals(role: Role, verb: str, key: str) -> None:
    assert refused("look", view(ProgressView, person(role)), verb) == key


@pytest.mark.parametrize("verb", ["missing", "progress"])
def test_a_unit_without_items(verb: str) -> None:
    assert refused("look", view(ProgressView, items=()), verb) == "no_items"
