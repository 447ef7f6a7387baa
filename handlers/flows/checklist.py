"""/bangkiem: a page of items in catalogue order, each with its answers; a tap changes the page in place, and the next
page comes by itself.
"""

from criteria.errors import Refusal
from criteria.items import Answer, Item, tally
from criteria.roles import Action, authorize, working_units
from handlers.conversation import OnChecklist, State
from handlers.flows import cards
from handlers.flows.step import Event, Outcome, View, number
from handlers.replies import Choice, Say
from handlers.texts import labels
from handlers.texts import walk as texts

PER_PAGE = 4
LIST = "list"
_QUICK = (Answer.DONE, Answer.NOT_DONE)
_FURTHER = (Answer.NOTHING_AROSE, Answer.NOT_OURS, Answer.BY_HAND)


def step(view: View, state: State, event: Event) -> Outcome:
    """Verbs: open, page, wide."""
    if not working_units(view.person):
        authorize(view.person, Action.ANSWER, None)
    if not view.items:
        raise Refusal("no_items")
    match event.verb:
        case "open":
            return page(view, _first_open_page(view), f"list:{event.ids.fresh()}")
        case "page":
            return page(view, number(event.arg), _key(state, event))
        case "wide":
            raw, _, item = event.arg.partition("=")
            return page(view, number(raw), _key(state, event), wide=number(item))
        case _:
            raise Refusal("stale_button")


def _key(state: State, event: Event) -> str:
    """The open checklist's message, or a new one when another matter has come between."""
    return state.key if isinstance(state, OnChecklist) else f"list:{event.ids.fresh()}"


def _ordered(view: View) -> list[Item]:
    return sorted(view.items, key=lambda i: (i.unit, view.worth[i.code].place))


def _first_open_page(view: View) -> int:
    ordered = _ordered(view)
    first = next((place for place, item in enumerate(ordered) if not item.answered), 0)
    return first // PER_PAGE


def page(view: View, wanted: int, key: str, *, answered: bool = False, wide: int = 0) -> Outcome:
    """Show a page as the message `key`; when its last open item has just been answered, go on to the next page that
    has one.
    """
    ordered = _ordered(view)
    pages = max(1, -(-len(ordered) // PER_PAGE))
    at = min(wanted, pages - 1)
    here = ordered[at * PER_PAGE : (at + 1) * PER_PAGE]
    if answered and all(item.answered for item in here) and any(not item.answered for item in ordered):
        return page(view, _first_open_page(view), key)
    count = tally(ordered)
    first = at * PER_PAGE + 1
    say = Say(
        texts.checklist([texts.checklist_line(view.campaign.leaf(i.code), i) for i in here]),
        title=texts.checklist_title(first, first + len(here) - 1, len(ordered)),
        progress=(count.answered, count.total),
        rows=(*(row for item in here for row in _rows(item, at, wide)), _moves(at, pages)),
        key=key,
    )
    return Outcome(OnChecklist(at, key), (say,), quiet=True)


def _rows(item: Item, at: int, wide: int) -> list[tuple[Choice, ...]]:
    quick = tuple(cards.answer_choice(item.id, given, texts.quick(item.code, given)) for given in _QUICK)
    if item.id == wide:
        further = tuple(cards.answer_choice(item.id, given, texts.quick(item.code, given)) for given in _FURTHER)
        return [quick, further]
    return [(*quick, Choice(texts.more(item.code), LIST, "wide", f"{at}={item.id}"))]


def _moves(at: int, pages: int) -> tuple[Choice, ...]:
    back = (Choice(labels.BACK, LIST, "page", str(at - 1)),) if at else ()
    onward = (Choice(labels.NEXT, LIST, "page", str(at + 1)),) if at + 1 < pages else ()
    return (*back, *onward, Choice(labels.MY_WORK, "walk", "open"))
