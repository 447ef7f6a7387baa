"""Cards and what follows them, shared by the walk, the lookup and the evidence flow: build one sub-criterion's card,
find the next.
"""

from collections.abc import Collection

from criteria import search
from criteria.catalogue import SubCriterion
from criteria.items import Answer, Item, tally, walk_order
from handlers.conversation import Idle, OnCard, State
from handlers.flows.step import View
from handlers.replies import Choice, Say, in_rows
from handlers.texts import labels
from handlers.texts import walk as texts

WALK = "walk"
_SIX = (Answer.DONE, Answer.NOT_DONE, Answer.NOTHING_AROSE, Answer.NOT_OURS, Answer.BY_HAND, Answer.LATER)


def unit_suffix(view: View, unit: str) -> str:
    """A unit's short name for somebody who works for several, else nothing."""
    several = len({item.unit for item in view.items}) > 1
    return view.campaign.plan.unit(unit).short_name if several else ""


def answer_choice(item: int, given: Answer, label: str = "") -> Choice:
    """The button that leads to an answer."""
    return Choice(label or labels.ANSWERS[given], WALK, "answer", f"{item}={given.value}")


def open_choice(item: int, label: str) -> Choice:
    """The button that opens an item's card."""
    return Choice(label, WALK, "card", str(item))


def undo_choice(item: Item) -> Choice:
    """The button that leads back to the answer the item had."""
    before = item.answer.value if item.answer else "none"
    return Choice(labels.UNDO, WALK, "undo", f"{item.id}={before}")


def card(view: View, item: Item) -> Say:
    """The card of one item with its six answers."""
    leaf = view.campaign.leaf(item.code)
    count = tally(i for i in view.items if i.unit == item.unit)
    rows = in_rows((answer_choice(item.id, given) for given in _SIX), 2)
    if item.documents:
        rows = (*rows, (Choice(texts.what_is_there(item.documents), "ev", "there", str(item.id)),))
    return Say(
        texts.card(view.campaign, leaf, item, view.now, item.id in view.coming),
        title=texts.card_title(leaf, unit_suffix(view, item.unit)),
        progress=(count.answered, count.total),
        rows=rows,
    )


def matching(view: View, words: str) -> list[SubCriterion]:
    """Sub-criteria that typed words mean: by their own titles first, then by those of their criterion or field."""
    catalogue = view.campaign.catalogue
    own = search.find(words, catalogue.leaves)
    by_criterion = search.find(words, [criterion for field in catalogue.fields for criterion in field.children])
    by_field = [criterion for field in search.find(words, catalogue.fields) for criterion in field.children]
    hits = [*own, *(leaf for criterion in (*by_criterion, *by_field) for leaf in criterion.children)]
    return list({leaf.code: leaf for leaf in hits}.values())


def next_item(view: View, but_not: Collection[int] = ()) -> Item | None:
    """The next open item of the walk; items whose files are on their way are not asked for again."""
    ordered = walk_order(view.items, view.worth)
    return next((i for i in ordered if i.id not in view.coming and i.id not in but_not), None)


def advance(view: View, but_not: Collection[int] = ()) -> tuple[State, Say, int]:
    """The next card by itself, or the words at the end of the walk: state, message, place in the walk (0: none)."""
    following = next_item(view, but_not)
    if following is None:
        return Idle(), finished(view), 0
    return OnCard(following.id), card(view, following), following.id


def finished(view: View) -> Say:
    """Every item has its answer."""
    count = tally(view.items)
    choices = [Choice(labels.PROGRESS, "look", "progress")]
    if count.missing:
        choices.insert(0, Choice(labels.MISSING, "look", "missing"))
    return Say(texts.all_answered(count), progress=(count.answered, count.total), rows=(tuple(choices),))
