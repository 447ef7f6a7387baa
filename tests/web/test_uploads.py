"""The two requests of an upload, as broken clients and broken lines make them: one verdict each,
nothing lost or twice.
"""

import gzip
import json
import re
import threading
import time
import uuid
from pathlib import Path

import pytest

from tests import hostile
from tests.product import Answer, Page, Product
from tests.web.site import CONSOLIDATOR, LEADER, Site
from tests.web.wire import connection, head_of_put, one_sentence, status_of, told

PHOTO = hostile.jpg()


@pytest.fixture(scope="module")
def page(site: Site) -> Page:
    return site.invited("xa-an-thanh-1")


def arrival(page: Page, size: int = len(PHOTO), name: str = "ảnh.jpg") -> str:
    answer = page.announce(name, size)
    assert answer.json()["state"] == "send", answer
    id_: str = answer.json()["id"]
    return id_


def stored(page: Page, id_: str) -> None:
    assert page.settled(id_)["state"] == "stored"
    one_verdict(page, id_)


def one_verdict(page: Page, id_: str) -> None:
    """The file stands in one message of the sender's and in one line of the answer's."""
    messages = page.messages()
    assert sum(file["id"] == id_ for message in messages for file in message["files"]) == 1
    receipt = page.files()[id_]["receipt"]
    lines = [
        line
        for message in messages
        if message["direction"] == "out"
        for line in message["text"].splitlines()
        if receipt and f"đã lưu, biên nhận {receipt}" in line
    ]
    assert len(lines) == (1 if receipt else 0)


def scratch(site: Site) -> set[str]:
    return {path.name for path in (site.data / "scratch").iterdir()}


def blobs(site: Site) -> int:
    return sum(path.is_file() and "." not in path.name for path in (site.data / "blobs").rglob("*"))


def test_announcing_again_says_how_far_it_has_come(page: Page) -> None:
    uid, batch = uuid.uuid4().hex, uuid.uuid4().hex

    def again() -> dict[str, str]:
        found: dict[str, str] = page.announce("ảnh.jpg", len(PHOTO), client_id=uid, batch=batch).json()
        return found

    answers = [again() for _ in range(3)]
    assert answers == [{"id": answers[0]["id"], "state": "send", "message": ""}] * 3
    page.put(answers[0]["id"], PHOTO)
    assert again()["state"] in ("saving", "stored")
    stored(page, answers[0]["id"])
    assert again() == {"id": answers[0]["id"], "state": "stored", "message": ""}
    assert sum(len(message["files"]) for message in page.messages() if message["files"]) == len(page.files())


def test_announcing_five_times_at_once_makes_one_arrival(page: Page) -> None:
    uid, batch = uuid.uuid4().hex, uuid.uuid4().hex
    answers: list[str] = []
    tries = [
        threading.Thread(
            target=lambda: answers.append(page.announce("ảnh.jpg", 5, client_id=uid, batch=batch).json()["id"])
        )
        for _ in range(5)
    ]
    for one in tries:
        one.start()
    for one in tries:
        one.join()
    assert len(set(answers)) == 1
    assert len(answers) == 5


def test_files_of_one_sending_share_a_message(page: Page) -> None:
    batch = uuid.uuid4().hex
    good = [page.announce(f"ảnh {n}.jpg", len(PHOTO), batch=batch).json()["id"] for n in range(9)]
    bad = page.announce("chương trình.exe", 100, batch=batch).json()
    assert bad["state"] == "refused"
    for id_ in good:
        page.put(id_, PHOTO)
    for id_ in good:
        stored(page, id_)
    (message,) = [m for m in page.messages() if any(file["id"] == bad["id"] for file in m["files"])]
    assert [file["state"] for file in message["files"]] == ["stored"] * 9 + ["refused"]
    (answer,) = [m for m in page.messages() if "chương trình.exe" in m["text"]]
    assert len(re.findall(r"^• ảnh \d\.jpg: đã lưu, biên nhận", answer["text"], re.MULTILINE)) == 9
    assert len(re.findall(r"^• chương trình\.exe: không nhận, ", answer["text"], re.MULTILINE)) == 1


