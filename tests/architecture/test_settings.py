"""`.env.example` names every setting and no other, and a copy of it as `.env` changes nothing."""

import itertools
import re

import pytest

from bot.settings import Settings
from tests.architecture.sources import ROOT, text

EXAMPLE = ".env.example"


def variables(example: str) -> list[str]:
    return re.findall(r"^([A-Z][A-Z0-9_]*)=", example, flags=re.MULTILINE)


def unexplained(example: str) -> list[str]:
    """The settings that have no comment on the line above."""
    pairs = itertools.pairwise(["", *example.splitlines()])
    return [line for above, line in pairs if re.match(r"[A-Z]", line) and not above.startswith("# ")]


def test_the_example_names_every_setting_once() -> None:
    assert sorted(variables(text(EXAMPLE))) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_explains_every_setting() -> None:
    assert not unexplained(text(EXAMPLE))


def test_a_copy_of_the_example_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in variables(text(EXAMPLE)):
        monkeypatch.delenv(name, raising=False)
    assert Settings(_env_file=ROOT / EXAMPLE) == Settings(_env_file=None)


def test_the_scans_see_names_and_gaps() -> None:
    example = "# Where it listens.\nWEB_PORT=8080\nSECRET_KEY=\n#OLD=1\n"
    assert variables(example) == ["WEB_PORT", "SECRET_KEY"]
    assert unexplained(example) == ["SECRET_KEY="]
