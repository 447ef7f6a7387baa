"""What must hold of a data folder after every crash, once the product is quiet: nothing lost, nothing doubled, no word
that is not true. Opens the database for reading only, and believes nothing that the product says about itself.
"""

import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from criteria.evidence import CANCELLED, SECRET
from handlers.texts import evidence as texts
from storage import verify
from storage.blobs import Blobs

ENDS: Final = ("stored", "refused")
COMING: Final = ("received", "fetching", "checking", "waiting")
_RECEIPT: Final = re.compile(r"biên nhận:? ([0-9A-Z]{3}(?:-[0-9A-Z]{3})+)", re.I)


@dataclass
class Told:
    """What the clients heard from the product, by the arrival's id."""

    announced: set[str] = field(default_factory=set)
    safe: dict[str, str] = field(default_factory=dict)
    """Arrivals whose bytes the product has answered for, and the SHA-256 of what was sent."""
    wanted: Counter[str] = field(default_factory=Counter)
    """Every honest file that somebody meant to send, by SHA-256: all of them must be evidence at the end."""


@dataclass(frozen=True)
class Folder:
    """Where a product keeps its things. `log` is all that it ever logged."""

    data: Path
    blobs: Path
    log: str = ""
    canaries: Collection[str] = ()
    """Words that may stand in no log."""
    unwritten: Collection[str] = ()
    """Words that may stand nowhere at all: names and captions with a secret mark."""


