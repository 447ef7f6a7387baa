"""The ways in: invites, one-time sign-in links, web devices, and the count of failed tries. Tokens are kept as
SHA-256 only; times are real.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy import bindparam as param

from storage import tables as t
from storage.database import Tx

INVITE_HOURS: Final = 72
DEVICE_DAYS: Final = 90
TRIES_PER_HOUR: Final = 5


@dataclass(frozen=True, slots=True)
class Invite:
    """An invite as a row. `role` is a value of `criteria.people.Role`."""

    id: int
    unit: str
    unit_id: int
    role: str
    name: str
    phone: str | None
    created_by: int | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Device:
    """A web device with a living session."""

    id: int
    person: int


def new_token() -> str:
    """256 random bits, 43 characters: fits a Telegram deep link."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def make_invite(
    tx: Tx, token: str, *, unit_id: int, role: str, name: str, phone: str | None, created_by: int | None, at: datetime
) -> int:
    """Keep a one-use invite for 72 hours; returns its id."""
    row = {
        "token_hash": token_hash(token),
        "unit_id": unit_id,
        "role": role,
        "name": name,
        "phone": phone,
        "created_by": created_by,
    }
    key = tx.execute(
        sa.insert(t.invites).values(**row, created_at=at, expires_at=at + timedelta(hours=INVITE_HOURS))
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


def _live_invite(token: str, at: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        t.invites.c.token_hash == token_hash(token),
        t.invites.c.used_at.is_(None),
        t.invites.c.revoked_at.is_(None),
        t.invites.c.expires_at > at,
    )


def use_invite(tx: Tx, token: str, at: datetime) -> Invite | None:
    """Use an invite up and return it; None for one that is unknown, used, revoked or expired, without saying which."""
    row = tx.execute(
        sa.update(t.invites).where(_live_invite(token, at)).values(used_at=at).returning(t.invites)
    ).first()
    if row is None:
        return None
    unit = tx.execute(sa.select(t.units.c.code).where(t.units.c.id == row.unit_id)).scalar_one()
    return Invite(row.id, unit, row.unit_id, row.role, row.name, row.phone, row.created_by, row.expires_at)


def invite_used_by(tx: Tx, invite: int, person: int) -> None:
    """Remember who came in by an invite."""
    tx.execute(sa.update(t.invites).where(t.invites.c.id == invite).values(used_by=person))


def revoke_invite(tx: Tx, token: str, at: datetime) -> int | None:
    """End an unused invite; its id, or None when there is no such living invite."""
    return tx.execute(
        sa.update(t.invites).where(_live_invite(token, at)).values(revoked_at=at).returning(t.invites.c.id)
    ).scalar()


def keep_sign_in_link(tx: Tx, hashed: str, person: int, at: datetime, minutes: int) -> None:
    """Keep a one-use sign-in link, by its token's hash, for a person who has joined."""
    row = {"token_hash": hashed, "person_id": person, "expires_at": at + timedelta(minutes=minutes)}
    tx.execute(sa.insert(t.sign_in_links).values(row))


def use_sign_in_link(tx: Tx, token: str, at: datetime) -> int | None:
    """Use a sign-in link up: the person, or None for one that is unknown, used or expired, or whose person is out."""
    links = t.sign_in_links
    inside = sa.exists().where(t.people.c.id == links.c.person_id, t.people.c.active)
    live = sa.and_(links.c.token_hash == token_hash(token), links.c.used_at.is_(None), links.c.expires_at > at, inside)
    return tx.execute(sa.update(links).where(live).values(used_at=at).returning(links.c.person_id)).scalar()


def add_device(tx: Tx, token: str, person: int, label: str, at: datetime) -> int:
    """A web device's session for 90 days; returns its id."""
    row = {"person_id": person, "token_hash": token_hash(token), "label": label, "signed_in_at": at}
    key = tx.execute(
        sa.insert(t.devices).values(**row, expires_at=at + timedelta(days=DEVICE_DAYS))
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


_DEVICE = (
    sa.select(t.devices.c.id, t.devices.c.person_id)
    .join(t.people, t.people.c.id == t.devices.c.person_id)
    .where(
        t.devices.c.token_hash == param("token"),
        t.devices.c.ended_at.is_(None),
        t.devices.c.expires_at > param("at"),
        t.people.c.active,
    )
)


def device(tx: Tx, token: str, at: datetime) -> Device | None:
    """Whose session this is; None when it ended, expired or never was."""
    row = tx.execute(_DEVICE, {"token": token_hash(token), "at": at}).first()
    return Device(row.id, row.person_id) if row else None


def devices_of(tx: Tx, person: int, at: datetime) -> int:
    """How many web devices are signed in."""
    live = sa.and_(t.devices.c.person_id == person, t.devices.c.ended_at.is_(None), t.devices.c.expires_at > at)
    return int(tx.execute(sa.select(sa.func.count()).select_from(t.devices).where(live)).scalar_one())


def end_devices(tx: Tx, person: int, kept: int | None, at: datetime) -> None:
    """Sign the person's web devices out, all but `kept`."""
    which = sa.and_(t.devices.c.person_id == person, t.devices.c.ended_at.is_(None))
    if kept is not None:
        which = sa.and_(which, t.devices.c.id != kept)
    tx.execute(sa.update(t.devices).where(which).values(ended_at=at))


def count_failure(tx: Tx, who: str, at: datetime) -> bool:
    """Count a failed try of `who` (an address or a person); False when there were five within the last hour already,
    which are then not counted further.
    """
    recent = sa.and_(t.failed_entries.c.who == who, t.failed_entries.c.at > at - timedelta(hours=1))
    tried = tx.execute(sa.select(sa.func.count()).select_from(t.failed_entries).where(recent)).scalar_one()
    if tried >= TRIES_PER_HOUR:
        return False
    tx.execute(sa.delete(t.failed_entries).where(t.failed_entries.c.at < at - timedelta(days=1)))
    tx.execute(sa.insert(t.failed_entries).values(who=who, at=at))
    return True
