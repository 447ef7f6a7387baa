"""Neutral replies: choices that fit every channel, and the plain text with numbers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.conversation import press
from handlers.replies import DATA_MAX, Choice, Say, encode, heard, in_rows, plain

WORD = st.text(
    st.characters(exclude_characters=":", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12
)
CHOICES = st.builds(Choice, WORD, st.just("ev"), st.just("put"), st.text("abc0123=", max_size=20))
SAYS = st.builds(
    Say,
    WORD,
    title=WORD,
    progress=st.none() | st.tuples(st.integers(0, 9), st.integers(1, 9)),
    rows=st.lists(st.lists(CHOICES, min_size=1, max_size=3).map(tuple), max_size=4).map(tuple),
)


@given(st.text(), WORD, WORD, st.text(st.characters(exclude_categories=["Cs"])))
def test_a_choice_fits_64_bytes_or_is_not_made(label: str, flow: str, verb: str, arg: str) -> None:
    size = len((f"{flow}:{verb}:{arg}" if arg else f"{flow}:{verb}").encode())
    if size > DATA_MAX:
        with pytest.raises(ValueError, match="too long"):
            Choice(label, flow, verb, arg)
        return
    choice = Choice(label, flow, verb, arg)
    assert len(choice.data.encode()) <= DATA_MAX
    parts = press(choice.data)
    assert (parts.flow, parts.verb, parts.arg) == (flow, verb, arg)


def test_the_longest_choice_of_the_product_fits() -> None:
    Choice("", "ev", "put", f"{'x' * 16}={10**15 - 1}")


@given(SAYS)
def test_plain_text_has_every_choice_with_its_number(say: Say) -> None:
    lines = plain(say).splitlines()
    choices = say.choices()
    if choices:
        assert lines[-1].startswith(f"{len(choices)}. ")
    assert say.title.strip() in plain(say)


@given(SAYS)
def test_the_history_numbers_choices_as_plain_text_does(say: Say) -> None:
    body = json.loads(encode(say))
    flat = [cell for row in body["choices"] for cell in row]
    assert [cell["n"] for cell in flat] == list(range(1, len(flat) + 1))
    assert [(cell["label"], cell["data"]) for cell in flat] == [(c.label, c.data) for c in say.choices()]
    assert (body["title"], body["text"]) == (say.title, say.text)
    assert body["progress"] == (list(say.progress) if say.progress else None)


@given(st.lists(CHOICES, max_size=9), st.integers(1, 4))
def test_rows_keep_the_order(choices: list[Choice], width: int) -> None:
    rows = in_rows(choices, width)
    assert [choice for row in rows for choice in row] == choices
    assert all(len(row) <= width for row in rows)


def test_what_was_heard_has_no_choices() -> None:
    assert json.loads(heard("xin chào")) == {"title": "", "text": "xin chào", "progress": None, "choices": []}
