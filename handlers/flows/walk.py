"""/viec: one card at a time, the six answers, one line of reason where it is due, then the next card by itself."""

from dataclasses import replace

from criteria import items as rules
from criteria.errors import Refusal
from criteria.facts import ItemAnswered, ItemCleared, ItemDeferred
from criteria.folding import one_line
from criteria.items import NEEDS_REASON, Answer, Item
from criteria.roles import Action, authorize, working_units
from handlers.channel import Said
from handlers.conversation import GivingReason, OnCard, OnChecklist, State
from handlers.flows import cards, checklist
from handlers.flows.step import Event, Outcome, View, number
from handlers.replies import Choice, Say
from handlers.texts import labels
from handlers.texts import walk as texts


def step(view: View, state: State, event: Event) -> Outcome:
    """Verbs: open, next, list, card, answer, undo, reason (typed)."""
    if not working_units(view.person):
        authorize(view.person, Action.ANSWER, None)
    if not view.items:
        raise Refusal("no_items")
    match event.verb:
        case "open":
            return _resume(view)
        case "next":
            return _next(view, event)
        case "card":
            return _open(view, _item(view, event.arg))
        case "answer":
            return _answer(view, state, event)
        case "undo":
            return _undo(view, event)
        case "reason":
            return _reason(view, state, event)
        case _:
            raise Refusal("stale_button")


def _item(view: View, arg: str) -> Item:
    item = rules.find(view.items, number(arg))
    authorize(view.person, Action.ANSWER, item.unit)
    return item


def _resume(view: View) -> Outcome:
    """Exactly where the person left, if that item is still open; else the most urgent one."""
    here = next((i for i in view.items if i.id == view.card and not i.answered and i.id not in view.coming), None)
    if here is not None:
        return Outcome(OnCard(here.id), (cards.card(view, here),), card=here.id)
    state, say, place = cards.advance(view)
    return Outcome(state, (say,), card=place)


def _next(view: View, event: Event) -> Outcome:
    """ "Tiếp" on a card: the next one, without an answer for this one."""
    here = (number(event.arg),) if event.arg else ()
    state, say, place = cards.advance(view, here)
    return Outcome(state, (say,), card=place)


def _open(view: View, item: Item) -> Outcome:
    return Outcome(OnCard(item.id), (cards.card(view, item),), card=item.id)


def _answer(view: View, state: State, event: Event) -> Outcome:
    raw, _, value = event.arg.partition("=")
    item = _item(view, raw)
    if value not in {answer.value for answer in Answer}:
        raise Refusal("stale_button")
    given = Answer(value)
    page, key = (state.page, state.key) if isinstance(state, OnChecklist) else (-1, "")
    if given in NEEDS_REASON:
        leaf = view.campaign.leaf(item.code)
        back = Choice(labels.BACK, "list", "page", str(page)) if page >= 0 else cards.open_choice(item.id, labels.BACK)
        return Outcome(GivingReason(item.id, value, page, key), (Say(texts.ask_reason(leaf, value), rows=((back,),)),))
    return _given(view, item, rules.answer(item, given, None, view.person.id), page, key)


def _reason(view: View, state: State, event: Event) -> Outcome:
    if not isinstance(state, GivingReason) or not isinstance(event.body, Said):
        raise Refusal("stale_button")
    item = _item(view, str(state.item))
    line = one_line(rules.check_reason(event.body.text), rules.REASON_MAX)
    reason_id = event.ids.fresh()
    fact = rules.answer(item, Answer(state.answer), reason_id, view.person.id)
    key = f"list:{event.ids.fresh()}"  # below the reason just typed, not far above it
    outcome = _given(view, item, fact, state.page, key)
    return replace(outcome, texts={(reason_id, "reason"): line}, quiet=False)


def _given(view: View, item: Item, fact: ItemAnswered | ItemDeferred, page: int, key: str) -> Outcome:
    """An answer was decided: say so, offer to take it back, and go on where the person was."""
    after = _with(view, item, fact)
    if isinstance(fact, ItemAnswered) and fact.answer == item.answer and not fact.reason:
        facts: tuple[ItemAnswered | ItemDeferred, ...] = ()  # a second press finds the state already there
    else:
        facts = (fact,)
    if page >= 0:
        return _on_page(checklist.page(after, page, key, answered=not item.answered), fact, facts)
    undo = (cards.undo_choice(item),) if facts else ()  # the first press has offered the way back
    if (
        isinstance(fact, ItemAnswered)
        and fact.answer == Answer.DONE
        and not item.documents
        and item.id not in view.coming
    ):
        stay = Say(texts.now_send(item.code), rows=((Choice(labels.NEXT, "walk", "next", str(item.id)), *undo),))
        return Outcome(OnCard(item.id), (stay,), facts, card=item.id)
    said = Say(_words(fact), rows=(undo,) if undo and isinstance(fact, ItemAnswered) else ())
    state, following, place = cards.advance(after, (item.id,))
    return Outcome(state, (said, following), facts, card=place)


def _on_page(
    page: Outcome, fact: ItemAnswered | ItemDeferred, facts: tuple[ItemAnswered | ItemDeferred, ...]
) -> Outcome:
    """The checklist after an answer. That paper goes to Đội Tổng hợp, and what may not be typed, is said here too."""
    by_hand = isinstance(fact, ItemAnswered) and fact.answer == Answer.BY_HAND
    also = (Say(texts.by_hand(fact.code)),) if by_hand and facts else ()
    return replace(page, facts=facts, replies=(*page.replies, *also))


def _words(fact: ItemAnswered | ItemDeferred) -> str:
    if isinstance(fact, ItemDeferred):
        return texts.put_off(fact.code)
    match Answer(fact.answer):
        case Answer.BY_HAND:
            return texts.by_hand(fact.code)
        case Answer.NOT_OURS:
            return texts.answered_waits(fact.code, fact.answer)
        case _:
            return texts.answered(fact.code, fact.answer)


def _undo(view: View, event: Event) -> Outcome:
    raw, _, value = event.arg.partition("=")
    item = _item(view, raw)
    now = item.answer.value if item.answer else "none"
    facts: tuple[ItemAnswered | ItemCleared, ...] = ()
    if value == "none" and now != "none":
        facts = (ItemCleared(item=item.id, unit=item.unit, code=item.code, by=view.person.id),)
    elif value != now and value in {a.value for a in Answer if a not in NEEDS_REASON and a is not Answer.LATER}:
        facts = (
            ItemAnswered(item=item.id, unit=item.unit, code=item.code, answer=value, by=view.person.id, reason=None),
        )
    elif value != now:
        # The earlier answer needs its reason again: asking for it is the honest way back.
        return _answer(view, OnCard(item.id), replace(event, arg=f"{item.id}={value}"))
    restored = replace(item, answer=None if value == "none" else Answer(value), confirmed=None)
    after = replace(view, items=tuple(restored if i.id == item.id else i for i in view.items))
    said = Say(texts.taken_back(item.code, None if value == "none" else value))
    return Outcome(OnCard(item.id), (said, cards.card(after, restored)), facts, card=item.id)


def _with(view: View, item: Item, fact: ItemAnswered | ItemDeferred) -> View:
    """The view as it will be after the fact, for what is shown in the same turn."""
    if isinstance(fact, ItemDeferred):
        changed = replace(item, deferred_at=view.now)
    else:
        changed = replace(item, answer=Answer(fact.answer), confirmed=None)
    return replace(view, items=tuple(changed if i.id == item.id else i for i in view.items))
