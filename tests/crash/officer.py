"""A person at a page that never gives up: every request is made again, with the same ids, until the product has
answered it, however often the product dies meanwhile.
"""

import hashlib
import http.client
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests import hostile
from tests.crash.house import PATIENCE, House
from tests.invariants import Told
from tests.product import Answer, Page

CANARY = "ChimHoangYen"
SECRET = "BaoMatTuyetDoi"
_LATER = (429, 500, 502, 503, 504, 507)
_AGAIN = (400, 404, 409, 410)


@dataclass(frozen=True)
class Thing:
    """A file to be sent."""

    name: str
    content: bytes
    honest: bool = True

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@cache
def jpg(number: int) -> Thing:
    """Photos that differ in their bytes, small enough to be checked at once."""
    return Thing(f"{CANARY} ảnh {number}.jpg", hostile.jpg(24 + number % 40, 20 + number // 40))


@cache
def pdf(pages: int) -> Thing:
    return Thing(f"{CANARY} báo cáo {pages}.pdf", hostile.pdf(pages))


@cache
def large(seed: int) -> Thing:
    """Comes in several pieces."""
    return Thing(f"{CANARY} lớn {seed}.jpg", hostile.jpg() + hostile.noise(3 << 20, seed) + b"\xff\xd9")


CUT = Thing(f"{CANARY} hỏng.jpg", hostile.jpg(64, 64)[:300], honest=False)
STAMPED = Thing(
    f"{SECRET} kế hoạch.docx", hostile.text_docx(hostile.word_paragraphs("CÔNG AN HUYỆN\nMẬT\nKẾ HOẠCH")), honest=False
)
MARKED = Thing(f"{SECRET} TUYỆT MẬT.pdf", hostile.pdf(1), honest=False)


class Officer:
    """One person. `role` is the place of the demo person's link; `told` may be shared with others."""

    def __init__(self, house: House, told: Told, role: int = 0) -> None:
        self.house, self.told, self.role = house, told, role
        self.page = Page(house.base)
        self.brought: list[str] = []
        self.unwanted = 0
        self.sentences: list[tuple[int, str]] = []
        self.patient = PATIENCE

    # --- requests that are made until they are answered

    def insist(self, call: Callable[[], Answer]) -> Answer:
        until = time.monotonic() + self.patient
        while time.monotonic() < until:
            base = self.page.base = self.house.base
            try:
                answer = call()
            except (OSError, http.client.HTTPException):
                self.house.mend(base)
                continue
            if answer.status == 401:
                self.sign_in()
            elif answer.status in _LATER:
                self.sentences.append((answer.status, answer.json()["message"]))
                time.sleep(0.05)
            else:
                return answer
        raise AssertionError(f"no answer in time: {self.sentences[-1:]}")

    def sign_in(self) -> None:
        """With whichever link is the newest; one that was used up by a life that ended is not asked for again."""
        while True:
            base = self.page.base = self.house.base
            try:
                answer = self.page.request("POST", self.house.links[self.role], b"", guard=False)
            except (OSError, http.client.HTTPException):
                self.house.mend(base)
                continue
            assert answer.status == 200, (answer.status, answer.body.decode())
            return

    def say(self, text: str, client_id: str) -> None:
        assert self.insist(lambda: self.page.say(text, client_id)).status == 200

    def press(self, data: str, client_id: str) -> None:
        assert self.insist(lambda: self.page.press(data, client_id)).status == 200

    def messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.insist(lambda: self.page.request("GET", "/chat/feed?limit=100")).json()[
            "messages"
        ]
        return found

    # --- files

    def announce(self, thing: Thing, batch: str, client_id: str, caption: str = "") -> Mapping[str, str]:
        answer = self.insist(
            lambda: self.page.announce(
                thing.name, len(thing.content), batch=batch, client_id=client_id, caption=caption
            )
        )
        assert answer.status == 200, (answer.status, answer.body.decode())
        told: Mapping[str, str] = answer.json()
        assert told["id"], told
        self.told.announced.add(told["id"])
        return told

    def send(self, thing: Thing, batch: str, client_id: str, caption: str = "") -> str:
        """As the page does: announce; bring the bytes, from the first one; when that fails, announce again."""
        if thing.honest:
            self.told.wanted[thing.sha256] += 1
        while True:
            told = self.announce(thing, batch, client_id, caption)
            if told["state"] == "refused":
                assert told["message"], told
            elif told["state"] == "send":
                answer = self.put_once(told["id"], thing)
                if answer is None or answer.status in (*_AGAIN, *_LATER):
                    continue
                assert answer.status == 200, (answer.status, answer.body.decode())
                self.told.safe[told["id"]] = thing.sha256
            else:
                self.told.safe[told["id"]] = thing.sha256
            self.brought.append(told["id"])
            return told["id"]

    def put_once(self, arrival: str, thing: Thing) -> Answer | None:
        """None when the product died under it."""
        base = self.page.base = self.house.base
        try:
            answer = self.page.put(arrival, thing.content)
        except (OSError, http.client.HTTPException):
            self.house.mend(base)
            return None
        if answer.status in _LATER:
            self.sentences.append((answer.status, answer.json()["message"]))
            time.sleep(0.05)
        return answer

    def settled(self) -> None:
        """Wait until every file that was brought has its verdict."""
        until = time.monotonic() + self.patient
        while True:
            files = {file["id"]: file for message in self.messages() for file in message["files"]}
            open_ = [id_ for id_ in self.brought if files[id_]["state"] not in ("stored", "refused", "withdrawn")]
            if not open_:
                return
            assert time.monotonic() < until, [files[id_] for id_ in open_]
            time.sleep(0.04)

    def choice(self, flow_and_verb: str) -> str:
        """What the newest button of this kind carries."""
        for message in reversed(self.messages()):
            for row in message["choices"]:
                for button in row:
                    if str(button["data"]).startswith(flow_and_verb):
                        return str(button["data"])
        raise AssertionError(f"no button {flow_and_verb}")

    # --- whole errands

    def walk(self, name: str) -> None:
        """Two answers, one taken back."""
        self.say("/viec", f"{name}-viec")
        self.press(self.choice("walk:answer"), f"{name}-answer")
        self.press(self.choice("walk:undo"), f"{name}-undo")

    def bring(self, name: str, things: Sequence[Thing], caption: str = "") -> None:
        """One sending."""
        for number, thing in enumerate(things):
            self.send(thing, f"{name}-batch", f"{name}-{number}", caption)

    def take_one_out_and_back(self, name: str) -> None:
        self.settled()
        stored = [file["id"] for m in self.messages() for file in m["files"] if file["state"] == "stored"]
        self.press(f"ev:drop:{stored[0]}", f"{name}-drop")
        self.press(f"ev:back:{stored[0]}", f"{name}-back")

    def transcript(self) -> list[tuple[str, str]]:
        """What was said, without what differs between two runs: receipts, and which of two twins came first."""
        return [
            (message["direction"], re.sub(r" \(trùng với[^)]*\)|(?<=biên nhận )\S+", "", message["text"]))
            for message in self.messages()
        ]
