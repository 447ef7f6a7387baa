"""An officer's first evening, as the person at the phone lives it."""

import re

import pytest
from playwright.sync_api import expect

from tests import hostile
from tests.browser.conftest import Phones
from tests.browser.phone import DESK, REFUSED, Phone, sample
from tests.product import Product

pytestmark = pytest.mark.browser

RECEIPT = re.compile(r"biên nhận [0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}")
PHOTO = sample("IMG_2031.jpg", hostile.jpg(), "image/jpeg")
PAPER = sample("Kế hoạch CCHC 2021.pdf", hostile.pdf(), "application/pdf")


def test_looking_at_a_link_changes_nothing_and_one_press_signs_in(phones: Phones, product: Product) -> None:
    phone = phones()
    for _ in range(2):
        phone.page.goto(product.links[0])
        expect(phone.page.get_by_role("heading", level=1)).to_have_text("Đăng nhập trên thiết bị này")
        expect(phone.page.locator("body")).to_contain_text("Chỉ gửi tài liệu KHÔNG có dấu mật")
    assert phone.context.cookies() == []
    phone.page.locator("#sign-in").click()
    phone.hears("Chào đồng chí Nguyễn Thị Lan")
    phone.hears("Không gửi qua đây tài liệu MẬT, TỐI MẬT, TUYỆT MẬT")
    expect(phone.articles).to_have_count(1)
    expect(phone.page.locator("#rehearsal")).to_contain_text("TẬP HUẤN")
    (cookie,) = phone.context.cookies()
    assert cookie["httpOnly"]

    other = phones()
    other.provoked.append(REFUSED)
    other.page.goto(product.links[0])
    other.page.locator("#sign-in").click()
    expect(other.page.locator("#sentence")).to_have_text("Mã không dùng được. Xin liên hệ Đội Tổng hợp.")
    assert other.context.cookies() == []


def test_an_invite_code_typed_at_the_door(phones: Phones, product: Product) -> None:
    made = product.command("invite", "--unit", "xa-an-thanh-1", "--role", "can_bo", "--name", "Võ Văn Hai")
    found = re.search(r"/in/(\S+)", made.stdout)
    assert found is not None, made.stderr
    phone = phones()
    phone.page.goto(f"{product.base}/")
    phone.page.get_by_label("Mã mời").fill(found[1])
    phone.page.get_by_role("button", name="Dùng mã mời").click()
    phone.hears("Chào đồng chí Võ Văn Hai")
    expect(phone.page.locator("#unit-name")).to_contain_text("An Thạnh 1")


def test_from_the_first_card_to_the_receipts(officer: Phone) -> None:
    _a_photo_for_the_open_card(officer)
    _an_answer_with_its_reason(officer)
    _a_document_without_a_card(officer)
    officer.say("/bienlai")
    officer.hears("Các tệp lưu gần nhất:")
    receipts = officer.articles.last
    expect(receipts).to_contain_text(re.compile(r"[0-9A-Z-]{11}: IMG_2031\.jpg \(3\.2\.2\)"))
    expect(receipts).to_contain_text(re.compile(r"[0-9A-Z-]{11}: Kế hoạch CCHC 2021\.pdf \(1\.4\.3\)"))

    before = officer.conversation()
    officer.all_delivered()
    officer.page.reload()
    officer.connected()
    expect(officer.articles).to_have_count(len(before))
    assert officer.conversation() == before
    officer.all_delivered()


def _a_photo_for_the_open_card(officer: Phone) -> None:
    """đang gửi, then đã lưu with a receipt, then Xong and the next card."""
    release = officer.hold_uploads()
    officer.send(PHOTO, caption="Ảnh bảng niêm yết", source="Chọn ảnh")
    officer.hears("IMG_2031.jpg: đang gửi, xin chưa đóng trang…")
    assert officer.file("IMG_2031.jpg").get_attribute("data-state") != "stored"
    release()
    officer.stored("IMG_2031.jpg")
    expect(officer.file("IMG_2031.jpg")).to_contain_text(RECEIPT)
    expect(officer.file("IMG_2031.jpg").locator("img")).to_be_visible()
    expect(officer.mine("Ảnh bảng niêm yết")).to_have_count(1)
    summary = officer.summary("1 tệp cho 3.2.2")
    expect(summary).to_have_count(1)
    expect(summary).to_contain_text("IMG_2031.jpg: đã lưu, biên nhận")
    expect(summary).not_to_contain_text("đang gửi")
    officer.press("Xong")
    officer.card("3.3.2")
    expect(summary).to_contain_text("đã xác nhận: không có tài liệu mật")
    expect(summary.locator(".choice")).to_have_count(0)
    expect(officer.articles.last.locator(".progress-count")).to_contain_text("1/50")


def _an_answer_with_its_reason(officer: Phone) -> None:
    officer.press("Không phát sinh")
    officer.hears("lý do")
    officer.say("Trong kỳ không có trường hợp nào")
    officer.card("1.4.3")
    expect(officer.told("Đã ghi 3.3.2: Không phát sinh.")).to_have_count(1)


def _a_document_without_a_card(officer: Phone) -> None:
    """Asked for its sub-criterion, filed by a tap, declared by Xong."""
    officer.say("/huy")
    officer.hears("Đã dừng")
    officer.send(PAPER)
    officer.stored("Kế hoạch CCHC 2021.pdf")
    unfiled = officer.summary("1 tệp chưa phân loại")
    expect(unfiled).to_contain_text("cho tiêu chí nào?")
    unfiled.locator(".choice", has_text="1.4.3").click()
    officer.hears("Đã xếp 1 tệp vào 1.4.3")
    officer.press("Xong")
    officer.card("2.2.3")
    expect(officer.summary("1 tệp cho 1.4.3")).to_have_count(1)


def test_a_number_and_words_without_marks_do_what_a_tap_does(officer: Phone) -> None:
    officer.say("6")
    officer.card("3.3.2")
    expect(officer.told("Đã để 3.2.2 lại cuối danh sách.")).to_have_count(1)
    officer.say("chua lam")
    officer.card("1.4.3")
    expect(officer.told("Đã ghi 3.3.2: Chưa làm.")).to_have_count(1)
    officer.say("khong phat sinh")
    officer.hears("1.4.3: Không phát sinh.")
    officer.say("quay lai")
    officer.card("1.4.3")
    officer.page.locator("#words").fill("321")
    officer.page.locator("#words").press("Enter")  # a phone's Enter begins a new line
    expect(officer.page.locator("#words")).to_have_value("321\n")
    officer.page.locator("#send").click()
    officer.hears("3.2.1 ·")


def test_a_second_device_has_the_same_history_and_both_hear_at_once(officer: Phone, phones: Phones) -> None:
    officer.send(PHOTO)
    officer.stored("IMG_2031.jpg")
    desk = phones(DESK).sign_in(officer.link_for_another())
    expect(desk.articles).to_have_count(officer.articles.count())
    assert [m["id"] for m in desk.feed()] == desk.ids() == officer.ids()
    desk.stored("IMG_2031.jpg")

    desk.say("tiến độ")
    officer.hears("Công an xã An Thạnh Đông")
    expect(officer.mine("tiến độ")).to_have_count(1)
    officer.send(PAPER)
    desk.stored("Kế hoạch CCHC 2021.pdf")
    officer.stored("Kế hoạch CCHC 2021.pdf")
    desk.all_delivered()
    officer.all_delivered()
    assert desk.ids() == officer.ids()
