"""Neutral messages as the page's JSON: what was said, its choices, and its files in their present state."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final, TypeGuard

from criteria.evidence import EvidenceFile, FileState
from criteria.files import KINDS
from criteria.periods import local
from handlers.texts import evidence as texts
from storage import evidence
from storage.conversations import Message
from storage.database import Tx

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STATES: Final = {
    FileState.RECEIVED: "receiving",
    FileState.FETCHING: "receiving",
    FileState.CHECKING: "saving",
    FileState.WAITING: "waiting",
    FileState.STORED: "stored",
    FileState.REFUSED: "refused",
}


def messages(tx: Tx, rows: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages for the page, with the files of those that are sendings."""
    wanted = list(dict.fromkeys(row.document for row in rows if row.document and row.direction == "in"))
    found = {document.id: document for document in evidence.documents(tx, wanted)}
    return [_message(row, found[row.document].files if row.document in found else ()) for row in rows]


def _message(row: Message, files: Sequence[EvidenceFile]) -> dict[str, Any]:
    return {
        "id": row.id,
        "seq": row.seq,
        "direction": row.direction,
        "at": local(row.at).isoformat(timespec="seconds"),
        "client_id": row.client_id,
        **json.loads(row.body),
        "files": [file(one) for one in files] if row.direction == "in" else [],
    }


def file(one: EvidenceFile) -> dict[str, Any]:
    """One file for the page; only stored ones can be opened."""
    stored = one.state is FileState.STORED
    group = KINDS[one.kind].group.value if one.kind in KINDS else ""
    return {
        "id": one.id,
        "name": texts.shown_name(one),
        "size": one.size,
        "state": "withdrawn" if one.withdrawn else _STATES[one.state],
        "receipt": one.receipt,
        "note": sentence(texts.reason(one.reason)) if one.reason else "",
        "kind": group,
        "thumb": f"/chat/files/{one.id}/thumb" if stored and group == "image" else None,
        "url": f"/chat/files/{one.id}" if stored else None,
    }


def sentence(words: str) -> str:
    """Words that begin in the middle of a line, as a sentence of their own."""
    return words[:1].upper() + words[1:]


def storable(text: str) -> str:
    """Text without what UTF-8 cannot hold: lone surrogates from broken clients become the replacement character, NUL
    goes.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")


def is_id(value: object) -> TypeGuard[str]:
    """Whether this can be an id that a page made up: it stands in the audit for ever, so no words fit into it."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None
