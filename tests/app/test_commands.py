"""Every command without a server: what it prints for people and for programs, and how it says no."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from criteria import bundled
from tests.app.console import Console
from tests.product import ROOT

COMMUNES = [
    "tt-cu-lao-dung",
    *(f"xa-an-thanh-{which}" for which in ["1", "2", "3", "dong", "nam", "tay"]),
    "xa-dai-an-1",
]
UNITS = [*COMMUNES, *(f"doi-{which}" for which in ["tong-hop", "qlhc", "csgt", "an-ninh", "dieu-tra", "tha-hs"])]
PLAN = "cu-lao-dung-2021"


def started(console: Console, *more: str) -> str:
    """A rehearsal; the first administrator's code."""
    done = console("init", "--plan", PLAN, "--rehearsal", *more)
    assert done.status == 0, done
    found = re.search(r"/in/(\S+)", done.out)
    assert found
    return found[1]


def test_help_loads_nothing_heavy() -> None:
    heavy = ("sqlalchemy", "aiohttp", "pydantic", "alembic", "jinja2", "PIL")
    program = f"import sys, bot.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_names_every_command(console: Console) -> None:
    done = console("--help")
    assert done.status == 0
    for name in ("run", "init", "doctor", "units", "people", "invite", "revoke", "status", "verify", "clock"):
        assert re.search(rf"\b{name}\b", done.out), name
        assert console(name, "--help").status == 0
    assert not (console.folder / "data").exists()


def test_init_makes_a_rehearsal_and_prints_the_first_invite(console: Console) -> None:
    code = started(console)
    status = console("status", "--json").json()
    assert (status["campaign"], status["rehearsal"]) == ("cld-2021", True)
    assert status["now"].startswith("2021-08-02T08:0")
    assert len(code) == 43
    assert console("people", "--json").json() == {"people": []}
    assert console("revoke", code).out == "Đã thu hồi.\n"


def test_init_makes_a_real_campaign_of_a_plan_file(console: Console) -> None:
    (console.folder / "ke-hoach.toml").write_bytes(bundled.plan_text(PLAN))
    done = console("init", "--plan", "ke-hoach.toml")
    assert (done.status, "TẬP HUẤN" in done.out) == (0, False)
    assert console("status", "--json").json()["rehearsal"] is False
    shown = console("clock")
    assert (shown.status, shown.err) == (1, "Kỳ đánh giá thật dùng giờ thật, không đặt được đồng hồ.\n")
    assert console("clock", "--advance", "3d") == shown
    assert "TẬP HUẤN" not in console("status").out


def test_init_twice_is_refused_and_changes_nothing(console: Console) -> None:
    started(console)
    console("invite", "--unit", "doi-csgt", "--role", "can_bo")
    before = console("units", "--json").json()
    again = console("init", "--plan", PLAN)
    assert again.status == 2
    assert again.err.startswith("Dữ liệu đã có kỳ đánh giá; không ghi đè.")
    assert console("units", "--json").json() == before
    assert console("status", "--json").json()["rehearsal"] is True


def test_init_lists_everything_wrong_with_a_plan(console: Console) -> None:
    good = bundled.plan_text(PLAN).decode()
    bad = good.replace('code = "xa-an-thanh-1"', 'code = "Xã 1"').replace('code = "xa-an-thanh-2"', 'code = "Xã 2"')
    assert bad != good
    (console.folder / "bad.toml").write_text(bad)
    done = console("init", "--plan", "bad.toml")
    assert done.status == 2
    first, *problems = done.err.splitlines()
    assert first == "Kế hoạch hoặc bộ tiêu chí chưa đúng:"
    assert len(problems) >= 2
    assert not (console.folder / "data").exists()


def test_init_lists_everything_wrong_with_a_catalogue(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    meta, rows = bundled.catalogue_texts("mau-cap-huyen-2021")
    lines = rows.decode().splitlines()
    broken = "\n".join([*lines, lines[-1], lines[-2]]).encode()
    monkeypatch.setattr(bundled, "catalogue_texts", lambda name: (meta, broken))
    done = console("init", "--plan", PLAN)
    assert done.status == 2
    first, *problems = done.err.splitlines()
    assert first == "Kế hoạch hoặc bộ tiêu chí chưa đúng:"
    assert len(problems) >= 2
    monkeypatch.undo()
    assert started(console)


def test_init_names_where_plan_and_catalogue_do_not_fit(console: Console) -> None:
    more = '\n[[assignments]]\nunit = "doi-csgt"\ncode = "9.9.9"\nchange = "add"\nlead = false\nreason = "thử"\n'
    (console.folder / "apart.toml").write_text(bundled.plan_text(PLAN).decode() + more)
    done = console("init", "--plan", "apart.toml")
    assert done.status == 2
    first, *problems = done.err.splitlines()
    assert first == "Kế hoạch hoặc bộ tiêu chí chưa đúng:"
    assert [problem for problem in problems if "9.9.9" in problem]
    assert started(console)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"= nonsense", b"[a]\nb = 1", b"x" * 100_000])
