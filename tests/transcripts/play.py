"""Plays a conversation written in a text file through the real product, and writes down what is said.

The lines of a file that begin with "> " or "@ " are its script, "# " is a remark; everything else is the product's
answer and is written anew by every play.

    > words            said; {mã A}, {mục đơn-vị mã}, {lần gửi Tên}, {tệp Tên} stand for codes and ids
    > #3               the third choice of the newest menu, as a tap; "#2 -1": of the menu before that one
    > #Hoàn tác        the newest choice with this label, as a tap
    > #lại             the last tap once more
    > !walk:answer:x   a button's data as a stranger could write it
    > [tệp a.jpg + b.pdf: html as jpg | đang gửi] words
                       files of one sending with a caption; after the colon a bad file of `tests.hostile.REFUSED`, after
                       "=" a file with the same bytes; "đang gửi": announced, the bytes come with "@ tệp tới nơi"
    > [dài 5000]       that many letters; [trống]: blanks only
    @ Lan              this person writes now
    @ sau 21 ngày      time passes; "@ đến 08:00 30/8/2021": until campaign time is that
    @ mã mời A: can_bo, xa-an-thanh-nam, tên Võ An, số 0912345678, do Hương mời
    @ An vào bằng mã mời A, on the web; "@ An vào bằng đường liên kết": by the newest link in An's conversation
    @ thu hồi An       from the command line
    @ tệp tới nơi      the bytes of what was announced

New messages are indented by two blanks, changed ones are marked "~" and show what is new in them. What somebody else is
told stands under a name. A long message that was written out before is cut short.
"""

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from criteria.errors import Refusal
from criteria.evidence import Document, FileState
from criteria.items import Item
from criteria.people import Role
from criteria.periods import VIETNAM
from handlers import acts
from handlers.conversation import press
from handlers.replies import Choice, Say, plain
from handlers.texts import refusals
from handlers.turn import Heard
from storage import campaigns, conversations, evidence, intake, items
from storage.conversations import Message
from storage.database import Tx
from tests import hostile
from tests.world import ADMIN, CONSOLIDATOR, HEAD, LEADER, NEIGHBOUR, OFFICER, World

PEOPLE: Final = {
    "Lan": OFFICER,
    "Hai": NEIGHBOUR,
    "Minh": HEAD,
    "Hương": CONSOLIDATOR,
    "Bảo": LEADER,
    "Tùng": ADMIN,
}
_HASH = re.compile(r"(?<=SHA-256\): )[0-9a-f]{16}")
_LINK = re.compile(r"/in/([\w-]+)")
_FILES = re.compile(r"\[tệp ([^\]|]+?)(?: \| (đang gửi))?\] ?(.*)")
_PROGRESS = re.compile(r"\[\d+/\d+\]")
_LONG: Final = 6
_OPEN: Final = (FileState.RECEIVED, FileState.FETCHING)
_ONE_OF_A_KIND: Final[Mapping[str, Callable[[int], bytes]]] = {
    "jpg": lambda n: hostile.jpg(width=320 + 2 * n),
    "png": lambda n: hostile.png(width=320 + 2 * n),
    "pdf": lambda n: hostile.pdf(pages=1 + n),
    "docx": lambda n: hostile.docx(body=f"<w:r><w:t>evidence {n}</w:t></w:r>"),
}


@dataclass(slots=True)
class Speaker:
    """Somebody in the play, and what has been written down of the conversation so far. `person` is 0 for somebody who
    could not come in.
    """

    name: str
    person: int
    seen: int = 0
    written: dict[int, list[str]] = field(default_factory=dict)
    menus: list[tuple[Choice, ...]] = field(default_factory=list)
    newest: dict[int, Say] = field(default_factory=dict)


def script_of(text: str) -> list[str]:
    """The lines that are played, remarks among them."""
    return [line for line in text.splitlines() if line.startswith(("> ", "@ ", "# "))]


