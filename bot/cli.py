"""The command line `kiemchung` (the same as `python -m bot`). Each command imports what it needs only when it runs,
so that --help is quick.
"""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Collects evidence for the index by chat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command()
def run() -> None:
    """Start everything that is configured (a first start makes a rehearsal)."""
    from bot.commands.run import run

    run()


@app.command()
def init(
    plan: Annotated[str, typer.Option(help="A plan file (TOML) or the name of a bundled plan.")],
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="A rehearsal, with a clock of its own.")] = False,
    clock: Annotated[str | None, typer.Option(help="Where a rehearsal's clock starts.")] = None,
    speed: Annotated[float, typer.Option(min=0.0, help="How fast a rehearsal's clock runs.")] = 1.0,
) -> None:
    """Create the database and load a campaign plan."""
    from bot.commands.campaign import init

    init(plan, rehearsal, clock, speed)


@app.command()
def doctor(json: Json = False) -> None:
    """Check settings, schema, disk and machine; say what is wrong and how to mend it."""
    from bot.commands.checks import doctor

    doctor(json)


@app.command()
def units(json: Json = False) -> None:
    """List the units with their people and items."""
    from bot.commands.campaign import units

    units(json)


@app.command()
def people(json: Json = False) -> None:
    """List the people with their roles and channels."""
    from bot.commands.campaign import list_people

    list_people(json)


@app.command()
def invite(
    unit: Annotated[str, typer.Option(help="The unit's code.")] = "",
    role: Annotated[str, typer.Option(help="can_bo, truong_don_vi, tong_hop, lanh_dao or quan_tri.")] = "",
    name: Annotated[str, typer.Option(help="The person's name, if known.")] = "",
    phone: Annotated[str | None, typer.Option(help="Bind the invite to this phone number.")] = None,
    person: Annotated[int | None, typer.Option(help="Instead: a sign-in link for somebody who has joined.")] = None,
    qr: Annotated[Path | None, typer.Option(help="Write the link as a QR picture (PNG).")] = None,
    json: Json = False,
) -> None:
    """Make a one-use invite."""
    from bot.commands.doors import invite, sign_in_link

    if person is None:
        invite(unit, role, name, phone, qr, json)
    else:
        sign_in_link(person, qr, json)


@app.command()
def revoke(whom: Annotated[str, typer.Argument(help="A person's id or an invite's code.")]) -> None:
    """Put a person out everywhere, or end an invite."""
    from bot.commands.doors import revoke

    revoke(whom)


@app.command()
def status(json: Json = False) -> None:
    """Counts of the campaign."""
    from bot.commands.campaign import status

    status(json)


@app.command()
def verify(json: Json = False) -> None:
    """Check every stored file, its hash, and the audit chain."""
    from bot.commands.checks import verify_store

    verify_store(json)


@app.command()
def clock(
    advance: Annotated[str | None, typer.Option(help="Move forward by 3d, 12h or 30m.")] = None, json: Json = False
) -> None:
    """Show or move forward a rehearsal's clock."""
    from bot.commands.campaign import clock

    clock(advance, json)


def main() -> None:
    """The console script."""
    app()
