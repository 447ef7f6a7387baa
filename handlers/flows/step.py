"""The shapes that every flow shares: what it sees (`View`), what happened (`Event`) and what it decides (`Outcome`).
Built by `loading` and `turn`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol

from criteria.campaign import Campaign
from criteria.errors import Refusal
from criteria.evidence import Document, EvidenceFile, SentToday
from criteria.facts import Fact
from criteria.items import Item, Worth
from criteria.people import Person
from handlers.channel import Body
from handlers.conversation import State
from handlers.replies import Say


class Ids(Protocol):
    """A supply of fresh ids, so that a step stays deterministic under test."""

    def fresh(self) -> str:
        """A new id: 16 lower-case letters and digits."""

    def entropy(self) -> bytes:
        """Eight random bytes, for a receipt code."""

    def token(self) -> str:
        """A new secret of 43 characters, for a link."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, already routed: `verb` and `arg` say what is asked of the flow, `body` is what was heard.

    `now` is campaign time, aware. `channel`, `address`, `external_id` are for the idempotency key of arrivals,
    `session` for signing other devices out.
    """

    verb: str
    arg: str
    body: Body
    now: datetime
    ids: Ids
    channel: str
    address: str
    external_id: str
    session: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What every flow may know: who asks, the campaign, campaign time, the items of the units the person works for,
    the card of the walk.

    `coming`: ids of items to which files are on their way. `public_url` begins links; it has no slash at its end.
    """

    person: Person
    campaign: Campaign
    now: datetime
    items: tuple[Item, ...]
    card: int | None
    coming: frozenset[int]
    public_url: str
    worth: Mapping[str, Worth]


@dataclass(frozen=True, slots=True)
class Receipted:
    """What a receipt stands for. `stored_at` is campaign time; `person` the sender's name."""

    file: EvidenceFile
    document: Document
    codes: tuple[str, ...]
    sha256: str
    stored_at: datetime
    person: str


NOTHING_SENT: Final = SentToday(0, 0)


@dataclass(frozen=True, slots=True)
class EvidenceView(View):
    """`document`: the one the event is about; `documents`: those of the item it is about. `caption` goes with it.
    `unfiled`: what waits in /hopthu. `twin`: receipt of the same bytes stored earlier by the unit. `receipts`: what
    was asked for. `guardians`: ids of people to tell of a stopped secret.
    """

    document: Document | None = None
    documents: tuple[Document, ...] = ()
    caption: str = ""
    unfiled: tuple[Document, ...] = ()
    today: SentToday = NOTHING_SENT
    twin: str = ""
    receipts: tuple[Receipted, ...] = ()
    guardians: tuple[int, ...] = ()
    file_limit: int = 0

    def sending(self) -> Document:
        """The document; `Refusal("no_such_file")` when there is none that the person may touch."""
        if self.document is None:
            raise Refusal("no_such_file")
        return self.document


@dataclass(frozen=True, slots=True)
class PeopleView(View):
    """`target`: the person a button is about. `channels`, `devices`: the asker's own. `inviters`: whom to
    tell of a joining.
    """

    target: Person | None = None
    channels: tuple[str, ...] = ()
    devices: int = 0
    inviters: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgressView(View):
    """`everyone`: the items of all units, for those who may see all progress; else the own ones."""

    everyone: tuple[Item, ...] = ()
    sees_all: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say to somebody else because of this turn."""

    person: int
    say: Say


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step decides. `texts`: private texts by (subject, kind), kept beside the facts. `card`: the walk's
    place, None leaves it.

    `quiet`: the tap shows in the message it changed, so it is not repeated in the history.
    """

    state: State
    replies: tuple[Say, ...] = ()
    facts: tuple[Fact, ...] = ()
    notices: tuple[Notice, ...] = ()
    texts: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    card: int | None = None
    quiet: bool = False


def number(arg: str) -> int:
    """An id that came with a button; `Refusal("stale_button")` for anything that is not one."""
    if arg.isascii() and arg.isdecimal() and len(arg) < 16:
        return int(arg)
    raise Refusal("stale_button")
