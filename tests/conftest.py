"""Fixtures shared by all tests: a small world on a real SQLite file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A rehearsal of the bundled campaign, without people yet."""
    made = World(tmp_path)
    await made.open()
    yield made
    await made.close()
