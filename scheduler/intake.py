"""The intake worker: takes arrivals whose bytes are whole through checks into the blob store, and comes back through
`Turns` with the verdict.

Every step may be repeated after a crash: the row says where an arrival stands, scratch holds its bytes until the
verdict is committed.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from criteria.evidence import NEVER_CAME, REPEATED, SECRET
from criteria.files import KINDS, CheckResult, Refused
from handlers.channel import INTAKE, Body, BytesDelayed, BytesRefused, BytesStored, Inbound
from handlers.turn import Turns
from storage import evidence, intake
from storage.blobs import Blobs
from storage.checking.pool import Checker
from storage.crashpoints import crash_point
from storage.database import Database, StorageTrouble
from storage.intake import Arrival
from storage.scratch import Scratch
from storage.thumbnails import Thumbnails

log = structlog.get_logger()

_LOOK_EVERY: Final = 2.0
_AT_ONCE: Final = 16
_LONGEST_WAIT: Final = timedelta(minutes=1)
_NEVER_CAME_AFTER: Final = timedelta(hours=24)


class IntakeWorker:
    """Settles arrivals, several of these loops at once if wished. `clock` gives real time."""

    def __init__(
        self,
        db: Database,
        turns: Turns,
        *,
        blobs: Blobs,
        scratch: Scratch,
        thumbnails: Thumbnails,
        checker: Checker,
        clock: Callable[[], datetime],
    ) -> None:
        self._db: Final = db
        self._turns: Final = turns
        self._blobs: Final = blobs
        self._scratch: Final = scratch
        self._thumbnails: Final = thumbnails
        self._checker: Final = checker
        self._clock: Final = clock
        self._called: Final = asyncio.Event()
        self._busy: Final[set[str]] = set()

    def nudge(self) -> None:
        """There is something to do now."""
        self._called.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._called.clear()  # before looking: who calls from now on is not overheard
            if not await self.work_off():
                await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(_LOOK_EVERY):
                await self._called.wait()
        except TimeoutError:
            return

    async def work_off(self) -> int:
        """Settle what is due and not in another loop's hands; returns how many were taken up."""
        due = await self._db.read(lambda tx: intake.due(tx, self._clock(), _AT_ONCE + len(self._busy)))
        mine = [arrival for arrival in due if arrival.id not in self._busy][:_AT_ONCE]
        taken = 0
        for arrival in mine:
            if arrival.id not in self._busy:
                self._busy.add(arrival.id)
                try:
                    await self._one(arrival)
                finally:
                    self._busy.discard(arrival.id)
                taken += 1
        return taken

    async def _one(self, arrival: Arrival) -> None:
        crash_point("intake:claimed")
        fresh = await self._db.read(lambda tx: intake.get(tx, arrival.id))
        if fresh is None or fresh.state not in intake.CHECKABLE or fresh.tries != arrival.tries:
            return  # another loop was faster
        try:
            await self._settle(fresh)
        except (OSError, StorageTrouble) as trouble:
            # The disk or the database cannot go on: the arrival keeps its place, however long it takes.
            await self._postpone(fresh, type(trouble).__name__, fresh.tries)
        except Exception as fault:  # the checker, a damaged blob or a fault of ours: the files behind it must not wait
            log.exception("file not settled", arrival=fresh.id, tries=fresh.tries + 1)
            if fresh.tries + 1 >= intake.MAX_TRIES:
                await self._verdict(fresh, BytesRefused(fresh.id, REPEATED))
            else:
                await self._postpone(fresh, type(fault).__name__, fresh.tries + 1)

    async def _settle(self, arrival: Arrival) -> None:
        if arrival.secret_mark:
            await self._erase_secret(arrival, arrival.secret_mark)
            return
        path = self._scratch.path(arrival.id)
        if not await asyncio.to_thread(path.exists):
            log.error("scratch file gone", arrival=arrival.id)
            await self._verdict(arrival, BytesRefused(arrival.id, REPEATED))
            return
        thumbnail = self._scratch.thumbnail(arrival.id)
        result = await self._checker.check(path, KINDS[arrival.kind], thumbnail)
        crash_point("intake:checked")
        if not isinstance(result.verdict, Refused):
            await self._keep(arrival, result)
            return
        reason = result.verdict.reason.value
        log.info("file refused", arrival=arrival.id, reason=reason, detail=result.detail)
        if reason == SECRET:
            await self._db.write(lambda tx: intake.found_secret(tx, arrival.id, result.detail))
            await self._erase_secret(arrival, result.detail)
        else:
            await self._verdict(arrival, BytesRefused(arrival.id, reason))

    async def _erase_secret(self, arrival: Arrival, mark: str) -> None:
        """Erase the bytes, then say so, then take what was written of it off the disk. May be repeated at any step."""
        await asyncio.to_thread(self._scratch.remove, arrival.id)
        crash_point("intake:secret-erased")
        await self._verdict(arrival, BytesRefused(arrival.id, SECRET, mark))
        await self._db.forget_the_past()

    async def _keep(self, arrival: Arrival, result: CheckResult) -> None:
        """Blob, sidecar, thumbnail; only then the turn that makes the row and the words "đã lưu"."""
        sidecar = await self._db.read(lambda tx: evidence.sidecar(tx, arrival.id))
        await asyncio.to_thread(self._blobs.put, self._scratch.path(arrival.id), arrival.digest)
        await asyncio.to_thread(self._blobs.write_sidecar, arrival.digest, arrival.id, sidecar)
        if result.thumbnail:
            await asyncio.to_thread(self._thumbnails.keep, self._scratch.thumbnail(arrival.id), arrival.sha256)
        crash_point("intake:before-turn")
        kind = result.kind.code if result.kind else arrival.kind
        flags = tuple(flag.value for flag in result.flags)
        await self._verdict(arrival, BytesStored(arrival.id, arrival.sha256, arrival.declared_size, kind, flags))

    async def _verdict(self, arrival: Arrival, body: Body) -> None:
        """Tell `Turns`, then let the scratch file go. A verdict whose turn failed is told again by the inbox, and
        keeps its bytes until then.
        """
        await self._turns.accept(_heard(arrival, body))
        crash_point("intake:after-turn")
        settled = await self._db.read(lambda tx: intake.get(tx, arrival.id))
        if settled is not None and settled.state in intake.ENDS:
            await asyncio.to_thread(self._scratch.remove, arrival.id)
            crash_point("intake:cleaned")
        elif settled is not None:
            await self._postpone(settled, "turn", settled.tries + 1)

    async def _postpone(self, arrival: Arrival, why: str, tries: int) -> None:
        wait = min(timedelta(seconds=5 * 2 ** min(tries, 6)), _LONGEST_WAIT)
        log.warning("file postponed", arrival=arrival.id, why=why, tries=tries)
        try:
            await self._db.write(lambda tx: intake.postpone(tx, arrival.id, tries, self._clock(), wait))
            await self._turns.accept(_heard(arrival, BytesDelayed(arrival.id)))
        except StorageTrouble:
            await asyncio.sleep(wait.total_seconds())  # not even this can be written: the row stays due

    async def refuse_what_never_came(self) -> None:
        """Arrivals announced a day ago whose bytes have not come: an end for each, with the way out."""
        late = await self._db.read(lambda tx: intake.never_came(tx, self._clock() - _NEVER_CAME_AFTER))
        for arrival in late:
            await self._turns.accept(_heard(arrival, BytesRefused(arrival.id, NEVER_CAME)))

    async def sweep_scratch(self) -> None:
        """Let go of scratch files whose arrivals have ended (a crash came between verdict and removal), and of drafts
        that were never finished.
        """
        open_ids = await self._db.read(intake.open_ids)
        an_hour_ago = (self._clock() - timedelta(hours=1)).timestamp()
        await asyncio.to_thread(self._scratch.sweep, open_ids, an_hour_ago)
        a_day_ago = (self._clock() - timedelta(days=1)).timestamp()
        await asyncio.to_thread(self._blobs.sweep_drafts, a_day_ago)


def _heard(arrival: Arrival, body: Body) -> Inbound:
    what = type(body).__name__
    return Inbound(INTAKE, f"{arrival.id}:{what}", str(arrival.person), body)
