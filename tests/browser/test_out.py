"""A device whose sign-in ends while its page is open."""

import pytest
from playwright.sync_api import expect

from tests import hostile
from tests.browser.conftest import Phones
from tests.browser.phone import DESK, SIGNED_OUT, Phone, sample
from tests.product import Product

pytestmark = pytest.mark.browser

PAPER = sample("chua-gui.pdf", hostile.pdf(), "application/pdf")


def _is_out(phone: Phone) -> None:
    expect(phone.page.locator("#signed-out")).to_be_visible()
    expect(phone.page.locator("#signed-out")).to_contain_text("Thiết bị này đã đăng xuất")
    expect(phone.page.locator("#connection")).to_have_attribute("data-state", "out")
    expect(phone.articles).to_have_count(0)
    expect(phone.page.locator("#words")).to_be_hidden()


def test_a_revoked_person_is_out_at_once_and_keeps_the_files_not_yet_sent(officer: Phone, product: Product) -> None:
    officer.provoked.append(SIGNED_OUT)
    officer.choose([PAPER])
    assert product.command("revoke", "1").returncode == 0
    _is_out(officer)
    expect(officer.page.locator("#kept-count")).to_contain_text("Còn 1 tệp hoặc tin chưa gửi")
    assert officer.kept() == (["chua-gui.pdf"], [])
    officer.page.get_by_role("link", name="Nhập mã mời").click()
    expect(officer.page.get_by_label("Mã mời")).to_be_visible()
    assert officer.context.request.get(f"{officer.base}/chat/feed").status == 401


def test_a_device_signed_out_by_another_sends_its_files_once_it_is_back(officer: Phone, phones: Phones) -> None:
    officer.provoked.append(SIGNED_OUT)
    link = officer.link_for_another()
    officer.choose([PAPER])
    desk = phones(DESK).sign_in(link)
    desk.say("/toi")
    desk.press("Đăng xuất thiết bị khác")
    _is_out(officer)
    desk.hears("Đã đăng xuất các thiết bị khác.")
    officer.sign_in(desk.link_for_another())
    expect(officer.page.locator("#tray .file")).to_contain_text("chua-gui.pdf")
    officer.page.locator("#send").click()
    officer.stored("chua-gui.pdf")
    desk.stored("chua-gui.pdf")
    officer.all_delivered()
