"""Stored bytes: put once, never overwritten, and made durable in the only safe order."""

import errno
import json
import os
import threading
from pathlib import Path

import pytest

from storage.blobs import Blobs, DamagedBlob, Digest, digest
from storage.thumbnails import Thumbnails
from tests import hostile
from tests.world import OFFICER, World

ARRIVAL = "arrival000000001"


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    made = Blobs(tmp_path / "blobs")
    made.prepare()
    return made


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / ARRIVAL
    path.write_bytes(b"evidence")
    return path


def everything(blobs: Blobs) -> list[str]:
    return sorted(str(path.relative_to(blobs.root)) for path in blobs.root.rglob("*") if path.is_file())


@pytest.fixture
def another_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", link)


def test_put_twice(blobs: Blobs, source: Path) -> None:
    known = digest(source)
    blobs.put(source, known)
    first = blobs.path(known.sha256).stat()
    blobs.put(source, known)
    assert blobs.path(known.sha256).stat() == first
    source.unlink()
    assert blobs.checked(known.sha256).read_bytes() == b"evidence"
    assert list(blobs.names()) == [known.sha256]


def test_put_again_from_another_arrival(blobs: Blobs, source: Path, tmp_path: Path) -> None:
    known = digest(source)
    blobs.put(source, known)
    twin = tmp_path / "arrival000000002"
    twin.write_bytes(b"evidence")
    blobs.put(twin, known)
    assert everything(blobs) == [f"{known.sha256[:2]}/{known.sha256}"]


@pytest.mark.parametrize("bytes_", [b"", b"evidenc", b"Evidence", b"evidence and more"])
def test_a_damaged_blob_is_set_aside_and_healed(blobs: Blobs, source: Path, bytes_: bytes) -> None:
    known = digest(source)
    target = blobs.path(known.sha256)
    target.parent.mkdir()
    target.write_bytes(bytes_)
    with pytest.raises(DamagedBlob, match="content changed"):
        blobs.checked(known.sha256)
    blobs.put(source, known)
    assert blobs.checked(known.sha256).read_bytes() == b"evidence"
    (aside,) = target.parent.glob("*.damaged-*")
    assert aside.read_bytes() == bytes_


def test_an_absent_blob(blobs: Blobs) -> None:
    with pytest.raises(DamagedBlob, match="absent"):
        blobs.checked("0" * 64)


@pytest.mark.usefixtures("another_disk")
def test_copied_from_another_disk(blobs: Blobs, source: Path) -> None:
    known = digest(source)
    blobs.put(source, known)
    assert blobs.checked(known.sha256).stat().st_ino != source.stat().st_ino
    assert everything(blobs) == [f"{known.sha256[:2]}/{known.sha256}"]


@pytest.mark.usefixtures("another_disk")
def test_a_source_that_is_not_what_was_said_is_not_kept(blobs: Blobs, source: Path) -> None:
    with pytest.raises(DamagedBlob, match="changed while copying"):
        blobs.put(source, Digest("0" * 64, 8))
    assert everything(blobs) == []


@pytest.mark.usefixtures("another_disk")
def test_a_draft_left_by_a_crash_is_written_over(blobs: Blobs, source: Path) -> None:
    (blobs.root / "tmp" / source.name).write_bytes(b"half of something else, and longer")
    known = digest(source)
    blobs.put(source, known)
    assert everything(blobs) == [f"{known.sha256[:2]}/{known.sha256}"]


@pytest.mark.usefixtures("another_disk")
def test_twins_copied_at_once(blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two arrivals of the same bytes on two threads: what one has put in place, the other never touches again."""
    content = hostile.noise(3 << 20)
    sources = [tmp_path / f"arrival00000000{n}" for n in range(2)]
    for one in sources:
        one.write_bytes(content)
    known = digest(sources[0])
    both, seen = threading.Barrier(2), list[Digest]()

    def copy(self: Blobs, source: Path, target: Path, of: Digest) -> None:
        both.wait(10)
        really(self, source, target, of)
        seen.append(digest(target))

    really = Blobs._copy
    monkeypatch.setattr(Blobs, "_copy", copy)
    failed: list[BaseException] = []

    def put(source: Path) -> None:
        try:
            blobs.put(source, known)
        except BaseException as problem:
            failed.append(problem)

    threads = [threading.Thread(target=put, args=(one,)) for one in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert seen == [known, known]
    assert everything(blobs) == [f"{known.sha256[:2]}/{known.sha256}"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_other_troubles_are_told(blobs: Blobs, source: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def link(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(OSError, match=os.strerror(number)):
        blobs.put(source, digest(source))
    assert everything(blobs) == []


def test_a_sidecar_is_written_once(blobs: Blobs, source: Path) -> None:
    known = digest(source)
    blobs.put(source, known)
    blobs.write_sidecar(known, ARRIVAL, {"name": "Ảnh.jpg"})
    blobs.write_sidecar(known, ARRIVAL, {"name": "another"})
    blobs.write_sidecar(known, "arrival000000002", {"name": "of a twin"})
    assert json.loads(blobs.sidecar(known.sha256, ARRIVAL).read_text(encoding="utf-8")) == {"name": "Ảnh.jpg"}
    assert json.loads(blobs.sidecar(known.sha256, "arrival000000002").read_text())["name"] == "of a twin"
    assert list(blobs.names()) == [known.sha256]


def test_folders_are_for_the_owner_alone(blobs: Blobs, source: Path) -> None:
    blobs.put(source, digest(source))
    assert {path.stat().st_mode & 0o077 for path in blobs.root.rglob("*") if path.is_dir()} == {0}


# --- the order of durable steps --------------------------------------------------------------------------------------


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reaches the disk, in order: fsyncs by the name of what is synced, links, renames, and the commits."""
    taken: list[str] = []
    fsync, link, rename = os.fsync, os.link, Path.rename

    def synced(handle: int) -> None:
        taken.append(f"fsync {Path(f'/proc/self/fd/{handle}').readlink().name}")
        fsync(handle)

    def linked(source: Path, target: Path) -> None:
        taken.append(f"link {target.name}")
        link(source, target)

    def renamed(self: Path, target: Path) -> Path:
        taken.append(f"rename {target.name}")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "link", linked)
    monkeypatch.setattr(Path, "rename", renamed)
    return taken


