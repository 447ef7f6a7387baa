"""Which files are kept and which are not, by what they are; what is given back, and to whom."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image

from criteria.files import KINDS
from tests import hostile
from tests.product import Answer, Page
from tests.web.site import ADMIN, CONSOLIDATOR, HEAD, LEADER, Site
from tests.web.wire import cookie, one_sentence, plainly, told

ODD_NAME = 'Báo cáo "quý 2"; số 12; đã ký 100%.jpg'


@pytest.fixture(scope="module")
def page(site: Site) -> Page:
    return site.page()


def send(page: Page, name: str, content: bytes, mime: str = "") -> str:
    told_so = page.announce(name, len(content), mime=mime).json()
    assert told_so["state"] == "send", told_so
    answer = page.put(told_so["id"], content)
    assert answer.status == 200, answer
    id_: str = told_so["id"]
    return id_


def blob_of(site: Site, content: bytes) -> Path:
    import hashlib

    name = hashlib.sha256(content).hexdigest()
    return site.data / "blobs" / name[:2] / name


@pytest.mark.parametrize("kind", sorted(hostile.HONEST))
def test_every_allowed_kind_is_stored_and_comes_back(site: Site, page: Page, kind: str) -> None:
    content = hostile.HONEST[kind]()
    id_ = send(page, f"tài liệu {kind}.{kind.upper()}", content)
    file = page.settled(id_)
    assert (file["state"], file["size"]) == ("stored", len(content)), file
    assert re.fullmatch(r"[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}", file["receipt"])
    assert blob_of(site, content).read_bytes() == content
    answer = page.request("GET", file["url"])
    assert (answer.status, answer.body) == (200, content)
    attached(answer, f"tài liệu {kind}.{kind.upper()}")
    assert answer.headers["Content-Type"] == KINDS[kind].mime
    if file["kind"] == "image":
        small = page.request("GET", file["thumb"])
        assert small.headers["Content-Type"] == "image/webp"
        with Image.open(io.BytesIO(small.body)) as picture:
            assert max(picture.size) <= 480
    else:
        assert file["thumb"] is None
        assert page.request("GET", f"/chat/files/{id_}/thumb").status == 404


def attached(answer: Answer, name: str) -> None:
    """Nothing a sender made may run or be shown under our address."""
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=UTF-8''")
    assert disposition.isascii()
    assert unquote(disposition.partition("''")[2]) == name


def test_a_photo_from_an_iphone(page: Page) -> None:
    id_ = send(page, "IMG_0412.HEIC", hostile.heic(1200, 900), "image/heic")
    file = page.settled(id_)
    assert (file["state"], file["kind"]) == ("stored", "image")
    with Image.open(io.BytesIO(page.request("GET", file["thumb"]).body)) as picture:
        assert picture.size == (480, 360)


def test_a_photo_without_a_name_goes_by_its_declared_type(page: Page) -> None:
    id_ = send(page, "", hostile.png(300, 200), "image/png")
    assert page.settled(id_)["name"] == "tệp"


NOT_TAKEN = [
    "exe",
    "zip",
    "rar",
    "7z",
    "lnk",
    "js",
    "apk",
    "iso",
    "html",
    "svg",
    "msi",
    "scr",
    "bat",
    "docm",
    "xlsm",
    "pptm",
    "txt",
    "rtf",
    "csv",
    "gif",
    "webp",
    "mov",
    "mp3",
]
BY_NAME: list[tuple[str, int]] = [
    ("rỗng.jpg", 0),
    *((f"tệp.{ending}", 4000) for ending in NOT_TAKEN),
    ("ảnh.jpg.exe", 4000),
    ("ảnh.jpg\u202egpj.exe", 4000),
    ("ảnh.jpg .exe ", 4000),
    ("không đuôi", 4000),
    (".jpg.", 0),
]


@pytest.mark.parametrize(("name", "size"), BY_NAME, ids=lambda value: repr(value))
def test_refused_by_name_and_size_before_a_byte_comes(site: Site, page: Page, name: str, size: int) -> None:
    before = {path.name for path in (site.data / "scratch").iterdir()}
    answer = page.announce(name, size).json()
    assert answer["state"] == "refused"
    one_sentence(answer["message"])
    assert page.files()[answer["id"]]["note"] == answer["message"]
    said = page.messages()[-1]
    assert said["text"].lower().count(f"không nhận, {answer['message'].lower()}") == 1
    assert said["choices"] == []
    assert page.put(answer["id"], b"x" * size).status == 409
    assert {path.name for path in (site.data / "scratch").iterdir()} == before


CUT: dict[str, Callable[[], bytes]] = {
    "cut.jpg": lambda: hostile.jpg()[: len(hostile.jpg()) // 2],
    "cut.pdf": lambda: hostile.pdf()[: len(hostile.pdf()) // 2],
    "cut.png": lambda: hostile.png()[: len(hostile.png()) // 2],
    "cut.docx": lambda: hostile.docx()[: len(hostile.docx()) // 2],
    "cut.mp4": lambda: hostile.mp4()[: len(hostile.mp4()) // 2],
    "cut.heic": lambda: hostile.heic()[: len(hostile.heic()) // 2],
    "một byte.pdf": lambda: b"%",
    "trắng.docx": lambda: b" \r\n\t" * 100,
    "chương trình.pdf": lambda: hostile.EXE,
    "trang.jpg": lambda: hostile.HTML,
    "nén.docx": hostile.plain_zip,
    "bom.docx": lambda: hostile.flat_bomb(20),
    "lồng.docx": lambda: hostile.nested(5),
    "dối.docx": hostile.false_size,
    "bom.png": lambda: hostile.png_bomb(12_000),
    "hoạt hình.png": hostile.animated_png,
    "khóa.pdf": lambda: hostile.pdf(password="secret", owner="owner"),
    "khóa.docx": hostile.locked_docx,
    "macro.docx": lambda: hostile.docx(content_type=hostile.DOCM_TYPE),
    "mẫu xa.docx": lambda: hostile.docx_with_link("attachedTemplate", "https://example.org/a.dotm"),
    "lai.pdf": lambda: hostile.pdf() + hostile.plain_zip(),
}


def test_refused_by_content_with_a_sentence_each_and_nothing_kept(site: Site, page: Page) -> None:
    sent = {name: (build(), "") for name, build in CUT.items()}
    ids = {name: send(page, name, content) for name, (content, _) in sent.items()}
    for name, id_ in ids.items():
        file = page.settled(id_, 60)
        assert file["state"] == "refused", name
        one_sentence(file["note"])
        assert (file["url"], file["thumb"], file["receipt"]) == (None, None, "")
        assert page.request("GET", f"/chat/files/{id_}").status == 404
        assert not blob_of(site, sent[name][0]).exists(), name
        lines = [line for m in page.messages() for line in m["text"].splitlines() if line.startswith(f"• {name}:")]
        assert [line.lower() for line in lines] == [f"• {name}: không nhận, {file['note']}".lower()]
    left = " ".join(path.name for path in (site.data / "scratch").iterdir())
    assert not [id_ for id_ in ids.values() if id_ in left]
    assert page.request("GET", "/healthz").status == 200


def test_a_wrong_ending_is_kept_by_what_it_is(page: Page) -> None:
    file = page.settled(send(page, "ảnh chụp.png", hostile.jpg(220, 110)))
    assert (file["state"], file["kind"]) == ("stored", "image")
    assert "đuôi tên tệp chưa đúng" in page.messages()[-1]["text"]
    assert page.request("GET", file["url"]).body == hostile.jpg(220, 110)


NAMES: dict[str, str] = {
    "../../etc/cron.d/x.jpg": "x.jpg",
    "..\\..\\Windows\\System32\\x.jpg": "x.jpg",
    "/etc/passwd.jpg": "passwd.jpg",
    "C:\\Users\\an\\ảnh.jpg": "ảnh.jpg",
    "..jpg": "..jpg",
    "a/../b.jpg": "b.jpg",
    "a\x00b.jpg": "ab.jpg",
    "a\r\nSet-Cookie: x=1.jpg": "a Set-Cookie: x=1.jpg",
    "Ba\u0301o ca\u0301o \u0110o\u0323\u0302i.jpg": "Báo cáo Đội.jpg",
    "\u202egpj.txt.jpg": "gpj.txt.jpg",
    "zero\u200bwidth\ufeff.jpg": "zerowidth.jpg",
    "CON.jpg": "CON.jpg",
    "nul.JPG": "nul.JPG",
    "COM1.jpg": "COM1.jpg",
    "Đ.jpg": "Đ.jpg",
    "ảnh 🏳️‍🌈👮🏽.jpg": "ảnh 🏳🌈👮🏽.jpg",
    "-rf *.jpg": "-rf *.jpg",
    "'; DROP TABLE files; --.jpg": "'; DROP TABLE files; --.jpg",
    "<script>alert(1)<script>.jpg": "<script>alert(1)<script>.jpg",
    "%2e%2e%2fx.jpg": "%2e%2e%2fx.jpg",
    "\ud800lẻ.jpg": "\ufffdlẻ.jpg",
    " .  khoảng   trắng  .jpg": ". khoảng trắng .jpg",
    "=cmd|' /C calc'!A0.jpg": "C calc'!A0.jpg",
    ODD_NAME: ODD_NAME,
}


@pytest.mark.parametrize("name", sorted(NAMES), ids=ascii)
def test_a_name_is_shown_safely_and_never_becomes_a_path(site: Site, page: Page, name: str) -> None:
    content = hostile.jpg(40, 30)
    before = {path for path in site.product.folder.rglob("*") if ".webp" not in path.name}
    file = page.settled(send(page, name, content))
    assert (file["state"], file["name"]) == ("stored", NAMES[name])
    new = {path for path in site.product.folder.rglob("*") if ".webp" not in path.name} - before
    assert {path.parent.parent.name for path in new if path.is_file()} <= {"blobs", "thumbnails", "data"}
    assert not [path for path in new if any(part in path.name for part in ("x.jpg", "passwd", "CON", "nul", "COM1"))]
    answer = page.request("GET", file["url"])
    assert answer.body == content
    attached(answer, NAMES[name])


def test_a_name_of_a_thousand_characters(page: Page) -> None:
    file = page.settled(send(page, "Đội " * 250 + ".jpg", hostile.jpg(41, 30)))
    assert file["state"] == "stored"
    assert file["name"].endswith("….jpg")
    assert len(file["name"]) <= 120
    attached(page.request("GET", file["url"]), file["name"])


def test_the_name_as_it_was_sent_stays_beside_the_file(site: Site, page: Page) -> None:
    sent = "Bie\u0302n ba\u0309n\u200b.jpg"
    content = hostile.jpg(42, 30)
    id_ = send(page, sent, content)
    page.settled(id_)
    blob = blob_of(site, content)
    sidecar = json.loads((blob.parent / f"{blob.name}.{id_}.json").read_text())
    assert sent in json.dumps(sidecar, ensure_ascii=False)


@pytest.fixture(scope="module")
def theirs(site: Site, page: Page) -> str:
    """A stored photo of xã An Thạnh Đông."""
    id_ = send(page, "chỉ của xã.jpg", hostile.jpg(500, 300))
    assert page.settled(id_)["state"] == "stored"
    return id_


def test_own_unit_and_the_consolidators_may_open_it(site: Site, theirs: str) -> None:
    for who in (HEAD, CONSOLIDATOR):
        assert site.page(who).request("GET", f"/chat/files/{theirs}").body == hostile.jpg(500, 300)
        assert site.page(who).request("GET", f"/chat/files/{theirs}/thumb").status == 200


def test_nobody_else_learns_that_it_exists(site: Site, theirs: str) -> None:
    unknown = site.page().request("GET", "/chat/files/aaaaaaaaaaaaaaaa")
    assert unknown.status == 404
    told(unknown)
    fresh = site.invited("xa-an-thanh-tay", "truong_don_vi")
    for other in (site.neighbour(), fresh, site.page(LEADER), site.page(ADMIN)):
        for path in (f"/chat/files/{theirs}", f"/chat/files/{theirs}/thumb"):
            answer = other.request("GET", path)
            assert (answer.status, answer.body) == (404, unknown.body)
            assert other.request("HEAD", path).status == 404
            assert set(answer.headers) == set(unknown.headers)


def test_a_part_of_a_file_is_a_part_of_a_file(page: Page, theirs: str) -> None:
    content = hostile.jpg(500, 300)
    answer = page.request("GET", f"/chat/files/{theirs}", headers={"Range": "bytes=10-19"})
    assert (answer.status, answer.body) == (206, content[10:20])
    attached(answer, "chỉ của xã.jpg")
    beyond = plainly(
        page.base, "GET", f"/chat/files/{theirs}", headers={"Cookie": cookie(page), "Range": "bytes=999999999-"}
    )
    assert beyond.status == 416
    assert b"JFIF" not in beyond.body


@pytest.mark.parametrize("harm", ["changed", "cut", "gone", "empty"])
def test_a_damaged_file_is_never_handed_out(site: Site, page: Page, harm: str) -> None:
    content = hostile.jpg(60 + len(harm), 50)
    id_ = send(page, "sẽ hỏng.jpg", content)
    assert page.settled(id_)["state"] == "stored"
    blob = blob_of(site, content)
    blob.chmod(0o600)
    if harm == "gone":
        blob.unlink()
    else:
        blob.write_bytes({"changed": content[:-1] + b"?", "cut": content[:-100], "empty": b""}[harm])
    for headers in ({}, {"Range": "bytes=0-9"}):
        answer = page.request("GET", f"/chat/files/{id_}", headers=headers)
        assert answer.status == 503
        told(answer)
    # the same bytes again are kept again, and whole
    again = send(page, "gửi lại.jpg", content)
    assert page.settled(again)["state"] == "stored"
    assert page.request("GET", f"/chat/files/{again}").body == content
    assert page.request("GET", f"/chat/files/{id_}").body == content


def test_a_lost_thumbnail_is_no_fault(site: Site, page: Page) -> None:
    content = hostile.jpg(77, 55)
    id_ = send(page, "ảnh nhỏ.jpg", content)
    file = page.settled(id_)
    (small,) = (site.data / "thumbnails").rglob(f"{blob_of(site, content).name}.webp")
    small.unlink()
    answer = page.request("GET", file["thumb"])
    assert answer.status == 404
    told(answer)
    assert page.request("GET", file["url"]).body == content


def test_a_file_taken_out_is_still_there_for_its_receipt(page: Page) -> None:
    id_ = send(page, "bỏ ra.jpg", hostile.jpg(78, 55))
    page.settled(id_)
    page.press(f"ev:drop:{id_}")
    assert page.files()[id_]["state"] == "withdrawn"
    page.press(f"ev:drop:{id_}")
    page.press(f"ev:back:{id_}")
    assert page.files()[id_]["state"] == "stored"
    assert page.request("GET", f"/chat/files/{id_}").status == 200
