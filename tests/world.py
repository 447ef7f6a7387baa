"""A small world for tests: a real SQLite file with the bundled campaign as a rehearsal, real turns, real stores, and
one person per role.

`World` runs in process without a web server; `tests.product` runs the whole product as its own process.
"""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from criteria.campaign import RehearsalClock
from criteria.evidence import FileState
from criteria.people import Role
from criteria.periods import VIETNAM
from handlers import acts
from handlers.acts import Demo
from handlers.channel import WEB, Inbound, IncomingFile, Pressed, Said, Sent
from handlers.turn import Heard, Turns
from scheduler.intake import IntakeWorker
from storage import campaigns, conversations, intake, schema
from storage.blobs import Blobs
from storage.campaigns import Sources
from storage.checking.pool import Checker
from storage.conversations import Message
from storage.database import Database, Tx
from storage.scratch import Scratch
from storage.thumbnails import Thumbnails

T = TypeVar("T")
START: Final = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CAMPAIGN_START: Final = datetime(2021, 8, 2, 8, 0, tzinfo=VIETNAM)
OFFICER: Final = Demo("Nguyễn Thị Lan", "xa-an-thanh-dong", Role.OFFICER)
NEIGHBOUR: Final = Demo("Võ Văn Hai", "xa-an-thanh-1", Role.OFFICER)
HEAD: Final = Demo("Trần Văn Minh", "xa-an-thanh-dong", Role.HEAD)
CONSOLIDATOR: Final = Demo("Lê Thị Hương", "doi-tong-hop", Role.CONSOLIDATOR)
LEADER: Final = Demo("Phạm Quốc Bảo", "doi-tong-hop", Role.LEADER)
ADMIN: Final = Demo("Huỳnh Thanh Tùng", "doi-tong-hop", Role.ADMIN)


class CountingIds:
    """Ids that are the same in every run: the supply of `handlers.flows.step.Ids` for tests."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def fresh(self) -> str:
        return f"id{next(self._numbers):014d}"

    def entropy(self) -> bytes:
        return (next(self._numbers) * 2654435761 % 2**40).to_bytes(5, "big") + b"\0\0\0"

    def token(self) -> str:
        return f"token-{next(self._numbers):037d}"


class Hands:
    """A clock that tests move by hand."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


def bundled_sources() -> Sources:
    """The bundled plan with the sample catalogue."""
    from criteria import bundled

    return Sources(bundled.plan_text("cu-lao-dung-2021"), *bundled.catalogue_texts("mau-cap-huyen-2021"))


class World:
    """A product without its web server. Close it with `await world.close()`."""

    def __init__(self, folder: Path, ids: CountingIds | None = None) -> None:
        self.folder = folder
        self.clock = Hands()
        self.ids = ids or CountingIds()
        self.url = f"sqlite+aiosqlite:///{folder / 'kiemchung.db'}"
        schema.upgrade(self.url)
        self.db = Database(self.url, serving=True)
        self.blobs, self.scratch = Blobs(folder / "blobs"), Scratch(folder / "scratch")
        self.thumbnails, self.checker = Thumbnails(folder / "thumbnails"), Checker()
        for store in (self.blobs, self.scratch, self.thumbnails):
            store.prepare()
        self.woken: list[int] = []
        self.turns = Turns(
            self.db, clock=self.clock, ids=self.ids, wake=self.woken.append, public_url="http://127.0.0.1:8080"
        )
        self.worker = IntakeWorker(
            self.db,
            self.turns,
            blobs=self.blobs,
            scratch=self.scratch,
            thumbnails=self.thumbnails,
            checker=self.checker,
            clock=self.clock,
        )
        self._external = itertools.count(1)

    async def open(self) -> None:
        """Load the bundled campaign as a rehearsal."""
        clock = RehearsalClock(CAMPAIGN_START, self.clock.now, 1.0, CAMPAIGN_START)
        await self.db.write(lambda tx: acts.open_campaign(tx, bundled_sources(), clock, self.clock.now))

    async def person(self, who: Demo) -> int:
        """Somebody who has joined; the id."""
        return await self.db.write(lambda tx: acts.add_demo_person(tx, who, self.clock.now))

    async def say(self, person: int, text: str, client_id: str = "") -> Heard:
        """Typed words."""
        return await self._hear(person, Said(text), client_id)

    async def press(self, person: int, data: str, client_id: str = "", message: int = 0) -> Heard:
        """A tapped button, under the message with this id if the page tells."""
        return await self._hear(person, Pressed(data, message), client_id)

    async def announce(
        self, person: int, *files: tuple[str, int], caption: str = "", batch: str = "", mime: str = ""
    ) -> list[str]:
        """Files of one sending, as (name, size), announced but not sent yet; the ids of their arrivals in order."""
        batch = batch or f"batch-{next(self._external)}"
        ids = []
        for name, size in files:
            uid = f"uid-{next(self._external)}"
            body = Sent((IncomingFile(uid, name, mime, size),), caption, batch)
            await self.turns.accept(Inbound(WEB, f"{person}:file:{uid}", str(person), body, uid))
            found = await self.db.read(lambda tx, uid=uid: intake.of_uid(tx, WEB, str(person), uid))  # type: ignore[misc]
            ids.append(found.id if found else "")
        return ids

    async def bring(self, arrival: str, content: bytes) -> None:
        """The bytes of an announced file, whole and durable in scratch."""
        await self.db.write(lambda tx: intake.begin(tx, arrival))
        writer = self.scratch.writer(arrival)
        writer.write(content)
        known = writer.finish()
        await self.db.write(lambda tx: intake.whole(tx, arrival, known, self.clock.now))

    async def send(self, person: int, name: str, content: bytes, caption: str = "", batch: str = "") -> str:
        """Announce, bring and settle one file; the arrival's id."""
        (arrival,) = await self.announce(person, (name, len(content)), caption=caption, batch=batch)
        found = await self.look(lambda tx: intake.get(tx, arrival)) if arrival else None
        if found is not None and found.state is not FileState.REFUSED:
            await self.bring(arrival, content)
            await self.drain()
        return arrival

    async def drain(self) -> None:
        """Let the intake worker settle everything that is due."""
        while await self.worker.work_off():
            pass

    async def look(self, fn: Callable[[Tx], T]) -> T:
        """Read from the database."""
        return await self.db.read(fn)

    async def messages(self, person: int) -> list[Message]:
        """The whole conversation, oldest first."""
        return list(await self.db.read(lambda tx: conversations.page(tx, person, None, 1000)))

    async def now(self) -> datetime:
        """Campaign time."""
        opened = await self.db.read(campaigns.current)
        return opened.campaign.now(self.clock.now)

    async def close(self) -> None:
        await self.checker.close()
        await self.db.close()

    async def _hear(self, person: int, body: Said | Pressed, client_id: str) -> Heard:
        external = client_id or f"m{next(self._external)}"
        return await self.turns.accept(Inbound(WEB, f"{person}:{external}", str(person), body, external))
