"""Where a conversation stands: typed states, one small class per waiting point, and the open menu. Encoded as JSON in
the conversation's row.

States hold ids only, never permissions or copies. An unknown or older state is a polite restart, never an exception.
"""

import dataclasses
import json
from dataclasses import dataclass
from typing import Final

from criteria.folding import fold
from handlers.replies import Say

SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is open."""


@dataclass(frozen=True, slots=True)
class GivingName:
    """The person has joined by an invite without a name and was asked for it."""


@dataclass(frozen=True, slots=True)
class OnCard:
    """A card of the walk is open: files go to it, and the six answers are meant for it."""

    item: int


@dataclass(frozen=True, slots=True)
class GivingReason:
    """One line of reason is awaited for an answer. `page` and `key`: the checklist to go back to, -1 for the walk."""

    item: int
    answer: str
    page: int = -1
    key: str = ""


@dataclass(frozen=True, slots=True)
class OnChecklist:
    """A page of the checklist is open as the message `key`."""

    page: int
    key: str


@dataclass(frozen=True, slots=True)
class ChoosingItem:
    """A document waits to be told its sub-criterion; typed words search for it."""

    document: str


State = Idle | GivingName | OnCard | GivingReason | OnChecklist | ChoosingItem
_STATES: Final = {kind.__name__: kind for kind in (Idle, GivingName, OnCard, GivingReason, OnChecklist, ChoosingItem)}


def encode_state(state: State) -> str:
    """As JSON: class name, schema number, fields."""
    return json.dumps(
        {"state": type(state).__name__, "schema": SCHEMA, **dataclasses.asdict(state)}, ensure_ascii=False
    )


def decode_state(raw: str) -> State:
    """What `encode_state` wrote; `Idle` for a state that this program does not know."""
    fields = json.loads(raw)
    kind = _STATES.get(fields.pop("state", ""))
    if kind is None or fields.pop("schema", 0) != SCHEMA:
        return Idle()
    names = {f.name for f in dataclasses.fields(kind)}
    if set(fields) != names:
        return Idle()
    return kind(**fields)


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of the open menu, as it was shown."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Menu:
    """The open question's choices in the order of their numbers; `key` of the message that asked, if it has one."""

    options: tuple[Option, ...] = ()
    key: str = ""

    def match(self, typed: str) -> Option | None:
        """The choice meant by a typed number or label; else None."""
        words = fold(typed)
        if words.isdecimal() and typed.strip().isdecimal():
            place = int(words)
            return self.options[place - 1] if 1 <= place <= len(self.options) else None
        return next((option for option in self.options if words and fold(option.label) == words), None)

    def begun(self, typed: str) -> Option | None:
        """The choice whose label begins with the typed words, if there is exactly one."""
        words = fold(typed)
        begun = [option for option in self.options if words and fold(option.label).startswith(f"{words} ")]
        return begun[0] if len(begun) == 1 else None


def menu_of(say: Say) -> Menu:
    """The menu a message opens."""
    return Menu(tuple(Option(choice.label, choice.data) for choice in say.choices()), say.key or "")


def encode_menu(menu: Menu) -> str:
    """As JSON."""
    return json.dumps({"key": menu.key, "options": [[o.label, o.data] for o in menu.options]}, ensure_ascii=False)


def decode_menu(raw: str) -> Menu:
    """What `encode_menu` wrote; an empty menu for a new conversation."""
    fields = json.loads(raw)
    if not isinstance(fields, dict):
        return Menu()
    return Menu(tuple(Option(label, data) for label, data in fields["options"]), fields["key"])


@dataclass(frozen=True, slots=True)
class Press:
    """A button's data taken apart; every part is hostile until the flow has checked it."""

    flow: str
    verb: str
    arg: str = ""


def press(data: str) -> Press:
    """Take a button's data apart; whatever it is, it becomes three strings."""
    flow, _, rest = data.partition(":")
    verb, _, arg = rest.partition(":")
    return Press(flow, verb, arg)
