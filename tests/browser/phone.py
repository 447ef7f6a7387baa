"""A device with the chat page open: what a person does on it and what is to be seen there. It keeps every error that
the browser reports; a test that provokes some names them in `provoked`.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, TypedDict

from playwright.sync_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Locator, Page, Route, expect

PHONE: Final = (360, 740)
DESK: Final = (1280, 800)
NO_NETWORK: Final = r"net::ERR_"
REFUSED: Final = r"the server responded with a status of 403"
SIGNED_OUT: Final = r"the server responded with a status of 401"
FREE: Final = -1  # no limit on a line's speed

# The browser tells pages about a broken policy, and playwright hears of it only through the console.
_TELL_VIOLATIONS: Final = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
"""
_KEPT: Final = """
() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("kiemchung", 1);
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const change = opening.result.transaction(["files", "words"]);
    const files = change.objectStore("files").getAll();
    const words = change.objectStore("words").getAll();
    change.oncomplete = () => {
      opening.result.close();
      resolve([files.result.map((record) => record.name), words.result.map((record) => record.text)]);
    };
  };
})
"""


class Sample(TypedDict):
    """A file as a file chooser hands it over."""

    name: str
    mimeType: str
    buffer: bytes


def sample(name: str, content: bytes, mime: str = "") -> Sample:
    """A file to be chosen."""
    return Sample(name=name, mimeType=mime, buffer=content)


