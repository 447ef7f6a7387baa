"""A disk that is full, at every stage and of any size: the page gets a sentence, nothing is half done, and with room
again everything is caught up by itself.
"""

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from handlers.texts import console
from handlers.texts import pages as texts
from tests.crash.disk import Disk
from tests.crash.house import Forks, House
from tests.crash.officer import CANARY, CUT, Officer, jpg, large
from tests.invariants import Folder, Told, breaches

KIB = 1 << 10
SENTENCES = {503: texts.BUSY, 507: texts.DISK_FULL}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "disk", "12m")
    yield made
    made.close()


def on(disk: Disk, forks: Forks, template: Path, folder: Path, **env: str) -> House:
    """A house whose data lies on the small disk; its log and output do not."""
    shutil.copytree(template, disk.outside / "data")
    return House(forks, folder / "house", env={"DATA_DIR": str(disk.path / "data"), **env}, before=disk.enter)


def whole(disk: Disk, house: House, told: Told) -> list[str]:
    """Looks at a copy, for SQLite finds its way to no file behind another process's root."""
    data = house.folder / "copy"
    shutil.copytree(disk.outside / "data", data)
    return breaches(Folder(data, data / "blobs", house.log(), [CANARY]), told)


def while_it_grows(one: Officer, work: Callable[[], None], grow: Callable[[], None]) -> None:
    """Let `work` meet the full disk; only after it has been turned away a few times there is room again."""

    def watch() -> None:
        while len(one.sentences) < 3 and not done.is_set():
            done.wait(0.02)
        grow()

    done = threading.Event()
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work()
    finally:
        done.set()
        watcher.join()


def assert_told_kindly(one: Officer) -> None:
    assert one.sentences, "the disk was never full"
    for status, sentence in one.sentences:
        assert sentence == SENTENCES[status]


@pytest.mark.parametrize("left", [0, 4 * KIB, 32 * KIB, 96 * KIB, 256 * KIB, 1024 * KIB])
def test_files_come_when_there_is_room(left: int, disk: Disk, forks: Forks, template: Path, tmp_path: Path) -> None:
    """Full from nothing at all to a third of a file: in the first write of a row, in the WAL, in scratch."""
    house = on(disk, forks, template, tmp_path)
    house.rise()
    told = Told()
    one = Officer(house, told)
    one.sign_in()
    one.bring("a", [jpg(1)])
    one.settled()
    disk.fill(left)
    while_it_grows(one, lambda: one.bring("b", [jpg(2), large(2), CUT, jpg(3)]), disk.relieve)
    one.settled()
    assert_told_kindly(one)
    assert house.end() == 0
    assert whole(disk, house, told) == []


def test_filled_by_uploads_until_nothing_fits(disk: Disk, forks: Forks, template: Path, tmp_path: Path) -> None:
    """Twice as many bytes as there is room for; the disk grows, nobody helps."""
    house = on(disk, forks, template, tmp_path)
    house.rise()
    told = Told()
    one = Officer(house, told)
    one.sign_in()
    while_it_grows(one, lambda: one.bring("a", [large(n) for n in range(6)]), lambda: disk.remount("size=64m"))
    one.settled()
    assert_told_kindly(one)
    assert house.end() == 0
    assert whole(disk, house, told) == []


def test_the_reserve_is_kept(disk: Disk, forks: Forks, template: Path, tmp_path: Path) -> None:
    house = on(disk, forks, template, tmp_path, DISK_RESERVE="4MiB")
    house.rise()
    told = Told()
    one = Officer(house, told)
    one.sign_in()
    disk.fill(3 << 20)
    turned_away = one.page.announce("a.jpg", 1000)
    assert (turned_away.status, turned_away.json()["message"]) == (507, texts.DISK_FULL)
    assert turned_away.headers["Retry-After"]
    one.say("/viec", "w")  # words need hardly any room
    disk.relieve()
    announced = one.announce(jpg(1), "b", "b")
    disk.fill(3 << 20)
    put = one.page.put(announced["id"], jpg(1).content)
    assert (put.status, put.json()["message"]) == (507, texts.DISK_FULL)
    disk.relieve()
    one.send(jpg(1), "b", "b")
    one.settled()
    assert house.end() == 0
    assert whole(disk, house, told) == []


def test_the_blob_disk_is_full(disk: Disk, forks: Forks, template: Path, tmp_path: Path) -> None:
    """Blobs on the small disk, all else elsewhere: the bytes wait in scratch, and the sender is told so."""
    folder = tmp_path / "house"
    shutil.copytree(template, folder / "data")
    (disk.outside / "blobs").mkdir()
    house = House(forks, folder, env={"BLOB_URL": str(disk.path / "blobs")}, before=disk.enter)
    house.rise()
    told = Told()
    one = Officer(house, told)
    one.sign_in()
    disk.fill(0)
    one.bring("a", [jpg(1), large(1), jpg(2)])
    while not any("đang bận" in m["text"] for m in one.messages()):
        pass
    assert breaches(Folder(house.data, disk.outside / "blobs", house.log(), [CANARY]), told, quiet=False) == []
    assert not list((disk.outside / "blobs").glob("??/*"))
    disk.fill(1 << 20)
    disk.relieve()
    one.settled()
    assert house.end() == 0
    assert breaches(Folder(house.data, disk.outside / "blobs", house.log(), [CANARY]), told) == []


def test_killed_on_a_full_disk(disk: Disk, forks: Forks, template: Path, tmp_path: Path) -> None:
    house = on(disk, forks, template, tmp_path)
    house.rise()
    told = Told()
    one = Officer(house, told)
    one.sign_in()
    one.bring("a", [large(5)])
    disk.fill(64 * KIB)

    def grow() -> None:
        house.end(signal.SIGKILL)
        disk.relieve()

    while_it_grows(one, lambda: one.bring("b", [jpg(6), large(6)]), grow)
    one.settled()
    assert_told_kindly(one)
    assert house.end() == 0
    assert whole(disk, house, told) == []


def refused(house: House) -> str:
    """It did not start; what it said instead."""
    assert not house.start()
    assert house.statuses == [1]
    assert "Traceback" not in house.log()
    return house.log().strip().splitlines()[-1]


def test_a_read_only_disk_refuses_to_start(disk: Disk, forks: Forks, template: Path, tmp_path: Path) -> None:
    house = on(disk, forks, template, tmp_path)
    disk.remount("ro")
    assert refused(house) == console.CANNOT_START["not_writable"]
    disk.remount("rw")
    house.rise()
    assert house.end() == 0


def test_a_full_disk_refuses_to_start_anew(disk: Disk, forks: Forks, tmp_path: Path) -> None:
    house = House(forks, tmp_path / "house", env={"DATA_DIR": str(disk.path / "data")}, before=disk.enter)
    disk.fill(0)
    assert refused(house) == console.CANNOT_START["not_writable"]


def test_a_folder_of_another_owner_refuses_to_start(forks: Forks, template: Path) -> None:
    """As somebody who may read the data and not write them."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(template, folder / "data")
        for path in (folder / "data", *(folder / "data").rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        as_nobody = "import os; os.setgid(65534); os.setuid(65534)" if os.geteuid() == 0 else ""
        assert refused(House(forks, folder, before=as_nobody)) == console.CANNOT_START["not_writable"]
        for path in (folder / "data", *(folder / "data").rglob("*")):
            path.chmod(0o755)
