"""Files are hostile until proven: what each parser refuses, keeps and flags, and that no file outlives its limits."""

import asyncio
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from criteria.files import KINDS, Accepted, CheckResult, FileFlag, FileGroup, RefusalReason, Refused
from storage.checking import parsers, pool, zygote
from storage.checking.pool import Checker, CheckerDown
from tests import hostile
from tests.hostile import FLAGGED, HONEST, MIB, REFUSED, Bad, Odd

UNSCANNED = FileFlag.NOT_SCANNED_FOR_VIRUSES
CLEAN = frozenset({UNSCANNED})


@pytest.fixture
def put(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.scratch"
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
async def checker() -> AsyncIterator[Checker]:
    made = Checker()
    yield made
    await made.close()


def mutated(data: bytes, seed: int) -> bytes:
    dice, changed = random.Random(seed), bytearray(data)
    for _ in range(dice.choice((1, 3, 10, 50))):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


# --- what the parsers say -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", HONEST)
def test_honest_files_are_kept(code: str, put: Callable[[bytes], Path]) -> None:
    answer = parsers.check(put(HONEST[code]()), code)
    assert answer["kind"] == code
    assert answer["flags"] == list(KINDS[code].flags)


@pytest.mark.parametrize("sample", REFUSED, ids=lambda sample: sample.name)
def test_hostile_files_are_refused(sample: Bad, put: Callable[[bytes], Path]) -> None:
    assert parsers.check(put(sample.build()), sample.kind) == {"refused": sample.reason}


@pytest.mark.parametrize("sample", FLAGGED, ids=lambda sample: sample.name)
def test_odd_files_are_kept_with_their_flags(sample: Odd, put: Callable[[bytes], Path], tmp_path: Path) -> None:
    answer = parsers.check(put(sample.build()), sample.kind, tmp_path / "thumbnail")
    assert frozenset(answer["flags"]) == sample.flags


@pytest.mark.parametrize("code", HONEST)
def test_a_cut_file_is_never_kept_without_a_word(code: str, put: Callable[[bytes], Path]) -> None:
    data = HONEST[code]()
    cuts = [1, 2, 8, 512, *(len(data) * tenth // 10 for tenth in range(1, 10)), len(data) - 100, len(data) - 12]
    for cut in cuts:
        answer = parsers.check(put(data[:cut]), code)
        assert "refused" in answer or FileFlag.POSSIBLY_DAMAGED in answer["flags"], (cut, answer)
        if 8 < cut < len(data) * 0.8:
            assert answer == {"refused": RefusalReason.DAMAGED}, cut


@pytest.mark.parametrize("code", HONEST)
def test_every_kind_under_every_other_extension(code: str, put: Callable[[bytes], Path]) -> None:
    path = put(HONEST[code]())
    for other in HONEST.keys() - {code}:
        answer = parsers.check(path, other)
        if {KINDS[code].group, KINDS[other].group} == {FileGroup.IMAGE}:
            assert answer["kind"] == code
            assert answer["flags"] == [FileFlag.EXTENSION_MISMATCH]
        else:
            assert answer == {"refused": RefusalReason.TYPE_MISMATCH}, other


def test_facts_of_a_file(put: Callable[[bytes], Path]) -> None:
    assert parsers.check(put(hostile.pdf(3)), "pdf")["pages"] == 3
    film = parsers.check(put(hostile.mp4()), "mp4")
    assert (film["width"], film["height"]) == (160, 120)
    photo = parsers.check(put(hostile.jpg(200, 100, orientation=6)), "jpg")
    assert (photo["width"], photo["height"]) == (100, 200)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_thumbnail_is_small_upright_and_bare(orientation: int, put: Callable[[bytes], Path], tmp_path: Path) -> None:
    corner = Image.new("RGB", (1600, 800), "black")
    corner.paste("white", (0, 0, 800, 400))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "maker"
    path, thumbnail = put(hostile.saved(corner, "JPEG", exif=exif)), tmp_path / "thumbnail.webp"
    assert parsers.check(path, "jpg", thumbnail)["thumbnail"] is True
    with Image.open(thumbnail) as small:
        assert (small.format, max(small.size)) == ("WEBP", 480)
        assert not small.getexif()
        width, height = small.size
        assert (width < height) == (orientation > 4)
        # Where the first corner of the stored picture is seen, by the definition of each orientation.
        right, down = orientation in (2, 3, 6, 7), orientation in (3, 4, 7, 8)
        at = (width * 3 // 4 if right else width // 4, height * 3 // 4 if down else height // 4)
        assert small.convert("L").getpixel(at) == pytest.approx(255, abs=20)


def test_a_thumbnail_that_cannot_be_written_costs_nothing_but_itself(put: Callable[[bytes], Path]) -> None:
    path = put(hostile.jpg())
    answer = parsers.check(path, "jpg", path.parent / "missing" / "thumbnail.webp")
    assert answer["kind"] == "jpg"
    assert answer["thumbnail"] is False


def test_no_thumbnail_of_what_is_no_picture(put: Callable[[bytes], Path], tmp_path: Path) -> None:
    for code in ("pdf", "docx", "mp4"):
        assert parsers.check(put(HONEST[code]()), code, tmp_path / "thumbnail")["thumbnail"] is False
    assert not (tmp_path / "thumbnail").exists()


def test_bombs_are_stopped_early(put: Callable[[bytes], Path]) -> None:
    for data, code in (
        (hostile.flat_bomb(300), "docx"),
        (hostile.many_entries(2500), "docx"),
        (hostile.png_bomb(20_000), "png"),
    ):
        path, start = put(data), time.perf_counter()
        assert "refused" in parsers.check(path, code)
        assert time.perf_counter() - start < 1


# --- one confined child per file ----------------------------------------------------------------------------------


def confined(work: Callable[[], Any], seconds: int = 10, memory: int = 512 * MIB) -> dict[str, Any]:
    return zygote.run_in_child(work, seconds, memory)


def test_a_child_answers() -> None:
    assert confined(lambda: {"long": "x" * 300_000}) == {"long": "x" * 300_000}


def test_a_child_that_sleeps_is_ended() -> None:
    start = time.perf_counter()
    assert confined(lambda: time.sleep(60), seconds=1) == {"refused": RefusalReason.TOO_COMPLEX, "detail": "time"}
    assert time.perf_counter() - start < 3


def test_a_child_that_counts_for_ever_is_ended() -> None:
    def count() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (1, 2))
        while True:
            pass

    assert confined(count)["detail"] == f"signal:{int(signal.SIGXCPU)}"


def test_a_file_that_takes_too_much_memory_is_refused(put: Callable[[bytes], Path]) -> None:
    code = (  # in a fresh process: this one has memory to spare that no limit sees
        "import sys, json, functools, pathlib; from storage.checking import parsers, zygote; "
        "work = functools.partial(parsers.check, pathlib.Path(sys.argv[1]), 'png'); "
        "print(json.dumps(zygote.run_in_child(work, 10, 24 * 1024 * 1024)))"
    )
    command = [sys.executable, "-c", code, str(put(hostile.png_bomb(7000)))]
    run = subprocess.run(command, cwd=pool.ROOT, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == {"refused": RefusalReason.TOO_COMPLEX, "detail": "memory"}


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (signal.SIGSEGV, RefusalReason.DAMAGED),
        (signal.SIGBUS, RefusalReason.DAMAGED),
        (signal.SIGKILL, RefusalReason.TOO_COMPLEX),
        (signal.SIGABRT, RefusalReason.TOO_COMPLEX),
    ],
)
def test_a_child_that_dies_is_a_verdict(number: signal.Signals, reason: RefusalReason) -> None:
    def die() -> None:
        signal.signal(number, signal.SIG_DFL) if number is not signal.SIGKILL else None
        os.kill(os.getpid(), number)

    assert confined(die) == {"refused": reason, "detail": f"signal:{int(number)}"}


def test_a_parser_that_raises_what_nobody_foresaw_is_a_verdict() -> None:
    assert confined(lambda: [][1]) == {"refused": RefusalReason.DAMAGED, "detail": "exit:1"}


def test_a_child_has_only_its_pipe() -> None:
    def look() -> dict[str, Any]:
        limits = [resource.getrlimit(limit)[1] for limit in (resource.RLIMIT_CPU, resource.RLIMIT_CORE)]
        return {
            "own group": os.getpgid(0) == os.getpid(),
            "open": len(list(Path("/proc/self/fd").iterdir())),
            "limits": limits,
        }

    assert confined(look, seconds=7) == {"own group": True, "open": 5, "limits": [7, 0]}  # the fifth is the listing


# --- the pool -----------------------------------------------------------------------------------------------------


def verdict(result: CheckResult) -> RefusalReason | frozenset[FileFlag]:
    match result.verdict:
        case Refused(reason):
            return reason
        case Accepted():
            return frozenset(result.flags)


OTHERS: set[int] = set()


@pytest.fixture(autouse=True)
def _only_our_children() -> None:
    """Other tests of the same run may have left processes of theirs."""
    OTHERS.clear()
    OTHERS.update(children())


def children() -> set[int]:
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        fields = status.read_text(encoding="utf-8").rpartition(")")[2].split() if status.exists() else []
        if fields and fields[1] == str(os.getpid()) and fields[0] != "Z":
            found.add(int(status.parent.name))
    return found - OTHERS


def network(process: int | str) -> Path:
    return Path(f"/proc/{process}/ns/net").readlink()


def permitted() -> bool:
    return subprocess.run(["unshare", "-rn", "true"], check=False).returncode == 0


async def test_the_whole_catalogue_through_two_processes(put: Callable[[bytes], Path]) -> None:
    checker = Checker(2)
    samples = [(put(sample.build()), sample) for sample in (*REFUSED, *FLAGGED)]
    results = await asyncio.gather(*(checker.check(path, KINDS[sample.kind]) for path, sample in samples))
    expected = [sample.reason if isinstance(sample, Bad) else sample.flags | {UNSCANNED} for _, sample in samples]
    assert [verdict(result) for result in results] == expected
    assert len(children()) == 2
    await checker.close()
    assert not children()


async def test_a_result_in_full(checker: Checker, put: Callable[[bytes], Path], tmp_path: Path) -> None:
    photo = await checker.check(put(hostile.jpg()), KINDS["png"], tmp_path / "t")
    flags = (FileFlag.EXTENSION_MISMATCH, UNSCANNED)
    assert photo == CheckResult(Accepted(), KINDS["jpg"], flags, 320, 240, None, True)
    assert (tmp_path / "t").exists()
    assert await checker.check(put(hostile.EXE), KINDS["pdf"]) == CheckResult(Refused(RefusalReason.TYPE_MISMATCH))


async def test_noise_in_any_file_is_survived(checker: Checker, put: Callable[[bytes], Path]) -> None:
    for code, build in HONEST.items():
        for seed in range(8):
            await checker.check(put(mutated(build(), seed)), KINDS[code])
    assert len(children()) == 1


async def test_the_network_is_cut_where_the_kernel_permits(checker: Checker, put: Callable[[bytes], Path]) -> None:
    assert checker.isolated is None
    assert await checker.probe() is permitted()
    await checker.check(put(hostile.pdf()), KINDS["pdf"])
    (child,) = children()
    assert (network("self") == network(child)) is not checker.isolated


async def test_it_works_where_the_kernel_does_not_permit(
    monkeypatch: pytest.MonkeyPatch, put: Callable[[bytes], Path]
) -> None:
    monkeypatch.setattr(pool, "CUT_OFF", ("--no-such-option",))
    checker = Checker()
    assert verdict(await checker.check(put(hostile.pdf()), KINDS["pdf"])) == CLEAN
    assert checker.isolated is False
    await checker.close()


async def test_a_dead_process_is_replaced(checker: Checker, put: Callable[[bytes], Path]) -> None:
    path = put(hostile.pdf())
    await checker.check(path, KINDS["pdf"])
    (first,) = children()
    os.kill(first, signal.SIGKILL)
    assert verdict(await checker.check(path, KINDS["pdf"])) == CLEAN
    (second,) = children()
    assert first != second


@pytest.mark.parametrize("executable", ["/bin/false", "/no/such/program"])
async def test_no_process_no_verdict(
    executable: str, monkeypatch: pytest.MonkeyPatch, put: Callable[[bytes], Path]
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    monkeypatch.setattr(pool, "CUT_OFF", ("--no-such-option",))
    checker = Checker()
    with pytest.raises(CheckerDown):
        await checker.check(put(hostile.pdf()), KINDS["pdf"])
    monkeypatch.undo()
    assert verdict(await checker.check(put(hostile.pdf()), KINDS["pdf"])) == CLEAN
    await checker.close()


async def test_a_silent_process_is_ended(
    monkeypatch: pytest.MonkeyPatch, put: Callable[[bytes], Path], tmp_path: Path
) -> None:
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\ntrap '' TERM\nexec sleep 60\n", encoding="ascii")
    silent.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(silent))
    monkeypatch.setattr(pool, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(pool, "GOODBYE_SECONDS", 0.2)
    checker = Checker()
    with pytest.raises(CheckerDown):
        await checker.check(put(hostile.pdf()), KINDS["pdf"])
    await checker.close()
    assert not children()


async def test_a_cancelled_check_leaves_nothing_for_the_next(checker: Checker, put: Callable[[bytes], Path]) -> None:
    slow, quick = put(hostile.jpg(7000, 7000)), put(hostile.pdf())
    await checker.check(quick, KINDS["pdf"])
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(checker.check(slow, KINDS["jpg"]), 0.05)
    result = await checker.check(quick, KINDS["pdf"])
    assert (verdict(result), result.pages) == (CLEAN, 2)


async def test_a_missing_scratch_file_is_not_the_senders_fault(checker: Checker, tmp_path: Path) -> None:
    with pytest.raises(CheckerDown, match="errno:2"):
        await checker.check(tmp_path / "gone", KINDS["pdf"])


async def test_closing_ends_every_process(put: Callable[[bytes], Path]) -> None:
    checker = Checker(2)
    await checker.close()
    path = put(hostile.pdf())
    await asyncio.gather(*(checker.check(path, KINDS["pdf"]) for _ in range(4)))
    assert len(children()) == 2
    await checker.close()
    assert not children()


def test_the_main_process_loads_no_parser() -> None:
    parsing = {"pikepdf", "pypdfium2", "PIL", "av", "olefile", "pillow_heif", "puremagic", "storage.checking.parsers"}
    code = f"import sys, storage.checking.pool; print({parsing!r} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], cwd=pool.ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
