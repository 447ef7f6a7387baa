"""Looking things up: /tieuchi, /tim, /thieu, /tiendo, /han. Changes nothing but the open card."""

from criteria import search
from criteria.catalogue import Criterion, Field, SubCriterion
from criteria.errors import Refusal
from criteria.items import Item, missing_order, tally
from criteria.periods import show_day
from criteria.points import show_points
from criteria.roles import Action, allows, authorize, working_units
from handlers.conversation import OnCard, State
from handlers.flows import cards
from handlers.flows.step import Event, Outcome, ProgressView, View, number
from handlers.replies import Choice, Say
from handlers.texts import evidence as evidence_texts
from handlers.texts import labels
from handlers.texts import lookup as texts

LOOK = "look"
_HITS = 8
_PER_PAGE = 8
_WAYS = ((labels.MY_WORK, ("walk", "open")), (labels.MISSING, ("look", "missing")), (labels.HELP, ("hi", "help")))


def step(view: View, state: State, event: Event) -> Outcome:
    """Verbs: code, find, missing, progress, deadlines."""
    match event.verb:
        case "code":
            authorize(view.person, Action.SEE_CATALOGUE, None)
            return _code(view, state, event.arg.strip())
        case "find":
            authorize(view.person, Action.SEE_CATALOGUE, None)
            return _find(view, state, event.arg.strip())
        case "missing":
            return _missing(view, state, event.arg)
        case "progress":
            return _progress(view, state)
        case "deadlines":
            return _deadlines(view, state)
        case _:
            raise Refusal("stale_button")


def _code(view: View, state: State, typed: str) -> Outcome:
    catalogue = view.campaign.catalogue
    if not typed:
        rows = tuple((_code_choice(field),) for field in catalogue.fields)
        return Outcome(state, (Say(texts.fields(catalogue), rows=rows),))
    known = [leaf.code for leaf in catalogue.leaves]
    found = catalogue.get(typed) or catalogue.get(search.parse_code(typed, known) or "")
    match found:
        case None:
            return Outcome(state, (Say(texts.unknown_code(typed[:20])),))
        case SubCriterion():
            return _leaf(view, state, found)
        case Field() | Criterion():
            rows = tuple((_code_choice(child),) for child in found.children)
            return Outcome(
                state, (Say(texts.below(catalogue, found, len(rows)), title=texts.heading(found), rows=rows),)
            )


def _leaf(view: View, state: State, leaf: SubCriterion) -> Outcome:
    """The person's own card where there is one (one per unit), else what the catalogue says."""
    mine = [item for item in view.items if item.code == leaf.code]
    if not mine:
        return Outcome(state, (Say(texts.leaf(view.campaign.catalogue, leaf), title=texts.heading(leaf)),))
    if len(mine) == 1:
        return Outcome(OnCard(mine[0].id), (cards.card(view, mine[0]),), card=mine[0].id)
    rows = tuple((cards.open_choice(i.id, evidence_texts.unit_name(view.campaign, i.unit)),) for i in mine)
    return Outcome(state, (Say(texts.which_unit(len(mine)), title=texts.heading(leaf), rows=rows),))


def _code_choice(of: Field | Criterion | SubCriterion) -> Choice:
    return Choice(evidence_texts.propose(of.code, of.title), LOOK, "code", of.code)


def _find(view: View, state: State, words: str) -> Outcome:
    if not words:
        return Outcome(state, (Say(texts.search_how()),))
    hits = cards.matching(view, words)
    mine = {item.code for item in view.items}
    hits = sorted(hits, key=lambda leaf: leaf.code not in mine)[:_HITS]
    if not hits:
        ways = tuple(Choice(label, *where) for label, where in _WAYS if working_units(view.person))
        return Outcome(state, (Say(texts.found_none(words[:60]), rows=(ways,) if ways else ()),))
    rows = tuple((_code_choice(leaf),) for leaf in hits)
    return Outcome(state, (Say(texts.found(len(hits), words[:60]), rows=rows),))


def _missing(view: View, state: State, arg: str) -> Outcome:
    if not working_units(view.person):
        authorize(view.person, Action.SEE_ITEMS, None)
    if not view.items:
        raise Refusal("no_items")
    missing = missing_order(view.items, view.worth)
    waiting = tally(view.items).waiting
    if not missing:
        return Outcome(state, (Say(texts.nothing_missing(waiting)),))
    start = min(number(arg or "0") * _PER_PAGE, (len(missing) - 1) // _PER_PAGE * _PER_PAGE)
    here = missing[start : start + _PER_PAGE]
    points = show_points(
        sum((view.worth[i.code].points for i in missing), start=view.worth[missing[0].code].points * 0)
    )
    rows = [(_missing_choice(view, item),) for item in here]
    if start + _PER_PAGE < len(missing):
        rows.append((Choice(labels.NEXT, LOOK, "missing", str(start // _PER_PAGE + 1)),))
    say = Say(texts.missing(start + 1, start + len(here), len(missing), points, waiting), rows=tuple(rows))
    return Outcome(state, (say,))


def _missing_choice(view: View, item: Item) -> Choice:
    leaf = view.campaign.leaf(item.code)
    return cards.open_choice(item.id, texts.missing_entry(leaf, item, cards.unit_suffix(view, item.unit)))


def _progress(view: View, state: State) -> Outcome:
    if isinstance(view, ProgressView) and view.sees_all:
        return _progress_of_all(view, state)
    if not working_units(view.person):
        authorize(view.person, Action.SEE_PROGRESS, None)
    if not view.items:
        raise Refusal("no_items")
    authorize(view.person, Action.SEE_PROGRESS, working_units(view.person)[0])
    blocks = [
        texts.progress(evidence_texts.unit_name(view.campaign, u), tally(_of(view.items, u)))
        for u in working_units(view.person)
    ]
    for field in view.campaign.catalogue.fields:
        of_field = [i for i in view.items if i.code.startswith(f"{field.code}.")]
        if of_field:
            blocks.append(texts.progress_field(field, tally(of_field)))
    count = tally(view.items)
    if count.waiting:
        blocks.append(texts.waiting(count.waiting))
    choices = (Choice(labels.MISSING, LOOK, "missing"), Choice(labels.MY_WORK, "walk", "open"))
    return Outcome(state, (Say("\n".join(blocks), progress=(count.answered, count.total), rows=(choices,)),))


def _progress_of_all(view: ProgressView, state: State) -> Outcome:
    count = tally(view.everyone)
    blocks = [texts.progress(view.campaign.plan.organisation.name, count)]
    for unit in view.campaign.plan.units:
        of_unit = _of(view.everyone, unit.code)
        if of_unit:
            blocks.append(texts.progress_unit(unit.name, tally(of_unit)))
    if count.waiting:
        blocks.append(texts.waiting(count.waiting))
    return Outcome(state, (Say("\n".join(blocks), progress=(count.answered, count.total)),))


def _of(items: tuple[Item, ...], unit: str) -> list[Item]:
    return [item for item in items if item.unit == unit]


def _deadlines(view: View, state: State) -> Outcome:
    if not allows(view.person, Action.SEE_CATALOGUE, None):
        authorize(view.person, Action.SEE_CATALOGUE, None)
    plan = view.campaign.plan
    lines = [texts.deadline(d, view.now) for d in sorted(plan.deadlines, key=lambda d: d.due)]
    window = texts.window(show_day(plan.evidence_window.first), show_day(plan.evidence_window.last))
    return Outcome(state, (Say(texts.deadlines(lines, window)),))
