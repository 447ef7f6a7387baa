"""An item is one unit's part of one sub-criterion: its answer, what counts as answered, covered and missing, and the
order of the walk.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from criteria.errors import Refusal
from criteria.facts import ItemAnswered, ItemDeferred

REASON_MAX = 500


class Answer(StrEnum):
    """The six answers to a sub-criterion. LATER is not kept as an answer: it only moves the item to the end of the
    walk.
    """

    DONE = "done"
    NOT_DONE = "not_done"
    NOTHING_AROSE = "nothing_arose"
    NOT_OURS = "not_ours"
    BY_HAND = "by_hand"
    LATER = "later"


NEEDS_REASON = frozenset({Answer.NOTHING_AROSE, Answer.NOT_OURS})


@dataclass(frozen=True, slots=True)
class Item:
    """`documents`: documents with at least one stored file linked here. `confirmed`: what Đội Tổng hợp said of
    NOT_OURS or BY_HAND (None: nothing yet). `deferred_at`: campaign time of the last "Để sau".
    """

    id: int
    unit: str
    code: str
    lead: bool
    answer: Answer | None = None
    documents: int = 0
    confirmed: bool | None = None
    deferred_at: datetime | None = None

    @property
    def refused(self) -> bool:
        """ "Không thuộc chức năng" that Đội Tổng hợp did not accept: unanswered again."""
        return self.answer is Answer.NOT_OURS and self.confirmed is False

    @property
    def answered(self) -> bool:
        """The "answered" column of the contract's table of answers."""
        if self.answer is None or self.refused:
            return self.documents > 0
        return True

    @property
    def covered(self) -> bool:
        """The "covered" column: a stored file under nothing or Đã làm, a nil statement, or what Đội Tổng hợp
        confirmed.
        """
        match self.answer:
            case None:
                return self.documents > 0
            case Answer.NOTHING_AROSE:
                return True
            case Answer.NOT_OURS if not self.refused:
                return self.confirmed is True
            case Answer.BY_HAND:
                return self.confirmed is True
            case Answer.NOT_DONE:
                return False
            case _:
                return self.documents > 0

    @property
    def awaits_consolidator(self) -> bool:
        """Không thuộc chức năng or Nộp trực tiếp on which Đội Tổng hợp has not spoken yet."""
        return self.confirmed is None and self.answer in (Answer.NOT_OURS, Answer.BY_HAND)

    @property
    def missing(self) -> bool:
        """Not covered, less what waits for Đội Tổng hợp."""
        return not self.covered and not self.awaits_consolidator


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over some items. `waiting`: those on which Đội Tổng hợp has to speak."""

    total: int
    answered: int
    covered: int
    missing: int
    waiting: int


def tally(items: Iterable[Item]) -> Tally:
    """Count once over `items`."""
    total = answered = covered = missing = waiting = 0
    for item in items:
        is_covered, waits = item.covered, item.awaits_consolidator
        total += 1
        answered += item.answered
        covered += is_covered
        missing += not is_covered and not waits
        waiting += waits
    return Tally(total, answered, covered, missing, waiting)


@dataclass(frozen=True, slots=True)
class Worth:
    """What the walk needs to know of an item's sub-criterion: maximum points, place in the catalogue, deadline
    (aware).
    """

    points: Decimal
    place: int
    due: datetime


def walk_order(items: Iterable[Item], worth: Mapping[str, Worth]) -> list[Item]:
    """Open items in the order of the walk: not yet deferred first, then the nearest deadline, what the unit leads,
    most points, catalogue order.

    Deferred items follow in the order in which they were put off, so that "Để sau" never brings back the same card at
    once.
    """
    still_open = [item for item in items if not item.answered]

    def key(item: Item) -> tuple[bool, float, datetime, bool, Decimal, int, int]:
        of = worth[item.code]
        put_off = item.deferred_at.timestamp() if item.deferred_at else 0.0
        return (item.deferred_at is not None, put_off, of.due, not item.lead, -of.points, of.place, item.id)

    return sorted(still_open, key=key)


def missing_order(items: Iterable[Item], worth: Mapping[str, Worth]) -> list[Item]:
    """Missing items, the most points first, then catalogue order."""
    return sorted((i for i in items if i.missing), key=lambda i: (-worth[i.code].points, worth[i.code].place, i.unit))


def find(items: Sequence[Item], item_id: int) -> Item:
    """The item with this id among those the person may see; `Refusal("no_such_item")` otherwise, whether it exists
    elsewhere or not.
    """
    for item in items:
        if item.id == item_id:
            return item
    raise Refusal("no_such_item")


def answer(item: Item, given: Answer, reason_id: str | None, by: int) -> ItemAnswered | ItemDeferred:
    """Decide on an answer. `reason_id` names the private text with the one-line reason; two answers need it (plan
    section II.4, "Ghi chú").
    """
    if given is Answer.LATER:
        return ItemDeferred(item=item.id, unit=item.unit, code=item.code, by=by)
    if given in NEEDS_REASON and reason_id is None:
        raise Refusal("reason_needed")
    return ItemAnswered(item=item.id, unit=item.unit, code=item.code, answer=given.value, by=by, reason=reason_id)


def check_reason(text: str) -> str:
    """One line of reason, blanks collapsed; `Refusal` when there is nothing in it or it is longer than REASON_MAX
    characters.
    """
    line = " ".join(text.split())
    if sum(c.isalnum() for c in line) < 2:
        raise Refusal("reason_empty")
    if len(line) > REASON_MAX:
        raise Refusal("reason_too_long", limit=REASON_MAX)
    return line
