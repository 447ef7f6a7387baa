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
    """`kind`: missing, damaged, size, sidecar, orphan, unsettled or audit. `subject`: a receipt, a hash, an id or a
    row number.
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


def check(tx: Tx, blobs: Blobs) -> Report:
    """Look at everything. Reads every stored byte."""
    rows = tx.execute(
        sa.select(t.files.c.id, t.files.c.sha256, t.files.c.size, t.files.c.receipt).order_by(t.files.c.id)
    ).all()
    faults = [fault for row in rows for fault in _file(blobs, row.id, row.sha256, row.size, row.receipt)]
    faults += _orphans(blobs, {row.sha256 for row in rows})
    faults += _unsettled(tx)
    faults += [Fault("audit", str(fault.seq), fault.problem) for fault in audit.faults(tx)]
    return Report(len(rows), audit.head(tx).seq, tuple(faults))


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
