"""Documents, arrivals, stored files and their filing as rows. Read by the evidence loader and the pages, changed by
`storage.record` and the intake.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam as param

from criteria.evidence import Document, EvidenceFile, FileState, SentToday
from criteria.facts import DocumentFiled, DocumentOpened, DocumentUnfiled, FileAnnounced, FileStored
from storage import tables as t
from storage.database import Tx

_NAME = (
    sa.select(t.private_texts.c.body)
    .where(t.private_texts.c.subject == t.arrivals.c.id, t.private_texts.c.kind == "name")
    .scalar_subquery()
)
_FILES = (
    sa.select(
        t.arrivals.c.id,
        t.arrivals.c.document_id,
        t.arrivals.c.state,
        t.arrivals.c.reason,
        sa.func.coalesce(t.files.c.kind, t.arrivals.c.kind).label("kind"),
        sa.func.coalesce(t.arrivals.c.size, t.arrivals.c.declared_size).label("size"),
        t.files.c.receipt,
        t.files.c.withdrawn_at,
        t.files.c.flags,
        _NAME.label("name"),
    )
    .outerjoin(t.files, t.files.c.id == t.arrivals.c.id)
    .where(t.arrivals.c.document_id.in_(param("documents", expanding=True)))
    .order_by(t.arrivals.c.announced_at, t.arrivals.c.id)
)
_LINKS = sa.select(t.links.c.document_id, t.links.c.item_id).where(
    t.links.c.document_id.in_(param("documents", expanding=True))
)
_DOCUMENT = sa.select(
    t.documents.c.id,
    t.documents.c.person_id,
    t.documents.c.batch,
    t.documents.c.declared_at,
    t.units.c.code.label("unit"),
).join(t.units, t.units.c.id == t.documents.c.unit_id)
_BY_BATCH = sa.select(t.documents.c.id).where(
    t.documents.c.person_id == param("person"), t.documents.c.batch == param("batch")
)
_OF_ARRIVAL = sa.select(t.arrivals.c.document_id).where(t.arrivals.c.id == param("arrival"))
_TODAY = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(t.arrivals.c.declared_size), 0)).where(
    t.arrivals.c.person_id == param("person"),
    t.arrivals.c.announced_at >= param("since"),
    t.arrivals.c.state != FileState.REFUSED.value,
)
_TEXT = sa.select(t.private_texts.c.body).where(
    t.private_texts.c.subject == param("of_subject"), t.private_texts.c.kind == param("of_kind")
)


def documents(tx: Tx, ids: Sequence[str]) -> list[Document]:
    """These documents with their files and filings, in the order of `ids`."""
    if not ids:
        return []
    files: dict[str, list[EvidenceFile]] = {}
    for r in tx.execute(_FILES, {"documents": list(ids)}):
        file = EvidenceFile(
            r.id,
            r.name or "",
            r.size,
            r.kind,
            FileState(r.state),
            r.reason or "",
            r.receipt or "",
            r.withdrawn_at is not None,
            tuple(json.loads(r.flags)) if r.flags else (),
        )
        files.setdefault(r.document_id, []).append(file)
    filed: dict[str, list[int]] = {}
    for link in tx.execute(_LINKS, {"documents": list(ids)}):
        filed.setdefault(link.document_id, []).append(link.item_id)
    rows = {r.id: r for r in tx.execute(_DOCUMENT.where(t.documents.c.id.in_(ids)))}
    return [
        Document(
            r.id,
            r.person_id,
            r.unit,
            r.batch,
            r.declared_at is not None,
            tuple(files.get(r.id, ())),
            tuple(filed.get(r.id, ())),
        )
        for r in (rows[id_] for id_ in ids if id_ in rows)
    ]


def document(tx: Tx, id_: str) -> Document | None:
    """One document; None when there is none with this id."""
    found = documents(tx, [id_])
    return found[0] if found else None


def document_of_batch(tx: Tx, person: int, batch: str) -> Document | None:
    """The document a sending has already opened."""
    id_ = tx.execute(_BY_BATCH, {"person": person, "batch": batch}).scalar()
    return document(tx, id_) if id_ else None


def document_of_arrival(tx: Tx, arrival: str) -> Document | None:
    """The document an arrival belongs to."""
    id_ = tx.execute(_OF_ARRIVAL, {"arrival": arrival}).scalar()
    return document(tx, id_) if id_ else None


def sent_today(tx: Tx, person: int, since: datetime) -> SentToday:
    """What the person has announced since a real moment and was not refused."""
    row = tx.execute(_TODAY, {"person": person, "since": since}).one()
    return SentToday(row[0], int(row[1]))


def unfiled(tx: Tx, person: int, limit: int) -> list[Document]:
    """The person's documents that hold a stored or coming file and are filed nowhere, oldest first."""
    nowhere = ~sa.exists().where(t.links.c.document_id == t.documents.c.id)
    alive = sa.exists().where(
        t.arrivals.c.document_id == t.documents.c.id,
        t.arrivals.c.state != FileState.REFUSED.value,
        ~sa.exists().where(t.files.c.id == t.arrivals.c.id, t.files.c.withdrawn_at.is_not(None)),
    )
    ids = (
        sa.select(t.documents.c.id)
        .where(t.documents.c.person_id == person, nowhere, alive)
        .order_by(t.documents.c.opened_at, t.documents.c.id)
    )
    return documents(tx, [r.id for r in tx.execute(ids.limit(limit)).all()])


