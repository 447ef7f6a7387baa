"""Fixtures shared by all tests: a small world on a real SQLite file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-transcripts",
        action="store_true",
        help="write tests/transcripts/*.txt and docs/cau-chu.md anew instead of comparing them",
    )


@pytest.fixture
def updating(request: pytest.FixtureRequest) -> bool:
    """Whether golden texts are to be written anew; read the difference before keeping it."""
    return bool(request.config.getoption("--update-transcripts"))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A rehearsal of the bundled campaign, without people yet."""
    made = World(tmp_path)
    await made.open()
    yield made
    await made.close()
