"""The tables, once for all dialects. Only `storage` reads this module; migrations are written out by hand and a test
compares them with it.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect


class Moment(sa.TypeDecorator[datetime]):
    """An aware instant, kept in UTC. SQLite drops the zone, so it is put back on reading; a naive value is a bug and
    raises.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *parts: Any, **options: Any) -> sa.Table:
    return sa.Table(name, metadata, *parts, **options)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)


def _to(target: str, *, name: str, null: bool = False, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.ForeignKey(target), nullable=null, index=index)


# --- the campaign and what it is judged by --------------------------------------------------------------------------
catalogues = _table(
    "catalogues",
    _id(),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("meta", sa.LargeBinary, nullable=False),
    sa.Column("rows", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("code", "version"),
)
campaigns = _table(
    "campaigns",
    _id(),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("rehearsal", sa.Boolean, nullable=False),
    sa.Column("plan", sa.LargeBinary, nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    # A rehearsal's clock: campaign time = anchor + (real - anchor_real) * speed, never below floor. All null for a
    # real campaign.
    sa.Column("clock_anchor", Moment),
    sa.Column("clock_anchor_real", Moment),
    sa.Column("clock_speed", sa.Float),
    sa.Column("clock_floor", Moment),
)
units = _table(
    "units",
    _id(),
    _to("campaigns.id", name="campaign_id"),
    sa.Column("code", sa.Text, nullable=False),
    sa.UniqueConstraint("campaign_id", "code"),
)
assessments = _table(
    "assessments",
    _id(),
    _to("campaigns.id", name="campaign_id"),
    _to("units.id", name="unit_id"),
    _to("catalogues.id", name="catalogue_id"),
    sa.UniqueConstraint("campaign_id", "unit_id"),
)
items = _table(
    "items",
    _id(),
    _to("assessments.id", name="assessment_id"),
    _to("units.id", name="unit_id"),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("lead", sa.Boolean, nullable=False),
    sa.Column("answer", sa.Text),
    sa.Column("reason_id", sa.Text),
    sa.Column("answered_by", sa.ForeignKey("people.id")),
    sa.Column("answered_at", Moment),
    sa.Column("deferred_at", Moment),
    sa.Column("confirmed", sa.Boolean),
    sa.Column("documents", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("assessment_id", "unit_id", "code"),
    sa.Index("ix_items_unit_id", "unit_id"),
)

# --- people, doors, leaving -----------------------------------------------------------------------------------------
people = _table(
    "people",
    _id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("phone", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("demo", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("acknowledged_at", Moment),
    sa.Column("joined_at", Moment, nullable=False),
)
invites = _table(
    "invites",
    _id(),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    _to("units.id", name="unit_id"),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("phone", sa.Text),
    _to("people.id", name="created_by", null=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    _to("people.id", name="used_by", null=True),
    sa.Column("revoked_at", Moment),
)
grants = _table(
    "grants",
    _id(),
    _to("people.id", name="person_id", index=True),
    _to("units.id", name="unit_id"),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    _to("invites.id", name="invite_id", null=True),
    sa.Column("granted_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
)
addresses = _table(
    "addresses",
    _id(),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    _to("people.id", name="person_id", index=True),
    sa.UniqueConstraint("channel", "address"),
)
devices = _table(
    "devices",
    _id(),
    _to("people.id", name="person_id", index=True),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("signed_in_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
)
sign_in_links = _table(
    "sign_in_links",
    _id(),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    _to("people.id", name="person_id", index=True),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
)
failed_entries = _table(
    "failed_entries",
    _id(),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_failed_entries_who_at", "who", "at"),
)

# --- the conversation -----------------------------------------------------------------------------------------------
inbox = _table(
    "inbox",
    _id(),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("raw", sa.Text),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("retry_at", Moment),
    sa.Column("error", sa.Text),
    # Where the conversation stood when the turn failed: words and taps are not tried again once it has moved on.
    sa.Column("conversation_seq", sa.Integer),
    sa.UniqueConstraint("channel", "external_id"),
    sa.Index(
        "ix_inbox_open",
        "retry_at",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
)
conversations = _table(
    "conversations",
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("menu", sa.Text, nullable=False),
    sa.Column("card", sa.Integer),
    sa.Column("seq", sa.Integer, nullable=False),
)
messages = _table(
    "messages",
    _id(),
    _to("people.id", name="person_id"),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("key", sa.Text),
    sa.Column("client_id", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("document_id", sa.Text),
    sa.Column("at", Moment, nullable=False),
    sa.UniqueConstraint("person_id", "key"),
    sa.Index("ix_messages_person_id_seq", "person_id", "seq"),
    sa.Index("ix_messages_person_id_id", "person_id", "id"),
    sa.Index("ix_messages_document_id", "document_id"),
)

# --- the evidence ---------------------------------------------------------------------------------------------------
documents = _table(
    "documents",
    sa.Column("id", sa.Text, primary_key=True),
    _to("people.id", name="person_id"),
    _to("units.id", name="unit_id"),
    sa.Column("batch", sa.Text, nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("declared_at", Moment),
    sa.UniqueConstraint("person_id", "batch"),
    sa.Index("ix_documents_unit_id_opened_at", "unit_id", "opened_at"),
)
arrivals = _table(
    "arrivals",
    sa.Column("id", sa.Text, primary_key=True),
    _to("documents.id", name="document_id", index=True),
    _to("people.id", name="person_id"),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("chat", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("uid", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("declared_size", sa.Integer, nullable=False),
    sa.Column("size", sa.Integer),
    sa.Column("sha256", sa.Text),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("retry_at", Moment),
    sa.Column("announced_at", Moment, nullable=False),
    sa.UniqueConstraint("channel", "chat", "message", "uid"),
    sa.Index("ix_arrivals_channel_chat_uid", "channel", "chat", "uid"),
    sa.Index("ix_arrivals_person_id_announced_at", "person_id", "announced_at"),
    sa.Index(
        "ix_arrivals_open",
        "state",
        sqlite_where=sa.text("state NOT IN ('stored', 'refused')"),
        postgresql_where=sa.text("state NOT IN ('stored', 'refused')"),
    ),
)
files = _table(
    "files",
    sa.Column("id", sa.ForeignKey("arrivals.id"), primary_key=True),
    _to("documents.id", name="document_id", index=True),
    sa.Column("sha256", sa.Text, nullable=False, index=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("flags", sa.Text, nullable=False),
    sa.Column("receipt", sa.Text, nullable=False, unique=True),
    sa.Column("stored_at", Moment, nullable=False),
    sa.Column("stored_at_real", Moment, nullable=False, index=True),
    sa.Column("withdrawn_at", Moment),
    _to("people.id", name="withdrawn_by", null=True),
)
links = _table(
    "links",
    sa.Column("document_id", sa.ForeignKey("documents.id"), primary_key=True),
    sa.Column("item_id", sa.ForeignKey("items.id"), primary_key=True),
    sa.Column("filed_at", Moment, nullable=False),
    _to("people.id", name="filed_by"),
    sa.Index("ix_links_item_id", "item_id"),
)
private_texts = _table(
    "private_texts",
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)

# --- the audit chain ------------------------------------------------------------------------------------------------
audit = _table(
    "audit",
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("prev_hash", sa.Text, nullable=False, unique=True),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
    sa.Column("body", sa.Text, nullable=False),
)