def of_item(tx: Tx, item: int, limit: int = 20) -> list[Document]:
    """The documents filed under an item, oldest first."""
    ids = (
        sa.select(t.links.c.document_id)
        .where(t.links.c.item_id == item)
        .order_by(t.links.c.filed_at, t.links.c.document_id)
        .limit(limit)
    )
    return documents(tx, [r.document_id for r in tx.execute(ids).all()])


def twin_receipt(tx: Tx, sha256: str, unit: str, other_than: str) -> str | None:
    """The receipt of the same bytes stored earlier by the same unit, if any."""
    earlier = (
        sa.select(t.files.c.receipt)
        .join(t.documents, t.documents.c.id == t.files.c.document_id)
        .join(t.units, t.units.c.id == t.documents.c.unit_id)
        .where(
            t.files.c.sha256 == sha256,
            t.units.c.code == unit,
            t.files.c.id != other_than,
            t.files.c.withdrawn_at.is_(None),
        )
        .order_by(t.files.c.stored_at_real)
        .limit(1)
    )
    return tx.execute(earlier).scalar()


@dataclass(frozen=True, slots=True)
class Receipted:
    """What a receipt code stands for."""

    file: EvidenceFile
    document: Document
    sha256: str
    stored_at: datetime
    person: str


def by_receipt(tx: Tx, receipt: str) -> Receipted | None:
    """The stored file a receipt code names; whether the asker may see it is the flow's business."""
    found = (
        sa.select(t.files.c.id, t.files.c.document_id, t.files.c.sha256, t.files.c.stored_at, t.people.c.name)
        .join(t.documents, t.documents.c.id == t.files.c.document_id)
        .join(t.people, t.people.c.id == t.documents.c.person_id)
        .where(t.files.c.receipt == receipt)
    )
    row = tx.execute(found).first()
    if row is None:
        return None
    owner = document(tx, row.document_id)
    assert owner is not None
    return Receipted(owner.file(row.id), owner, row.sha256, row.stored_at, row.name)


def latest_receipts(tx: Tx, unit_codes: Sequence[str], limit: int) -> list[Receipted]:
    """The newest stored files of these units, newest first."""
    newest = (
        sa.select(t.files.c.receipt)
        .join(t.documents, t.documents.c.id == t.files.c.document_id)
        .join(t.units, t.units.c.id == t.documents.c.unit_id)
        .where(t.units.c.code.in_(unit_codes), t.files.c.withdrawn_at.is_(None))
        .order_by(t.files.c.stored_at_real.desc())
        .limit(limit)
    )
    found = (by_receipt(tx, row.receipt) for row in tx.execute(newest).all())
    return [one for one in found if one is not None]


# --- changes, called by storage.record ------------------------------------------------------------------------------


def open_document(tx: Tx, fact: DocumentOpened, unit_id: int, at: datetime) -> None:
    """A row for a sending. `at`: campaign time."""
    row = {"id": fact.document, "person_id": fact.person, "unit_id": unit_id, "batch": fact.batch, "opened_at": at}
    tx.execute(sa.insert(t.documents).values(row))


def announce(tx: Tx, fact: FileAnnounced, at: datetime) -> None:
    """A row for an arrival. `at`: real time."""
    person = sa.select(t.documents.c.person_id).where(t.documents.c.id == fact.document).scalar_subquery()
    row: dict[str, object] = {
        "id": fact.file,
        "document_id": fact.document,
        "channel": fact.channel,
        "chat": fact.chat,
        "message": fact.message,
    }
    row |= {
        "uid": fact.uid,
        "state": FileState.RECEIVED.value,
        "kind": fact.kind,
        "declared_size": fact.size,
        "announced_at": at,
    }
    tx.execute(sa.insert(t.arrivals).values(person_id=person, **row))


