"""Bad lines and restarts: nothing that a person sent may be lost or come twice."""

import re
from functools import cache

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests import hostile
from tests.browser.phone import FREE, NO_NETWORK, Phone, Sample, sample
from tests.product import Product

pytestmark = pytest.mark.browser

SLOW = 200_000  # bytes a second
ON_ITS_WAY = re.compile("sending|finishing")


@cache
def big() -> Sample:
    """A photo that needs many seconds on a slow line."""
    pixels = Image.frombytes("RGB", (1200, 1000), hostile.noise(3_600_000))
    return sample("to.png", hostile.saved(pixels, "PNG", compress_level=0), "image/png")


def test_the_product_is_killed_and_comes_back_while_the_page_is_open(officer: Phone, product: Product) -> None:
    officer.provoked.append(NO_NETWORK)
    officer.speed(SLOW)
    officer.send(big())
    expect(officer.file("to.png")).to_have_attribute("data-state", ON_ITS_WAY)
    product.kill()
    expect(officer.page.locator("#connection")).not_to_have_attribute("data-state", "on")
    officer.say("/tiendo")
    waiting = officer.page.locator("#pending article", has_text="/tiendo")
    expect(waiting).to_contain_text("mất mạng, sẽ tự gửi lại")
    expect(officer.file("to.png")).to_contain_text("mất mạng, sẽ tự gửi lại")
    officer.speed(FREE)
    product.start()
    officer.connected()
    officer.stored("to.png")
    expect(officer.mine("/tiendo")).to_have_count(1)
    expect(officer.told("0/50 đã trả lời")).to_have_count(1)
    officer.all_delivered()
    assert officer.kept_by_server() == ["to.png"]
    assert [m["id"] for m in officer.feed()] == officer.ids()


def test_words_and_files_of_an_offline_phone_go_out_once(officer: Phone) -> None:
    officer.cut_line()
    officer.say("/tiendo")
    officer.say("/han")
    officer.send(sample("anh.jpg", hostile.jpg(), "image/jpeg"), caption="Ảnh chụp lúc mất mạng")
    pending = officer.page.locator("#pending")
    expect(pending.locator("article")).to_have_count(3)
    expect(pending.locator(".file")).to_have_attribute("data-state", "offline")
    expect(pending.locator("article").first).to_contain_text("mất mạng, sẽ tự gửi lại")
    officer.mend_line()
    officer.connected()
    officer.stored("anh.jpg")
    officer.all_delivered()
    for words in ("/tiendo", "/han", "Ảnh chụp lúc mất mạng"):
        expect(officer.mine(words)).to_have_count(1)
    said = [message["text"] for message in officer.feed() if message["direction"] == "in" and not message["files"]]
    assert said[-2:] == ["/tiendo", "/han"]
    assert officer.kept_by_server() == ["anh.jpg"]


def test_what_waits_offline_survives_the_end_of_the_page(officer: Phone) -> None:
    officer.cut_line()
    officer.say("/han")
    officer.send(sample("anh.jpg", hostile.jpg(), "image/jpeg"))
    officer.choose([sample("nháp.pdf", hostile.pdf(), "application/pdf")])
    officer.page.locator("#words").fill("chưa viết xong")
    officer.page.wait_for_function("() => localStorage.length > 0")
    expect(officer.page.locator("#pending .file")).to_have_attribute("data-state", "offline")
    officer.page.close()

    officer.mend_line()
    officer.page = officer.context.new_page()
    officer.page.goto(f"{officer.base}/chat")
    officer.connected()
    officer.stored("anh.jpg")
    expect(officer.mine("/han")).to_have_count(1)
    expect(officer.page.locator("#words")).to_have_value("chưa viết xong")
    expect(officer.page.locator("#tray .file")).to_contain_text("nháp.pdf")
    officer.page.locator("#send").click()
    officer.stored("nháp.pdf")
    officer.all_delivered()
    assert officer.kept_by_server() == ["anh.jpg", "nháp.pdf"]


def test_a_reload_in_the_middle_of_an_upload(officer: Phone) -> None:
    officer.speed(SLOW)
    officer.send(big(), sample("anh.jpg", hostile.jpg(), "image/jpeg"), caption="Hai tệp")
    row = officer.file("to.png")
    expect(row.locator('[role="progressbar"]')).to_have_attribute("aria-valuenow", re.compile(r"[1-9]"))
    officer.page.reload()
    expect(row).to_have_attribute("data-state", ON_ITS_WAY)
    officer.speed(FREE)
    officer.stored("to.png")
    officer.stored("anh.jpg")
    expect(officer.mine("Hai tệp")).to_have_count(1)
    expect(officer.summary("2 tệp cho 3.2.2")).to_have_count(1)
    officer.all_delivered()
    assert officer.kept_by_server() == ["anh.jpg", "to.png"]


def test_stopping_an_upload(officer: Phone) -> None:
    officer.speed(SLOW)
    officer.send(big())
    expect(officer.file("to.png")).to_have_attribute("data-state", ON_ITS_WAY)
    officer.page.get_by_role("button", name="Thôi gửi tệp to.png").click()
    officer.hears("thôi gửi tệp này")
    expect(officer.file("to.png")).to_have_attribute("data-state", "refused")
    officer.all_delivered()
    assert officer.kept_by_server() == []
