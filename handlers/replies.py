"""What a turn says: neutral replies that every channel can show, richly or as plain text with numbers. Made by flows,
encoded for the history.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

DATA_MAX: Final = 64  # Telegram's limit on what a button carries, in bytes


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. `flow`, `verb` and `arg` name the state it leads to, so pressing twice changes nothing; together at
    most 64 bytes. `main`: the one that most people press here.
    """

    label: str
    flow: str
    verb: str
    arg: str = ""
    main: bool = False

    def __post_init__(self) -> None:
        if len(self.data.encode()) > DATA_MAX:
            raise ValueError(f"button too long: {self.data}")

    @property
    def data(self) -> str:
        """What travels with the button."""
        return f"{self.flow}:{self.verb}:{self.arg}" if self.arg else f"{self.flow}:{self.verb}"


Rows = tuple[tuple[Choice, ...], ...]


@dataclass(frozen=True, slots=True)
class Say:
    """One message. `progress`: (done, of). `key`: a later message with the same key takes its place where the channel
    can edit. `document`: the sending whose files it speaks of.
    """

    text: str
    title: str = ""
    progress: tuple[int, int] | None = None
    rows: Rows = ()
    key: str | None = None
    document: str | None = None

    def choices(self) -> tuple[Choice, ...]:
        """All choices in the order of their menu numbers."""
        return tuple(choice for row in self.rows for choice in row)


def in_rows(choices: Iterable[Choice], width: int) -> Rows:
    """Lay choices out, `width` to a row."""
    flat = list(choices)
    return tuple(tuple(flat[start : start + width]) for start in range(0, len(flat), width))


def encode(say: Say) -> str:
    """As JSON for the history; the menu number of a choice is its place in it."""
    numbered, n = [], 0
    for row in say.rows:
        cells = []
        for choice in row:
            n += 1
            cells.append({"label": choice.label, "data": choice.data, "n": n} | ({"main": True} if choice.main else {}))
        numbered.append(cells)
    body = {"title": say.title, "text": say.text, "progress": say.progress, "choices": numbered}
    return json.dumps(body, ensure_ascii=False)


def label_of(body: str, data: str) -> str:
    """What stood on a button of an encoded message; "" when it has none such."""
    rows = json.loads(body)["choices"]
    return next((str(choice["label"]) for row in rows for choice in row if choice["data"] == data), "")


def heard(text: str) -> str:
    """What the person said, as JSON for the history."""
    return json.dumps({"title": "", "text": text, "progress": None, "choices": []}, ensure_ascii=False)


def plain(say: Say) -> str:
    """As text with a numbered menu: for channels without buttons, and for golden transcripts."""
    head = [say.title] if say.title else []
    if say.progress:
        head.append(f"[{say.progress[0]}/{say.progress[1]}]")
    menu = [f"{n}. {choice.label}" for n, choice in enumerate(say.choices(), start=1)]
    return "\n".join([*head, say.text, *menu]).strip()
