"""Scans the streams of an old office file for lines that may be a stamp. Called by `ole`.

A scan, no parse: text is found by the bytes around it, in both widths it is written in, in the order of the bytes. A
line that the program wrote in pieces may be missed.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

import olefile

from storage.checking.office_text import edge_lines
from storage.checking.secrecy import Text

Streams = dict[str, bytes]

STREAM_BYTES: Final = 16 * 1024 * 1024
LINES: Final = 20_000
LONGEST: Final = 200  # letters of a line that may be a stamp

_SUMMARY: Final = "\x05SummaryInformation"
_CODEPAGE: Final = 1
_TITLES: Final = (2, 3, 5, 6)  # title, subject, keywords, comments
_CODECS: Final = {1200: "utf-16-le", -535: "utf-8", 65001: "utf-8"}
_LATIN, _VIETNAMESE, _WIDE_CODEC = "latin-1", "cp1258", "utf-16-le"

_NARROW_LINE: Final = re.compile(rb"[^\x00-\x08\x0a-\x1f]{3,}")
_BREAK: Final = re.compile("[\x00-\x08\x0a-\x1f]+")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f]")

_XLS_SHARED, _XLS_LABEL, _XLS_RICH_LABEL, _XLS_CONTINUED = 0x00FC, 0x0204, 0x00D6, 0x003C
_XLS_EDGES: Final = (0x0014, 0x0015)  # the header and the footer of a printed page
_XLS_TEXTS: Final = frozenset({_XLS_SHARED, _XLS_LABEL, _XLS_RICH_LABEL, _XLS_CONTINUED, *_XLS_EDGES})
_XLS_STRING: Final = re.compile(rb"(?=[\x02-\xc8]\x00[\x00\x01\x04\x05\x08\x09\x0c\x0d])")
_IS_WIDE, _HAS_EXTENSION, _HAS_RUNS = 0x01, 0x04, 0x08
_PPT_TEXT: Final = re.compile(rb"\x00\x00([\xa0\xa8\xba])\x0f(....)", re.S)
_PPT_NARROW: Final = b"\xa8"


def of_doc(streams: Streams) -> Text:
    text = streams["worddocument"][:STREAM_BYTES]
    narrow = [line[0] for line in islice(_NARROW_LINE.finditer(text), LINES) if len(line[0]) <= LONGEST]
    groups = [[line.decode(codec, "replace") for line in narrow] for codec in (_LATIN, _VIETNAMESE)]
    return Text([*groups, *(_wide_lines(text[shift:]) for shift in (0, 1))])


def of_xls(records: Iterator[tuple[int, bytes]]) -> Text:
    found = (line for number, data in records if number in _XLS_TEXTS for line in _xls_strings(number, data))
    return Text([list(islice(found, LINES))])


def of_ppt(streams: Streams) -> Text:
    show, lines = streams["powerpoint document"][:STREAM_BYTES], []
    for found in islice(_PPT_TEXT.finditer(show), LINES):
        end = found.end() + int.from_bytes(found[2], "little")
        codec = _LATIN if found[1] == _PPT_NARROW else _WIDE_CODEC
        if end - found.end() <= STREAM_BYTES:
            lines += _BREAK.split(show[found.end() : end].decode(codec, "replace"))
    return Text([lines])


def titles(container: olefile.OleFileIO) -> list[str]:
    """What the properties say, as far as they can be read."""
    if not container.exists(_SUMMARY):
        return []
    properties: dict[int, Any] = container.getproperties(_SUMMARY)
    return [_decoded(properties.get(number), properties.get(_CODEPAGE)) for number in _TITLES]


def _decoded(value: object, codepage: object) -> str:
    if not isinstance(value, bytes):
        return value if isinstance(value, str) else ""
    codec = _CODECS.get(codepage, f"cp{codepage}") if isinstance(codepage, int) else _LATIN
    try:
        return value.decode(codec, "replace")
    except LookupError:
        return value.decode(_LATIN)


def _wide_lines(text: bytes) -> list[str]:
    lines = _BREAK.split(text.decode(_WIDE_CODEC, "replace"))
    return [line for line in lines if 0 < len(line) <= LONGEST][:LINES]


def _xls_strings(number: int, data: bytes) -> Iterator[str]:
    """Every string of a record, found by its length and its flags; in Excel 95 there are no flags."""
    shown: Callable[[str], str] = edge_lines if number in _XLS_EDGES else str
    for start in (match.start() for match in _XLS_STRING.finditer(data)):
        length, flags = data[start], data[start + 2]
        at = start + 3 + 2 * bool(flags & _HAS_RUNS) + 4 * bool(flags & _HAS_EXTENSION)
        yield from _text(data[at:], length, wide=bool(flags & _IS_WIDE), shown=shown)
    if number in (_XLS_LABEL, _XLS_RICH_LABEL) and len(data) > 8:
        yield from _text(data[8:], int.from_bytes(data[6:8], "little"), wide=False, shown=shown)
    elif number in _XLS_EDGES and data:
        yield from _text(data[1:], data[0], wide=False, shown=shown)
    elif number == _XLS_CONTINUED and 0 < len(data) <= 2 * LONGEST and data[0] in (0, 1):  # of a text box
        yield from _text(data[1:], (len(data) - 1) >> data[0], wide=data[0] == 1, shown=shown)


def _text(data: bytes, length: int, *, wide: bool, shown: Callable[[str], str]) -> Iterator[str]:
    letters = data[: length * 2 if wide else length]
    if len(letters) == length * (2 if wide else 1):
        text = letters.decode(_WIDE_CODEC if wide else _LATIN, "replace")
        if not _CONTROL.search(text):
            yield shown(text)
