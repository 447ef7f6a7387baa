"""Where a conversation stands, kept as JSON; and the open menu."""

import dataclasses
import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.folding import fold
from handlers import conversation as talk
from handlers.conversation import Idle, Menu, Option, Press, State, menu_of, press
from handlers.replies import Choice, Say

KINDS = get_args(State)
STATES = st.one_of(*(st.builds(kind) for kind in KINDS))


@given(STATES)
def test_a_state_comes_back(state: State) -> None:
    assert talk.decode_state(talk.encode_state(state)) == state


@pytest.mark.parametrize("kind", KINDS)
def test_an_older_or_strange_state_is_a_polite_restart(kind: type) -> None:
    fields = {f.name: 1 for f in dataclasses.fields(kind)}
    known = {"state": kind.__name__, "schema": talk.SCHEMA, **fields}
    assert type(talk.decode_state(json.dumps(known))) is kind
    strange = [
        {**known, "schema": talk.SCHEMA - 1},
        {**known, "schema": talk.SCHEMA + 1},
        {**known, "more": 1},
        {**known, "state": "Gone"},
        *({k: v for k, v in known.items() if k != name} for name in ("schema", "state", *fields)),
    ]
    for one in strange:
        assert talk.decode_state(json.dumps(one)) == Idle()


def test_a_new_conversation() -> None:
    assert talk.decode_state("{}") == Idle()
    assert talk.decode_menu("[]") == Menu()


MENUS = st.builds(Menu, st.lists(st.builds(Option, st.text(), st.text()), max_size=5).map(tuple), st.text())


@given(MENUS)
def test_a_menu_comes_back(menu: Menu) -> None:
    assert talk.decode_menu(talk.encode_menu(menu)) == menu


@given(MENUS, st.text())
def test_matching_never_invents_a_choice(menu: Menu, typed: str) -> None:
    for found in (menu.match(typed), menu.begun(typed)):
        assert found is None or found in menu.options


@given(st.lists(st.sampled_from(["Đã làm", "Chưa làm", "Khác…", "Tiếp"]), unique=True, min_size=1))
def test_every_label_and_number_is_found(names: list[str]) -> None:
    menu = Menu(tuple(Option(name, name) for name in names))
    for place, name in enumerate(names, start=1):
        assert menu.match(str(place)) == menu.match(name) == menu.match(fold(name)) == menu.options[place - 1]
    assert menu.match(str(len(names) + 1)) is None
    assert menu.match("0") is None


def test_two_that_begin_alike_are_not_guessed() -> None:
    menu = Menu((Option("Không phát sinh", "a"), Option("Không thuộc chức năng", "b")))
    assert menu.begun("không") is None
    assert menu.begun("không thuộc") == menu.options[1]
    assert menu.begun("khôn") is None
    assert menu.begun("") is None


def test_an_empty_message_is_no_choice() -> None:
    assert Menu((Option("…", "a"),)).match("?") is None


def test_a_message_opens_its_menu() -> None:
    say = Say("?", rows=((Choice("A", "f", "v", "1"),), (Choice("B", "f", "w"),)), key="k")
    assert menu_of(say) == Menu((Option("A", "f:v:1"), Option("B", "f:w")), "k")


@given(st.text())
def test_whatever_a_button_carries_becomes_three_strings(data: str) -> None:
    parts = press(data)
    assert isinstance(parts, Press)
    assert data.startswith(parts.flow)
