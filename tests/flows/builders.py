"""What a flow is given, built by hand: no database, no event loop."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeVar

import pytest

from criteria import bundled
from criteria.assignment import items_for
from criteria.campaign import Campaign, campaign
from criteria.errors import Refusal
from criteria.evidence import Document, EvidenceFile, FileState
from criteria.items import Answer, Item
from criteria.people import Grant, GrantState, Person, Role
from criteria.periods import VIETNAM
from criteria.roles import working_units
from handlers.channel import WEB, Body, Pressed
from handlers.conversation import Idle, State
from handlers.flows.step import Event, EvidenceView, Outcome, PeopleView, ProgressView, View
from handlers.replies import Say
from handlers.turn import FLOWS
from tests.world import CountingIds

V = TypeVar("V", bound=View)
NOW: Final = datetime(2021, 8, 2, 8, 0, tzinfo=VIETNAM)
UNIT: Final = "xa-an-thanh-dong"
NEIGHBOUR: Final = "xa-an-thanh-1"
CAMPAIGN: Final[Campaign] = campaign(1, bundled.plan("cu-lao-dung-2021"), bundled.catalogue("mau-cap-huyen-2021"), None)
PLANNED: Final = tuple(
    Item(number, planned.unit, planned.code, planned.lead)
    for number, planned in enumerate(items_for(CAMPAIGN.plan, CAMPAIGN.catalogue), start=1)
)
KINDS: Final[Mapping[str, type[View]]] = {"ev": EvidenceView, "me": PeopleView, "hi": PeopleView, "look": ProgressView}


def person(
    role: Role = Role.OFFICER,
    unit: str = UNIT,
    *,
    id_: int = 1,
    state: GrantState = GrantState.ACTIVE,
    more: tuple[Grant, ...] = (),
    acknowledged: bool = True,
    name: str = "Nguyễn Thị Lan",
) -> Person:
    return Person(id_, name, True, acknowledged, (Grant(unit, role, state), *more))


def item(code: str, unit: str = UNIT) -> Item:
    """A unit's item before anything has happened to it."""
    return next(i for i in PLANNED if (i.unit, i.code) == (unit, code))


def view(kind: type[V], who: Person | None = None, changed: tuple[Item, ...] = (), **more: Any) -> V:
    """A view of all that the person works on, with some items changed."""
    asker = who or person()
    now = {i.id: i for i in changed}
    own = tuple(now.get(i.id, i) for i in PLANNED if i.unit in working_units(asker))
    base: dict[str, Any] = {
        "person": asker,
        "campaign": CAMPAIGN,
        "now": NOW,
        "items": own,
        "card": None,
        "coming": frozenset(),
        "public_url": "http://127.0.0.1:8080",
        "worth": MappingProxyType(CAMPAIGN.worth(NOW)),
    }
    return kind(**base | more)


def event(verb: str, arg: object = "", body: Body | None = None, **more: str) -> Event:
    return Event(verb, str(arg), body or Pressed(""), NOW, CountingIds(), WEB, "1", "m1", **more)


def step(
    flow: str, of: View, verb: str, arg: object = "", state: State | None = None, body: Body | None = None
) -> Outcome:
    """One step, with nothing open before it unless told."""
    outcome: Outcome = FLOWS[flow].step(of, state or Idle(), event(verb, arg, body))
    return outcome


def refused(
    flow: str, of: View, verb: str, arg: object = "", state: State | None = None, body: Body | None = None
) -> str:
    """The key with which a step is refused."""
    with pytest.raises(Refusal) as refusal:
        step(flow, of, verb, arg, state, body)
    return refusal.value.key


def pressed(say: Say) -> list[str]:
    """The data of a message's buttons."""
    return [choice.data for choice in say.choices()]


def labels_of(say: Say) -> list[str]:
    return [choice.label for choice in say.choices()]


def file(number: int = 1, state: FileState = FileState.STORED, **more: Any) -> EvidenceFile:
    made = EvidenceFile(f"f{number}", f"ảnh {number}.jpg", 2048, "jpg", state)
    return replace(made, **{"receipt": f"000-000-00{number}" if state is FileState.STORED else "", **more})


def document(*files: EvidenceFile, items: tuple[int, ...] = (), unit: str = UNIT, declared: bool = False) -> Document:
    return Document("d1", 1, unit, "b1", declared, files or (file(),), items)


def answered(code: str, answer: Answer | None, **more: Any) -> Item:
    return replace(item(code), answer=answer, **more)
