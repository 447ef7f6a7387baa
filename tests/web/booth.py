"""The web channel in this process, on a small world: for faults and times that no request from outside can bring
about.
"""

import asyncio
import sqlite3
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

from aiohttp import ClientResponse, FormData
from aiohttp.test_utils import TestClient, TestServer

from bot.ids import RandomIds
from bot.web import server
from bot.web.live import Live
from bot.web.parts import Parts
from criteria.people import Role
from handlers import acts
from handlers.acts import Demo
from tests.web.wire import one_sentence
from tests.world import OFFICER, World

GUARD: Final = {"X-Kiemchung": "1"}


class Booth:
    """A client of the in-process site, signed in as `person` once `enter` was called."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.live = Live()
        parts = Parts(
            db=world.db,
            turns=world.turns,
            blobs=world.blobs,
            scratch=world.scratch,
            thumbnails=world.thumbnails,
            live=self.live,
            templates=server.templates(),
            ids=RandomIds(),
            clock=world.clock,
            arrived=world.worker.nudge,
            health=lambda: {"web": "up"},
            disk_reserve=0,
            secure_cookies=False,
        )
        self.client: TestClient[Any, Any] = TestClient(TestServer(server.application(parts)))
        self.person = 0

    async def invite(self, who: Demo = OFFICER) -> str:
        """An invite's code."""
        real = self.world.clock()
        code, _ = await self.world.db.write(
            lambda tx: acts.invite(tx, RandomIds(), unit=who.unit, role=Role(who.role), name=who.name, real=real)
        )
        return code

    async def enter(self, code: str) -> ClientResponse:
        """Use a code."""
        answer = await self.client.post("/in", data=FormData({"code": code}), allow_redirects=False)
        if answer.status == 303:
            page = await (await self.client.get("/chat")).text()
            self.person = int(page.split('data-owner="')[1].split('"')[0])
        return answer

    async def stranger_enters(self, code: str) -> ClientResponse:
        """Use a code on a device where nobody is signed in."""
        self.client.session.cookie_jar.clear()
        return await self.enter(code)

    async def say(self, text: str, client_id: str = "") -> ClientResponse:
        said = {"client_id": client_id or uuid.uuid4().hex, "text": text}
        return await self.client.post("/chat/say", json=said, headers=GUARD)

    async def announce(self, name: str, size: int, client_id: str = "") -> ClientResponse:
        uid = client_id or uuid.uuid4().hex
        announced = {"client_id": uid, "batch": uid, "name": name, "type": "", "size": size, "caption": ""}
        return await self.client.post("/chat/files", json=announced, headers=GUARD)

    async def put(self, id_: str, content: bytes) -> ClientResponse:
        return await self.client.put(f"/chat/files/{id_}", data=content, headers=GUARD)

    async def cancel(self, id_: str) -> ClientResponse:
        return await self.client.delete(f"/chat/files/{id_}", headers=GUARD)


@asynccontextmanager
async def open_booth(world: World) -> AsyncIterator[Booth]:
    booth = Booth(world)
    await booth.client.start_server()
    try:
        assert (await booth.enter(await booth.invite())).status == 303
        yield booth
    finally:
        booth.live.close()
        await booth.client.close()


async def refused(answer: ClientResponse, status: int) -> str:
    """An error as JSON with its one sentence."""
    assert answer.status == status, await answer.text()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    said = await answer.json()
    assert set(said) == {"message"}
    return one_sentence(said["message"])


async def impatient(world: World) -> None:
    """From now on the writer gives up on a locked database at once."""
    await world.db.write(lambda tx: tx.exec_driver_sql("PRAGMA busy_timeout=1").close())


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Another process holds the database."""
    other = sqlite3.connect(world.db.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def until(what: str, holds: Any) -> None:
    """Wait with patience until something holds."""
    for _ in range(2000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(what)