def say_of(message: Message) -> Say:
    """A message as the flow said it, from the history."""
    body = json.loads(message.body)
    rows = tuple(tuple(_choice(cell) for cell in row) for row in body["choices"])
    progress = tuple(body["progress"]) if body["progress"] else None
    return Say(body["text"], title=body["title"], progress=progress, rows=rows)


def _choice(cell: Mapping[str, str]) -> Choice:
    parts = press(cell["data"])
    return Choice(cell["label"], parts.flow, parts.verb, parts.arg)


class Play:
    """One play of a script."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._speakers: dict[str, Speaker] = {}
        self._who = ""
        self._lines: list[str] = []
        self.codes: dict[str, str] = {}
        self._contents: dict[str, bytes] = {}
        self._last_tap = ""
        self._long_ones: set[tuple[str, ...]] = set()
        self._on_the_way: list[str] = []
        self.said: list[Say] = []

    async def run(self, script: list[str]) -> str:
        """Play it; returns the file as it should read."""
        for line in script:
            kind, words = line[0], line[2:]
            if kind == "#":
                self._lines.append(line)
                continue
            self._blank(kind)
            if kind == "@":
                self._lines.append(line)
                await self._direct(words)
            else:
                await self._hear(words)
        return "\n".join(self._lines).strip() + "\n"

    def _blank(self, kind: str) -> None:
        if self._lines and not (kind == "@" and self._lines[-1].startswith("@ ")):
            self._lines.append("")

    # --- what the script says ---------------------------------------------------------------------------------------

    async def _direct(self, words: str) -> None:
        match words.split(" ", 2):
            case ["sau", amount, span]:
                self._world.clock.forward(**{{"ngày": "days", "giờ": "hours", "phút": "minutes"}[span]: int(amount)})
            case ["đến", hour, day]:
                at = datetime.strptime(f"{hour} {day}", "%H:%M %d/%m/%Y").replace(tzinfo=VIETNAM)
                self._world.clock.now += at - await self._world.now()
            case ["mã", "mời", rest]:
                await self._invite(*rest.split(": ", 1))
            case ["thu", "hồi", name]:
                whom = str(self._speakers[name].person)
                await self._world.db.write(lambda tx: acts.revoke(tx, whom, self._world.clock()))
            case ["tệp", "tới", "nơi"]:
                await self._arrive()
                await self._tell()
            case [name, "vào", how]:
                await self._enter(name, how)
            case [name]:
                await self._turn_to(name)
            case _:
                raise ValueError(f"no such direction: {words}")

    async def _turn_to(self, name: str) -> None:
        if name not in self._speakers:
            self._speakers[name] = Speaker(name, await self._world.person(PEOPLE[name]))
        self._who = name

    async def _invite(self, label: str, about: str) -> None:
        role, unit, *more = about.split(", ")
        known = {part.split(" ", 1)[0]: part.split(" ", 1)[1] for part in more}
        by = self._speakers[known["do"].removesuffix(" mời")].person if "do" in known else None
        code, _ = await self._world.db.write(
            lambda tx: acts.invite(
                tx,
                self._world.ids,
                unit=unit,
                role=Role(role),
                name=known.get("tên", ""),
                phone=known.get("số"),
                by=by,
                real=self._world.clock(),
            )
        )
        self.codes[f"mã {label}"] = code

    async def _enter(self, name: str, how: str) -> None:
        """By a code or a link on the web's page, as `bot.web.doors` does it."""
        token = self.codes.get(how.removeprefix("bằng ").replace("mã mời", "mã"), "")
        if how == "bằng đường liên kết":
            said = [_LINK.search(say.text) for say in self._speakers[name].newest.values()]
            token = [found[1] for found in said if found][-1]
        world = self._world
        entered = await world.db.write(
            lambda tx: acts.sign_in(
                tx, world.turns, world.ids, token=token, who=f"web:{name}", label="Firefox", real=world.clock()
            )
        )
        if isinstance(entered, Refusal):
            self._lines.append(f"! {refusals.sentence(entered)}")
            return
        self._speakers.setdefault(name, Speaker(name, entered.person))
        self._who = name
        await self._tell()

    async def _hear(self, words: str) -> None:
        if found := _FILES.fullmatch(words):
            self._lines.append(f"> {words}")
            await self._send(found[1], found[3], later=bool(found[2]))
        elif words.startswith("#"):
            await self._tap(re.sub(r" \[.*\]$", "", words[1:]))
        elif words.startswith("!"):
            self._lines.append(f"> {words}")
            await self._press(await self._filled(words[1:]))
        else:
            self._lines.append(f"> {words}")
            await self._answered(await self._world.say(self._me.person, await self._filled(words)))

    @property
    def _me(self) -> Speaker:
        return self._speakers[self._who]

    async def _filled(self, words: str) -> str:
        if words == "[trống]":
            return "   "
        if long := re.fullmatch(r"\[dài (\d+)\]", words):
            return "a" * int(long[1])
        for name in re.findall(r"\{([^}]+)\}", words):
            words = words.replace(f"{{{name}}}", await self._world.look(lambda tx, name=name: self._meant(tx, name)))  # type: ignore[misc]
        return words

    def _meant(self, tx: Tx, name: str) -> str:
        """What a name in curly brackets stands for."""
        match name.split(" "):
            case ["mục", unit, code]:
                return str(next(i.id for i in _items(tx, unit) if i.code == code))
            case ["người", who]:
                return str(self._speakers[who].person)
            case ["lần", "gửi", who] | ["tệp", who]:
                document = _newest_document(tx, self._speakers[who].person)
                return document.files[-1].id if name.startswith("tệp") else document.id
            case ["biên", "nhận", who]:
                return _newest_document(tx, self._speakers[who].person).files[-1].receipt
            case _:
                return self.codes[name]

    # --- taps and files ---------------------------------------------------------------------------------------------

    async def _tap(self, which: str) -> None:
        if which == "lại":
            self._lines.append("> #lại")
            await self._press(self._last_tap)
            return
        choice = self._chosen(which)
        self._lines.append(f"> #{which} [{choice.label}]" if which[0].isdecimal() else f"> #{which}")
        await self._press(choice.data)

    def _chosen(self, which: str) -> Choice:
        menus = self._me.menus
        if place := re.fullmatch(r"(\d+)(?: -(\d+))?", which):
            return menus[-1 - int(place[2] or 0)][int(place[1]) - 1]
        return next(c for menu in reversed(menus) for c in menu if c.label == which)

    async def _press(self, data: str) -> None:
        self._last_tap = data
        await self._answered(await self._world.press(self._me.person, data))

    async def _send(self, names: str, caption: str, *, later: bool) -> None:
        wanted = [_named(part) for part in names.split(" + ")]
        files = [(name, self._content(name, how)) for name, how in wanted]
        declared = [(name, len(content)) for name, content in files]
        ids = await self._world.announce(self._me.person, *declared, caption=caption)
        await self._tell()
        self._on_the_way += ids
        self._contents |= {id_: content for id_, (_, content) in zip(ids, files, strict=True)}
        if not later:
            await self._arrive()
            await self._tell(apart=True)

    def _content(self, name: str, how: str) -> bytes:
        if how.startswith("= "):
            return self._contents[how[2:]]
        if how.startswith(": "):
            return next(bad.build() for bad in hostile.REFUSED if bad.name == how[2:])
        if name not in self._contents:
            self._contents[name] = _made(name, len(self._contents))
        return self._contents[name]

    async def _arrive(self) -> None:
        for id_ in self._on_the_way:
            found = await self._world.look(lambda tx, id_=id_: intake.get(tx, id_) if id_ else None)  # type: ignore[misc]
            if found is not None and found.state in _OPEN:
                await self._world.bring(id_, self._contents[id_])
        self._on_the_way.clear()
        await self._world.drain()

    # --- what is said -----------------------------------------------------------------------------------------------

    async def _answered(self, heard: Heard) -> None:
        before = len(self._lines)
        await self._tell()
        if len(self._lines) == before:
            self._lines.append(f"! {heard.refusal}" if heard.refusal else "(không có gì mới)")

    async def _tell(self, *, apart: bool = False) -> None:
        """Write down what is new, the speaker's own conversation first; `apart`: leave a blank line before it."""
        others = [speaker for speaker in self._speakers.values() if speaker.name != self._who]
        for speaker in [self._me, *others]:
            told = await self._new(speaker)
            for block in told:
                if apart or not self._lines[-1].startswith((">", "@")):
                    self._lines.append("")
                apart = False
                if speaker.name != self._who:
                    self._lines.append(f"({speaker.name})")
                self._lines += block

    async def _new(self, speaker: Speaker) -> list[list[str]]:
        rows = await self._world.look(
            lambda tx: conversations.changed_since(tx, speaker.person, speaker.seen, 1000) if speaker.person else []
        )
        speaker.seen = max([speaker.seen, *(row.seq for row in rows)])
        return [self._block(speaker, row) for row in rows if row.direction == "out"]

    def _block(self, speaker: Speaker, row: Message) -> list[str]:
        say = say_of(row)
        assert not say.text.startswith(_STUMBLED), say.text
        self.said.append(say)
        speaker.newest[row.id] = say
        if say.rows:
            speaker.menus.append(say.choices())
        lines = [line.rstrip() for line in _HASH.sub("0123456789abcdef", plain(say)).splitlines()]
        before = speaker.written.get(row.id)
        speaker.written[row.id] = lines
        if before is not None:
            return [f"~ {line}" for line in _changes(before, lines)]
        return [f"  {line}".rstrip() for line in self._short(lines)]

    def _short(self, lines: list[str]) -> list[str]:
        """A long message that differs from an earlier one in its progress at most: how it begins."""
        progress = [line for line in lines if _PROGRESS.fullmatch(line)]
        rest = tuple(line for line in lines if line not in progress)
        if len(rest) <= _LONG:
            return lines
        if rest not in self._long_ones:
            self._long_ones.add(rest)
            return lines
        return [rest[0], *progress, "… (như trên)"]


