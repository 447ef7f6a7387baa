"""The door and the way about: joining, the state-secret notice, the own name, /start, /trogiup, /huy, and words that
mean nothing here.
"""

from criteria.errors import Refusal
from criteria.facts import Fact, NoticeAcknowledged, PersonJoined, PersonNamed
from criteria.folding import one_line
from criteria.people import Person, Role
from criteria.roles import Action, allows, working_units
from handlers.channel import Joined, Said
from handlers.conversation import GivingName, Idle, State
from handlers.flows import cards
from handlers.flows.step import Event, Notice, Outcome, PeopleView, View
from handlers.replies import Choice, Rows, Say
from handlers.texts import labels
from handlers.texts import people as people_texts
from handlers.texts import welcome as texts

HI = "hi"
_NAME_MAX = 60


def step(view: View, state: State, event: Event) -> Outcome:
    """Verbs: joined (heard); ack (pressed); name (typed); start, help, stop, lost."""
    match event.verb, event.body:
        case "joined", Joined() as joined:
            return _joined(view, joined)
        case "name", Said(text=typed):
            return _name(view, typed)
    match event.verb:
        case "ack":
            return _acknowledged(view)
        case "start":
            return _start(view, state)
        case "help":
            return Outcome(state, (_help(view),))
        case "stop":
            return Outcome(Idle(), (Say(texts.stopped(_walks(view)), rows=_ways(view)),))
        case "lost":
            return Outcome(state, (Say(texts.not_understood()),))
        case _:
            raise Refusal("stale_button")


def _walks(view: View) -> bool:
    return bool(working_units(view.person))


def _help(view: View) -> Say:
    if view.person.pending:
        return Say(texts.waiting())
    may = {action: allows(view.person, action, None) for action in (Action.MANAGE_PEOPLE, Action.SEE_PROGRESS)}
    words = texts.help_(_walks(view), may[Action.MANAGE_PEOPLE], progress=may[Action.SEE_PROGRESS])
    return Say(words, rows=_ways(view))


def roles_of(view: View, person: Person) -> list[str]:
    """A person's roles in words, each with its unit."""
    plan = view.campaign.plan
    return [people_texts.role_in(labels.ROLES[g.role], plan.unit(g.unit).name) for g in person.grants]


def _ways(view: View) -> Rows:
    """The first buttons of somebody who wants to get going."""
    if _walks(view):
        return (
            (Choice(labels.MY_WORK, "walk", "open"), Choice(labels.CHECKLIST, "list", "open")),
            (Choice(labels.MISSING, "look", "missing"), Choice(labels.PROGRESS, "look", "progress")),
        )
    return ((Choice(labels.PROGRESS, "look", "progress"),),) if allows(view.person, Action.SEE_PROGRESS, None) else ()


def _joined(view: View, joined: Joined) -> Outcome:
    """The grant is recorded with this turn; what is said goes by the state before it, so the new role is named from
    the invite.
    """
    fact = PersonJoined(view.person.id, joined.invite, joined.unit, joined.role, joined.pending)
    role = people_texts.role_in(labels.ROLES[Role(joined.role)], view.campaign.plan.unit(joined.unit).name)
    facts: tuple[Fact, ...] = (fact,)
    notices = _tell_inviters(view, joined)
    if joined.pending:
        return Outcome(Idle(), (Say(texts.waiting()),), facts, notices)
    if not joined.fresh:
        return Outcome(Idle(), (Say(texts.new_role([*roles_of(view, view.person), role])),), facts, notices)
    return Outcome(Idle(), (_greeting(view, [role]),), facts, notices)


def _greeting(view: View, roles: list[str]) -> Say:
    plan = view.campaign.plan
    words = texts.greeting(view.person.name, roles, plan.organisation.name, plan.period_label)
    return Say(words, rows=((Choice(labels.UNDERSTOOD, HI, "ack", main=True),),))


def _tell_inviters(view: View, joined: Joined) -> tuple[Notice, ...]:
    if not isinstance(view, PeopleView):
        return ()
    unit = view.campaign.plan.unit(joined.unit).name
    role = labels.ROLES[Role(joined.role)]
    who = str(view.person.id)
    revoke = Choice(labels.REVOKE, "me", "revoke", who)
    if joined.pending:
        say = Say(
            people_texts.joined_pending(view.person.name, role, unit),
            rows=((Choice(labels.AGREE, "me", "agree", who), revoke),),
        )
    else:
        say = Say(people_texts.joined(view.person.name, role, unit), rows=((revoke,),))
    return tuple(Notice(inviter, say) for inviter in view.inviters if inviter != view.person.id)


def _acknowledged(view: View) -> Outcome:
    facts: tuple[Fact, ...] = () if view.person.acknowledged else (NoticeAcknowledged(view.person.id),)
    if view.person.pending:
        return Outcome(Idle(), (Say(texts.waiting()),), facts)
    if not view.person.name:
        return Outcome(GivingName(), (Say(texts.ask_name()),), facts)
    return _begin(view, facts)


def _begin(view: View, facts: tuple[Fact, ...]) -> Outcome:
    """Straight to the first card; who has no items sees the ways about."""
    if not _walks(view):
        return Outcome(Idle(), (_help(view),), facts)
    state, say, place = cards.advance(view)
    return Outcome(state, (say,), facts, card=place)


def _name(view: View, typed: str) -> Outcome:
    name = one_line(typed, _NAME_MAX + 1)
    if not sum(c.isalpha() for c in name) >= 2 or len(name) > _NAME_MAX:
        raise Refusal("name_unclear")
    begun = _begin(view, (PersonNamed(view.person.id),))
    said = (Say(texts.name_kept(name)), *begun.replies)
    return Outcome(begun.state, said, begun.facts, texts={(f"person:{view.person.id}", "name"): name}, card=begun.card)


def _start(view: View, state: State) -> Outcome:
    if view.person.pending:
        return Outcome(state, (Say(texts.waiting()),))
    roles = roles_of(view, view.person)
    if not view.person.acknowledged:
        return Outcome(state, (_greeting(view, roles),))
    return Outcome(state, (Say(texts.hello_again(view.person.name, roles), rows=_ways(view)),))