async def one_intake(world: World, steps: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], str, str]:
    """Announce, bring and settle a photo; the steps from its first byte to its row."""
    person = await world.person(OFFICER)
    content = hostile.jpg(32, 32)
    (arrival,) = await world.announce(person, ("Ảnh.jpg", len(content)))
    run = type(world.db)._run

    def committed(self: object, fn: object) -> object:
        result: object = run(self, fn)  # type: ignore[arg-type]
        steps.append("commit")
        return result

    monkeypatch.setattr(type(world.db), "_run", committed)
    steps.clear()
    await world.bring(arrival, content)
    await world.drain()
    (sha256,) = world.blobs.names()
    return list(steps), arrival, sha256


async def test_the_only_safe_order(world: World, steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole and durable in scratch, then the row that says so; blob and sidecar with their folders, then the evidence
    row. Any other order has states after a power cut with a row and no file.
    """
    taken, arrival, sha256 = await one_intake(world, steps, monkeypatch)
    folder = sha256[:2]
    beside = f"{sha256}.{arrival}.json"
    assert taken == [
        "commit",  # bytes begin to come
        f"fsync {arrival}.part",
        f"rename {arrival}",
        "fsync scratch",
        "commit",  # they are whole
        "fsync blobs",
        f"link {sha256}",
        f"fsync {folder}",
        f"fsync {arrival}.json",
        f"rename {beside}",
        f"fsync {folder}",
        "commit",  # đã lưu
    ]


@pytest.mark.usefixtures("another_disk")
async def test_the_only_safe_order_on_another_disk(
    world: World, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    refuse = os.link
    steps: list[str] = request.getfixturevalue("steps")
    monkeypatch.setattr(os, "link", refuse)
    taken, arrival, sha256 = await one_intake(world, steps, monkeypatch)
    at = taken.index("fsync blobs")
    assert taken[at + 1 : at + 4] == [f"fsync {arrival}", f"rename {sha256}", f"fsync {sha256[:2]}"]


def test_a_folder_is_made_durable_by_every_process(blobs: Blobs, source: Path, steps: list[str]) -> None:
    """A process may have died between making the folder and syncing its name."""
    known = digest(source)
    blobs.path(known.sha256).parent.mkdir()
    steps.clear()
    blobs.put(source, known)
    assert steps[0] == "fsync blobs"
    steps.clear()
    blobs.put(source, known)
    assert steps == [f"fsync {known.sha256[:2]}"]


def test_a_failed_fsync_stores_nothing(blobs: Blobs, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output error"):
        blobs.put(source, digest(source))


# --- thumbnails, a cache ---------------------------------------------------------------------------------------------


def test_thumbnails(tmp_path: Path) -> None:
    kept = Thumbnails(tmp_path / "thumbnails")
    kept.prepare()
    draft = tmp_path / "draft.webp"
    kept.keep(draft, "ab" * 32)
    assert not kept.path("ab" * 32).exists()
    for picture in (b"one", b"two"):
        draft.write_bytes(picture)
        kept.keep(draft, "ab" * 32)
        assert kept.path("ab" * 32).read_bytes() == picture
        assert not draft.exists()


async def test_a_lost_thumbnail_loses_nothing(world: World) -> None:
    person = await world.person(OFFICER)
    await world.send(person, "Ảnh.jpg", hostile.jpg(32, 32))
    (sha256,) = world.blobs.names()
    world.thumbnails.path(sha256).unlink()
    await world.send(person, "Ảnh khác.jpg", hostile.jpg(40, 40))
    assert world.blobs.checked(sha256)
