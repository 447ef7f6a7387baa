"""The schema's version: what the database has, what this program needs, and the way up. Called by the command line
before anything else.

Alembic is imported only when there is something to migrate.
"""

from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from storage.database import exists, looking_engine, one_off_engine

HEAD: Final = "0001"
KNOWN: Final = ("0001",)
_MIGRATIONS: Final = Path(__file__).parent / "migrations"


class SchemaState(StrEnum):
    """ABSENT: no tables yet. BEHIND: known and older. NEWER: made by a newer program, hands off."""

    ABSENT = "absent"
    BEHIND = "behind"
    CURRENT = "current"
    NEWER = "newer"


def state(url: str) -> SchemaState:
    """Look at the version table of the database at `url` without changing or creating anything."""
    if not exists(url):
        return SchemaState.ABSENT
    engine = looking_engine(url)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return SchemaState.ABSENT
            version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    finally:
        engine.dispose()
    if version == HEAD:
        return SchemaState.CURRENT
    return SchemaState.BEHIND if version in KNOWN or version is None else SchemaState.NEWER


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database at `url` up to `revision`, creating it if absent; all or nothing."""
    _with_alembic(url, lambda command, config: command.upgrade(config, revision))


def downgrade(url: str, revision: str) -> None:
    """Take the database at `url` back to `revision` (tests walk the stairs both ways)."""
    _with_alembic(url, lambda command, config: command.downgrade(config, revision))


def _with_alembic(url: str, step: Any) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    engine = one_off_engine(url)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            step(command, config)
    finally:
        engine.dispose()
