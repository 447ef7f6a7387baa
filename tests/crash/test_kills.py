"""kill -9 at every step between two durable writes: the product is started again, the pages try again, and nothing is
lost, doubled or falsely receipted. Every case must really have killed.
"""

import difflib
import json
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest

from storage.blobs import Blobs
from storage.crashpoints import POINTS
from tests.crash.house import PATIENCE, Arm, Forks, House, furnished
from tests.crash.officer import CANARY, CUT, MARKED, SECRET, STAMPED, Officer, jpg, large, pdf
from tests.invariants import Folder, Told, breaches

AT_ONCE = 3
PER_SCRIPT = 3
COPIED = "blob:copied"
ERASED = "intake:secret-erased"
_ANOTHER_DISK = """
import errno, os
def link(*_, **__): raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
os.link = link
"""


def answers_and_one_sending(house: House, told: Told) -> list[Officer]:
    """Two answers, then six files: two good, a broken one, one with a secret mark, a twin, one with a secret stamp."""
    one = Officer(house, told)
    one.sign_in()
    one.walk("a")
    one.bring("a", [jpg(1), jpg(2), CUT, MARKED, jpg(1), STAMPED], f"{CANARY} niêm yết")
    one.settled()
    one.press(one.choice("ev:done"), "a-done")
    return [one]


def three_sendings(house: House, told: Told) -> list[Officer]:
    """A large file in several pieces, files without a card, one taken out and put back, one filed elsewhere."""
    one = Officer(house, told)
    one.sign_in()
    one.bring("b", [large(1)])
    one.settled()
    one.bring("c", [pdf(1), jpg(3)])
    one.settled()
    one.press(one.choice("ev:put"), "c-put")
    one.bring("d", [jpg(4)], f"{CANARY} 3.2.1")
    one.take_one_out_and_back("d")
    return [one]


def two_officers(house: House, told: Told) -> list[Officer]:
    """Two people of one unit at once, who send the same photo among others."""
    both = [Officer(house, told, role) for role in (0, 1)]
    for one in both:
        one.sign_in()

    def work(one: Officer) -> None:
        name = f"e{one.role}"
        one.bring(name, [jpg(5), jpg(10 + one.role)], f"{CANARY} 3.2.1")
        one.bring(f"{name}-more", [jpg(20 + one.role)])
        one.settled()
        one.press(one.choice("ev:keep"), f"{name}-keep")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, both))
    return both


Script = Callable[[House, Told], list[Officer]]
SCRIPTS: tuple[Script, ...] = (answers_and_one_sending, three_sendings, two_officers)


@dataclass(frozen=True)
class Case:
    script: Script
    lives: tuple[tuple[Arm, ...], ...]
    another_disk: bool = False

    def __str__(self) -> str:
        return f"{self.script.__name__} {self.lives}{' another disk' if self.another_disk else ''}"


@contextmanager
def house_for(forks: Forks, template: Path, case: Case, *, count: bool = False) -> Iterator[House]:
    folder = Path(mkdtemp(prefix="kiemchung-crash-"))
    memory = Path("/dev/shm")
    really = case.another_disk and memory.is_dir() and memory.stat().st_dev != folder.stat().st_dev
    blobs = Path(mkdtemp(prefix="kiemchung-crash-", dir=memory)) if really else None
    house = House(
        forks,
        furnished(template, folder),
        case.lives,
        env={"BLOB_URL": str(blobs)} if blobs else {},
        before=_ANOTHER_DISK if case.another_disk and not really else "",
        count=count,
    )
    try:
        yield house
    finally:
        house.end(signal.SIGKILL)
        for path in (folder, blobs):
            if path is not None:
                shutil.rmtree(path)


def look(house: House, told: Told, people: Sequence[Officer]) -> list[str]:
    tokens = [cookie.value or "" for one in people for cookie in one.page.cookies]
    links = [link.rpartition("/")[2] for link in house.links]
    canaries = [CANARY, *tokens, *links]
    return breaches(Folder(house.data, house.blobs, house.log(), canaries, [SECRET]), told)


def after_the_last_kill(house: House, people: Sequence[Officer]) -> None:
    """Steps behind a verdict may come when the page has long been told: wait for that death too, then for quiet."""
    until = time.monotonic() + PATIENCE
    while house.lives or not house.lasting:
        if house.ended():
            house.rise()
        assert time.monotonic() < until, f"never reached {house.armed}"
        time.sleep(0.02)
    for one in people:
        one.settled()


