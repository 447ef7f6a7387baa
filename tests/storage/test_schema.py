"""The stairs both ways, the models beside the migrations, and hands off what a newer program made."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.app import CannotStart, bring_up_to_date
from bot.settings import Settings
from storage import schema
from storage.schema import SchemaState
from storage.tables import metadata


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'kiemchung.db'}"


def layout(path: Path) -> list[tuple[str, ...]]:
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master ORDER BY 1, 2").fetchall()
    db.close()
    return rows


def test_known_revisions_are_all_there_is() -> None:
    scripts = ScriptDirectory(str(schema._MIGRATIONS))
    assert scripts.get_heads() == [schema.HEAD]
    assert sorted(one.revision for one in scripts.walk_revisions()) == sorted(schema.KNOWN)


def test_up_down_up(url: str, tmp_path: Path) -> None:
    """Every step down and up again leaves the same layout; at the bottom nothing is left."""
    path = tmp_path / "kiemchung.db"
    schema.upgrade(url)
    whole = layout(path)
    for revision in reversed(schema.KNOWN):
        schema.downgrade(url, revision)
        schema.upgrade(url)
        assert layout(path) == whole
    schema.downgrade(url, "base")
    assert {name for kind, name, *_ in layout(path) if kind != "index"} == {"alembic_version"}
    assert schema.state(url) is SchemaState.BEHIND
    schema.upgrade(url)
    assert layout(path) == whole


def test_models_match_migrations(url: str, tmp_path: Path) -> None:
    schema.upgrade(url)
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'kiemchung.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_states(url: str, tmp_path: Path) -> None:
    path = tmp_path / "kiemchung.db"
    assert schema.state(url) is SchemaState.ABSENT
    assert not path.exists()
    path.touch()
    assert schema.state(url) is SchemaState.ABSENT
    schema.upgrade(url)
    assert schema.state(url) is SchemaState.CURRENT
    with sqlite3.connect(path) as db:
        db.execute("UPDATE alembic_version SET version_num = 'from the future'")
    db.close()
    assert schema.state(url) is SchemaState.NEWER


def test_a_newer_database_is_not_touched(tmp_path: Path) -> None:
    of = Settings(data_dir=tmp_path)
    bring_up_to_date(of)
    path = tmp_path / "kiemchung.db"
    with sqlite3.connect(path) as db:
        db.execute("UPDATE alembic_version SET version_num = 'from the future'")
    db.close()
    before = layout(path)
    with pytest.raises(CannotStart, match="database_newer"):
        bring_up_to_date(of)
    assert layout(path) == before


def test_a_migration_that_fails_leaves_the_old_state(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("in the middle")

    with monkeypatch.context() as patched:
        patched.setattr(op, "create_index", broken)
        with pytest.raises(RuntimeError, match="in the middle"):
            schema.upgrade(url)
    assert layout(tmp_path / "kiemchung.db") == []
    schema.upgrade(url)
    assert schema.state(url) is SchemaState.CURRENT
