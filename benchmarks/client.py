"""A signed-in page for the benchmarks: posts over aiohttp and reads its event stream, many of them in one process."""

import asyncio
import itertools
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

_GUARD: Final = {"X-Kiemchung": "1"}
_PATIENCE: Final = 30.0


class Client:
    """One device. `files` holds the last known state of every file that a message showed, by its id."""

    def __init__(self, base: str) -> None:
        self._session: Final = aiohttp.ClientSession(
            base, cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(total=None), headers=_GUARD
        )
        self._ids: Final = itertools.count(1)
        self._seen: Final = asyncio.Condition()
        self._seq = 0
        self._reader: asyncio.Task[None] | None = None
        self.files: Final[dict[str, str]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self._session.close()

    async def sign_in(self, link: str) -> None:
        """Use a sign-in link and open the event stream from here on."""
        async with self._session.post(link, headers={"Origin": str(self._session._base_url).rstrip("/")}) as answer:
            assert answer.status == 200, answer.status
        async with self._session.get("/chat/feed?limit=1") as answer:
            self._seq = (await answer.json())["seq"]
        self._reader = asyncio.create_task(self._read(self._seq))

    async def tap(self, data: str) -> None:
        """Press a button and wait until the messages that answer it have come on the stream."""
        said = await self.post("/chat/say", {"client_id": f"b{next(self._ids)}", "press": data})
        await self._until(lambda: self._seq >= said["seq"])

    async def send(self, name: str, content: bytes, batch: str) -> None:
        """Announce a file, bring it, and wait until the stream says that it is stored."""
        about = {"client_id": f"b{next(self._ids)}", "batch": batch, "name": name, "size": len(content)}
        id_ = (await self.post("/chat/files", about))["id"]
        async with self._session.put(f"/chat/files/{id_}", data=content) as answer:
            assert answer.status == 200, await answer.text()
        await self._until(lambda: self.files.get(id_) in ("stored", "refused"))
        assert self.files[id_] == "stored", self.files[id_]

    async def post(self, path: str, data: Mapping[str, object]) -> dict[str, Any]:
        """A JSON request as the page makes it."""
        async with self._session.post(path, json=data) as answer:
            assert answer.status == 200, await answer.text()
            told: dict[str, Any] = await answer.json()
            return told

    async def _until(self, met: Any) -> None:
        async with asyncio.timeout(_PATIENCE), self._seen:
            await self._seen.wait_for(met)

    async def _read(self, after: int) -> None:
        async with self._session.get(f"/chat/events?after={after}") as stream:
            async for line in stream.content:
                if line.startswith(b"data: {") and len(line) > 10:
                    message = json.loads(line[6:])
                    self.files.update((file["id"], file["state"]) for file in message["files"])
                    async with self._seen:
                        self._seq = max(self._seq, message["seq"])
                        self._seen.notify_all()
