"""Checks everything stored: each evidence row has its whole file, each blob has its row, the audit chain holds. Names
every fault, mends nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from criteria.evidence import FileState
from storage import audit
from storage import tables as t
from storage.blobs import Blobs, digest
from storage.database import Tx


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind`: missing, damaged, size, sidecar, orphan, aside, unsettled or audit. `subject`: a receipt, a hash, an id
    or a row number.
    """

    kind: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at and what was wrong."""

    files: int
    audit_rows: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database says, read in one short transaction: hashing takes long, and a reader holds up the WAL.

    `rows`: id, sha256, size and receipt of every evidence row. `coming`: hashes whose rows are still to be written.
    """

    rows: tuple[tuple[str, str, int, str], ...]
    coming: frozenset[str]
    audit_rows: int
    faults: tuple[Fault, ...]


def read(tx: Tx) -> Stored:
    """What should be there, and what is wrong in the database itself."""
    columns = (t.files.c.id, t.files.c.sha256, t.files.c.size, t.files.c.receipt)
    rows = tuple((r.id, r.sha256, r.size, r.receipt) for r in tx.execute(sa.select(*columns).order_by(t.files.c.id)))
    is_open = t.arrivals.c.state.not_in((FileState.STORED.value, FileState.REFUSED.value))
    coming = frozenset(r.sha256 for r in tx.execute(sa.select(t.arrivals.c.sha256).where(is_open)) if r.sha256)
    broken = (Fault("audit", str(fault.seq), fault.problem) for fault in audit.faults(tx))
    return Stored(rows, coming, audit.head(tx).seq, (*_unsettled(tx), *broken))


def check(stored: Stored, blobs: Blobs) -> Report:
    """Compare the files with what the database said. Reads every stored byte; may run beside a server."""
    faults = [fault for row in stored.rows for fault in _file(blobs, *row)]
    faults += _orphans(blobs, {sha256 for _, sha256, _, _ in stored.rows} | stored.coming)
    faults += [Fault("aside", name) for name in blobs.set_aside()]
    return Report(len(stored.rows), stored.audit_rows, (*faults, *stored.faults))


def _file(blobs: Blobs, id_: str, sha256: str, size: int, receipt: str) -> Iterator[Fault]:
    path = blobs.path(sha256)
    if not path.exists():
        yield Fault("missing", receipt, sha256)
        return
    found = digest(path)
    if found.sha256 != sha256:
        yield Fault("damaged", receipt, sha256)
    elif found.size != size:
        yield Fault("size", receipt, f"{found.size} instead of {size}")
    if not blobs.sidecar(sha256, id_).exists():
        yield Fault("sidecar", receipt, sha256)


def _orphans(blobs: Blobs, known: set[str]) -> Iterator[Fault]:
    for name in blobs.names():
        if name not in known:
            yield Fault("orphan", name)


def _unsettled(tx: Tx) -> Iterator[Fault]:
    """Arrivals that say STORED without an evidence row."""
    without = sa.select(t.arrivals.c.id).where(
        t.arrivals.c.state == FileState.STORED.value, ~sa.exists().where(t.files.c.id == t.arrivals.c.id)
    )
    for row in tx.execute(without):
        yield Fault("unsettled", row.id)
