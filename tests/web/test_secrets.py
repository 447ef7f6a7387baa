"""A state secret must not touch this machine: refused before a byte comes, and nothing of its name or caption stays."""

from pathlib import Path

import pytest

from tests import hostile
from tests.product import Answer, Page
from tests.web.site import CONSOLIDATOR, Site
from tests.web.wire import one_sentence, told

CANARY = "Zxq7Kanari"
NAMES = [
    f"Kế hoạch {CANARY} TỐI MẬT.pdf",
    f"tuyet_mat_{CANARY}.pdf",
    f"{CANARY}_MẬT.jpg",
    f"Văn bản mật {CANARY}.docx",
    f"M Ậ T {CANARY}.pdf",
    f"Ke\u0302\u0301 hoa\u0323ch {CANARY} (MA\u0323\u0302T).pdf",
    f"{'a' * 1200} TUYỆT MẬT {CANARY}.pdf",
    f"TUYỆT MẬT {CANARY} {'a' * 1200}.pdf",
]


@pytest.fixture(scope="module")
def page(site: Site) -> Page:
    return site.page()


def traces(site: Site) -> list[str]:
    """Every file of the product that holds the canary, in UTF-8 or UTF-16, and the log."""
    words = [CANARY.encode(), CANARY.lower().encode(), CANARY.encode("utf-16-le")]
    return [
        str(path.relative_to(site.product.folder))
        for path in sorted(Path(site.product.folder).rglob("*"))
        if path.is_file() and (any(word in path.read_bytes() for word in words) or CANARY in path.name)
    ]


def stopped(page: Page, answer: Answer, content: bytes) -> None:
    said = answer.json()
    assert (answer.status, said["state"]) == (200, "refused")
    one_sentence(said["message"])
    late = page.put(said["id"], content)
    assert late.status == 409
    told(late)
    file = page.files()[said["id"]]
    assert (file["name"], file["state"], file["url"]) == ("(tệp bị chặn)", "refused", None)


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_marked_name(site: Site, page: Page, name: str) -> None:
    before = {path.name for path in (site.data / "scratch").iterdir()}
    stopped(page, page.announce(name, len(hostile.pdf())), hostile.pdf())
    assert {path.name for path in (site.data / "scratch").iterdir()} == before
    words = "\n".join(message["text"] for message in page.messages())
    assert "Nộp trực tiếp" in words
    assert CANARY not in words
    assert traces(site) == []


@pytest.mark.parametrize(
    "caption",
    [f"{CANARY}: tài liệu mật của huyện", f"TỐI MẬT {CANARY}", f"{'a ' * 2500} tài liệu TUYỆT MẬT {CANARY}"],
    ids=range(3),
)
def test_a_marked_caption_stops_every_file_of_the_sending(site: Site, page: Page, caption: str) -> None:
    for name in ("ảnh.jpg", f"{CANARY} 2.jpg"):
        stopped(
            page, page.announce(name, len(hostile.jpg()), caption=caption, batch=f"b{hash(caption)}"), hostile.jpg()
        )
    assert CANARY not in "\n".join(message["text"] for message in page.messages())
    assert traces(site) == []


def test_the_guardians_are_told_without_a_name(site: Site, page: Page) -> None:
    page.announce(f"{CANARY} MẬT.pdf", 10)
    (alert, *_) = [
        m["text"] for m in reversed(site.page(CONSOLIDATOR).messages()) if "dấu hiệu tài liệu mật" in m["text"]
    ]
    assert CANARY not in alert
    assert "An Thạnh Đông" in alert


def test_repeating_and_restarting_leave_nothing_either(site: Site, page: Page) -> None:
    for _ in range(3):
        page.announce(f"{CANARY} TUYỆT MẬT.pdf", 10, client_id="the-same", batch="the-same")
    assert traces(site) == []
    assert site.product.stop() == 0
    site.product.start()
    assert traces(site) == []
    assert page.request("GET", "/chat/feed").status == 200
    assert traces(site) == []


@pytest.mark.parametrize("name", [f"Bảo mật {CANARY}.jpg", f"đổi mật khẩu {CANARY}.jpg", f"mật độ dân cư {CANARY}.jpg"])
def test_innocent_names_pass(page: Page, name: str) -> None:
    answer = page.announce(name, len(hostile.jpg())).json()
    assert answer["state"] == "send"
    page.put(answer["id"], hostile.jpg())
    assert page.settled(answer["id"])["name"] == name