def test_bytes_twice(page: Page) -> None:
    id_ = arrival(page)
    first, second = page.put(id_, PHOTO), page.put(id_, PHOTO)
    assert (first.status, first.json()) == (200, {"state": "saving"})
    assert second.status in (200, 409)
    stored(page, id_)
    late = page.put(id_, PHOTO)
    assert late.status == 409
    told(late)
    other = page.put(id_, hostile.jpg(64, 64))
    assert other.status == 409
    assert page.request("GET", f"/chat/files/{id_}").body == PHOTO


def test_bytes_five_times_at_once(page: Page) -> None:
    id_ = arrival(page)
    answers: list[Answer] = []
    tries = [threading.Thread(target=lambda: answers.append(page.put(id_, PHOTO))) for _ in range(5)]
    for one in tries:
        one.start()
    for one in tries:
        one.join()
    assert {answer.status for answer in answers} <= {200, 409, 429}
    assert 200 in {answer.status for answer in answers}
    for answer in answers:
        if answer.status != 200:
            told(answer)
    stored(page, id_)
    assert page.request("GET", f"/chat/files/{id_}").body == PHOTO


@pytest.mark.parametrize("size", [0, 1, len(PHOTO) - 1])
def test_fewer_bytes_than_announced(site: Site, page: Page, size: int) -> None:
    id_ = arrival(page)
    short = page.put(id_, PHOTO[:size])
    assert short.status == 400
    told(short)
    assert id_ not in " ".join(scratch(site))
    assert page.put(id_, PHOTO).status == 200
    stored(page, id_)


@pytest.mark.parametrize("more", [1, 5_000_000])
def test_more_bytes_than_announced(site: Site, page: Page, more: int) -> None:
    id_ = arrival(page)
    with connection(site.base) as line:
        line.sendall(head_of_put(page, id_, f"Content-Length: {len(PHOTO) + more}\r\n"))
        line.sendall(PHOTO + bytes(min(more, 100_000)))
        assert status_of(line) == 413
    assert id_ not in " ".join(scratch(site))
    assert page.put(id_, PHOTO).status == 200
    stored(page, id_)


