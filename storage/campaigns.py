"""Campaigns, their units, assessments and items as rows; the immutable plan and catalogue are parsed once and shared.
Used by every loader.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from criteria import assignment, catalogue, plan
from criteria.campaign import Campaign, RehearsalClock, campaign
from criteria.catalogue import Catalogue
from criteria.facts import CampaignOpened
from criteria.plan import Plan
from storage import tables as t
from storage.database import Tx, recall, remember


class NoCampaign(LookupError):
    """The database has tables but no campaign yet."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The campaign with the ids its units have in this database."""

    campaign: Campaign
    unit_ids: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sources:
    """The texts a campaign is made from: plan TOML, catalogue meta TOML, catalogue rows CSV."""

    plan: bytes
    meta: bytes
    rows: bytes


@lru_cache(maxsize=8)
def _plan(data: bytes) -> Plan:
    return plan.load(data)


@lru_cache(maxsize=8)
def _catalogue(meta: bytes, rows: bytes) -> Catalogue:
    return catalogue.load(meta, rows)


_CURRENT = (
    sa.select(t.campaigns, t.catalogues.c.meta, t.catalogues.c.rows)
    .join(t.assessments, t.assessments.c.campaign_id == t.campaigns.c.id)
    .join(t.catalogues, t.catalogues.c.id == t.assessments.c.catalogue_id)
    .order_by(t.campaigns.c.id.desc(), t.assessments.c.id)
    .limit(1)
)
_UNITS = sa.select(t.units.c.id, t.units.c.code).where(t.units.c.campaign_id == sa.bindparam("campaign"))


def current(tx: Tx) -> Opened:
    """The newest campaign; raises `NoCampaign`. In the writing process it is remembered until somebody else commits."""
    known = recall(tx, "campaign")
    if isinstance(known, Opened):
        return known
    row = tx.execute(_CURRENT).first()
    if row is None:
        raise NoCampaign
    clock = (
        RehearsalClock(row.clock_anchor, row.clock_anchor_real, row.clock_speed, row.clock_floor)
        if row.rehearsal
        else None
    )
    units = {unit.code: unit.id for unit in tx.execute(_UNITS, {"campaign": row.id})}
    opened = Opened(campaign(row.id, _plan(row.plan), _catalogue(row.meta, row.rows), clock), units)
    remember(tx, "campaign", opened)
    return opened


def open_campaign(tx: Tx, sources: Sources, clock: RehearsalClock | None, at: datetime) -> CampaignOpened:
    """Add a campaign with its units, its assessment and one item per unit and assigned sub-criterion. `at` is real
    time.

    Raises what the plan's and catalogue's loaders raise, and `PlanError` where the two do not fit together; nothing
    is kept then.
    """
    the_plan, the_catalogue = _plan(sources.plan), _catalogue(sources.meta, sources.rows)
    if apart := assignment.mismatches(the_plan, the_catalogue):
        raise plan.PlanError(apart)
    campaign_id = _add_campaign(tx, the_plan, sources.plan, clock, at)
    unit_ids = {unit.code: _inserted(tx, t.units, campaign_id=campaign_id, code=unit.code) for unit in the_plan.units}
    catalogue_id = _inserted(
        tx, t.catalogues, code=the_catalogue.id, version=the_catalogue.version, meta=sources.meta, rows=sources.rows
    )
    assessment = _inserted(
        tx, t.assessments, campaign_id=campaign_id, unit_id=unit_ids[the_plan.consolidator], catalogue_id=catalogue_id
    )
    planned = assignment.items_for(the_plan, the_catalogue)
    tx.execute(
        sa.insert(t.items),
        [{"assessment_id": assessment, "unit_id": unit_ids[p.unit], "code": p.code, "lead": p.lead} for p in planned],
    )
    return CampaignOpened(
        campaign=the_plan.id,
        plan=hashlib.sha256(sources.plan).hexdigest(),
        catalogue=hashlib.sha256(sources.meta + sources.rows).hexdigest(),
        rehearsal=clock is not None,
    )


def set_clock(tx: Tx, campaign_id: int, clock: RehearsalClock) -> None:
    """Write a rehearsal's clock back, after it was moved or to keep its floor."""
    tx.execute(
        sa.update(t.campaigns)
        .where(t.campaigns.c.id == campaign_id)
        .values(
            clock_anchor=clock.anchor,
            clock_anchor_real=clock.anchor_real,
            clock_speed=clock.speed,
            clock_floor=clock.floor,
        )
    )
    remember(tx, "campaign", None)


def _add_campaign(tx: Tx, the_plan: Plan, source: bytes, clock: RehearsalClock | None, at: datetime) -> int:
    return _inserted(
        tx,
        t.campaigns,
        code=the_plan.id,
        rehearsal=clock is not None,
        plan=source,
        opened_at=at,
        clock_anchor=clock.anchor if clock else None,
        clock_anchor_real=clock.anchor_real if clock else None,
        clock_speed=clock.speed if clock else None,
        clock_floor=clock.floor if clock else None,
    )


def _inserted(tx: Tx, table: sa.Table, **values: object) -> int:
    key = tx.execute(sa.insert(table).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def any_campaign(tx: Tx) -> bool:
    """Whether the database has a campaign."""
    return tx.execute(sa.select(t.campaigns.c.id).limit(1)).first() is not None


def catalogue_name(plan_text: bytes) -> str:
    """The name of the catalogue that a plan asks for; raises `PlanError` for a text that is no plan."""
    return _plan(plan_text).catalogues[0].catalogue
