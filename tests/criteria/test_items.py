"""The table of answers, the tally and the order of the walk."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria import items
from criteria.errors import Refusal
from criteria.facts import ItemAnswered, ItemDeferred
from criteria.items import NEEDS_REASON, REASON_MAX, Answer, Item, Worth, find, missing_order, tally, walk_order

NONE = None
BEGUN = datetime(2021, 8, 2, 1, 0, tzinfo=UTC)


def item(answer: Answer | None = None, documents: int = 0, confirmed: bool | None = None, id_: int = 1) -> Item:
    return Item(id_, "xa-an-thanh-1", "3.2.2", True, answer, documents, confirmed)


# answer, documents, what Đội Tổng hợp said: answered, covered, missing, waiting. Written out by hand.
TABLE = [
    # no answer, or Để sau (which is not kept as an answer)
    (NONE, 0, NONE, False, False, True, False),
    (NONE, 1, NONE, True, True, False, False),
    (NONE, 3, NONE, True, True, False, False),
    # Đã làm
    (Answer.DONE, 0, NONE, True, False, True, False),
    (Answer.DONE, 1, NONE, True, True, False, False),
    # Chưa làm: with a file or without
    (Answer.NOT_DONE, 0, NONE, True, False, True, False),
    (Answer.NOT_DONE, 1, NONE, True, False, True, False),
    # Không phát sinh, whose reason was asked for before it was kept
    (Answer.NOTHING_AROSE, 0, NONE, True, True, False, False),
    (Answer.NOTHING_AROSE, 1, NONE, True, True, False, False),
    # Không thuộc chức năng: listed apart, then agreed, then refused
    (Answer.NOT_OURS, 0, NONE, True, False, False, True),
    (Answer.NOT_OURS, 1, NONE, True, False, False, True),
    (Answer.NOT_OURS, 0, True, True, True, False, False),
    (Answer.NOT_OURS, 1, True, True, True, False, False),
    (Answer.NOT_OURS, 0, False, False, False, True, False),
    (Answer.NOT_OURS, 1, False, True, True, False, False),  # refused, so as if unanswered: the file speaks
    # Nộp trực tiếp: waiting, received, not received
    (Answer.BY_HAND, 0, NONE, True, False, False, True),
    (Answer.BY_HAND, 1, NONE, True, False, False, True),
    (Answer.BY_HAND, 0, True, True, True, False, False),
    (Answer.BY_HAND, 1, True, True, True, False, False),
    (Answer.BY_HAND, 0, False, True, False, True, False),
]


@pytest.mark.parametrize(("answer", "documents", "confirmed", "answered", "covered", "missing", "waiting"), TABLE)
def test_the_table_of_answers(
    answer: Answer | None,
    documents: int,
    confirmed: bool | None,
    answered: bool,
    covered: bool,
    missing: bool,
    waiting: bool,
) -> None:
    of = item(answer, documents, confirmed)
    assert (of.answered, of.covered, of.missing, of.awaits_consolidator) == (answered, covered, missing, waiting)


def test_every_answer_that_is_kept_stands_in_the_table() -> None:
    assert {row[0] for row in TABLE} == {NONE, *Answer} - {Answer.LATER}


MAYBE = st.sampled_from([None, True, False])
KEPT = st.sampled_from([None, *(a for a in Answer if a is not Answer.LATER)])
CODES = [f"{n}.1.1" for n in range(1, 9)]
WORTH = {
    code: Worth(Decimal(points), place, BEGUN + timedelta(days=due))
    for place, (code, points, due) in enumerate(
        zip(CODES, ("2", "1.5", "1.5", "1", "0.5", "1", "2", "0.75"), (3, 3, 5, 5, 3, 5, 3, 3), strict=True)
    )
}
PUT_OFF = st.none() | st.integers(0, 20).map(lambda hours: BEGUN + timedelta(hours=hours))


@st.composite
def many_items(draw: st.DrawFn) -> list[Item]:
    size = draw(st.integers(0, 20))
    return [
        Item(
            number,
            "u",
            draw(st.sampled_from(CODES)),
            draw(st.booleans()),
            draw(KEPT),
            draw(st.integers(0, 2)),
            draw(MAYBE),
            draw(PUT_OFF),
        )
        for number in range(size)
    ]


@given(many_items())
def test_tally_adds_up(rows: list[Item]) -> None:
    count = tally(rows)
    assert count.total == len(rows) == count.covered + count.missing + count.waiting
    assert count.covered <= count.answered <= count.total
    assert not any(row.missing and row.awaits_consolidator for row in rows)
    assert count == tally(reversed(rows))


@given(many_items(), st.data())
def test_the_walk_does_not_depend_on_the_order_of_the_rows(rows: list[Item], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    assert walk_order(shuffled, WORTH) == walk_order(rows, WORTH)


@given(many_items())
def test_the_walk_holds_what_is_open_and_the_deferred_last(rows: list[Item]) -> None:
    walked = walk_order(rows, WORTH)
    assert {row.id for row in walked} == {row.id for row in rows if not row.answered}
    put_off = [row.deferred_at is not None for row in walked]
    assert put_off == sorted(put_off)
    moments = [row.deferred_at for row in walked if row.deferred_at]
    assert moments == sorted(moments)


@given(many_items())
def test_what_is_due_first_comes_first_then_what_one_leads_then_most_points(rows: list[Item]) -> None:
    fresh = [row for row in walk_order(rows, WORTH) if row.deferred_at is None]
    wanted = [(WORTH[r.code].due, not r.lead, -WORTH[r.code].points, WORTH[r.code].place) for r in fresh]
    assert wanted == sorted(wanted)


@given(many_items())
def test_missing_ones_come_by_points(rows: list[Item]) -> None:
    found = missing_order(rows, WORTH)
    assert {row.id for row in found} == {row.id for row in rows if row.missing}
    points = [WORTH[row.code].points for row in found]
    assert points == sorted(points, reverse=True)


def test_later_never_brings_the_same_card_back_at_once() -> None:
    rows = [Item(n, "u", code, True) for n, code in enumerate(CODES)]
    seen = []
    for hour in range(len(rows)):
        first = walk_order(rows, WORTH)[0]
        seen.append(first.id)
        rows[first.id] = Item(first.id, "u", first.code, True, deferred_at=BEGUN + timedelta(hours=hour))
    assert sorted(seen) == list(range(len(rows)))
    assert walk_order(rows, WORTH)[0].id == seen[0]


def test_an_answer_is_a_fact_and_later_is_not_an_answer() -> None:
    assert items.answer(item(), Answer.DONE, None, 7) == ItemAnswered(1, "xa-an-thanh-1", "3.2.2", "done", 7, None)
    assert items.answer(item(), Answer.LATER, None, 7) == ItemDeferred(1, "xa-an-thanh-1", "3.2.2", 7)


@pytest.mark.parametrize("given_", sorted(NEEDS_REASON))
def test_two_answers_need_a_reason(given_: Answer) -> None:
    with pytest.raises(Refusal, match="reason_needed"):
        items.answer(item(), given_, None, 7)
    fact = items.answer(item(), given_, "r1", 7)
    assert isinstance(fact, ItemAnswered)
    assert fact.reason == "r1"


@pytest.mark.parametrize("typed", ["", "   ", "\n\t", ".", "!!", "a", "- x -"])
def test_a_reason_says_something(typed: str) -> None:
    with pytest.raises(Refusal, match="reason_empty"):
        items.check_reason(typed)


def test_a_reason_is_one_line_of_bounded_length() -> None:
    assert items.check_reason("  trong kỳ\nkhông   có ") == "trong kỳ không có"
    assert items.check_reason("á" * REASON_MAX) == "á" * REASON_MAX
    with pytest.raises(Refusal) as refused:
        items.check_reason("á" * (REASON_MAX + 1))
    assert (refused.value.key, dict(refused.value.params)) == ("reason_too_long", {"limit": REASON_MAX})


def test_only_ones_own_items_are_found() -> None:
    rows = [item(id_=4), item(id_=5)]
    assert find(rows, 5) is rows[1]
    with pytest.raises(Refusal, match="no_such_item"):
        find(rows, 6)
