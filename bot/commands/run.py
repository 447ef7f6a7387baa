"""run: on an empty machine makes a rehearsal with demo people, then serves until it is told to stop."""

import asyncio
import contextlib
import errno
import sys
from typing import Final, TextIO

import typer

from bot import logs
from bot.app import CannotStart, alone, bring_up_to_date, real_time, serve
from bot.commands import common
from bot.commands.campaign import BUNDLED_PLAN, REHEARSAL_START, rehearsal_clock, sources
from bot.ids import RandomIds
from bot.settings import BadSettings, Settings
from criteria.people import Role
from handlers import acts
from handlers.acts import Demo
from handlers.texts import console, labels
from storage import campaigns, people
from storage.database import DamagedDatabase, Database, StorageTrouble, Tx

_DEMO_LINK_MINUTES: Final = 24 * 60


def run() -> None:
    """Migrate, start everything that is configured; SIGTERM ends it."""
    of = common.settings()
    try:
        with alone(of), _log_stream(of) as stream:
            logs.set_up(of.log_level, stream)
            bring_up_to_date(of)
            links = asyncio.run(_prepare(of))
            asyncio.run(serve(of, lambda: _announce(of, links)))
    except CannotStart as reason:
        common.stop(console.CANNOT_START[reason.key])
    except BadSettings as bad:
        common.stop(console.bad_settings([(p.name, p.kind) for p in bad.problems]), 2)
    except StorageTrouble:
        common.stop(console.CANNOT_START["not_writable"])
    except DamagedDatabase:
        common.stop(console.CANNOT_START["database_damaged"])
    except OSError as trouble:
        if trouble.errno in (errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EEXIST, errno.ENOTDIR):
            common.stop(console.CANNOT_START["not_writable"])
        raise
    typer.echo(console.stopped())


def _log_stream(of: Settings) -> contextlib.AbstractContextManager[TextIO]:
    """At a terminal the log goes to a file, so that the links stay readable; a service manager gets it all."""
    if sys.stderr.isatty():
        return (of.data_dir / "kiemchung.log").open("a", encoding="utf-8")
    return contextlib.nullcontext(sys.stderr)


async def _prepare(of: Settings) -> list[tuple[str, str]]:
    """A campaign if there is none; fresh sign-in links for the demo people of a rehearsal."""
    db = Database(of.database, serving=True)
    try:
        if not await db.read(campaigns.any_campaign):
            typer.echo(console.preparing())
            loaded = sources(BUNDLED_PLAN)
            await db.write(lambda tx: _rehearsal(tx, loaded))
        return await db.write(lambda tx: _links(tx, of.base_url))
    finally:
        await db.close()


def _rehearsal(tx: Tx, loaded: campaigns.Sources) -> None:
    acts.open_campaign(tx, loaded, rehearsal_clock(REHEARSAL_START, 1.0), real_time())
    for demo in console.DEMO_PEOPLE:
        acts.add_demo_person(tx, Demo(demo.name, demo.unit, demo.role), real_time())


def _links(tx: Tx, base_url: str) -> list[tuple[str, str]]:
    plan = campaigns.current(tx).campaign.plan
    links = []
    for id_ in people.demo_people(tx):
        person = people.get(tx, id_)
        if person is None:
            continue
        token, _ = acts.sign_in_link(tx, RandomIds(), id_, real_time(), _DEMO_LINK_MINUTES)
        roles = "; ".join(f"{labels.ROLES[Role(g.role)]}, {plan.unit(g.unit).short_name}" for g in person.grants)
        links.append((f"{person.name} ({roles})", f"{base_url}/in/{token}"))
    return links


async def _announce(of: Settings, links: list[tuple[str, str]]) -> None:
    typer.echo(console.serving(of.base_url, bool(links)))
    if links:
        typer.echo(console.demo_links(links))
    typer.echo(console.how_to_stop())