def breaches(of: Folder, told: Told, *, quiet: bool = True) -> list[str]:
    """Every promise that is broken. `quiet`: nothing is under way, so all that was brought must have its verdict."""
    db = sqlite3.connect(f"file:{of.data / 'kiemchung.db'}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    try:
        found = [
            *_lost(db, told, quiet),
            *_doubled(db),
            *_rows_without_bytes(db, of),
            *_bytes_without_rows(db, of),
            *_scratch(db, of),
            *_false_words(db),
            *_silence(db),
            *_leaks(of),
            *_verified(db, of),
        ]
    finally:
        db.close()
    return found


def _rows(db: sqlite3.Connection, statement: str) -> list[sqlite3.Row]:
    return db.execute(statement).fetchall()


def _lost(db: sqlite3.Connection, told: Told, quiet: bool) -> Iterator[str]:
    """Every arrival that somebody was told of has exactly one end, or is still shown as coming."""
    arrivals = {row["id"]: row for row in _rows(db, "SELECT * FROM arrivals")}
    files = {row["id"]: row for row in _rows(db, "SELECT * FROM files")}
    for id_ in told.announced | told.safe.keys():
        if id_ not in arrivals:
            yield f"lost: arrival {id_} was announced and is gone"
    for id_, row in arrivals.items():
        stored, refused = id_ in files, bool(row["reason"])
        fits = {"stored": stored and not refused, "refused": refused and not stored}
        if not fits.get(row["state"], row["state"] in COMING and not stored and not refused):
            yield f"two ends or none: {id_} {row['state']} {row['reason']} evidence row: {stored}"
    for id_, sha256 in told.safe.items():
        if id_ not in arrivals:
            continue
        row = arrivals[id_]
        if row["reason"] == CANCELLED:
            continue
        if row["state"] in ("received", "fetching"):
            yield f"lost: {id_} was answered for and is waited for again"
        elif row["sha256"] != sha256:
            yield f"lost: {id_} holds other bytes than were sent"
        elif quiet and row["state"] not in ENDS:
            yield f"not settled: {id_} is {row['state']}"
    kept = Counter(row["sha256"] for row in files.values())
    for sha256, count in told.wanted.items():
        if quiet and kept[sha256] != count:
            yield f"evidence: {kept[sha256]} rows instead of {count} for {sha256[:12]}"


def _doubled(db: sqlite3.Connection) -> Iterator[str]:
    for what, statement in {
        "inbox": "SELECT channel, external_id, count(*) n FROM inbox GROUP BY 1, 2 HAVING n > 1",
        "arrival": "SELECT channel, chat, uid, count(*) n FROM arrivals GROUP BY 1, 2, 3 HAVING n > 1",
        "sending": "SELECT person_id, batch, count(*) n FROM documents GROUP BY 1, 2 HAVING n > 1",
        "receipt": "SELECT receipt, count(*) n FROM files GROUP BY 1 HAVING n > 1",
        "heard": "SELECT person_id, client_id, count(*) n FROM messages WHERE client_id > '' GROUP BY 1, 2 HAVING n>1",
        "said": "SELECT person_id, key, count(*) n FROM messages WHERE key > '' GROUP BY 1, 2 HAVING n > 1",
        "change": "SELECT person_id, seq, count(*) n FROM messages WHERE direction = 'out' GROUP BY 1, 2 HAVING n > 1",
    }.items():
        for row in _rows(db, statement):
            yield f"doubled {what}: {tuple(row)}"
    audited = Counter(
        (body["fact"], body["file"])
        for body in (json.loads(row["body"]) for row in _rows(db, "SELECT body FROM audit"))
        if body["fact"] in ("FileAnnounced", "FileStored", "FileRefused")
    )
    for fact, count in audited.items():
        if count > 1:
            yield f"doubled in the audit: {fact}"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _rows_without_bytes(db: sqlite3.Connection, of: Folder) -> Iterator[str]:
    for row in _rows(db, "SELECT f.*, a.person_id, a.uid FROM files f JOIN arrivals a ON a.id = f.id"):
        path = of.blobs / row["sha256"][:2] / row["sha256"]
        if not path.is_file():
            yield f"row without bytes: {row['id']}"
        elif path.stat().st_size != row["size"] or _sha256(path) != row["sha256"]:
            yield f"row with other bytes: {row['id']}"
        beside = path.with_name(f"{row['sha256']}.{row['id']}.json")
        written = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
        for key in ("id", "sha256", "size", "person_id", "uid", "document_id"):
            if written.get(key) != row[key]:
                yield f"sidecar of {row['id']}: {key} is {written.get(key)!r}"


def _bytes_without_rows(db: sqlite3.Connection, of: Folder) -> Iterator[str]:
    """A blob belongs to evidence, or to an arrival on its way there."""
    known = {row[0] for row in _rows(db, "SELECT sha256 FROM files")}
    known |= {row[0] for row in _rows(db, "SELECT sha256 FROM arrivals WHERE state IN ('checking', 'waiting')")}
    for path in of.blobs.glob("??/*"):
        if path.name.partition(".")[0] not in known:
            yield f"bytes without a row: {path.name}"
        if ".damaged-" in path.name:
            yield f"set aside as damaged: {path.name}"


def _scratch(db: sqlite3.Connection, of: Folder) -> Iterator[str]:
    """Scratch holds the whole bytes of everything that still waits for its verdict, and nothing that nobody knows."""
    arrivals = {row["id"]: row for row in _rows(db, "SELECT * FROM arrivals")}
    for path in (of.data / "scratch").iterdir():
        if path.name.partition(".")[0] not in arrivals:
            yield f"unknown in scratch: {path.name}"
    for id_, row in arrivals.items():
        if row["state"] in ("checking", "waiting"):
            path = of.data / "scratch" / id_
            if not path.is_file() or _sha256(path) != row["sha256"]:
                yield f"lost: the bytes of {id_} ({row['state']}) are not in scratch"


def _said(db: sqlite3.Connection) -> list[tuple[int, str]]:
    rows = _rows(db, "SELECT person_id, body FROM messages WHERE direction = 'out' ORDER BY id")
    return [(row["person_id"], json.loads(row["body"])["text"]) for row in rows]


def _false_words(db: sqlite3.Connection) -> Iterator[str]:
    """No "đã lưu" without its evidence row (whose bytes are looked at elsewhere)."""
    receipts = {row[0] for row in _rows(db, "SELECT receipt FROM files")}
    for person, text in _said(db):
        told = _RECEIPT.findall(text)
        if len(told) < text.count("đã lưu, biên nhận"):
            yield f"a receipt that cannot be read: {text}"
        for receipt in told:
            if receipt not in receipts:
                yield f"false receipt: {receipt} was told to {person}"


def _silence(db: sqlite3.Connection) -> Iterator[str]:
    """Every file of a sending has exactly one line, and it says what its row says. A sending of nothing but stopped
    secrets has one sentence for all of them.
    """
    said = [
        (row["document_id"], row["key"] or "", json.loads(row["body"])["text"])
        for row in _rows(db, "SELECT document_id, key, body FROM messages WHERE direction = 'out'")
    ]
    lines = {document: text.splitlines() for document, key, text in said if key.startswith("doc:")}
    stopped = {document for document, _, text in said if text == texts.secret_stopped()}
    statement = """SELECT a.*, f.receipt, f.withdrawn_at, t.body AS name FROM arrivals a
        LEFT JOIN files f ON f.id = a.id
        LEFT JOIN private_texts t ON t.subject = a.id AND t.kind = 'name'
        ORDER BY a.announced_at, a.id"""
    expected: dict[str, Counter[str]] = {}
    secret = f"• (tệp bị chặn): không nhận, {texts.reason(SECRET)}"
    for row in _rows(db, statement):
        name = row["name"] or "(tệp bị chặn)"
        if row["receipt"]:
            words = (
                f"đã bỏ theo yêu cầu (biên nhận {row['receipt']})"
                if row["withdrawn_at"]
                else f"đã lưu, biên nhận {row['receipt']}"
            )
        elif row["state"] == "refused":
            words = f"không nhận, {texts.reason(row['reason'])}"
        else:
            words = ""
        expected.setdefault(row["document_id"], Counter())[f"• {name}: {words}"] += 1
    for document, wanted in expected.items():
        if document not in lines and document in stopped and set(wanted) == {secret}:
            continue
        for line, count in wanted.items():
            heard = [one for one in lines.get(document, []) if one.startswith(line)]
            if line.endswith(": "):  # no verdict yet
                heard = [one for one in heard if "đang gửi" in one or "đã nhận" in one]
            if len(heard) != count:
                yield f"silence: {count} lines wanted, {len(heard)} said: {line}"


def _leaks(of: Folder) -> Iterator[str]:
    for canary in of.canaries:
        if canary and canary in of.log:
            yield f"in the log: {canary}"
    if of.unwritten:
        stores = [path for path in of.data.rglob("*") if path.is_file()]
        for path in stores:
            content = path.read_bytes()
            for word in of.unwritten:
                if word.encode() in content or word in path.name:
                    yield f"written in {path.name}: {word}"
    for word in of.unwritten:
        if word in of.log:
            yield f"in the log: {word}"


def _verified(db: sqlite3.Connection, of: Folder) -> Iterator[str]:
    """What the product's own check finds: the audit chain among it. An orphan may belong to an arrival on its way."""
    engine = sa.create_engine(f"sqlite:///file:{of.data / 'kiemchung.db'}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            report = verify.check(verify.read(connection), Blobs(of.blobs))
    finally:
        engine.dispose()
    coming = {row[0] for row in _rows(db, "SELECT sha256 FROM arrivals WHERE state IN ('checking', 'waiting')")}
    for fault in report.faults:
        if not (fault.kind == "orphan" and fault.subject in coming):
            yield f"verify: {fault.kind} {fault.subject} {fault.detail}"
    for row in _rows(db, "SELECT state, count(*) n FROM inbox WHERE state <> 'done' GROUP BY 1"):
        yield f"inbox: {row['n']} {row['state']}"
    problem = db.execute("PRAGMA integrity_check").fetchone()[0]
    if problem != "ok":
        yield f"sqlite: {problem}"
