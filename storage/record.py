"""Facts become rows: one recorder per fact type, and every fact is an audit line in the same transaction. Called by
`handlers.turn` and `acts`.

A fact type without a recorder fails at once, so that nothing can be decided and forgotten.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from criteria import facts as f
from criteria.people import GrantState
from storage import audit, campaigns, crashpoints, doors, evidence, items, people
from storage.database import Tx


@dataclass(frozen=True, slots=True)
class Setting:
    """When a turn happens: `real` for the technical columns, `at` (campaign time) for everything people read.
    `texts`: private texts by (subject, kind), kept beside the facts.
    """

    real: datetime
    at: datetime
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)


def record(tx: Tx, happened: Iterable[f.Fact], setting: Setting) -> None:
    """Apply facts in order and add them to the audit chain."""
    happened = list(happened)
    for (subject, kind), body in setting.texts.items():
        evidence.keep_text(tx, subject, kind, body)
    for fact in happened:
        RECORDERS[type(fact)](tx, fact, setting)
    audit.append(tx, happened, setting.real)
    crashpoints.crash_point("turn:recorded")


def _nothing(tx: Tx, fact: f.Fact, setting: Setting) -> None:
    """The rows were written where their keys are made, or the audit line is all there is."""


def _joined(tx: Tx, fact: f.PersonJoined, setting: Setting) -> None:
    state = GrantState.PENDING if fact.pending else GrantState.ACTIVE
    unit_id = campaigns.current(tx).unit_ids[fact.unit]
    people.add_grant(tx, fact.person, unit_id, fact.role, state, fact.invite, setting.real)
    doors.invite_used_by(tx, fact.invite, fact.person)


def _approved(tx: Tx, fact: f.JoinApproved, setting: Setting) -> None:
    people.approve(tx, fact.person)


def _named(tx: Tx, fact: f.PersonNamed, setting: Setting) -> None:
    people.set_name(tx, fact.person, setting.texts[f"person:{fact.person}", "name"])


def _acknowledged(tx: Tx, fact: f.NoticeAcknowledged, setting: Setting) -> None:
    people.acknowledge(tx, fact.person, setting.real)


def _revoked(tx: Tx, fact: f.PersonRevoked, setting: Setting) -> None:
    people.shut_out(tx, fact.person, setting.real)


def _link_made(tx: Tx, fact: f.SignInLinkMade, setting: Setting) -> None:
    doors.keep_sign_in_link(tx, fact.token_hash, fact.person, setting.real, fact.minutes)


def _signed_out(tx: Tx, fact: f.DevicesSignedOut, setting: Setting) -> None:
    doors.end_devices(tx, fact.person, fact.kept, setting.real)


def _answered(tx: Tx, fact: f.ItemAnswered, setting: Setting) -> None:
    items.set_answer(tx, fact.item, fact.answer, fact.reason, fact.by, setting.at)


def _cleared(tx: Tx, fact: f.ItemCleared, setting: Setting) -> None:
    items.set_answer(tx, fact.item, None, None, fact.by, setting.at)


def _deferred(tx: Tx, fact: f.ItemDeferred, setting: Setting) -> None:
    items.defer(tx, fact.item, setting.at)


def _document_opened(tx: Tx, fact: f.DocumentOpened, setting: Setting) -> None:
    evidence.open_document(tx, fact, campaigns.current(tx).unit_ids[fact.unit], setting.at)


def _announced(tx: Tx, fact: f.FileAnnounced, setting: Setting) -> None:
    evidence.announce(tx, fact, setting.real)


def _stored(tx: Tx, fact: f.FileStored, setting: Setting) -> None:
    evidence.settle_stored(tx, fact, setting.at, setting.real)
    items.recount_of_document(tx, fact.document)


def _refused(tx: Tx, fact: f.FileRefused, setting: Setting) -> None:
    evidence.settle_refused(tx, fact.file, fact.reason)


def _withdrawn(tx: Tx, fact: f.FileWithdrawn, setting: Setting) -> None:
    evidence.set_withdrawn(tx, fact.file, fact.by, setting.at)
    items.recount_of_document(tx, fact.document)


def _restored(tx: Tx, fact: f.FileRestored, setting: Setting) -> None:
    evidence.set_withdrawn(tx, fact.file, None, None)
    items.recount_of_document(tx, fact.document)


def _filed(tx: Tx, fact: f.DocumentFiled, setting: Setting) -> None:
    evidence.add_link(tx, fact, campaigns.current(tx).unit_ids[fact.unit], setting.at)
    items.recount(tx, fact.item)


def _unfiled(tx: Tx, fact: f.DocumentUnfiled, setting: Setting) -> None:
    evidence.remove_link(tx, fact)
    items.recount(tx, fact.item)


def _declared(tx: Tx, fact: f.DocumentDeclared, setting: Setting) -> None:
    evidence.set_declared(tx, fact.document, setting.at)


def _lapsed(tx: Tx, fact: f.DeclarationLapsed, setting: Setting) -> None:
    evidence.set_declared(tx, fact.document, None)


RECORDERS: Final[Mapping[type, Callable[[Tx, Any, Setting], None]]] = {
    f.CampaignOpened: _nothing,
    f.ClockAdvanced: _nothing,
    f.InviteMade: _nothing,
    f.InviteRevoked: _nothing,
    f.PersonJoined: _joined,
    f.JoinApproved: _approved,
    f.PersonNamed: _named,
    f.NoticeAcknowledged: _acknowledged,
    f.PersonRevoked: _revoked,
    f.SignInLinkMade: _link_made,
    f.DeviceSignedIn: _nothing,
    f.DevicesSignedOut: _signed_out,
    f.ItemAnswered: _answered,
    f.ItemCleared: _cleared,
    f.ItemDeferred: _deferred,
    f.DocumentOpened: _document_opened,
    f.FileAnnounced: _announced,
    f.FileStored: _stored,
    f.FileRefused: _refused,
    f.FileWithdrawn: _withdrawn,
    f.FileRestored: _restored,
    f.DocumentFiled: _filed,
    f.DocumentUnfiled: _unfiled,
    f.DocumentDeclared: _declared,
    f.DeclarationLapsed: _lapsed,
    f.SecretStopped: _nothing,
    f.AccessDenied: _nothing,
}
