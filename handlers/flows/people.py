"""/toi, devices, handing over; and what an inviter does about somebody who joined: agree, revoke."""

import hashlib
from typing import Final

from criteria.errors import Refusal
from criteria.facts import DevicesSignedOut, JoinApproved, PersonRevoked, SignInLinkMade
from criteria.people import GrantState, Person
from criteria.roles import Action, authorize
from handlers.conversation import State
from handlers.flows.step import Event, Notice, Outcome, PeopleView
from handlers.flows.welcome import roles_of
from handlers.replies import Choice, Say
from handlers.texts import labels
from handlers.texts import people as texts
from handlers.texts import welcome as welcome_texts

ME = "me"
LINK_MINUTES: Final = 60


def step(view: PeopleView, state: State, event: Event) -> Outcome:
    """Verbs: show, device, others, hand, tell; agree, revoke, out, keep (about the person named by the button)."""
    if view.person.pending and event.verb in ("device", "hand", "tell"):
        raise Refusal("waiting_for_approval")
    match event.verb:
        case "show":
            return _show(view, state)
        case "device":
            return _device(view, state, event)
        case "others":
            kept = int(event.session) if event.session.isdecimal() else None
            return Outcome(state, (Say(texts.others_out()),), (DevicesSignedOut(view.person.id, kept),))
        case "hand":
            return Outcome(state, (Say(texts.hand_over(), rows=((Choice(labels.TELL_CONSOLIDATOR, ME, "tell"),),)),))
        case "tell":
            return _tell(view, state)
        case "agree" | "revoke" | "out" | "keep":
            return _about(view, state, event)
        case _:
            raise Refusal("stale_button")


def _show(view: PeopleView, state: State) -> Outcome:
    channels = [labels.CHANNELS[channel] for channel in view.channels]
    words = texts.me(view.person.name, roles_of(view, view.person), channels, view.devices, view.person.acknowledged)
    rows = (
        (Choice(labels.ADD_DEVICE, ME, "device"), Choice(labels.SIGN_OUT_OTHERS, ME, "others")),
        (Choice(labels.HAND_OVER, ME, "hand"),),
    )
    return Outcome(state, (Say(words, rows=rows),))


def _device(view: PeopleView, state: State, event: Event) -> Outcome:
    """A one-use link; only its hash is kept."""
    token = event.ids.token()
    fact = SignInLinkMade(view.person.id, hashlib.sha256(token.encode()).hexdigest(), LINK_MINUTES)
    return Outcome(state, (Say(texts.new_device(f"{view.public_url}/in/{token}", LINK_MINUTES)),), (fact,))


def _tell(view: PeopleView, state: State) -> Outcome:
    units = [view.campaign.plan.unit(unit).name for unit in view.person.units()]
    revoke = Choice(labels.REVOKE, ME, "revoke", str(view.person.id))
    say = Say(texts.hand_over_asked(view.person.name, units), rows=((revoke,),))
    notices = tuple(Notice(manager, say) for manager in view.inviters if manager != view.person.id)
    return Outcome(state, (Say(texts.hand_over_told()),), notices=notices)


def _about(view: PeopleView, state: State, event: Event) -> Outcome:
    authorize(view.person, Action.MANAGE_PEOPLE, None)
    target = view.target
    if target is None or target.id == view.person.id:
        raise Refusal("no_such_person")
    match event.verb:
        case "agree":
            return _agree(view, state, target)
        case "revoke" if not target.active:
            return Outcome(state, (Say(texts.revoked(target.name)),))
        case "revoke":
            choices = (
                Choice(labels.REVOKE_NOW, ME, "out", str(target.id)),
                Choice(labels.NEVER_MIND, ME, "keep", str(target.id)),
            )
            return Outcome(state, (Say(texts.confirm_revoke(target.name), rows=(choices,)),))
        case "out":
            facts = (PersonRevoked(target.id, view.person.id),) if target.active else ()
            return Outcome(state, (Say(texts.revoked(target.name)),), facts)
        case _:
            return Outcome(state, (Say(texts.kept(target.name)),))


def _agree(view: PeopleView, state: State, target: Person) -> Outcome:
    if not any(grant.state is GrantState.PENDING for grant in target.grants):
        return Outcome(state, (Say(texts.approved(target.name)),))
    told = Notice(target.id, Say(welcome_texts.approved(), rows=((Choice(labels.BEGIN, "hi", "start"),),)))
    return Outcome(state, (Say(texts.approved(target.name)),), (JoinApproved(target.id, view.person.id),), (told,))
