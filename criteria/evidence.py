"""Evidence: a document is one sending of one or more files, filed under items. What may happen to it, as decision
functions that make facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from criteria.errors import Refusal
from criteria.facts import (
    DocumentDeclared,
    DocumentFiled,
    DocumentOpened,
    DocumentUnfiled,
    FileAnnounced,
    FileRefused,
    FileRestored,
    FileStored,
    FileWithdrawn,
)
from criteria.items import Item

FILES_PER_DAY: Final = 600
BYTES_PER_DAY: Final = 4 * 1024**3


class FileState(StrEnum):
    """How far an arrival has come. Ends are STORED and REFUSED; WAITING is tried again by itself."""

    RECEIVED = "received"
    FETCHING = "fetching"
    CHECKING = "checking"
    WAITING = "waiting"
    STORED = "stored"
    REFUSED = "refused"


# Reasons for a refusal that are not about the file's own bytes (those are `criteria.files.RefusalReason`).
SECRET: Final = "secret"
QUOTA: Final = "quota"
NEVER_CAME: Final = "never_came"
REPEATED: Final = "repeated"
CANCELLED: Final = "cancelled"
_NOT_HERE: Final = frozenset({NEVER_CAME, CANCELLED})


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One file of a document. `name` is the sender's, cleaned for showing; `receipt` is empty until stored.

    `flags`: remarks of the check (`criteria.files.FileFlag`), and "twin:<receipt>" for bytes that the unit had stored
    before.
    """

    id: str
    name: str
    size: int
    kind: str
    state: FileState
    reason: str = ""
    receipt: str = ""
    withdrawn: bool = False
    flags: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Stored and not withdrawn: this is evidence."""
        return self.state is FileState.STORED and not self.withdrawn

    @property
    def settled(self) -> bool:
        """Nothing more will happen to it by itself."""
        return self.state in (FileState.STORED, FileState.REFUSED)


@dataclass(frozen=True, slots=True)
class Document:
    """`items`: ids of the items it is filed under; empty means that it waits in /hopthu. `declared`: the sender said
    that nothing is secret.
    """

    id: str
    person: int
    unit: str
    batch: str
    declared: bool
    files: tuple[EvidenceFile, ...]
    items: tuple[int, ...]

    @property
    def stored(self) -> tuple[EvidenceFile, ...]:
        """The files that count."""
        return tuple(f for f in self.files if f.counts)

    @property
    def settled(self) -> bool:
        """Every file has its verdict."""
        return all(f.settled for f in self.files)

    def file(self, file_id: str) -> EvidenceFile:
        """The file with this id; `Refusal("no_such_file")` otherwise."""
        for file in self.files:
            if file.id == file_id:
                return file
        raise Refusal("no_such_file")


@dataclass(frozen=True, slots=True)
class SentToday:
    """What the person has announced since the last midnight in Vietnam."""

    files: int
    bytes: int


def open_document(document: str, person: int, unit: str, batch: str) -> DocumentOpened:
    """A sending begins."""
    return DocumentOpened(document=document, person=person, unit=unit, batch=batch)


def check_quota(today: SentToday, size: int) -> None:
    """`Refusal("quota")` when one person would pass a day's share; it stands well above an honest evening's work."""
    if today.files >= FILES_PER_DAY or today.bytes + size > BYTES_PER_DAY:
        raise Refusal(QUOTA)


def store(
    file: EvidenceFile, document: Document, *, sha256: str, size: int, kind: str, receipt: str, flags: Sequence[str]
) -> FileStored:
    """The bytes are durable: the file becomes evidence. `Refusal("file_settled")` when its verdict was given before."""
    if file.settled:
        raise Refusal("file_settled")
    return FileStored(
        file=file.id, document=document.id, sha256=sha256, size=size, kind=kind, receipt=receipt, flags=tuple(flags)
    )


def refuse(file: EvidenceFile, document: Document, reason: str) -> FileRefused:
    """The file does not become evidence. `Refusal("file_settled")` when its verdict was given before, or when it is
    said not to have come although all of its bytes have.
    """
    if file.settled or (reason in _NOT_HERE and file.state not in (FileState.RECEIVED, FileState.FETCHING)):
        raise Refusal("file_settled")
    return FileRefused(file=file.id, document=document.id, reason=reason)


def withdraw(file: EvidenceFile, document: Document, by: int) -> FileWithdrawn | None:
    """Take a stored file out; None when it is out already."""
    if file.state is not FileState.STORED:
        raise Refusal("file_not_stored")
    return None if file.withdrawn else FileWithdrawn(file=file.id, document=document.id, by=by)


def restore(file: EvidenceFile, document: Document, by: int) -> FileRestored | None:
    """Put a withdrawn file back; None when it is in already."""
    if file.state is not FileState.STORED:
        raise Refusal("file_not_stored")
    return FileRestored(file=file.id, document=document.id, by=by) if file.withdrawn else None


def file_under(document: Document, item: Item, by: int) -> DocumentFiled | None:
    """File a document under an item; None when it lies there already. One that serves a unit already cannot serve
    another unit's item.
    """
    if item.id in document.items:
        return None
    if item.unit != document.unit and document.items:
        raise Refusal("other_unit")
    return DocumentFiled(document=document.id, item=item.id, unit=item.unit, code=item.code, by=by)


def unfile(document: Document, item: Item, by: int) -> DocumentUnfiled | None:
    """Take a document away from an item; None when it does not lie there."""
    if item.id not in document.items:
        return None
    return DocumentUnfiled(document=document.id, item=item.id, unit=item.unit, code=item.code, by=by)


def declare(document: Document, by: int) -> DocumentDeclared | None:
    """ "Xong": nothing here is secret; None when that was said before."""
    return None if document.declared else DocumentDeclared(document=document.id, by=by)


def announce(
    file: str, document: str, *, channel: str, chat: str, message: str, uid: str, size: int, kind: str
) -> FileAnnounced:
    """An arrival whose name, caption, type and declared size have passed: its bytes may come."""
    return FileAnnounced(
        file=file, document=document, channel=channel, chat=chat, message=message, uid=uid, size=size, kind=kind
    )
