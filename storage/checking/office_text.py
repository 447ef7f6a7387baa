"""Reads what a new office file says where a stamp would stand, while its parts pass by. Called by `ooxml`.

Paragraphs of texts and slides, text boxes, headers and footers, WordArt, the first rows of sheets, the properties.
"""

import re
from typing import Final
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from storage.checking.secrecy import Text

LINES: Final = 200  # of one part, where they are not in text boxes
ROWS: Final = 40  # of one sheet
CELLS: Final = 4000  # of one sheet
ALL_LINES: Final = 50_000  # of one file
STRINGS: Final = 100_000  # that cells may share
LONG: Final = 1001  # from here on a line is running text, whatever else it says
SHARED_LONG: Final = 200  # kept of a shared string

_OFF: Final = frozenset({"0", "false", "off", "none"})
_PARAGRAPHS: Final = frozenset({"p", "is"})
_SHEET_EDGES: Final = frozenset({"oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter"})
_EDGE_PLACE: Final = re.compile(r"&[LCRlcr]")
_EDGE_CODE: Final = re.compile(r"&(?:\"[^\"]*\"|[Kk][0-9A-Fa-f]{6}|[Kk]\d\d[+-]\d{3}|\d+|[A-Za-z])")
_PROPERTIES: Final = frozenset({"title", "subject", "keywords", "description", "category"})


