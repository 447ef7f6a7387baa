"""What every person needs of the page: it fits, it can be read, touched, reached by keys and named by a screen reader.
With KIEMCHUNG_PICTURES=1 it also makes the picture of the README anew.
"""

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests import hostile
from tests.browser.conftest import Phones
from tests.browser.phone import DESK, PHONE, SIGNED_OUT, Phone, sample
from tests.product import ROOT, Product

pytestmark = pytest.mark.browser

NARROW = (320, 568)
TOUCH = 44
CONTRAST = 4.5
NAMED_ROLES = {"button", "link", "textbox", "combobox", "checkbox", "progressbar", "log"}

_TOO_WIDE = """
() => [document.documentElement, ...document.querySelectorAll("body *")]
  .filter((node) => node.scrollWidth > node.clientWidth + 1 && !node.closest(".sr-only, svg")
    && (node === document.documentElement || getComputedStyle(node).overflowX !== "visible")
    && getComputedStyle(node).textOverflow !== "ellipsis")
  .map((node) => `${node.tagName}.${node.className} ${node.scrollWidth}>${node.clientWidth}`)
"""
_IN_SIGHT = """
(node) => {
  const [box, log] = [node, document.getElementById("log")].map((one) => one.getBoundingClientRect());
  return box.height > 0 && box.top >= log.top - 1 && box.bottom <= log.bottom + 1;
}
"""
_TOO_SMALL = """
(touch) => [...document.querySelectorAll("button, a.button, textarea")]
  .filter((node) => node.checkVisibility() && !node.classList.contains("command"))
  .map((node) => [node, node.getBoundingClientRect()])
  .filter(([, box]) => box.height < touch - 0.5 || box.width < touch - 0.5)
  .map(([node, box]) => `${node.className} ${node.textContent.trim()} ${box.width}x${box.height}`)
"""
_TOO_PALE = """
(least) => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const channel = (part) => (part <= 10.3 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const color = numbers(getComputedStyle(one).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const pale = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    if (!own || !node.checkVisibility() || node.closest(".sr-only, svg, :disabled")) continue;
    const [one, other] = [light(numbers(getComputedStyle(node).color)), light(behind(node))].sort((a, b) => b - a);
    const contrast = (one + 0.05) / (other + 0.05);
    if (contrast < least) pale.push(`${node.tagName}.${node.className} ${contrast.toFixed(2)} ${node.textContent}`);
  }
  return pale;
}
"""


def _fits(phone: Phone) -> None:
    """No horizontal scroll anywhere, no text too pale to read."""
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= phone.page.evaluate("innerWidth")
    assert phone.page.evaluate(_TOO_WIDE) == []
    assert phone.page.evaluate(_TOO_PALE, CONTRAST) == []


def _nameless(phone: Phone) -> list[dict[str, Any]]:
    """Controls without a name, as the browser itself tells a screen reader."""
    line = phone.context.new_cdp_session(phone.page)
    tree = line.send("Accessibility.getFullAXTree")["nodes"]
    line.detach()
    controls = [node for node in tree if not node["ignored"] and node["role"]["value"] in NAMED_ROLES]
    assert controls
    return [node for node in controls if not node.get("name", {}).get("value", "").strip()]


def _scenes(phone: Phone, link: str) -> Iterator[str]:
    """The page in the states that people see most, one after another, each by its name."""
    page = phone.page
    page.goto(link)
    yield "sign-in"
    page.locator("#sign-in").click()
    phone.hears("Không gửi qua đây tài liệu MẬT")
    yield "greeting"
    phone.press("Tôi đã rõ")
    phone.card("3.2.2")
    yield "card"
    page.locator("#attach").click()
    yield "paper-clip"
    page.keyboard.press("Escape")
    phone.choose([sample("IMG_2031.jpg", hostile.jpg(), "image/jpeg"), sample("rong.pdf", b"", "application/pdf")])
    page.locator("#words").fill("Ảnh bảng niêm yết tại trụ sở, chụp sáng thứ Hai, đủ các thủ tục")
    yield "tray"
    page.locator("#send").click()
    phone.stored("IMG_2031.jpg")
    phone.button("Xong").focus()
    yield "stored"
    release = phone.hold_uploads()
    phone.send(
        sample("Kế hoạch cải cách hành chính năm 2021 của Công an xã.pdf", hostile.pdf(), "application/pdf"),
        sample("IMG_2032.heic", hostile.heic(), "image/heic"),
        sample("bang-tinh.exe", b"MZ" + bytes(99)),
    )
    phone.hears("đang gửi")
    yield "moving"
    release()
    phone.stored("IMG_2032.heic")
    phone.stored("Kế hoạch")
    for command, answer in (
        ("/bangkiem", "Bảng kiểm"),
        ("/thieu", "Còn thiếu tài liệu"),
        ("/trogiup", "/tieuchi 3.2.1"),
        ("/tieuchi", "91 tiêu chí"),
    ):
        phone.say(command)
        phone.hears(answer)
        yield command[1:]
    if phone.page.locator("#menu").is_visible():
        page.locator("#menu").click()
        yield "menu"
        page.keyboard.press("Escape")
    phone.cut_line()
    phone.say("/han")
    expect(page.locator("#pending article")).to_contain_text("mất mạng, sẽ tự gửi lại")
    yield "offline"
    phone.provoked.append(SIGNED_OUT)
    phone.context.clear_cookies()
    phone.mend_line()
    expect(page.locator("#kept-count")).to_be_visible()
    yield "signed-out"


