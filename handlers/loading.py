"""Loaders: one per flow, reading fresh what that flow needs to decide. Called by `turn` within its transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from criteria import receipts
from criteria.evidence import Document
from criteria.files import WEB_MAX
from criteria.people import Person, Role
from criteria.periods import local_day, start_of_day
from criteria.roles import EVERYWHERE, Action, allows, holders, working_units
from handlers.channel import BytesDelayed, BytesRefused, BytesStored, Joined, Sent
from handlers.conversation import ChoosingItem, State
from handlers.flows.step import EvidenceView, PeopleView, ProgressView, Receipted, View
from handlers.routing import Route
from storage import campaigns, doors, evidence, intake, items, people
from storage.database import Tx

_MANAGERS: Final = holders(Action.MANAGE_PEOPLE)
_GUARDIANS: Final = holders(Action.BE_TOLD_OF_SECRETS)
_INBOX_MAX: Final = 10
_RECEIPTS_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What a turn knows before it loads: who, where the conversation stands, what was heard and where it goes. `real`
    is aware.
    """

    person: Person
    state: State
    card: int | None
    body: object
    route: Route
    real: datetime
    public_url: str


def load(tx: Tx, asked: Asked) -> View:
    """The view of the flow that the route names."""
    return LOADERS.get(asked.route.flow, _base)(tx, asked)


def _base(tx: Tx, asked: Asked) -> View:
    opened = campaigns.current(tx)
    units = [opened.unit_ids[unit] for unit in working_units(asked.person)]
    now = opened.campaign.now(asked.real)
    return View(
        person=asked.person,
        campaign=opened.campaign,
        now=now,
        items=items.of_units(tx, units),
        card=asked.card,
        coming=frozenset(intake.items_with_files_coming(tx, units)),
        public_url=asked.public_url,
        worth=opened.campaign.worth(now),
    )


def _shared(tx: Tx, asked: Asked) -> dict[str, Any]:
    view = _base(tx, asked)
    return {f.name: getattr(view, f.name) for f in fields(View)}


def _evidence(tx: Tx, asked: Asked) -> EvidenceView:
    base = _shared(tx, asked)
    document = _document(tx, asked)
    verb = asked.route.verb
    sent = isinstance(asked.body, Sent)
    own_doing = not isinstance(asked.body, BytesStored | BytesRefused | BytesDelayed)
    if document is not None and own_doing and document.unit not in asked.person.units():
        document = None
    midnight = start_of_day(local_day(asked.real))
    extra: dict[str, Any] = {
        "document": document,
        "caption": asked.body.caption if isinstance(asked.body, Sent) else _caption(tx, document),
        "file_limit": WEB_MAX,
    }
    if sent:
        extra["today"] = evidence.sent_today(tx, asked.person.id, midnight)
    if sent or verb == "refused":
        extra["guardians"] = tuple(people.with_roles(tx, _GUARDIANS))
    if verb == "inbox":
        extra["unfiled"] = tuple(evidence.unfiled(tx, asked.person.id, _INBOX_MAX))
    if verb == "there" and asked.route.arg in {str(item.id) for item in base["items"]}:
        extra["documents"] = tuple(evidence.of_item(tx, int(asked.route.arg)))
    if verb == "receipts":
        extra["receipts"] = tuple(_receipts(tx, asked, base))
    if isinstance(asked.body, BytesStored) and document is not None:
        extra["twin"] = evidence.twin_receipt(tx, asked.body.sha256, document.unit, asked.body.file) or ""
    return EvidenceView(**base, **extra)


def _caption(tx: Tx, document: Document | None) -> str:
    return (evidence.text(tx, document.id, "caption") or "") if document else ""


def _document(tx: Tx, asked: Asked) -> Document | None:
    """The document the event is about: by its sending, by an arrival, by the button, or the one that waits to be
    filed.
    """
    match asked.body:
        case Sent(batch=batch):
            return evidence.document_of_batch(tx, asked.person.id, batch)
        case BytesStored(file=file) | BytesRefused(file=file) | BytesDelayed(file=file):
            return evidence.document_of_arrival(tx, file)
    match asked.route.verb:
        case "drop" | "back":
            return evidence.document_of_arrival(tx, asked.route.arg)
        case "put" | "done" | "pick" | "move" | "sort" | "keep":
            return evidence.document(tx, asked.route.arg.partition("=")[0])
        case "find" if isinstance(asked.state, ChoosingItem):
            return evidence.document(tx, asked.state.document)
        case _:
            return None


def _receipts(tx: Tx, asked: Asked, base: Mapping[str, Any]) -> list[Receipted]:
    """The receipt asked for, if the person may see it, else the newest of the own units."""
    code = receipts.parse(asked.route.arg) if asked.route.arg else None
    if asked.route.arg:
        one = evidence.by_receipt(tx, code) if code else None
        found = [one] if one and allows(asked.person, Action.SEE_EVIDENCE, one.document.unit) else []
    else:
        units = [unit for unit in asked.person.units() if allows(asked.person, Action.SEE_EVIDENCE, unit)]
        found = evidence.latest_receipts(tx, units, _RECEIPTS_SHOWN)
    codes = items.codes(tx, [item for one in found for item in one.document.items])
    return [
        Receipted(r.file, r.document, tuple(codes[i] for i in r.document.items), r.sha256, r.stored_at, r.person)
        for r in found
    ]


def _people(tx: Tx, asked: Asked) -> PeopleView:
    arg = asked.route.arg
    target = people.get(tx, int(arg)) if arg.isascii() and arg.isdecimal() and len(arg) < 16 else None
    return PeopleView(
        **_shared(tx, asked),
        target=target,
        channels=tuple(people.channels_of(tx, asked.person.id)),
        devices=doors.devices_of(tx, asked.person.id, asked.real),
        inviters=tuple(people.with_roles(tx, [Role.CONSOLIDATOR])),
    )


def _welcome(tx: Tx, asked: Asked) -> View:
    if not isinstance(asked.body, Joined):
        return _base(tx, asked)
    inviter = asked.body.inviter
    inviters = (inviter,) if inviter is not None else tuple(people.with_roles(tx, _MANAGERS))
    return PeopleView(**_shared(tx, asked), inviters=inviters)


def _lookup(tx: Tx, asked: Asked) -> View:
    if asked.route.verb != "progress" or not allows(asked.person, Action.SEE_PROGRESS, EVERYWHERE):
        return _base(tx, asked)
    everyone = items.of_units(tx, list(campaigns.current(tx).unit_ids.values()))
    return ProgressView(**_shared(tx, asked), everyone=everyone, sees_all=True)


LOADERS: Final[Mapping[str, Callable[[Tx, Asked], View]]] = {
    "hi": _welcome,
    "me": _people,
    "ev": _evidence,
    "look": _lookup,
    "walk": _base,
    "list": _base,
}