def test_init_refuses_what_is_no_plan(console: Console, content: bytes) -> None:
    (console.folder / "bad.toml").write_bytes(content)
    done = console("init", "--plan", "bad.toml")
    assert done.status == 2
    assert done.err.startswith("Kế hoạch hoặc bộ tiêu chí chưa đúng:")


def test_init_refuses_a_catalogue_or_a_file_that_is_not_there(console: Console) -> None:
    missing = console("init", "--plan", "no-such.toml")
    assert (missing.status, missing.err.startswith("Không đọc được tệp kế hoạch no-such.toml.")) == (2, True)
    other = bundled.plan_text(PLAN).decode().replace("mau-cap-huyen-2021", "khong-co")
    (console.folder / "other.toml").write_text(other)
    done = console("init", "--plan", "other.toml")
    assert done.status == 2
    assert "khong-co" in done.err
    assert console("init", "--plan", str(console.folder)).status == 2


@pytest.mark.parametrize("clock", ["yesterday", "2021-13-01", "8:00", ""])
def test_init_refuses_a_time_that_is_none(console: Console, clock: str) -> None:
    done = console("init", "--plan", PLAN, "--rehearsal", "--clock", clock)
    assert (done.status, done.err) == (2, "Thời điểm ghi như 2021-08-02T08:00 (giờ Việt Nam).\n")
    assert not (console.folder / "data").exists()


def test_init_takes_a_clock_of_its_own(console: Console) -> None:
    started(console, "--clock", "2021-09-10T07:30", "--speed", "0")
    assert console("clock", "--json").json() == {"now": "2021-09-10T07:30:00+07:00"}
    assert console("clock").out == "Giờ tập huấn: 07:30 ngày 10/9/2021\n" or "10/9/2021" in console("clock").out


@pytest.mark.parametrize(
    "words", [["units"], ["people"], ["status"], ["verify"], ["clock"], ["clock", "--advance", "1d"], ["revoke", "1"],
              ["invite", "--unit", "doi-csgt", "--role", "can_bo"]],
    ids=" ".join,
)  # fmt: skip
def test_without_a_database_every_command_says_so(console: Console, words: list[str]) -> None:
    for more in ([], ["--json"] if words[0] != "revoke" else []):
        done = console(*words, *more)
        assert (done.status, done.out) == (1, "")
        assert done.err.startswith("Chưa có dữ liệu.")
    assert not (console.folder / "data" / "kiemchung.db").exists()


def test_a_database_without_a_campaign_is_no_data_yet(console: Console) -> None:
    from storage import schema

    (console.folder / "data").mkdir()
    schema.upgrade(f"sqlite+aiosqlite:///{console.folder / 'data/kiemchung.db'}")
    done = console("status")
    assert (done.status, done.err.startswith("Chưa có dữ liệu.")) == (1, True)
    assert started(console)


def test_a_newer_database_is_left_alone(console: Console) -> None:
    import sqlite3

    started(console)
    path = console.folder / "data/kiemchung.db"
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    before = path.read_bytes()
    for words in (["status"], ["units", "--json"], ["init", "--plan", PLAN], ["clock", "--advance", "1d"]):
        done = console(*words)
        assert (done.status, done.err) == (
            1,
            "Dữ liệu do bản Kiểm chứng mới hơn tạo ra. Xin dùng bản mới hơn; dữ liệu không bị động đến.\n",
        )
    run = console.process("run", env={"WEB_PORT": "0"})
    assert (run.status, run.err.startswith("Dữ liệu do bản Kiểm chứng mới hơn")) == (1, True)
    assert path.read_bytes() == before


def test_bad_settings_stop_every_command_with_status_2(console: Console) -> None:
    bad = {"WEB_PORT": "x", "DISK_RESERVE": "x", "SECRET_KEY": "short"}
    for words in (["units"], ["doctor"], ["init", "--plan", PLAN], ["run"]):
        done = console(*words, env=bad)
        assert (done.status, done.out) == (2, "")
        first, *lines = done.err.splitlines()
        assert first.startswith("Thiết lập chưa đúng")
        assert sorted(line.partition(":")[0] for line in lines) == sorted(bad)
    assert not (console.folder / "data").exists()


