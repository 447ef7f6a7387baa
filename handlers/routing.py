"""Which flow is meant: commands, taps, menu numbers and words, codes, and files become (flow, verb, arg). Pure;
called by `turn`.

Order for typed words: commands; the number or label of the open question, or how one of its labels begins unless that
is a known word; what a state waits for; codes; known words; receipts; search.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from criteria import receipts, search
from criteria.folding import fold
from handlers.channel import Body, BytesDelayed, BytesRefused, BytesStored, Joined, Opened, Pressed, Said, Sent
from handlers.conversation import ChoosingItem, GivingName, GivingReason, Menu, OnCard, State, press
from handlers.texts import labels


@dataclass(frozen=True, slots=True)
class Route:
    """Where an event goes. Everything in it may be hostile: flows check what they are given."""

    flow: str
    verb: str
    arg: str = ""


COMMANDS: Final[Mapping[str, Route]] = {
    "start": Route("hi", "start"),
    "trogiup": Route("hi", "help"),
    "help": Route("hi", "help"),
    "huy": Route("hi", "stop"),
    "toi": Route("me", "show"),
    "viec": Route("walk", "open"),
    "bangkiem": Route("list", "open"),
    "tieuchi": Route("look", "code"),
    "tim": Route("look", "find"),
    "thieu": Route("look", "missing"),
    "tiendo": Route("look", "progress"),
    "han": Route("look", "deadlines"),
    "bienlai": Route("ev", "receipts"),
    "hopthu": Route("ev", "inbox"),
}

# Words people type instead of a command, folded; the buttons' own labels among them.
_WORDS: Final[Mapping[str, str]] = {
    "viec": "viec",
    "viec cua toi": "viec",
    "lam tiep": "viec",
    "tiep tuc": "viec",
    "bang kiem": "bangkiem",
    "danh sach": "bangkiem",
    "thieu": "thieu",
    "con thieu gi": "thieu",
    "thieu gi": "thieu",
    "han nop": "han",
    "bao gio het han": "han",
    "khi nao het han": "han",
    "xoa": "bienlai",
    "xoa anh": "bienlai",
    "xoa tep": "bienlai",
    "sua": "bangkiem",
    "sua cau tra loi": "bangkiem",
    "con thieu": "thieu",
    "tien do": "tiendo",
    "han": "han",
    "thoi han": "han",
    "bien lai": "bienlai",
    "bien nhan": "bienlai",
    "hop thu": "hopthu",
    "chua phan loai": "hopthu",
    "tro giup": "trogiup",
    "giup": "trogiup",
    "huy": "huy",
    "dung": "huy",
    "thoi": "huy",
    "toi": "toi",
    "bat dau": "start",
}
_ANSWERS: Final = {fold(label): given for given, label in labels.ANSWERS.items()}
_ONWARD: Final = {fold(labels.NEXT), "bo qua"}


def choose(state: State, menu: Menu, body: Body, codes: Collection[str]) -> Route:
    """Route what was heard. `codes`: every sub-criterion's code of the campaign."""
    match body:
        case Joined():
            return Route("hi", "joined")
        case Opened():
            return Route("hi", "start")
        case Sent():
            return Route("ev", "sent")
        case BytesStored():
            return Route("ev", "stored")
        case BytesRefused():
            return Route("ev", "refused")
        case BytesDelayed():
            return Route("ev", "delayed")
        case Pressed(data=data):
            return _pressed(data)
        case Said(text=text):
            return _said(state, menu, text.strip(), codes)


def _pressed(data: str) -> Route:
    parts = press(data)
    return Route(parts.flow, parts.verb, parts.arg)


def _said(state: State, menu: Menu, text: str, codes: Collection[str]) -> Route:
    if text.startswith("/"):
        return _command(text)
    word = _WORDS.get(fold(text))
    option = menu.match(text) or (None if word else menu.begun(text))
    if option is not None:
        return _pressed(option.data)
    awaited = _awaited(state, text)
    if awaited is not None:
        return awaited
    code = search.parse_code(text, codes)
    if code is not None:
        return Route("look", "code", code)
    if word is not None:
        return COMMANDS[word]
    if "-" in text and receipts.parse(text) is not None:
        return Route("ev", "receipts", text)
    if fold(text) in _ANSWERS or fold(text) in _ONWARD:
        return COMMANDS["viec"]  # an answer, but no card is open: show which one it would be for
    if isinstance(state, ChoosingItem):
        return Route("ev", "find", state.document)
    if sum(c.isalpha() for c in text) >= 2:
        return Route("look", "find", text)
    return Route("hi", "lost")


def _command(text: str) -> Route:
    """A command with its argument; a bot's name after it (as in groups' menus) is left out."""
    name, _, rest = text[1:].partition(" ")
    known = COMMANDS.get(fold(name.partition("@")[0]).replace(" ", ""))
    return Route(known.flow, known.verb, rest.strip()) if known else Route("hi", "lost")


def _awaited(state: State, text: str) -> Route | None:
    """What the state is waiting for, before words are taken for anything else."""
    match state:
        case GivingName():
            return Route("hi", "name")
        case GivingReason():
            return Route("walk", "reason")
        case ChoosingItem(document=document) if text[:1].isdecimal():
            return Route("ev", "find", document)
        case OnCard(item=item):
            if fold(text) in _ONWARD:
                return Route("walk", "next", str(item))
            given = _ANSWERS.get(fold(text))
            return Route("walk", "answer", f"{item}={given.value}") if given else None
        case _:
            return None
