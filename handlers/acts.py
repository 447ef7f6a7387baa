"""What is done outside a conversation: opening a campaign, inviting, revoking, signing a device in, moving a
rehearsal's clock.

Called by the command line and the web pages; each act is one transaction, takes what it needs explicitly and records
its facts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from criteria.campaign import RehearsalClock
from criteria.errors import Refusal
from criteria.facts import ClockAdvanced, DeviceSignedIn, InviteMade, InviteRevoked, PersonRevoked, SignInLinkMade
from criteria.folding import one_line
from criteria.people import GrantState, Role
from handlers import joining
from handlers.channel import WEB, Inbound, Opened
from handlers.flows.people import LINK_MINUTES
from handlers.flows.step import Ids
from handlers.turn import Heard, Turns
from storage import campaigns, doors, people
from storage.campaigns import Sources
from storage.database import Tx
from storage.record import Setting, record


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A device came in. `token` goes into its cookie and nowhere else."""

    token: str
    person: int
    heard: Heard | None


def open_campaign(tx: Tx, sources: Sources, clock: RehearsalClock | None, real: datetime) -> str:
    """Load a campaign into an empty database; returns its code. Raises what the loaders raise, and ValueError if
    there is one already.
    """
    try:
        campaigns.current(tx)
    except campaigns.NoCampaign:
        fact = campaigns.open_campaign(tx, sources, clock, real)
    else:
        raise ValueError("the database has a campaign already")
    record(tx, [fact], Setting(real=real, at=real))
    return fact.campaign


def invite(
    tx: Tx,
    ids: Ids,
    *,
    unit: str,
    role: Role,
    name: str = "",
    phone: str | None = None,
    by: int | None = None,
    real: datetime,
) -> tuple[str, datetime]:
    """Make a one-use invite; returns the code, which is shown once and kept as a hash, and when it ends. KeyError for
    an unknown unit.
    """
    opened = campaigns.current(tx)
    unit_id = opened.unit_ids[unit]
    code = ids.token()
    shown = one_line(name, 60)
    id_ = doors.make_invite(tx, code, unit_id=unit_id, role=role.value, name=shown, phone=phone, created_by=by, at=real)
    record(tx, [InviteMade(id_, unit, role.value, by)], Setting(real=real, at=opened.campaign.now(real)))
    return code, real + timedelta(hours=doors.INVITE_HOURS)


def sign_in_link(tx: Tx, ids: Ids, person: int, real: datetime, minutes: int = LINK_MINUTES) -> tuple[str, datetime]:
    """A one-use sign-in link for somebody who has joined: token and end. LookupError for a stranger, or one put out."""
    known = people.get(tx, person)
    if known is None or not known.active:
        raise LookupError(person)
    token = ids.token()
    fact = SignInLinkMade(person, doors.token_hash(token), minutes)
    record(tx, [fact], Setting(real=real, at=campaigns.current(tx).campaign.now(real)))
    return token, real + timedelta(minutes=minutes)


def revoke(tx: Tx, whom: str, real: datetime) -> bool:
    """End an invite by its code, or everything a person has by the person's id; False when there is no such thing."""
    at = campaigns.current(tx).campaign.now(real)
    if whom.isascii() and whom.isdecimal() and len(whom) < 16:
        person = people.get(tx, int(whom))
        if person is None:
            return False
        facts = [PersonRevoked(person.id, None)] if person.active else []
        record(tx, facts, Setting(real=real, at=at))
        return True
    ended = doors.revoke_invite(tx, whom, real)
    if ended is None:
        return False
    record(tx, [InviteRevoked(ended, None)], Setting(real=real, at=at))
    return True


def sign_in(tx: Tx, turns: Turns, ids: Ids, *, token: str, who: str, label: str, real: datetime) -> SignedIn | Refusal:
    """Use a sign-in link or an invite from a web page and sign the device in. `who`: the address that tries, for the
    limit on guesses.

    A good token always works, so that nobody's guesses lock others out behind the same address. A refusal is returned,
    not raised, so that the failed try is counted: "code_refused" whatever the reason, "too_many_tries" after five.
    """
    known = doors.use_sign_in_link(tx, token, real)
    if known is not None:
        greeted = turns.accept_in(tx, Inbound(WEB, f"opened:{known}", str(known), Opened()))
        return _device(tx, ids, known, label, greeted, real)
    try:
        entered = joining.enter(tx, token, None, real)
    except Refusal as refusal:
        return refusal if doors.count_failure(tx, who, real) else Refusal("too_many_tries")
    inbound = Inbound(WEB, f"joined:{entered.joined.invite}", str(entered.person), entered.joined)
    heard = turns.accept_in(tx, inbound)
    return _device(tx, ids, entered.person, label, heard, real)


def _device(tx: Tx, ids: Ids, person: int, label: str, heard: Heard | None, real: datetime) -> SignedIn:
    token = ids.token()
    device = doors.add_device(tx, token, person, one_line(label, 80), real)
    at = campaigns.current(tx).campaign.now(real)
    record(tx, [DeviceSignedIn(person, device)], Setting(real=real, at=at))
    return SignedIn(token, person, heard)


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo person to be: one per role, so that a rehearsal can be tried at once."""

    name: str
    unit: str
    role: Role


def add_demo_person(tx: Tx, demo: Demo, real: datetime) -> int:
    """A person of a rehearsal who joined without an invite."""
    opened = campaigns.current(tx)
    if not opened.campaign.rehearsal:
        raise ValueError("demo people exist in rehearsals only")
    person = people.add(tx, demo.name, None, real, demo=True)
    people.add_grant(tx, person, opened.unit_ids[demo.unit], demo.role.value, GrantState.ACTIVE, None, real)
    return person


def advance_clock(tx: Tx, by: timedelta, real: datetime) -> datetime:
    """Move a rehearsal's clock forward; returns campaign time. ValueError for a real campaign or a step that is not
    forward.
    """
    opened = campaigns.current(tx)
    if opened.campaign.clock is None:
        raise ValueError("only a rehearsal's clock can be moved")
    moved = opened.campaign.clock.advanced(real, by)
    campaigns.set_clock(tx, opened.campaign.id, moved)
    record(tx, [ClockAdvanced(int(by.total_seconds()))], Setting(real=real, at=moved.floor))
    return moved.floor


def keep_clock(tx: Tx, clock: Callable[[], datetime]) -> None:
    """Write down how far a rehearsal's clock has come, so that it never runs backwards after a restart."""
    opened = campaigns.current(tx)
    running = opened.campaign.clock
    if running is not None:
        now = running.at(clock())
        campaigns.set_clock(
            tx, opened.campaign.id, RehearsalClock(running.anchor, running.anchor_real, running.speed, now)
        )
