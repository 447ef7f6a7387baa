"""init, clock, units, people, status: a campaign and what is in it."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import typer

from bot.app import CannotStart, bring_up_to_date, real_time
from bot.commands import common
from bot.ids import RandomIds
from criteria import bundled
from criteria.campaign import RehearsalClock
from criteria.catalogue import CatalogueError
from criteria.items import Answer, tally
from criteria.people import Role
from criteria.periods import VIETNAM, local, show_moment
from criteria.plan import PlanError
from handlers import acts
from handlers.texts import console, labels
from storage import campaigns, inbox, intake, people, queries
from storage.campaigns import Sources
from storage.database import Tx

BUNDLED_PLAN: Final = "cu-lao-dung-2021"
REHEARSAL_START: Final = datetime(2021, 8, 2, 8, 0, tzinfo=VIETNAM)
_SPAN: Final = re.compile(r"(\d{1,9})([dhm])", re.ASCII)
_SPANS: Final = {"d": "days", "h": "hours", "m": "minutes"}


def sources(plan: str) -> Sources:
    """A plan file or a bundled plan's name, with the catalogue that it names."""
    path = Path(plan)
    if plan in bundled.names().plans:
        text = bundled.plan_text(plan)
    elif path.is_file():
        text = path.read_bytes()
    else:
        common.stop(console.plan_missing(plan, bundled.names().plans), 2)
    try:
        named = campaigns.catalogue_name(text)
    except PlanError as wrong:
        common.stop(console.plan_wrong(wrong.problems), 2)
    if named not in bundled.names().catalogues:
        common.stop(console.catalogue_missing(named), 2)
    meta, rows = bundled.catalogue_texts(named)
    return Sources(text, meta, rows)


def rehearsal_clock(start: datetime, speed: float) -> RehearsalClock:
    """A rehearsal's clock that begins to run now."""
    return RehearsalClock(anchor=start, anchor_real=real_time(), speed=speed, floor=start)


def init(plan: str, rehearsal: bool, clock: str | None, speed: float) -> None:
    """Create the database, load the plan, print the first administrator's invite."""
    loaded = sources(plan)
    running = rehearsal_clock(_moment(clock), speed) if rehearsal else None
    try:
        bring_up_to_date(common.settings())
    except CannotStart as reason:
        common.stop(console.CANNOT_START[reason.key])

    def load(tx: Tx) -> tuple[str, str]:
        code = acts.open_campaign(tx, loaded, running, real_time())
        consolidator = campaigns.current(tx).campaign.plan.consolidator
        invite, _ = acts.invite(tx, RandomIds(), unit=consolidator, role=Role.ADMIN, real=real_time())
        return code, invite

    if common.look(campaigns.any_campaign):
        common.stop(console.exists_already(), 2)
    try:
        code, invite = common.write(load)
    except PlanError as apart:
        common.stop(console.plan_wrong(apart.problems), 2)
    except CatalogueError as wrong:
        common.stop(console.plan_wrong([f"{p.row} {p.code} {p.message}" for p in wrong.problems]), 2)
    typer.echo(console.opened(code, rehearsal))
    typer.echo(console.first_admin(invite, f"{common.settings().base_url}/in/{invite}"))


def _moment(text: str | None) -> datetime:
    if text is None:
        return REHEARSAL_START
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        common.stop(console.time_wrong(), 2)
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def clock(advance: str | None, as_json: bool) -> None:
    """Show a rehearsal's clock or move it forward."""
    if advance is None:
        campaign = common.look(campaigns.current).campaign
        if not campaign.rehearsal:
            common.stop(console.clock_real())
        now = campaign.now(real_time())
    else:
        span = _SPAN.fullmatch(advance.strip())
        if span is None or int(span[1]) == 0:
            common.stop(console.clock_wrong(), 2)
        try:
            by = timedelta(**{_SPANS[span[2]]: int(span[1])})
            now = common.write(lambda tx: acts.advance_clock(tx, by, real_time()))
        except OverflowError:
            common.stop(console.clock_wrong(), 2)
        except ValueError:
            common.stop(console.clock_real())
    common.show({"now": local(now).isoformat()}, as_json=as_json, lines=lambda: [console.clock(show_moment(now))])


def units(as_json: bool) -> None:
    """Units with their people and items."""
    rows = common.look(queries.units)
    data = {
        "units": [
            {"code": u.code, "name": u.name, "kind": u.kind, "people": u.people, "items": len(u.items)} for u in rows
        ]
    }
    common.show(
        data,
        as_json=as_json,
        lines=lambda: [
            *common.rehearsal_mark(),
            *(console.unit_row(u.code, u.name, u.people, len(u.items)) for u in rows),
        ],
    )


def list_people(as_json: bool) -> None:
    """People with their roles and channels."""
    rows = common.look(people.everyone)
    data: dict[str, Any] = {
        "people": [
            {
                "id": r.person.id,
                "name": r.person.name,
                "roles": [{"unit": g.unit, "role": g.role.value} for g in r.person.grants],
                "channels": list(r.channels),
                "active": r.person.active,
            }
            for r in rows
        ]
    }

    def lines() -> list[str]:
        return [
            *common.rehearsal_mark(),
            *(
                console.person_row(
                    r.person.id,
                    r.person.name,
                    [f"{labels.ROLES[g.role]} {g.unit}" for g in r.person.grants],
                    r.channels,
                    r.person.active,
                )
                for r in rows
            ),
        ]

    common.show(data, as_json=as_json, lines=lines)


def status(as_json: bool) -> None:
    """The counts of the campaign."""

    def count(tx: Tx) -> dict[str, Any]:
        campaign = campaigns.current(tx).campaign
        rows = queries.units(tx)
        of_unit = {row.code: tally(row.items) for row in rows}
        total = tally(item for row in rows for item in row.items)
        every = [item for row in rows for item in row.items]
        confirmed = sum(i.confirmed is True and i.answer in (Answer.NOT_OURS, Answer.BY_HAND) for i in every)
        return {
            "campaign": campaign.plan.id,
            "rehearsal": campaign.rehearsal,
            "now": local(campaign.now(real_time())).isoformat(),
            "items": {
                "total": total.total,
                "answered": total.answered,
                "covered": total.covered,
                "accepted": confirmed,
                "returned": sum(i.refused for i in every),
            },
            "units": [
                {"code": code, "total": t.total, "answered": t.answered, "covered": t.covered}
                for code, t in of_unit.items()
            ],
            "files": intake.counts(tx),
            "inbox": inbox.counts(tx),
            # The web page reads its messages itself: nothing waits to be sent while it is the only channel.
            "outbox": {"waiting": 0, "dead": 0},
        }

    data = common.look(count)
    now = show_moment(datetime.fromisoformat(data["now"]))
    common.show(
        data,
        as_json=as_json,
        lines=lambda: [console.status(data["campaign"], data["rehearsal"], now, data["items"], data["files"])],
    )