def settle_stored(tx: Tx, fact: FileStored, at: datetime, real: datetime) -> None:
    """The evidence row, and the arrival's end. Raises if the arrival has ended before."""
    _settle(tx, fact.file, {"state": FileState.STORED.value, "sha256": fact.sha256, "size": fact.size})
    row: dict[str, object] = {
        "id": fact.file,
        "document_id": fact.document,
        "sha256": fact.sha256,
        "size": fact.size,
        "kind": fact.kind,
    }
    row |= {"flags": json.dumps(fact.flags), "receipt": fact.receipt, "stored_at": at, "stored_at_real": real}
    tx.execute(sa.insert(t.files).values(row))


def settle_refused(tx: Tx, file: str, reason: str) -> None:
    """The arrival's other end."""
    _settle(tx, file, {"state": FileState.REFUSED.value, "reason": reason})


def _settle(tx: Tx, file: str, values: dict[str, object]) -> None:
    open_ = sa.and_(
        t.arrivals.c.id == file, t.arrivals.c.state.not_in((FileState.STORED.value, FileState.REFUSED.value))
    )
    if tx.execute(sa.update(t.arrivals).where(open_).values(values)).rowcount != 1:
        raise RuntimeError("arrival has ended before")


def set_withdrawn(tx: Tx, file: str, by: int | None, at: datetime | None) -> None:
    """Take a stored file out, or (None) put it back."""
    tx.execute(sa.update(t.files).where(t.files.c.id == file).values(withdrawn_at=at, withdrawn_by=by))


def add_link(tx: Tx, fact: DocumentFiled, unit_id: int, at: datetime) -> None:
    """File a document under an item; it belongs to the item's unit from then on."""
    tx.execute(sa.update(t.documents).where(t.documents.c.id == fact.document).values(unit_id=unit_id))
    row = {"document_id": fact.document, "item_id": fact.item, "filed_at": at, "filed_by": fact.by}
    tx.execute(sa.insert(t.links).values(row))


def remove_link(tx: Tx, fact: DocumentUnfiled) -> None:
    """Take a document away from an item; the audit keeps that it lay there."""
    tx.execute(sa.delete(t.links).where(t.links.c.document_id == fact.document, t.links.c.item_id == fact.item))


def set_declared(tx: Tx, document_id: str, at: datetime | None) -> None:
    """The sender said that nothing here is secret."""
    tx.execute(sa.update(t.documents).where(t.documents.c.id == document_id).values(declared_at=at))


def keep_text(tx: Tx, subject: str, kind: str, body: str) -> None:
    """A private text beside the facts that name its subject; one that is there already is replaced."""
    texts = t.private_texts
    same = sa.and_(texts.c.subject == subject, texts.c.kind == kind)
    if tx.execute(sa.update(texts).where(same).values(body=body)).rowcount == 0:
        tx.execute(sa.insert(texts).values(subject=subject, kind=kind, body=body))


def text(tx: Tx, subject: str, kind: str) -> str | None:
    """A private text, if there is one."""
    return tx.execute(_TEXT, {"of_subject": subject, "of_kind": kind}).scalar()


def sidecar(tx: Tx, arrival: str) -> dict[str, object]:
    """What lies beside a blob: who sent these bytes, when, under which name. Enough to rebuild the row, unfiled."""
    found = (
        sa.select(t.arrivals, t.documents.c.batch, t.units.c.code.label("unit"))
        .join(t.documents, t.documents.c.id == t.arrivals.c.document_id)
        .join(t.units, t.units.c.id == t.documents.c.unit_id)
        .where(t.arrivals.c.id == arrival)
    )
    row = tx.execute(found).one()
    keys = (
        "id",
        "document_id",
        "person_id",
        "channel",
        "chat",
        "message",
        "uid",
        "kind",
        "size",
        "sha256",
        "batch",
        "unit",
    )
    content: dict[str, object] = {key: getattr(row, key) for key in keys}
    name = text(tx, arrival, "name_as_sent") or text(tx, arrival, "name") or ""
    return {**content, "announced_at": row.announced_at.isoformat(), "name": name}


def hash_of(tx: Tx, file: str) -> str | None:
    """The hash of a stored file's bytes; None when it is not stored."""
    return tx.execute(sa.select(t.files.c.sha256).where(t.files.c.id == file)).scalar()
