"""Every verb by every role, with ids of the own and of another unit, in real turns: who may not changes nothing."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from criteria.errors import Refusal
from handlers.acts import Demo
from handlers.texts import refusals
from storage import campaigns, conversations, evidence, items
from storage import tables as t
from storage.database import Tx
from tests import hostile
from tests.transcripts.play import say_of
from tests.world import ADMIN, CONSOLIDATOR, HEAD, LEADER, NEIGHBOUR, OFFICER, World

LAN, TOGETHER, STRANGER = "xa-an-thanh-dong", "doi-tong-hop", "xa-an-thanh-1"
EVERYBODY: Final[dict[str, Demo]] = {
    "can_bo": OFFICER,
    "truong_don_vi": HEAD,
    "tong_hop": CONSOLIDATOR,
    "lanh_dao": LEADER,
    "quan_tri": ADMIN,
    "can_bo of another unit": NEIGHBOUR,
}
WORKS_FOR: Final = {"can_bo": LAN, "truong_don_vi": LAN, "tong_hop": TOGETHER, "can_bo of another unit": STRANGER}
MANAGES: Final = {"tong_hop", "quan_tri"}
READS_ALL: Final = {"tong_hop"}

OF_ITEMS: Final = [
    "walk:card:{item}",
    *(f"walk:answer:{{item}}={a}" for a in ("done", "not_done", "nothing_arose", "not_ours", "by_hand", "later")),
    *(f"walk:undo:{{item}}={a}" for a in ("none", "done", "not_ours")),
    "ev:there:{item}",
]
OF_DOCUMENTS: Final = [
    "ev:put:{document}={item}",
    "ev:done:{document}",
    "ev:pick:{document}",
    "ev:move:{document}",
    "ev:sort:{document}",
    "ev:keep:{document}",
    "ev:drop:{file}",
    "ev:back:{file}",
]
OF_RECEIPTS: Final = ["ev:receipts:{receipt}"]
OF_PEOPLE: Final = ["me:agree:{person}", "me:revoke:{person}", "me:out:{person}", "me:keep:{person}"]
NO: Final = {
    refusals.sentence(Refusal(key))
    for key in ("not_allowed", "no_such_item", "no_such_file", "no_such_receipt", "waiting_for_approval")
}
TABLES: Final = (
    t.items, t.documents, t.arrivals, t.files, t.links, t.private_texts, t.people, t.grants, t.devices,
    t.sign_in_links, t.invites,
)  # fmt: skip


def allowed(role: str, verb: str, unit: str) -> bool:
    """Written out here once more, apart from `criteria.roles`."""
    if verb in OF_PEOPLE:
        return role in MANAGES
    if verb in OF_RECEIPTS and role in READS_ALL:
        return True
    return WORKS_FOR.get(role) == unit


@dataclass(slots=True)
class Stage:
    """A world in which three units have filed one document each."""

    world: World
    people: dict[str, int] = field(default_factory=dict)
    ids: dict[str, dict[str, str]] = field(default_factory=dict)

    async def rows(self) -> dict[str, list[Any]]:
        """Everything that is kept, but for the conversations and the audit."""
        return await self.world.look(lambda tx: {of.name: list(tx.execute(sa.select(of))) for of in TABLES})

    async def audited(self) -> list[dict[str, Any]]:
        bodies = await self.world.look(lambda tx: tx.execute(sa.select(t.audit.c.body).order_by(t.audit.c.seq)).all())
        return [json.loads(row.body) for row in bodies]

    async def answer(self, role: str) -> str:
        return say_of((await self.world.messages(self.people[role]))[-1]).text


def _filed(tx: Tx, person: int, unit: str) -> dict[str, str]:
    rows = [row for row in conversations.page(tx, person, None, 100) if row.document]
    document = evidence.document(tx, rows[-1].document or "")
    assert document is not None
    of_unit = items.of_units(tx, [campaigns.current(tx).unit_ids[unit]])
    return {
        "item": str(next(item.id for item in of_unit if item.id not in document.items)),
        "document": document.id,
        "file": document.files[0].id,
        "receipt": document.files[0].receipt,
    }


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    made = Stage(World(tmp_path))
    world = made.world
    await world.open()
    for role, demo in EVERYBODY.items():
        made.people[role] = await world.person(demo)
    for number, role in enumerate(("can_bo", "tong_hop", "can_bo of another unit")):
        person = made.people[role]
        await world.say(person, "1.1.4")
        await world.send(person, "a.jpg", hostile.jpg(width=330 + 2 * number))
        unit = WORKS_FOR[role]
        made.ids[unit] = await world.look(lambda tx, person=person, unit=unit: _filed(tx, person, unit))  # type: ignore[misc]
        made.ids[unit]["person"] = str(made.people["can_bo of another unit"])
    yield made
    await world.close()


VERBS: Final = [*OF_ITEMS, *OF_DOCUMENTS, *OF_RECEIPTS, *OF_PEOPLE]


async def test_who_may_not_changes_nothing(stage: Stage) -> None:
    for unit, ids in stage.ids.items():
        for role, person in stage.people.items():
            for verb in VERBS:
                if allowed(role, verb, unit):
                    continue
                before, told = await stage.rows(), len(await stage.audited())
                await stage.world.press(person, verb.format(**ids))
                assert await stage.rows() == before, (role, verb, unit)
                added = (await stage.audited())[told:]
                answer = await stage.answer(role)
                assert answer in NO, (role, verb, unit, answer)
                denied = answer == refusals.sentence(Refusal("not_allowed"))
                flow = ":".join(verb.split(":")[:2])
                assert [(line["fact"], line.get("person"), line.get("action")) for line in added] == (
                    [("AccessDenied", person, flow)] if denied else []
                ), (role, verb, unit)


async def test_who_may_is_not_refused(stage: Stage) -> None:
    """The other half, so that the first cannot pass because nothing works at all."""
    for unit, ids in stage.ids.items():
        for role, person in stage.people.items():
            for verb in (verb for verb in VERBS if verb != "me:out:{person}"):
                if allowed(role, verb, unit):
                    await stage.world.press(person, verb.format(**ids))
                    assert await stage.answer(role) not in NO, (role, verb, unit)
    for role in MANAGES:
        await stage.world.press(stage.people[role], "me:out:{person}".format(**stage.ids[LAN]))
        assert await stage.answer(role) not in NO


async def test_who_waits_and_who_has_left(stage: Stage) -> None:
    from handlers import acts

    world, person = stage.world, stage.people["can_bo"]
    held = sa.update(t.grants).where(t.grants.c.person_id == person)
    await world.db.write(lambda tx: tx.execute(held.values(state="pending")) and None)
    for verb in VERBS:
        before = await stage.rows()
        await world.press(person, verb.format(**stage.ids[LAN]))
        assert await stage.rows() == before, verb
        assert await stage.answer("can_bo") in NO, verb
    await world.db.write(lambda tx: tx.execute(held.values(state="active")) and None)
    await world.db.write(lambda tx: acts.revoke(tx, str(person), world.clock()))
    said = len(await world.messages(person))
    for verb in VERBS:
        before = await stage.rows()
        heard = await world.press(person, verb.format(**stage.ids[LAN]))
        assert await stage.rows() == before, verb
        assert heard.refusal == refusals.sentence(Refusal("revoked")), verb
    assert len(await world.messages(person)) == said