def test_units(console: Console) -> None:
    started(console)
    data = console("units", "--json").json()
    assert list(data) == ["units"]
    assert [list(unit) for unit in data["units"]] == [["code", "name", "kind", "people", "items"]] * len(UNITS)
    assert sorted(unit["code"] for unit in data["units"]) == sorted(UNITS)
    kinds = {unit["code"]: unit["kind"] for unit in data["units"]}
    assert {kinds[code] for code in UNITS[:8]} == {"cong_an_xa"}
    assert [kinds[code] for code in UNITS[8:]] == ["doi_tong_hop", "doi_qlhc", "doi_csgt", *["doi_khac"] * 3]
    assert all(unit["items"] > 0 for unit in data["units"])
    mark, *lines = console("units").out.splitlines()
    assert mark == "TẬP HUẤN"
    assert len(lines) == len(UNITS)
    assert all(re.search(r"\d+ người +\d+ mục$", line) for line in lines)


def test_people_after_somebody_joined(console: Console) -> None:
    import asyncio

    from bot.app import build_app
    from bot.ids import RandomIds
    from bot.settings import Settings
    from handlers import acts

    started(console)
    code = console("invite", "--unit", "doi-csgt", "--role", "can_bo", "--name", "Lý Văn Sáu", "--json").json()["code"]

    async def join() -> None:
        made = build_app(Settings(_env_file=None, data_dir=console.folder / "data"))
        now = datetime.now(UTC)
        await made.db.write(
            lambda tx: acts.sign_in(tx, made.turns, RandomIds(), token=code, who="x", label="", real=now)
        )
        await made.checker.close()
        await made.db.close()

    asyncio.run(join())
    (person,) = console("people", "--json").json()["people"]
    assert list(person) == ["id", "name", "roles", "channels", "active"]
    assert (person["name"], person["roles"], person["channels"], person["active"]) == (
        "Lý Văn Sáu",
        [{"unit": "doi-csgt", "role": "can_bo"}],
        ["web"],
        True,
    )
    assert "Lý Văn Sáu" in console("people").out
    assert next(u["people"] for u in console("units", "--json").json()["units"] if u["code"] == "doi-csgt") == 1
    assert console("revoke", str(person["id"])).status == 0
    assert console("people", "--json").json()["people"][0]["active"] is False
    assert "(đã thu hồi)" in console("people").out
    assert console("revoke", str(person["id"])).status == 0


def test_status(console: Console) -> None:
    started(console)
    data = console("status", "--json").json()
    assert list(data) == ["campaign", "rehearsal", "now", "items", "units", "files", "inbox", "outbox"]
    assert data["items"] == {"total": data["items"]["total"], "answered": 0, "covered": 0, "accepted": 0, "returned": 0}
    assert sum(unit["total"] for unit in data["units"]) == data["items"]["total"] > 0
    assert [list(unit) for unit in data["units"]] == [["code", "total", "answered", "covered"]] * len(UNITS)
    assert data["files"] == {"stored": 0, "refused": 0, "waiting": 0}
    assert data["inbox"] == {"waiting": 0, "parked": 0}
    assert data["outbox"] == {"waiting": 0, "dead": 0}
    assert datetime.fromisoformat(data["now"]).utcoffset() == timedelta(hours=7)
    assert "TẬP HUẤN" in console("status").out


def test_invite(console: Console) -> None:
    started(console)
    now = datetime.now(UTC)
    data = console(
        "invite", "--unit", "doi-csgt", "--role", "can_bo", "--name", "A", "--phone", "0912345678", "--json"
    ).json()
    assert list(data) == ["code", "expires_at", "links"]
    assert data["links"] == {
        "telegram": None,
        "zalo_oa": None,
        "zalo_bot": None,
        "web": f"https://kiemchung.example.vn/in/{data['code']}",
    }
    expires = datetime.fromisoformat(data["expires_at"])
    assert timedelta(hours=71) < expires - now < timedelta(hours=73)
    shown = console("invite", "--unit", "doi-csgt", "--role", "quan_tri")
    assert re.search(r"Mã mời cho .+ \(dùng một lần, đến .+\):\n  \S{43}\n  https://\S+/in/\S{43}\n", shown.out)


@pytest.mark.parametrize(
    ("unit", "role", "word"),
    [
        ("no-such", "can_bo", "doi-csgt"),
        ("doi-csgt", "no_such", "tong_hop"),
        ("", "", "doi-csgt"),
        ("doi-csgt", "", "can_bo"),
    ],
)
def test_an_invite_for_nobody_names_what_there_is(console: Console, unit: str, role: str, word: str) -> None:
    started(console)
    done = console("invite", "--unit", unit, "--role", role, "--json")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("Không có ")
    assert word in done.err


