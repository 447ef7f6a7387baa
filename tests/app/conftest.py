"""An empty folder with the command line on it."""

from pathlib import Path

import pytest

from tests.app.console import Console


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(tmp_path)