def killed(forks: Forks, template: Path, case: Case, expected: dict[str, list[list[tuple[str, str]]]]) -> str:
    """Run one case; what is wrong with it, in words."""
    told = Told()
    with house_for(forks, template, case) as house:
        try:
            house.rise()
            people = case.script(house, told)
            after_the_last_kill(house, people)
            said = [one.transcript() for one in people]
            house.end()
        except AssertionError as problem:
            return f"{case}: {problem}"
        wrong = look(house, told, people)
        if house.kills != len(case.lives):
            wrong.append(f"{house.kills} kills: {house.statuses}")
        if said != expected[case.script.__name__]:
            wrong += difflib.unified_diff(
                flat(expected[case.script.__name__]), flat(said), "undisturbed", "killed", n=0
            )
        return "\n".join([str(case), *wrong, house.log()[-3000:]]) if wrong else ""


def flat(said: list[list[tuple[str, str]]]) -> list[str]:
    return [f"{number} {direction}: {text}" for number, one in enumerate(said) for direction, text in one]


def all_well(
    forks: Forks, template: Path, cases: Iterable[Case], expected: dict[str, list[list[tuple[str, str]]]]
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        problems = [wrong for wrong in pool.map(lambda case: killed(forks, template, case, expected), cases) if wrong]
    assert not problems, f"{len(problems)} cases:\n" + "\n".join(problems)


@dataclass(frozen=True)
class Undisturbed:
    """What happens when nothing is killed: how often each script passes each point, and what is said."""

    passed: dict[str, dict[str, int]]
    said: dict[str, list[list[tuple[str, str]]]]


@pytest.fixture(scope="module")
def undisturbed(forks: Forks, template: Path) -> Undisturbed:
    passed: dict[str, dict[str, int]] = {}
    said: dict[str, list[list[tuple[str, str]]]] = {}
    for script in SCRIPTS:
        told = Told()
        with house_for(forks, template, Case(script, (), another_disk=True), count=True) as house:
            house.rise()
            people = script(house, told)
            after_the_last_kill(house, people)
            said[script.__name__] = [one.transcript() for one in people]
            assert house.end() == 0
            assert not look(house, told, people)
            counted = json.loads((house.folder / "passed.json").read_text())
            # Two loops may look at one arrival, and twins that come at once are both copied: only so many are certain.
            counted["intake:claimed"] = counted["upload:row"]
            counted[COPIED] = len(list(Blobs(house.blobs).names()))
            passed[script.__name__] = counted
    return Undisturbed(passed, said)


def spread(passings: int, picks: int) -> list[int]:
    """Up to `picks` of the numbers from 1 to `passings`, the first and the last among them."""
    if passings <= picks:
        return list(range(1, passings + 1))
    return sorted({1 + round(place * (passings - 1) / (picks - 1)) for place in range(picks)})


def cases_at(point: str, passed: dict[str, dict[str, int]]) -> list[Case]:
    picks = PER_SCRIPT + 1 if point.startswith("turn:") else PER_SCRIPT
    return [
        Case(script, (((point, after),),), another_disk=point == COPIED)
        for script in SCRIPTS
        for after in spread(passed[script.__name__][point], picks)
    ]


@pytest.mark.parametrize("point", POINTS)
def test_killed_at(point: str, forks: Forks, template: Path, undisturbed: Undisturbed) -> None:
    cases = cases_at(point, undisturbed.passed)
    assert cases, "no script comes here"
    all_well(forks, template, cases, undisturbed.said)


def test_there_are_enough_kills(undisturbed: Undisturbed) -> None:
    assert sum(len(cases_at(point, undisturbed.passed)) for point in POINTS) >= 200


def script_after(first: str, dice: random.Random) -> Script:
    """One that comes by every point again after its first death at `first`: behind a verdict, that is only the one
    which waits for its verdicts before it goes on sending.
    """
    if first == ERASED:
        return answers_and_one_sending
    return dice.choice(SCRIPTS[:2]) if first.startswith(("turn:", "upload:")) else three_sendings


def test_killed_while_recovering(forks: Forks, template: Path, undisturbed: Undisturbed) -> None:
    """Two and three kills in a row, the later ones among the work that the earlier ones left."""
    dice = random.Random(7)
    firsts = [p for p in POINTS if p not in (COPIED, ERASED)]
    pairs = [Case(script_after(one, dice), (((one, 1),), ((dice.choice(firsts), 1),))) for one in firsts]
    pairs += [Case(script_after(ERASED, dice), (((ERASED, 1),), ((again, 1),))) for again in ("turn:recorded", ERASED)]
    threes = [Case(three_sendings, tuple(((dice.choice(firsts), 1),) for _ in range(3))) for _ in range(6)]
    all_well(forks, template, [*pairs, *threes], undisturbed.said)


def test_killed_while_copying_to_another_disk(forks: Forks, template: Path, undisturbed: Undisturbed) -> None:
    points = ("blob:linked", "blob:synced", "sidecar:written", "intake:before-turn", "intake:after-turn")
    cases = [Case(script, (((point, 2),),), another_disk=True) for point in points for script in SCRIPTS]
    all_well(forks, template, cases, undisturbed.said)
