"""One conversation per person: where it stands, the open menu, and everything said both ways. The `messages` rows are
the web chat's history.

Every change of a message takes the conversation's next `seq`, so a page that knows the last one it saw can ask for
exactly what it missed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam as param

from storage import tables as t
from storage.database import Tx

_GET = sa.select(t.conversations).where(t.conversations.c.person_id == param("person"))
_SAVE = (
    sa.update(t.conversations)
    .where(t.conversations.c.person_id == param("person"))
    .values(state=param("now_state"), menu=param("now_menu"), card=param("now_card"), seq=param("now_seq"))
)
_KEYED = sa.select(t.messages.c.id).where(t.messages.c.person_id == param("person"), t.messages.c.key == param("named"))
_BODY = sa.select(t.messages.c.body).where(
    t.messages.c.person_id == param("of_person"), t.messages.c.id == param("message")
)
_ADD = sa.insert(t.messages)
_EDIT = (
    sa.update(t.messages)
    .where(t.messages.c.id == param("message"))
    .values(body=param("new_body"), seq=param("new_seq"), document_id=param("new_document"))
)
_TOUCH = (
    sa.update(t.messages)
    .where(
        t.messages.c.person_id == param("person"),
        t.messages.c.document_id == param("document"),
        t.messages.c.direction == "in",
    )
    .values(seq=param("new_seq"))
)
_OF_PERSON = sa.select(t.messages).where(t.messages.c.person_id == param("person"))
_NEWEST = _OF_PERSON.order_by(t.messages.c.id.desc()).limit(param("at_most"))
_EARLIER = _NEWEST.where(t.messages.c.id < param("before"))
_CHANGED = _OF_PERSON.where(t.messages.c.seq > param("after")).order_by(t.messages.c.seq).limit(param("at_most"))


@dataclass(slots=True)
class Conversation:
    """A row to be changed during one turn and saved at its end. `state` and `menu` are what `handlers.conversation`
    encoded. `unsaved`: rows of new messages, which go in together.
    """

    person: int
    state: str
    menu: str
    card: int | None
    seq: int
    unsaved: list[dict[str, Any]] = field(default_factory=list)

    def next_seq(self) -> int:
        """The number of the next change."""
        self.seq += 1
        return self.seq


@dataclass(frozen=True, slots=True)
class Message:
    """Something said. `body` is what `handlers.replies` encoded; `at` is campaign time."""

    id: int
    seq: int
    direction: str
    key: str | None
    client_id: str | None
    body: str
    document: str | None
    at: datetime


def get(tx: Tx, person: int) -> Conversation:
    """The person's conversation, read fresh."""
    row = tx.execute(_GET, {"person": person}).one()
    return Conversation(row.person_id, row.state, row.menu, row.card, row.seq)


def save(tx: Tx, conversation: Conversation) -> None:
    """Keep what the turn changed."""
    _add_unsaved(tx, conversation)
    tx.execute(
        _SAVE,
        {
            "person": conversation.person,
            "now_state": conversation.state,
            "now_menu": conversation.menu,
            "now_card": conversation.card,
            "now_seq": conversation.seq,
        },
    )


def heard(
    tx: Tx,
    conversation: Conversation,
    body: str,
    *,
    key: str | None,
    client_id: str,
    document: str | None,
    at: datetime,
) -> None:
    """Keep what the person said. With a `key` that was used before (files of one sending) the earlier message grows
    instead.
    """
    _put(tx, conversation, "in", body, key, client_id, document, at)


def said(tx: Tx, conversation: Conversation, body: str, *, key: str | None, document: str | None, at: datetime) -> None:
    """Keep what is said to the person. With a `key` that was used before, the earlier message is changed in place."""
    _put(tx, conversation, "out", body, key, None, document, at)


def touch(tx: Tx, conversation: Conversation, document: str) -> None:
    """The state of files that a heard message shows has changed: let pages read it again."""
    _add_unsaved(tx, conversation)
    tx.execute(_TOUCH, {"person": conversation.person, "document": document, "new_seq": conversation.next_seq()})


def body_of(tx: Tx, person: int, message: int) -> str | None:
    """What one message of the person says, encoded; None for another person's or none."""
    return tx.execute(_BODY, {"of_person": person, "message": message}).scalar()


def blank(tx: Tx, conversation: Conversation, document: str, body: str) -> None:
    """What the person wrote with a sending is to be forgotten: `body` takes its place."""
    _add_unsaved(tx, conversation)
    heard_with = sa.and_(
        t.messages.c.person_id == conversation.person,
        t.messages.c.document_id == document,
        t.messages.c.direction == "in",
    )
    tx.execute(sa.update(t.messages).where(heard_with).values(body=body, seq=conversation.next_seq()))


def _put(
    tx: Tx,
    conversation: Conversation,
    direction: str,
    body: str,
    key: str | None,
    client_id: str | None,
    document: str | None,
    at: datetime,
) -> None:
    seq = conversation.next_seq()
    known = _keyed(tx, conversation, key) if key else None
    if known is not None:
        tx.execute(_EDIT, {"message": known, "new_body": body, "new_seq": seq, "new_document": document})
        return
    row = {"person_id": conversation.person, "seq": seq, "direction": direction, "key": key, "client_id": client_id}
    conversation.unsaved.append({**row, "body": body, "document_id": document, "at": at})


def _keyed(tx: Tx, conversation: Conversation, key: str) -> int | None:
    _add_unsaved(tx, conversation)
    return tx.execute(_KEYED, {"person": conversation.person, "named": key}).scalar()


def _add_unsaved(tx: Tx, conversation: Conversation) -> None:
    if conversation.unsaved:
        tx.execute(_ADD, conversation.unsaved)
        conversation.unsaved = []


def _message(row: sa.Row[tuple[object, ...]]) -> Message:
    return Message(row.id, row.seq, row.direction, row.key, row.client_id, row.body, row.document_id, row.at)


def page(tx: Tx, person: int, before: int | None, limit: int) -> Sequence[Message]:
    """Up to `limit` messages before the message id `before` (None: the newest), oldest first."""
    values = {"person": person, "at_most": limit}
    found = tx.execute(_NEWEST, values) if before is None else tx.execute(_EARLIER, {**values, "before": before})
    return [_message(row) for row in reversed(found.all())]


def changed_since(tx: Tx, person: int, seq: int, limit: int = 200) -> Sequence[Message]:
    """Messages that are new or changed after `seq`, in the order of change."""
    return [_message(row) for row in tx.execute(_CHANGED, {"person": person, "after": seq, "at_most": limit}).all()]
