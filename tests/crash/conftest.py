"""One fork server for all crash tests, and one data folder in which a rehearsal has been made, to be copied."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.house import Forks, House


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    made = Forks()
    yield made
    made.close()


@pytest.fixture(scope="session")
def template(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = House(forks, tmp_path_factory.mktemp("template"))
    assert house.start()
    assert house.end() == 0
    return house.data