def test_a_sign_in_link_for_somebody_unknown(console: Console) -> None:
    started(console)
    done = console("invite", "--person", "77", "--json")
    assert (done.status, done.out) == (2, "")
    assert "77" in done.err


def modules(picture: Path, scale: int, border: int) -> list[list[bool]]:
    """The dark and light squares of a QR picture."""
    from PIL import Image

    with Image.open(picture) as image:
        grey = image.convert("L")
        count = grey.width // scale - 2 * border
        at = [(border + n) * scale + scale // 2 for n in range(count)]
        return [[grey.getpixel((x, y)) < 128 for x in at] for y in at]  # type: ignore[operator]


def test_the_qr_picture_is_the_link(console: Console) -> None:
    import segno

    started(console)
    data = console("invite", "--unit", "doi-csgt", "--role", "can_bo", "--qr", "mời.png", "--json").json()
    picture = console.folder / "mời.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    expected = [[bool(dark) for dark in row] for row in segno.make(data["links"]["web"], error="m").matrix]
    assert modules(picture, 8, 3) == expected
    console("invite", "--unit", "doi-csgt", "--role", "can_bo", "--qr", "không-đuôi")
    assert (console.folder / "không-đuôi").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("whom", ["77", "x", "", "A" * 43, "9" * 50, "-1", "1; DROP TABLE people", "ậ"])
def test_revoking_nobody(console: Console, whom: str) -> None:
    started(console)
    done = console("revoke", "--", whom)
    assert (done.status, done.err) == (1, "Không có người hoặc mã mời còn dùng được như vậy.\n")


def test_the_clock_only_moves_forward(console: Console) -> None:
    started(console, "--speed", "0")
    begun = datetime.fromisoformat(console("clock", "--json").json()["now"])
    for step, span in (("3d", timedelta(days=3)), ("12h", timedelta(hours=12)), (" 30m ", timedelta(minutes=30))):
        moved = datetime.fromisoformat(console("clock", "--advance", step, "--json").json()["now"])
        assert moved == begun + span
        assert datetime.fromisoformat(console("clock", "--json").json()["now"]) == moved
        begun = moved
    for wrong in ("0d", "-1d", "3", "d", "3w", "1.5d", "3d4h", "", "three"):
        done = console("clock", f"--advance={wrong}")
        assert (done.status, done.err) == (2, "Khoảng thời gian ghi như 3d, 12h, 30m; chỉ tiến, không lùi.\n"), wrong
    assert datetime.fromisoformat(console("clock", "--json").json()["now"]) == begun


@pytest.mark.parametrize("far", ["99999999999d", "999999999d", "9000000d"])
def test_the_clock_has_an_end(console: Console, far: str) -> None:
    started(console)
    done = console("clock", "--advance", far)
    assert (done.status, done.err) == (2, "Khoảng thời gian ghi như 3d, 12h, 30m; chỉ tiến, không lùi.\n")
    assert console("clock", "--json").json()["now"].startswith("2021-08-02")


def test_doctor(console: Console) -> None:
    before = console("doctor", "--json")
    assert before.status == 1
    started(console)
    after = console("doctor", "--json")
    checks = {check["check"]: check["ok"] for check in after.json()["checks"]}
    assert set(checks) >= {"settings", "schema", "disk", "same_disk", "sqlite", "isolated", "public_url", "https"}
    assert (checks["schema"], checks["disk"], checks["public_url"], checks["https"], after.status) == (True,) * 4 + (0,)
    lines = console("doctor", env={"PUBLIC_URL": "http://localhost:8080", "DISK_RESERVE": "900000GiB"})
    assert lines.status == 1
    wrong = [line for line in lines.out.splitlines() if line.startswith("XEM")]
    assert all(". " in line for line in wrong)
    assert len(wrong) >= 3


def test_every_json_answer_is_one_object_and_nothing_else(console: Console) -> None:
    started(console)
    for words in (["units"], ["people"], ["status"], ["verify"], ["clock"], ["doctor"]):
        assert isinstance(json.loads(console(*words, "--json").out), dict), words


def test_a_picture_into_a_folder_that_is_not_there_still_gives_the_link(console: Console) -> None:
    started(console)
    done = console(
        "invite", "--unit", "xa-an-thanh-1", "--role", "can_bo", "--qr", str(console.folder / "no" / "qr.png")
    )
    assert done.status == 0
    assert "Không có thư mục" in done.err
    assert "/in/" in done.out
