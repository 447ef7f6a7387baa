"""The same with a whole new interpreter and real checking processes for every life; and kills in the first start."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crash.house import Forks, House, furnished
from tests.crash.officer import CANARY, SECRET, Officer, jpg, pdf
from tests.invariants import Folder, Told, breaches
from tests.product import Product

FRESH = (
    ("turn:inbox-added", 3),
    ("turn:before-commit", 4),
    ("turn:committed", 2),
    ("upload:half-written", 1),
    ("upload:synced", 2),
    ("upload:row", 1),
    ("intake:checked", 1),
    ("blob:linked", 2),
    ("blob:synced", 1),
    ("sidecar:written", 2),
    ("intake:before-turn", 1),
    ("intake:after-turn", 2),
)
_DYING = "import os, signal; die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)"


class Fresh(House):
    """A house whose product is started anew by `tests.product`, not by fork."""

    def __init__(self, folder: Path, before: str) -> None:
        super().__init__(forks=None, folder=folder)  # type: ignore[arg-type]
        self.product = Product(folder, before=before, env={"DISK_RESERVE": "0"}).start()
        self._at_once = threading.Lock()
        self.base, self.links = self.product.base, self.product.links

    def mend(self, broken: str) -> None:
        with self._at_once:
            if broken != self.base:
                return
            assert self.product.process is not None
            self.statuses.append(self.product.process.wait(30))
            self.product.kill()
            self.product = Product(self.folder, env={"DISK_RESERVE": "0"}).start()
            self.base, self.links = self.product.base, self.product.links


def killed(template: Path, folder: Path, point: str, after: int) -> list[str]:
    house = Fresh(furnished(template, folder), f"from storage.crashpoints import arm; arm({point!r}, {after})")
    try:
        told = Told()
        one = Officer(house, told)
        one.sign_in()
        one.walk("a")
        one.bring("a", [jpg(1), pdf(1)], CANARY)
        one.settled()
        while not house.statuses:
            one.messages()
        one.settled()
        assert house.product.stop() == 0
    finally:
        house.product.kill()
    found = breaches(Folder(house.data, house.blobs, house.log(), [CANARY], [SECRET]), told)
    return [*found, *(f"ended with {status}" for status in house.statuses if status != -9)]


def test_fresh_interpreters(template: Path, tmp_path: Path) -> None:
    def one(case: tuple[int, tuple[str, int]]) -> list[str]:
        number, (point, after) = case
        return [f"{point} {after}: {wrong}" for wrong in killed(template, tmp_path / str(number), point, after)]

    with ThreadPoolExecutor(3) as pool:
        problems = [wrong for found in pool.map(one, enumerate(FRESH)) for wrong in found]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "death",
    [
        "from alembic import op; op.create_index = die",
        "import storage.schema as s; up = s.upgrade; s.upgrade = lambda *a: (up(*a), die())",
        "import storage.campaigns as c; load = c.open_campaign; c.open_campaign = lambda *a: (load(*a), die())",
        "import storage.doors as d; d.keep_sign_in_link = die",
    ],
    ids=["half migrated", "migrated", "half a campaign", "half the links"],
)
def test_killed_in_the_first_start(death: str, forks: Forks, tmp_path: Path) -> None:
    """A start that was cut off is made up for by the next one."""
    house = House(forks, tmp_path, before=f"{_DYING}; {death}")
    assert not house.start()
    assert house.statuses == [-9]
    house.before = ""
    assert house.start()
    try:
        assert len(house.links) == 5
        told = Told()
        one = Officer(house, told)
        one.sign_in()
        one.bring("a", [jpg(1)])
        one.settled()
    finally:
        house.end()
    assert breaches(Folder(house.data, house.blobs, house.log(), [CANARY]), told) == []
