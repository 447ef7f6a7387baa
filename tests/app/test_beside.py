"""Commands beside a running server: they see what it has written, it sees what they do, and nobody waits long."""

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import hostile
from tests.product import Page, Product
from tests.web.site import QUICK, Site
from tests.web.wire import Stream


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Product(tmp_path_factory.mktemp("beside"), before=QUICK) as product:
        yield Site(product)


@pytest.fixture(scope="module")
def stored(site: Site) -> dict[str, str]:
    """Three stored photos: receipts by name."""
    receipts = {}
    for number in range(3):
        content = hostile.jpg(100 + number, 80)
        id_ = site.page().announce(f"ảnh {number}.jpg", len(content)).json()["id"]
        site.page().put(id_, content)
        receipts[f"ảnh {number}.jpg"] = site.page().settled(id_)["receipt"]
    return receipts


@pytest.mark.parametrize("words", [["units"], ["people"], ["status"], ["verify"], ["clock"], ["doctor"]], ids=" ".join)
def test_every_reading_command(site: Site, stored: dict[str, str], words: list[str]) -> None:
    done = site.product.command(*words, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert isinstance(json.loads(done.stdout), dict)
    if words == ["status"]:
        assert json.loads(done.stdout)["files"] == {"stored": 3, "refused": 0, "waiting": 0}
    if words == ["verify"]:
        assert json.loads(done.stdout)["files"] == 3


def test_plain_text_answers(site: Site, stored: dict[str, str]) -> None:
    assert re.fullmatch(
        r"TẬP HUẤN\nToàn vẹn: 3 tệp khớp mã băm, \d+ dòng nhật ký liền mạch\.\n", site.command("verify").out
    )
    assert "3 đã lưu" in site.command("status").out


def test_an_invite_made_beside_it_works(site: Site) -> None:
    made = site.command("invite", "--unit", "doi-csgt", "--role", "can_bo", "--name", "Lý Văn Sáu", "--json").json()
    assert made["links"]["web"] == f"{site.base}/in/{made['code']}"
    page = Page(site.base).sign_in(made["links"]["web"])
    assert page.messages()[0]["text"].startswith("Chào đồng chí Lý Văn Sáu.")
    again = Page(site.base).request("POST", made["links"]["web"], b"", guard=False)
    assert again.status == 403
    assert site.command("revoke", made["code"]).status == 1


def test_a_revoked_invite_is_dead(site: Site) -> None:
    code = site.invite()
    assert site.command("revoke", code).out == "Đã thu hồi.\n"
    assert Page(site.base).request("POST", f"/in/{code}", b"", guard=False).status == 403


def test_a_sign_in_link_for_somebody_who_lost_every_device(site: Site) -> None:
    made = site.command("invite", "--person", "2", "--json").json()
    page = Page(site.base).sign_in(made["links"]["web"])
    page.say("/toi")
    assert "Trần Văn Minh" in page.messages()[-1]["text"]


def test_revoking_by_id_puts_out_within_seconds(site: Site) -> None:
    page = site.invited("doi-qlhc")
    page.press("hi:ack")
    who = re.search(r'data-owner="(\d+)"', page.request("GET", "/chat").body.decode())
    assert who
    with Stream(page) as stream:
        stream.until("ping")
        assert site.command("revoke", who[1]).status == 0
        stream.until("signed-out")
    assert page.say("/viec").status == 401
    told = {p["id"]: p["active"] for p in site.command("people", "--json").json()["people"]}
    assert told[int(who[1])] is False


def test_moving_the_clock_moves_the_deadlines_in_the_chat(site: Site) -> None:
    page = site.page()
    page.say("/han")
    before = page.messages()[-1]
    moved = site.command("clock", "--advance", "20d", "--json").json()["now"]
    assert moved.startswith("2021-08-22")
    page.say("/han")
    after = page.messages()[-1]
    assert after["text"] != before["text"]
    assert after["at"].startswith("2021-08-22")
    assert site.command("status", "--json").json()["now"].startswith("2021-08-22")
    assert site.command("clock", "--advance", "-3d").status == 2
    site.product.kill()
    site.product.start()
    assert site.command("clock", "--json").json()["now"] >= moved
    page.say("/han")
    assert page.messages()[-1]["at"] >= moved[:19]


def test_the_data_are_for_the_owner_only(site: Site, stored: dict[str, str]) -> None:
    for name in ("blobs", "scratch", "thumbnails"):
        path = site.data / name
        inner = [folder for folder in path.iterdir() if folder.is_dir()]
        modes = {folder.stat().st_mode & 0o077 for folder in (inner if name == "blobs" else [path, *inner])}
        assert modes <= {0}, name
    assert (site.data / "secret_key").stat().st_mode & 0o077 == 0


def faults(site: Site) -> list[dict[str, str]]:
    done = site.command("verify", "--json")
    report = done.json()
    assert list(report) == ["ok", "files", "audit", "faults"]
    assert done.status == (0 if report["ok"] else 1)
    assert report["ok"] == (not report["faults"])
    found: list[dict[str, str]] = report["faults"]
    assert all(list(fault) == ["kind", "subject", "detail"] for fault in found)
    return found


def blobs(site: Site) -> list[Path]:
    return sorted(p for p in (site.data / "blobs").rglob("*") if p.is_file() and len(p.name) == 64)


def test_verify_names_every_fault(site: Site, stored: dict[str, str]) -> None:
    assert faults(site) == []
    gone, changed, _ = blobs(site)
    whole = {path: path.read_bytes() for path in (gone, changed)}
    gone.unlink()
    changed.chmod(0o600)
    changed.write_bytes(whole[changed][:-1] + b"?")
    extra = site.data / "blobs" / "ab" / ("ab" + "0" * 62)
    extra.parent.mkdir(exist_ok=True)
    extra.write_bytes(b"whose?")
    with sqlite3.connect(site.data / "kiemchung.db") as raw:
        raw.execute("PRAGMA busy_timeout=10000")
        triggers = raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE type='trigger' AND tbl_name='audit'"
        ).fetchall()
        assert triggers
        with pytest.raises(sqlite3.DatabaseError):
            raw.execute("UPDATE audit SET body = replace(body, 'Đ', 'D') WHERE seq = 3")
        with pytest.raises(sqlite3.DatabaseError):
            raw.execute("DELETE FROM audit WHERE seq = 3")
        (body,) = raw.execute("SELECT body FROM audit WHERE seq = 3").fetchone()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute('UPDATE audit SET body = replace(body, \'"at":"20\', \'"at":"19\') WHERE seq = 3')
        raw.commit()
    raw.close()
    found = {fault["kind"]: fault for fault in faults(site)}
    assert set(found) == {"missing", "damaged", "orphan", "audit"}
    assert {found["missing"]["subject"], found["damaged"]["subject"]} <= set(stored.values())
    assert (found["missing"]["detail"], found["damaged"]["detail"]) == (gone.name, changed.name)
    assert found["orphan"]["subject"] == extra.name
    assert found["audit"]["subject"] == "3"
    lines = site.command("verify")
    assert lines.status == 1
    assert sorted(line.split(":")[0] for line in lines.out.splitlines()) == [
        "LỖI mất tệp",
        "LỖI nhật ký không liền mạch ở dòng",
        "LỖI tệp bị thay đổi",
        "LỖI tệp không có trong cơ sở dữ liệu",
        "TẬP HUẤN",
    ]
    for path, content in whole.items():
        path.write_bytes(content)
    extra.unlink()
    with sqlite3.connect(site.data / "kiemchung.db") as raw:
        raw.execute("DELETE FROM audit WHERE seq = 5")
        raw.execute("UPDATE audit SET body = ? WHERE seq = 3", (body,))
        for _, sql in triggers:
            raw.execute(sql)
        raw.commit()
    raw.close()
    assert [fault["kind"] for fault in faults(site)] == ["audit", "audit"]
    for path in (site.data / "blobs").rglob("*.json"):
        path.unlink()
        break
    assert "sidecar" in [fault["kind"] for fault in faults(site)]