@pytest.mark.parametrize(
    ("size", "dark"),
    [
        pytest.param(PHONE, False, id="phone-light"),
        pytest.param(PHONE, True, id="phone-dark"),
        pytest.param(DESK, False, id="desk-light"),
        pytest.param(DESK, True, id="desk-dark"),
        pytest.param(NARROW, False, id="narrow"),
    ],
)
def test_every_scene_fits_reads_and_has_names(
    phones: Phones, product: Product, tmp_path: Path, size: tuple[int, int], dark: bool
) -> None:
    phone = phones(size, dark=dark)
    for scene in _scenes(phone, product.links[0]):
        shot = tmp_path / f"{scene}.png"
        phone.page.screenshot(path=shot)
        _fits(phone)
        if not dark:
            assert _nameless(phone) == [], scene
        if size != DESK and not dark:
            assert phone.page.evaluate(_TOO_SMALL, TOUCH) == [], scene
        with Image.open(shot) as picture:
            brightness = picture.convert("L").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
        assert isinstance(brightness, int)
        assert (brightness < 100) == dark


def test_a_card_of_a_phone_shows_its_title_with_its_buttons(officer: Phone) -> None:
    for code in ("3.2.2", "3.3.2", "1.4.3", "2.2.3"):
        officer.card(code)
        last = officer.articles.last
        for part in (last.locator(".title"), last.locator(".choice").first, officer.button("Để sau")):
            officer.page.wait_for_function(_IN_SIGHT, arg=part.element_handle())
        officer.press("Để sau")
        expect(officer.told(f"Đã để {code} lại cuối danh sách.")).to_have_count(1)


def test_keys_alone_are_enough(phones: Phones, product: Product) -> None:
    desk = phones(DESK)
    page = desk.page
    page.goto(product.links[0])
    page.keyboard.press("Tab")
    expect(page.locator("#sign-in")).to_be_focused()
    page.keyboard.press("Enter")
    desk.connected()
    _tab_to(desk, "Tôi đã rõ")
    page.keyboard.press("Enter")
    desk.card("3.2.2")
    _tab_to(desk, "Chưa làm")
    page.keyboard.press("Space")
    desk.card("3.3.2")
    _tab_to(desk, "Nội dung tin nhắn")
    page.keyboard.type("tiến độ")
    page.keyboard.press("Enter")
    desk.hears("1/50 đã trả lời")
    expect(page.locator("#words")).to_be_focused()
    expect(page.locator("#words")).to_have_value("")
    page.keyboard.type("một dòng")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("hai dòng")
    expect(page.locator("#words")).to_have_value("một dòng\nhai dòng")


def _tab_to(desk: Phone, name: str) -> None:
    """Walk with the Tab key, as far as the page is long, until the control with this name has the focus."""
    for _ in range(60):
        desk.page.keyboard.press("Tab")
        if desk.page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent") == name:
            return
    raise AssertionError(f"Tab never comes to {name}")


def _notice_board() -> bytes:
    """A photo to look at: papers on a board on a wall."""
    photo = Image.new("RGB", (800, 800), "#d9cfb8")
    draw = ImageDraw.Draw(photo)
    draw.rectangle((60, 120, 740, 640), "#2f6b4f", "#6b4a2b", 18)
    for left, top in ((110, 180), (320, 180), (530, 180), (110, 420), (320, 420), (530, 420)):
        draw.rectangle((left, top, left + 160, top + 190), "#fbfaf5")
        for line in range(5):
            draw.rectangle(
                (left + 18, top + 26 + 30 * line, left + 142 - 22 * (line % 3), top + 34 + 30 * line), "#9aa3ab"
            )
    return hostile.saved(photo, "JPEG", quality=90)


def test_the_picture_of_the_readme(phones: Phones, product: Product, tmp_path: Path) -> None:
    """Two screens side by side: a card, and the same card's photo stored with its receipt."""
    phone = phones(scale=2).at_work(product.links[0])
    screens = [phone.page.screenshot()]
    phone.send(sample("IMG_2031.jpg", _notice_board(), "image/jpeg"), caption="Bảng niêm yết", source="Chọn ảnh")
    phone.stored("IMG_2031.jpg")
    expect(phone.file("IMG_2031.jpg").locator("img")).to_be_visible()
    phone.button("Xong").focus()
    screens.append(phone.page.screenshot())
    width, height, between = 2 * PHONE[0], 2 * PHONE[1], 40
    both = Image.new("RGB", (2 * width + between, height), "white")
    for place, screen in enumerate(screens):
        with Image.open(io.BytesIO(screen)) as shot:
            both.paste(shot, (place * (width + between), 0))
    picture = tmp_path / "chat.png"
    both.quantize(128).save(picture, optimize=True)
    assert picture.stat().st_size < 200_000
    if os.environ.get("KIEMCHUNG_PICTURES") == "1":
        (ROOT / "docs/images").mkdir(exist_ok=True)
        shutil.copyfile(picture, ROOT / "docs/images/chat.png")
