"""Coming in by an invite: the code is used up and becomes a `Joined` event, in the transaction of the turn that
greets. Used by `turn` and `acts`.
"""

from dataclasses import dataclass
from datetime import datetime

from criteria.errors import Refusal
from handlers.channel import Joined
from storage import doors, people
from storage.database import Tx


@dataclass(frozen=True, slots=True)
class Entered:
    """Who came in, and the event for the greeting turn."""

    person: int
    joined: Joined


def enter(tx: Tx, code: str, person: int | None, real: datetime) -> Entered:
    """Use an invite; a newcomer (None) becomes a person. `Refusal("code_refused")`, in the same words for every reason.

    An invite bound to a phone number leaves the person pending: no channel here can prove a number.
    """
    invite = doors.use_invite(tx, code, real)
    if invite is None:
        raise Refusal("code_refused")
    fresh = person is None
    who = people.add(tx, invite.name, invite.phone, real) if person is None else person
    joined = Joined(
        invite=invite.id,
        unit=invite.unit,
        role=invite.role,
        fresh=fresh,
        inviter=invite.created_by,
        pending=invite.phone is not None,
    )
    return Entered(who, joined)