class Gathered:
    """The text of one package. Cells name strings that may come later, so it is complete only at the end."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.shared: list[str] = []
        self._parts: list[list[str | int]] = []
        self._room = ALL_LINES

    def part(self) -> list[str | int]:
        self._parts.append([])
        return self._parts[-1]

    def takes_one(self) -> bool:
        self._room -= 1
        return self._room >= 0

    def text(self) -> Text:
        return Text([[self._line(line) for line in part] for part in self._parts if part], self.titles)

    def _line(self, line: str | int) -> str:
        if isinstance(line, str):
            return line
        return self.shared[line] if 0 <= line < len(self.shared) else ""


class Lines(ContentHandler):
    """Gathers the lines of a part, by the names its elements have in every kind of office file."""

    def __init__(self, gathered: Gathered) -> None:
        super().__init__()
        self._gathered = gathered
        self._lines = gathered.part()
        self._open: list[list[str]] = []  # the paragraphs around, and the texts of each
        self._size = 0
        self._taking = False
        self._capitals = False
        self._boxes = 0
        self._outside_boxes = 0
        self._row = 0
        self._cell = ""
        self._starts = {
            **dict.fromkeys(_PARAGRAPHS | _SHEET_EDGES, self._begin_line),
            **dict.fromkeys(("t", "delText"), self._begin_text),
            **dict.fromkeys(("txbxContent", "txBody"), self._begin_box),
            **dict.fromkeys(("caps", "smallCaps"), self._set_capitals),
            "r": self._begin_run,
            "rPr": self._set_drawn_capitals,
            "tab": self._add_tab,
            "br": self._add_break,
            "cr": self._add_break,
            "textpath": self._take_word_art,
            "si": self._begin_line,
            "row": self._begin_row,
            "c": self._begin_cell,
            "v": self._begin_value,
        }
        self._ends = {
            **dict.fromkeys(("t", "delText"), self._end_text),
            **dict.fromkeys(("txbxContent", "txBody"), self._end_box),
            **dict.fromkeys(_SHEET_EDGES, self._end_edge),
            "p": self._end_paragraph,
            "is": self._end_cell_text,
            "si": self._end_shared,
            "v": self._end_value,
        }

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        if start := self._starts.get(local(name)):
            start(local(name), attrs)

    def endElement(self, name: str) -> None:
        if end := self._ends.get(local(name)):
            end()

    def characters(self, content: str) -> None:
        if self._taking and self._open:
            self._add(content.upper() if self._capitals else content)

    # --- paragraphs ---

    def _begin_line(self, name: str, attrs: AttributesImpl) -> None:
        self._open.append([])
        self._size = 0
        self._taking = name in _SHEET_EDGES

    def _end_paragraph(self) -> None:
        line = self._closed()
        if self._boxes == 0:
            self._outside_boxes += bool(line.strip())
        if self._boxes or self._outside_boxes <= LINES:
            self._keep(line)

    def _closed(self) -> str:
        self._taking = False
        texts = self._open.pop() if self._open else []
        self._size = sum(map(len, self._open[-1])) if self._open else 0  # the paragraph around a text box goes on
        return "".join(texts)

    def _keep(self, line: str | int) -> None:
        if (isinstance(line, int) or line.strip()) and self._gathered.takes_one():
            self._lines.append(line)

    def _add(self, text: str) -> None:
        if self._open and self._size < LONG:
            self._open[-1].append(text[:LONG])
            self._size += len(text)

    def _add_tab(self, name: str, attrs: AttributesImpl) -> None:
        self._add("\t")

    def _add_break(self, name: str, attrs: AttributesImpl) -> None:
        self._add("\n")

    def _begin_text(self, name: str, attrs: AttributesImpl) -> None:
        self._taking = True

    def _end_text(self) -> None:
        self._taking = False

    # --- how it is shown ---

    def _begin_run(self, name: str, attrs: AttributesImpl) -> None:
        self._capitals = False

    def _set_capitals(self, name: str, attrs: AttributesImpl) -> None:
        self._capitals = attrs.get("w:val", "1") not in _OFF

    def _set_drawn_capitals(self, name: str, attrs: AttributesImpl) -> None:
        self._capitals = attrs.get("cap", "none") not in _OFF

    def _begin_box(self, name: str, attrs: AttributesImpl) -> None:
        self._boxes += 1

    def _end_box(self) -> None:
        self._boxes -= 1

    def _take_word_art(self, name: str, attrs: AttributesImpl) -> None:
        self._keep(attrs.get("string", "")[:LONG])

    # --- sheets ---

    def _begin_row(self, name: str, attrs: AttributesImpl) -> None:
        number = attrs.get("r", "")
        self._row = int(number) if number.isdecimal() and len(number) < 9 else self._row + 1
        if self._row > ROWS:
            for below in ("c", "v", "is"):  # a sheet may have a million more
                self._starts.pop(below, None)
                self._ends.pop(below, None)

    def _begin_cell(self, name: str, attrs: AttributesImpl) -> None:
        self._cell = attrs.get("t", "n")

    def _begin_value(self, name: str, attrs: AttributesImpl) -> None:
        if self._has_room() and self._cell in ("s", "str"):
            self._begin_line(name, attrs)
            self._taking = True

    def _end_value(self) -> None:
        if not self._taking:
            return
        value = self._closed()
        if self._cell == "str":
            self._keep(value)
        elif value.strip().isdecimal() and len(value) < 9:
            self._keep(int(value))

    def _end_cell_text(self) -> None:
        line = self._closed()
        if self._has_room():
            self._keep(line)

    def _has_room(self) -> bool:
        return self._row <= ROWS and len(self._lines) < CELLS

    def _end_shared(self) -> None:
        line = self._closed()
        if len(self._gathered.shared) < STRINGS:
            self._gathered.shared.append(line[:SHARED_LONG])

    def _end_edge(self) -> None:
        self._keep(edge_lines(self._closed()))


class Properties(ContentHandler):
    """Gathers the title and the other words about a file."""

    def __init__(self, gathered: Gathered) -> None:
        super().__init__()
        self._titles = gathered.titles
        self._taking = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        self._taking = local(name) in _PROPERTIES
        if self._taking:
            self._titles.append("")

    def endElement(self, name: str) -> None:
        self._taking = False

    def characters(self, content: str) -> None:
        if self._taking and len(self._titles[-1]) < LONG:
            self._titles[-1] += content[:LONG]


def edge_lines(text: str) -> str:
    """The header or footer of a sheet without its codes; its left, middle and right on lines of their own."""
    return _EDGE_CODE.sub("", _EDGE_PLACE.sub("\n", text.replace("&&", "＆")))


def local(name: str) -> str:
    return name.rpartition(":")[2]
