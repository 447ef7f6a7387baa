"""People, their grants and addresses as rows. `of_address` is read at the start of every turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam as param

from criteria.people import Grant, GrantState, Person, Role
from storage import tables as t
from storage.database import Tx

_PERSON = (
    sa.select(
        t.people.c.id,
        t.people.c.name,
        t.people.c.active,
        t.people.c.acknowledged_at,
        t.units.c.code.label("unit"),
        t.grants.c.role,
        t.grants.c.state,
    )
    .outerjoin(t.grants, sa.and_(t.grants.c.person_id == t.people.c.id, t.grants.c.state != GrantState.ENDED.value))
    .outerjoin(t.units, t.units.c.id == t.grants.c.unit_id)
    .order_by(t.grants.c.id)
)
_BY_ID = _PERSON.where(t.people.c.id == param("person"))
_BY_ADDRESS = _PERSON.join(t.addresses, t.addresses.c.person_id == t.people.c.id).where(
    t.addresses.c.channel == param("channel"), t.addresses.c.address == param("address")
)
_CHANNELS = (
    sa.select(t.addresses.c.channel).where(t.addresses.c.person_id == param("person")).order_by(t.addresses.c.id)
)
_WITH_ROLE = (
    sa.select(t.grants.c.person_id)
    .join(t.people, t.people.c.id == t.grants.c.person_id)
    .where(
        t.grants.c.role.in_(param("roles", expanding=True)),
        t.grants.c.state == GrantState.ACTIVE.value,
        t.people.c.active,
    )
    .distinct()
    .order_by(t.grants.c.person_id)
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as the command line lists them."""

    person: Person
    channels: tuple[str, ...]


def _person(rows: Sequence[Any]) -> Person | None:
    if not rows:
        return None
    first = rows[0]
    grants = tuple(Grant(r.unit, Role(r.role), GrantState(r.state)) for r in rows if r.unit is not None)
    return Person(first.id, first.name, first.active, first.acknowledged_at is not None, grants)


def get(tx: Tx, person: int) -> Person | None:
    """The person with this id, with grants that have not ended."""
    return _person(tx.execute(_BY_ID, {"person": person}).all())


def of_address(tx: Tx, channel: str, address: str) -> Person | None:
    """Who speaks from this address; None for a stranger."""
    return _person(tx.execute(_BY_ADDRESS, {"channel": channel, "address": address}).all())


def everyone(tx: Tx) -> list[Listed]:
    """All people who ever joined, in the order of joining."""
    ids = [row.id for row in tx.execute(sa.select(t.people.c.id).order_by(t.people.c.id)).all()]
    listed = []
    for id_ in ids:
        person = get(tx, id_)
        if person is not None:
            listed.append(Listed(person, tuple(r.channel for r in tx.execute(_CHANNELS, {"person": id_}))))
    return listed


def with_roles(tx: Tx, roles: list[Role]) -> list[int]:
    """Ids of active people who hold one of these roles anywhere."""
    return [row.person_id for row in tx.execute(_WITH_ROLE, {"roles": [role.value for role in roles]})]


def demo_people(tx: Tx) -> list[int]:
    """Ids of the demo people of a rehearsal, in the order of joining."""
    return [
        r.id
        for r in tx.execute(sa.select(t.people.c.id).where(t.people.c.demo, t.people.c.active).order_by(t.people.c.id))
    ]


def add(tx: Tx, name: str, phone: str | None, at: datetime, *, demo: bool = False) -> int:
    """A new person, with an address on the web, which every person has."""
    key = tx.execute(
        sa.insert(t.people).values(name=name, phone=phone, active=True, demo=demo, joined_at=at)
    ).inserted_primary_key
    assert key is not None
    tx.execute(sa.insert(t.addresses).values(channel="web", address=str(key[0]), person_id=key[0]))
    tx.execute(sa.insert(t.conversations).values(person_id=key[0], state="{}", menu="[]", seq=0))
    return int(key[0])


def set_name(tx: Tx, person: int, name: str) -> None:
    """The person's name, as given by the person."""
    tx.execute(sa.update(t.people).where(t.people.c.id == person).values(name=name))


def acknowledge(tx: Tx, person: int, at: datetime) -> None:
    """The person has confirmed the state-secret notice."""
    tx.execute(sa.update(t.people).where(t.people.c.id == person).values(acknowledged_at=at))


def add_grant(
    tx: Tx, person: int, unit_id: int, role: str, state: GrantState, invite: int | None, at: datetime
) -> None:
    """A role in a unit, unless the person holds just that already."""
    held = sa.select(t.grants.c.id).where(
        t.grants.c.person_id == person,
        t.grants.c.unit_id == unit_id,
        t.grants.c.role == role,
        t.grants.c.state != "ended",
    )
    if tx.execute(held).first() is None:
        values = {
            "person_id": person,
            "unit_id": unit_id,
            "role": role,
            "state": state.value,
            "invite_id": invite,
            "granted_at": at,
        }
        tx.execute(sa.insert(t.grants).values(values))


def approve(tx: Tx, person: int) -> None:
    """Pending grants become active."""
    pending = sa.and_(t.grants.c.person_id == person, t.grants.c.state == GrantState.PENDING.value)
    tx.execute(sa.update(t.grants).where(pending).values(state=GrantState.ACTIVE.value))


def shut_out(tx: Tx, person: int, at: datetime) -> None:
    """End everything the person can come in by, in this transaction: grants, devices, sign-in links, unused invites
    made by the person.
    """
    tx.execute(sa.update(t.people).where(t.people.c.id == person).values(active=False))
    still = sa.and_(t.grants.c.person_id == person, t.grants.c.state != GrantState.ENDED.value)
    tx.execute(sa.update(t.grants).where(still).values(state=GrantState.ENDED.value, ended_at=at))
    tx.execute(
        sa.update(t.devices).where(t.devices.c.person_id == person, t.devices.c.ended_at.is_(None)).values(ended_at=at)
    )
    tx.execute(
        sa.update(t.sign_in_links)
        .where(t.sign_in_links.c.person_id == person, t.sign_in_links.c.used_at.is_(None))
        .values(used_at=at)
    )
    unused = sa.and_(t.invites.c.created_by == person, t.invites.c.used_at.is_(None), t.invites.c.revoked_at.is_(None))
    tx.execute(sa.update(t.invites).where(unused).values(revoked_at=at))


def channels_of(tx: Tx, person: int) -> list[str]:
    """The channels the person can be reached on."""
    return [row.channel for row in tx.execute(_CHANNELS, {"person": person})]