@pytest.mark.parametrize("part", [0, 1, len(PHOTO) // 2, len(PHOTO) - 1])
def test_a_line_that_breaks_half_way_and_comes_again(site: Site, page: Page, part: int) -> None:
    id_ = arrival(page)
    with connection(site.base) as line:
        line.sendall(head_of_put(page, id_, f"Content-Length: {len(PHOTO)}\r\n") + PHOTO[:part])
    again = page.put(id_, PHOTO)
    while again.status == 429:
        told(again)
        again = page.put(id_, PHOTO)
    assert again.status == 200
    stored(page, id_)
    assert page.request("GET", f"/chat/files/{id_}").body == PHOTO


def test_a_line_that_falls_silent_gives_way(site: Site, page: Page) -> None:
    """A phone that changed networks leaves a dead line behind; its file must not wait for that line for hours."""
    id_ = arrival(page)
    with connection(site.base) as line:
        line.sendall(head_of_put(page, id_, f"Content-Length: {len(PHOTO)}\r\n") + PHOTO[:100])
        while f"{id_}.part" not in scratch(site):
            time.sleep(0.01)
        other = page.put(id_, PHOTO)
        assert (other.status, other.headers.get("Retry-After")) == (429, "3")
        told(other)
        assert status_of(line) == 408
    assert page.put(id_, PHOTO).status == 200
    stored(page, id_)


def chunks(content: bytes, size: int) -> bytes:
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def test_bytes_in_chunks_without_a_length(site: Site, page: Page) -> None:
    id_ = arrival(page)
    with connection(site.base) as line:
        line.sendall(head_of_put(page, id_, "Transfer-Encoding: chunked\r\n") + chunks(PHOTO, 1000))
        assert status_of(line) == 200
    stored(page, id_)
    assert page.request("GET", f"/chat/files/{id_}").body == PHOTO


@pytest.mark.parametrize("body", [chunks(PHOTO, 1000)[:-600], b"zz\r\nnonsense\r\n"], ids=["cut", "nonsense"])
def test_broken_chunks_are_no_file(site: Site, page: Page, body: bytes) -> None:
    id_ = arrival(page)
    with connection(site.base) as line:
        line.sendall(head_of_put(page, id_, "Transfer-Encoding: chunked\r\n") + body)
    again = page.put(id_, PHOTO)
    while again.status == 429:
        again = page.put(id_, PHOTO)
    assert again.status == 200
    stored(page, id_)


def test_a_packed_body_is_counted_unpacked(site: Site, page: Page) -> None:
    id_ = arrival(page, 1000)
    body = gzip.compress(bytes(20_000_000))
    with connection(site.base) as line:
        line.sendall(head_of_put(page, id_, f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n") + body)
        assert status_of(line) == 413
    assert id_ not in " ".join(scratch(site))


def test_nobody_else_may_bring_or_drop_the_bytes(site: Site, page: Page) -> None:
    id_ = arrival(page)
    unknown = page.put("a" * 16, PHOTO)
    assert unknown.status == 404
    for other in (site.page(), site.page(CONSOLIDATOR), site.page(LEADER)):
        for answer in (other.put(id_, PHOTO), other.request("DELETE", f"/chat/files/{id_}")):
            assert (answer.status, answer.body) == (404, unknown.body)
    told(unknown)
    assert page.put(id_, PHOTO).status == 200
    stored(page, id_)


@pytest.mark.parametrize(
    "id_", ["x", "..", "%2e%2e%2fkiemchung.db", "%00", "a" * 3000, "%F0%28", "aaaaaaaaaaaaaaaa.part"]
)
def test_made_up_ids(site: Site, page: Page, id_: str) -> None:
    before = scratch(site)
    for method in ("PUT", "DELETE", "GET"):
        answer = page.request(method, f"/chat/files/{id_}", PHOTO if method == "PUT" else None)
        assert answer.status in (404, 405)
        told(answer)
    assert page.request("GET", f"/chat/files/{id_}/thumb").status == 404
    assert scratch(site) == before


def test_giving_a_file_up(page: Page) -> None:
    id_ = arrival(page)
    assert page.request("DELETE", f"/chat/files/{id_}").json() == {"state": "refused"}
    assert page.request("DELETE", f"/chat/files/{id_}").json() == {"state": "refused"}
    file = page.files()[id_]
    assert (file["state"], file["url"]) == ("refused", None)
    assert "thôi gửi" in file["note"]
    assert page.put(id_, PHOTO).status == 409


def test_giving_up_what_is_stored_takes_nothing_away(page: Page) -> None:
    id_ = arrival(page)
    page.put(id_, PHOTO)
    stored(page, id_)
    answer = page.request("DELETE", f"/chat/files/{id_}")
    assert (answer.status, answer.json()) == (200, {"state": "stored"})
    assert page.files()[id_]["state"] == "stored"


def test_a_file_twice_is_kept_once_and_counted_twice(site: Site, page: Page) -> None:
    content = hostile.jpg(200, 100)
    first, second = arrival(page, len(content)), arrival(page, len(content))
    page.put(first, content)
    stored(page, first)
    count = blobs(site)
    page.put(second, content)
    stored(page, second)
    assert blobs(site) == count
    receipts = [page.files()[id_]["receipt"] for id_ in (first, second)]
    assert receipts[0] != receipts[1]
    assert f"trùng với tệp đã lưu, biên nhận {receipts[0]}" in page.messages()[-1]["text"]


@pytest.mark.parametrize("size", [200 * 1024 * 1024 + 1, 2**31, 2**40, 2**50 - 1])
def test_too_large_is_refused_before_a_byte_comes(site: Site, size: int) -> None:
    page = site.invited("xa-an-thanh-2")
    before = scratch(site)
    told_so = page.announce("phim.mp4", size).json()
    assert told_so["state"] == "refused"
    one_sentence(told_so["message"])
    late = page.put(told_so["id"], hostile.mp4())
    assert late.status == 409
    told(late)
    assert scratch(site) == before


def test_exactly_as_large_as_allowed_may_come(page: Page) -> None:
    id_ = arrival(page, 200 * 1024 * 1024, "phim.mp4")
    assert page.request("DELETE", f"/chat/files/{id_}").status == 200


@pytest.mark.parametrize(
    "change",
    [
        {"size": -1},
        {"size": 2**50},
        {"size": 1.5},
        {"size": "5"},
        {"size": None},
        {"size": True},
        {"name": None},
        {"name": 5},
        {"name": ["a"]},
        {"client_id": ""},
        {"client_id": "a" * 65},
        {"client_id": "\ud800"},
        {"client_id": "a\nb"},
        {"batch": None},
        {"batch": "\ud800"},
        {"batch": "ậ"},
        {"batch": ""},
    ],
    ids=str,
)
def test_a_broken_announcement_changes_nothing(page: Page, change: dict[str, object]) -> None:
    before = page.messages()[-1]["id"]
    whole = {
        "client_id": uuid.uuid4().hex,
        "batch": uuid.uuid4().hex,
        "name": "a.jpg",
        "size": 5,
        "type": "",
        "caption": "",
    }
    answer = page.post("/chat/files", {**whole, **change})
    assert answer.status == 400
    told(answer)
    assert page.messages()[-1]["id"] == before


@pytest.mark.parametrize(
    "change", [{"type": 5}, {"type": "\ud800"}, {"caption": None}, {"caption": 7}, {"caption": "\ud800\x00"}], ids=str
)
def test_what_does_not_matter_stops_no_file(page: Page, change: dict[str, object]) -> None:
    whole = {
        "client_id": uuid.uuid4().hex,
        "batch": uuid.uuid4().hex,
        "name": "a.jpg",
        "size": len(PHOTO),
        "type": "",
        "caption": "",
    }
    answer = page.post("/chat/files", {**whole, **change})
    assert answer.json()["state"] == "send"
    page.put(answer.json()["id"], PHOTO)
    stored(page, answer.json()["id"])


@pytest.mark.parametrize("who", [LEADER, 4])
def test_who_has_no_items_sends_nothing(site: Site, who: int) -> None:
    answer = site.page(who).announce("ảnh.jpg", 5).json()
    assert (answer["id"], answer["state"]) == ("", "refused")
    one_sentence(answer["message"])


def test_a_full_disk_stops_files_and_says_so(tmp_path: Path) -> None:
    with Product(tmp_path, env={"DISK_RESERVE": "900000GiB"}) as product:
        page = Page(product.base).sign_in(product.links[0])
        before = page.messages()
        answer = page.announce("ảnh.jpg", len(PHOTO))
        assert answer.status == 507
        assert int(answer.headers["Retry-After"]) > 0
        told(answer)
        assert page.messages() == before
        assert page.say("tiến độ").status == 200
        health = json.loads(page.request("GET", "/healthz").body)
        assert health["status"] == "ok"


def test_a_disk_that_fills_up_between_announcement_and_bytes(tmp_path: Path) -> None:
    fills = (
        "import storage.scratch as s, pathlib; full = pathlib.Path('full'); "
        "s.Scratch.free_bytes = lambda self: 0 if full.exists() else 1 << 40"
    )
    with Product(tmp_path, before=fills) as product:
        page = Page(product.base).sign_in(product.links[0])
        id_ = arrival(page)
        (product.folder / "full").touch()
        answer = page.put(id_, PHOTO)
        assert (answer.status, answer.headers["Retry-After"]) == (507, "30")
        told(answer)
        (product.folder / "full").unlink()
        assert page.put(id_, PHOTO).status == 200
        stored(page, id_)


def test_a_slow_sender_is_waited_for(site: Site, page: Page) -> None:
    id_ = arrival(page)
    with connection(site.base) as line:
        line.sendall(head_of_put(page, id_, f"Content-Length: {len(PHOTO)}\r\n"))
        for at in range(0, len(PHOTO), 2000):
            line.sendall(PHOTO[at : at + 2000])
            time.sleep(0.4)
        assert status_of(line) == 200
    stored(page, id_)