class Phone:
    """One device; 360 x 740 and touch unless told otherwise."""

    def __init__(
        self, browser: Browser, base: str, size: tuple[int, int] = PHONE, *, dark: bool = False, scale: float = 1
    ) -> None:
        phone = size[0] < 600
        self.base = base
        self.context: BrowserContext = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=scale,
            has_touch=phone,
            is_mobile=phone,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        self.context.add_init_script(_TELL_VIOLATIONS)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.provoked: list[str] = []
        self._line: CDPSession | None = None
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def troubles(self) -> list[str]:
        """Errors that the test did not provoke."""
        return [error for error in self.errors if not any(re.search(known, error) for known in self.provoked)]

    # --- what a person does

    def sign_in(self, link: str) -> "Phone":
        """Open a sign-in link and press the button; the greeting comes by itself."""
        self.page.goto(link)
        self.page.locator("#sign-in").click()
        self.connected()
        return self

    def at_work(self, link: str) -> "Phone":
        """Signed in, the notice acknowledged, the first card open."""
        self.sign_in(link)
        self.press("Tôi đã rõ")
        self.card("3.2.2")
        return self

    def say(self, words: str) -> None:
        self.page.locator("#words").fill(words)
        self.page.locator("#send").click()

    def link_for_another(self) -> str:
        """A sign-in link for another device, from /toi."""
        self.say("/toi")
        self.hears("Thiết bị đang đăng nhập trang chat")
        self.press("Thêm thiết bị")
        return str(self.articles.last.locator('a[href*="/in/"]').get_attribute("href"))

    def button(self, label: str) -> Locator:
        """The newest button of the conversation with this label."""
        return (
            self.page.locator("#messages .choice")
            .filter(visible=True)
            .and_(self.page.get_by_role("button", name=label, exact=True))
            .last
        )

    def press(self, label: str) -> None:
        self.button(label).click()

    def choose(self, files: Sequence[Sample], source: str = "Chọn tệp") -> None:
        """Through the paper clip and the phone's own file chooser."""
        self.page.locator("#attach").click()
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name=source).click()
        chooser.value.set_files(list(files))
        expect(self.page.locator("#tray .file")).to_have_count(len(files))

    def send(self, *files: Sample, caption: str = "", source: str = "Chọn tệp") -> None:
        self.choose(files, source)
        if caption:
            self.page.locator("#words").fill(caption)
        self.page.locator("#send").click()

    def hold_uploads(self) -> Callable[[], None]:
        """Files are announced, but no byte leaves; calling the result lets them go."""
        held: list[Route] = []
        open_now = False

        def keep(route: Route) -> None:
            if open_now or route.request.method != "PUT":
                route.continue_()
            else:
                held.append(route)

        def release() -> None:
            nonlocal open_now
            open_now = True
            for route in held:
                route.continue_()

        self.page.route("**/chat/files/*", keep)
        return release

    def speed(self, bytes_per_second: int) -> None:
        """How fast the line carries what the page sends; `FREE` for no limit."""
        if self._line is None:
            self._line = self.context.new_cdp_session(self.page)
            self._line.send("Network.enable")
        self._line.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 0, "downloadThroughput": FREE, "uploadThroughput": bytes_per_second},
        )

    def cut_line(self) -> None:
        """No network at all."""
        self.provoked.append(NO_NETWORK)
        self.context.set_offline(True)
        expect(self.page.locator("#connection")).to_have_attribute("data-state", "off")

    def mend_line(self) -> None:
        self.context.set_offline(False)

    # --- what is to be seen

    def connected(self) -> None:
        expect(self.page.locator("#connection")).to_have_attribute("data-state", "on", timeout=15_000)

    @property
    def articles(self) -> Locator:
        return self.page.locator("#messages article")

    def mine(self, words: str | re.Pattern[str]) -> Locator:
        """Messages of the person with these words."""
        return self.page.locator('#messages article[data-direction="in"]', has_text=words)

    def told(self, words: str | re.Pattern[str]) -> Locator:
        """Messages of the product with these words."""
        return self.page.locator('#messages article[data-direction="out"]', has_text=words)

    def hears(self, words: str | re.Pattern[str]) -> None:
        """The newest message of the product has these words."""
        expect(self.page.locator('#messages article[data-direction="out"]').last).to_contain_text(words)

    def card(self, code: str) -> None:
        """The newest message is the card of this sub-criterion."""
        expect(self.articles.last.locator(".title")).to_contain_text(f"{code} ·")
        expect(self.articles.last.locator(".choice", has_text="Nộp trực tiếp")).to_have_count(1)

    def file(self, name: str) -> Locator:
        """The line of a file in the person's own message."""
        return self.page.locator('#messages article[data-direction="in"] .file', has_text=name)

    def stored(self, name: str) -> None:
        """Exactly one line about this file, and it says that the file is safe."""
        expect(self.file(name)).to_have_count(1)
        expect(self.file(name)).to_have_attribute("data-state", "stored", timeout=20_000)

    def summary(self, title: str) -> Locator:
        """The one message about a sending, by its title."""
        return self.page.locator('#messages article[data-direction="out"]').filter(
            has=self.page.locator("h3.title", has_text=re.compile(f"^{re.escape(title)}$"))
        )

    def ids(self) -> list[int]:
        found: list[int] = self.articles.evaluate_all("nodes => nodes.map((node) => Number(node.dataset.id))")
        return found

    def conversation(self) -> list[str]:
        """Every message as it reads, without what lies beside it for screen readers only."""
        return [text.strip() for text in self.articles.all_inner_texts()]

    def all_delivered(self) -> None:
        """Nothing waits on the page any more, nothing is kept in the browser, no message is shown twice or out of
        order.
        """
        expect(self.page.locator("#pending article")).to_have_count(0)
        self.page.wait_for_function(f"({_KEPT})().then(([files, words]) => files.length + words.length === 0)")
        ids = self.ids()
        assert ids == sorted(set(ids))

    def kept(self) -> tuple[list[str], list[str]]:
        """Names of files and words that the browser keeps because they are not sent."""
        files, words = self.page.evaluate(_KEPT)
        return files, words

    def feed(self) -> list[dict[str, Any]]:
        """What the server holds, asked with this device's cookie."""
        answer = self.context.request.get(f"{self.base}/chat/feed?limit=100")
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    def kept_by_server(self) -> list[str]:
        """Names of all stored files, once for each time that one was stored."""
        files = [file for message in self.feed() for file in message["files"]]
        return sorted(file["name"] for file in files if file["state"] == "stored")
