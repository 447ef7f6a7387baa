"""What commands share: settings, a database opened beside a running server, and printing for people or for programs."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn, TypeVar

import typer

from bot.settings import BadSettings, Settings, read
from handlers.texts import console
from storage import campaigns, schema
from storage.campaigns import NoCampaign
from storage.database import Database, Tx

T = TypeVar("T")


def settings() -> Settings:
    """The settings; ends with status 2 and every problem in one message."""
    try:
        return read()
    except BadSettings as bad:
        stop(console.bad_settings([(p.name, p.kind) for p in bad.problems]), 2)


def stop(message: str, status: int = 1) -> NoReturn:
    """End with a message for a person."""
    typer.echo(message, err=True)
    raise typer.Exit(status)


def write(fn: Callable[[Tx], T]) -> T:
    """Run one transaction on the database, beside a server that may be running on it."""
    return _with_database(lambda db: db.write(fn))


def look(fn: Callable[[Tx], T]) -> T:
    """Read from the database."""
    return _with_database(lambda db: db.read(fn))


def _with_database(work: Callable[[Database], Awaitable[T]]) -> T:
    of = settings()
    if schema.state(of.database) is not schema.SchemaState.CURRENT:
        newer = schema.state(of.database) is schema.SchemaState.NEWER
        stop(console.CANNOT_START["database_newer" if newer else "no_database"])

    async def run() -> T:
        db = Database(of.database, serving=False)
        try:
            return await work(db)
        finally:
            await db.close()

    try:
        return asyncio.run(run())
    except NoCampaign:
        stop(console.CANNOT_START["no_database"])


def rehearsal_mark() -> list[str]:
    """The line that every text of a rehearsal begins with."""
    return [console.REHEARSAL] if look(campaigns.current).campaign.rehearsal else []


def show(data: dict[str, Any], *, as_json: bool, lines: Callable[[], list[str]]) -> None:
    """Print for a program or for a person."""
    if as_json:
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    for line in lines():
        typer.echo(line)
