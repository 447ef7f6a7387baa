"""Several files at once, good and bad, from the file chooser, the clipboard and the desk."""

import base64
import re

import pytest
from playwright.sync_api import expect

from criteria.evidence import SECRET
from criteria.files import RefusalReason
from handlers.texts import evidence as texts
from tests import hostile
from tests.browser.conftest import Phones
from tests.browser.phone import DESK, Phone, sample
from tests.product import Product

pytestmark = pytest.mark.browser

_HAND_OVER = """
([how, name, type, content]) => {
  const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type }));
  const target = document.getElementById("words");
  const common = { bubbles: true, cancelable: true };
  if (how === "paste") target.dispatchEvent(new ClipboardEvent("paste", { ...common, clipboardData: data }));
  else for (const step of how.split(" ")) target.dispatchEvent(new DragEvent(step, { ...common, dataTransfer: data }));
}
"""


def test_three_photos_are_one_sending_with_one_line_each(officer: Phone) -> None:
    names = ["mot.jpg", "hai.jpg", "ba.jpg"]
    officer.send(
        *(sample(name, hostile.jpg(320 + 10 * i), "image/jpeg") for i, name in enumerate(names)), source="Chọn ảnh"
    )
    for name in names:
        officer.stored(name)
    summary = officer.summary("3 tệp cho 3.2.2")
    expect(summary).to_have_count(1)
    expect(summary.locator("li")).to_have_count(3)
    for name in names:
        expect(summary.locator("li", has_text=name)).to_contain_text(
            re.compile(rf"^{re.escape(name)}: đã lưu, biên nhận \S{{11}}$")
        )
    sent = officer.page.locator('#messages article[data-direction="in"]', has=officer.page.locator(".file"))
    expect(sent).to_have_count(1)
    expect(sent.locator(".files-summary")).to_have_text("3 tệp: 3 đã lưu")
    officer.press("Xong")
    officer.card("3.3.2")
    officer.say("/viec")
    officer.say("3.2.2")
    officer.hears("Đã có 1 tài liệu.")
    officer.all_delivered()


def test_bad_files_cost_one_sentence_each_and_take_nothing_else_with_them(officer: Phone) -> None:
    officer.choose(
        [
            sample("rong.pdf", b"", "application/pdf"),
            sample("phan-mem.exe", b"MZ" + bytes(200), "application/octet-stream"),
            sample("QD_MAT.pdf", hostile.pdf(), "application/pdf"),
            sample("hong.jpg", b"\xfb\x01" + hostile.noise(9000), "image/jpeg"),
            sample("tot.jpg", hostile.jpg(), "image/jpeg"),
        ]
    )
    empty = officer.page.locator("#tray .file", has_text="rong.pdf")
    expect(empty).to_contain_text("Tệp rỗng (0 byte). Xin đồng chí chọn lại tệp.")
    expect(officer.page.locator("#tray-count")).to_have_text(re.compile("^4 tệp"))
    officer.page.locator("#send").click()

    officer.stored("tot.jpg")
    for name, reason in (
        ("phan-mem.exe", RefusalReason.TYPE_NOT_ALLOWED),
        ("hong.jpg", RefusalReason.DAMAGED),
        ("(tệp bị chặn)", SECRET),
    ):
        expect(officer.file(name)).to_have_count(1)
        expect(officer.file(name)).to_have_attribute("data-state", "refused", timeout=20_000)
        expect(officer.file(name)).to_contain_text(texts.reason(reason), ignore_case=True)
    expect(officer.told(texts.secret_stopped())).to_have_count(1)
    summary = officer.summary("1 tệp cho 3.2.2")
    expect(summary).to_have_count(1)
    expect(summary.locator("li")).to_have_count(4)
    expect(officer.page.locator("#messages")).not_to_contain_text("QD_MAT")
    officer.all_delivered()
    assert officer.kept_by_server() == ["tot.jpg"]
    officer.press("Xong")
    officer.card("3.3.2")


def test_a_secret_caption_stops_the_file_before_a_byte_leaves(officer: Phone) -> None:
    sent: list[str] = []
    officer.page.on("request", lambda request: sent.append(request.method))
    officer.send(sample("a.jpg", hostile.jpg(), "image/jpeg"), caption="Độ mật: TỐI MẬT")
    expect(officer.told(texts.secret_stopped())).to_have_count(1)
    officer.all_delivered()
    assert "PUT" not in sent
    assert officer.kept_by_server() == []


def test_taking_out_a_file_of_the_tray_and_a_stored_one(officer: Phone) -> None:
    officer.choose(
        [sample("mot.jpg", hostile.jpg(330), "image/jpeg"), sample("hai.jpg", hostile.jpg(340), "image/jpeg")]
    )
    officer.page.get_by_role("button", name="Bỏ tệp hai.jpg").click()
    expect(officer.page.locator("#tray .file")).to_have_count(1)
    officer.page.locator("#send").click()
    officer.stored("mot.jpg")
    officer.press("Bỏ tệp này")
    expect(officer.file("mot.jpg")).to_have_attribute("data-state", "withdrawn")
    officer.press("Hoàn tác")
    officer.stored("mot.jpg")
    expect(officer.page.locator(".file", has_text="hai.jpg")).to_have_count(0)


def test_files_handed_over_at_the_desk(phones: Phones, product: Product) -> None:
    """Pasted and dropped, sent with Enter; each comes back as it was sent."""
    desk = phones(DESK).at_work(product.links[0])
    shade = desk.page.locator("#drop")
    for how, name, content in (
        ("paste", "anh-dan.png", hostile.png()),
        ("dragover drop", "tep-tha.pdf", hostile.pdf()),
    ):
        if how != "paste":
            desk.page.evaluate(_HAND_OVER, ["dragenter", "", "", ""])
            expect(shade).to_be_visible()
        desk.page.evaluate(_HAND_OVER, [how, name, "", base64.b64encode(content).decode()])
        expect(shade).to_be_hidden()
        expect(desk.page.locator("#tray .file")).to_contain_text(name)
        expect(desk.page.locator("#words")).to_be_focused()
        desk.page.keyboard.press("Enter")
        desk.stored(name)
        address = desk.page.get_by_role("link", name=f"Mở tệp {name}").get_attribute("href")
        assert address is not None
        answer = desk.context.request.get(address)
        assert answer.body() == content
        assert answer.headers["content-disposition"].startswith("attachment")
    desk.all_delivered()