def _changes(before: list[str], after: list[str]) -> list[str]:
    """A changed message: whole if it is short or much is new, else its first line, what is new, and dots."""
    compared = [line for line in difflib.ndiff(before, after) if line[0] in " +"]
    new = sum(line[0] == "+" for line in compared)
    if len(after) <= _LONG or new > len(after) // 2:
        return after
    lines: list[str] = []
    for place, line in enumerate(compared):
        if line[0] == "+" or place == 0:
            lines.append(line[2:])
        elif lines[-1] != "…":
            lines.append("…")
    return lines


_STUMBLED: Final = refusals.stumbled("").partition(".")[0]


def _made(name: str, number: int) -> bytes:
    """An honest file of the kind that its name says, where possible unlike the others of the play."""
    kind = name.rpartition(".")[2].lower()
    if kind in _ONE_OF_A_KIND:
        return _ONE_OF_A_KIND[kind](number)
    return hostile.HONEST[kind]() if kind in hostile.HONEST else b"unknown"


def _named(part: str) -> tuple[str, str]:
    """A file of a sending: its name, and what is special about it."""
    for mark in (": ", " = "):
        name, found, how = part.partition(mark)
        if found:
            return name, f"{mark.strip()} {how}"
    return part, ""


def _items(tx: Tx, unit: str) -> Iterator[Item]:
    yield from items.of_units(tx, [campaigns.current(tx).unit_ids[unit]])


def _newest_document(tx: Tx, person: int) -> Document:
    rows = conversations.page(tx, person, None, 1000)
    found = evidence.document(tx, [row.document for row in rows if row.document][-1] or "")
    assert found is not None
    return found
