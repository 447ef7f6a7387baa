"""Whatever an officer, the worker and the clock do in whatever order, with crashes between: the promises hold."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, precondition, rule

from criteria.evidence import FileState
from handlers.channel import WEB, Inbound, IncomingFile, Sent
from storage import evidence, intake
from storage.checking.pool import Checker
from tests import hostile
from tests.crash.officer import CUT, Thing, jpg
from tests.invariants import Folder, Told, breaches
from tests.world import HEAD, OFFICER, World

T = TypeVar("T")
THINGS = (jpg(1), jpg(2), CUT, Thing("Báo cáo TỐI MẬT.pdf", hostile.pdf(1), honest=False))


class Evening(RuleBasedStateMachine):
    """An evening at the page. A crash closes nothing in order: the files stay as they are, all memory is gone."""

    sent = Bundle("sent")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.place = Path(tempfile.mkdtemp(prefix="kiemchung-evening-"))
        self.folder = self.place / "0"
        self.folder.mkdir()
        self.told = Told()
        self.numbers = itertools.count(1)
        self.things: dict[str, Thing] = {}
        self.heard: list[Inbound] = []

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize()
    def begin(self) -> None:
        self.world = World(self.folder)
        self.do(self.world.open())
        self.people = [self.do(self.world.person(who)) for who in (OFFICER, HEAD)]

    def state(self, id_: str) -> FileState:
        found = self.do(self.world.look(lambda tx: intake.get(tx, id_)))
        assert found is not None
        return found.state

    @rule(target=sent, who=st.integers(0, 1), thing=st.sampled_from(THINGS), batch=st.sampled_from("ab"))
    def announce(self, who: int, thing: Thing, batch: str) -> str:
        person, uid = self.people[who], f"file-{next(self.numbers)}"
        file = IncomingFile(uid, thing.name, "", len(thing.content))
        inbound = Inbound(WEB, f"{person}:file:{uid}", str(person), Sent((file,), "", batch), uid)
        self.heard.append(inbound)
        self.do(self.world.turns.accept(inbound))
        found = self.do(self.world.look(lambda tx: intake.of_uid(tx, WEB, str(person), uid)))
        assert found is not None
        self.told.announced.add(found.id)
        self.things[found.id] = thing
        return found.id

    @rule(id_=sent)
    def bring(self, id_: str) -> None:
        if self.state(id_) in (FileState.RECEIVED, FileState.FETCHING):
            thing = self.things[id_]
            self.do(self.world.bring(id_, thing.content))
            self.told.safe[id_] = thing.sha256
            if thing.honest:
                self.told.wanted[thing.sha256] += 1

    @rule(id_=sent)
    def half_bring(self, id_: str) -> None:
        """The line broke, or the process died, in the middle of the bytes."""
        if self.state(id_) in (FileState.RECEIVED, FileState.FETCHING):
            self.do(self.world.db.write(lambda tx: intake.begin(tx, id_)))
            writer = self.world.scratch.writer(id_)
            writer.write(self.things[id_].content[:100])
            writer._out.close()

    @rule()
    def drain(self) -> None:
        self.do(self.world.drain())

    @precondition(lambda self: self.heard)
    @rule(data=st.data())
    def hear_again(self, data: st.DataObject) -> None:
        heard = self.do(self.world.turns.accept(data.draw(st.sampled_from(self.heard))))
        assert heard.repeat

    @rule(id_=sent, who=st.integers(0, 1), verb=st.sampled_from(["drop", "back"]))
    def take_out_or_back(self, id_: str, who: int, verb: str) -> None:
        self.do(self.world.press(self.people[who], f"ev:{verb}:{id_}", f"tap-{next(self.numbers)}"))

    @rule(id_=sent, item=st.integers(1, 60), who=st.integers(0, 1), verb=st.sampled_from(["put", "move", "done"]))
    def file_or_move(self, id_: str, item: int, who: int, verb: str) -> None:
        document = self.do(self.world.look(lambda tx: evidence.document_of_arrival(tx, id_)))
        assert document is not None
        arg = f"{document.id}={item}" if verb == "put" else document.id
        self.do(self.world.press(self.people[who], f"ev:{verb}:{arg}", f"tap-{next(self.numbers)}"))

    @rule(who=st.integers(0, 1), words=st.sampled_from(["/viec", "1", "2", "/bangkiem", "/hopthu", "Tiếp", "hoàn tác"]))
    def say(self, who: int, words: str) -> None:
        self.do(self.world.say(self.people[who], words, f"words-{next(self.numbers)}"))

    @rule(minutes=st.sampled_from([1, 30]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.forward(minutes=minutes)
        self.do(self.world.turns.retry_due())
        self.do(self.world.worker.sweep_scratch())

    @rule()
    def crash(self) -> None:
        """Another process on a copy of the files as they are now, the database's log not yet written back."""
        died, self.folder = self.folder, self.place / str(next(self.numbers))
        shutil.copytree(died, self.folder)
        clock, ids, checker = self.world.clock, self.world.ids, self.world.checker
        self.world.checker = Checker()
        self.do(self.world.close())
        shutil.rmtree(died)
        self.world = World(self.folder, ids)
        self.world.clock.now = clock.now
        self.do(self.world.checker.close())
        self.world.checker = self.world.worker._checker = checker  # type: ignore[misc]

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.do(self.world.drain())
                found = breaches(Folder(self.folder, self.folder / "blobs", unwritten=["TỐI MẬT.pdf"]), self.told)
                self.do(self.world.close())
                assert found == []
        finally:
            self.loop.close()
            shutil.rmtree(self.place)


Evening.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestEvening = Evening.TestCase
