"""Reads what a PDF says where a stamp would stand: first and last pages, annotations, fields, title. Called by `pdf`.

Whatever cannot be read is left out: a damaged text layer is no reason to refuse a file. Pictures of text are not seen.
"""

import html
import re
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

import pikepdf
import pypdfium2
from pypdfium2 import raw

from criteria.secrets import may_hold_mark
from storage.checking.secrecy import Text

FIRST_PAGES: Final = 3
CHARACTERS: Final = 100_000  # of one page
FIELDS: Final = 2000
ANNOTATIONS: Final = 500  # of one page
METADATA_BYTES: Final = 1024 * 1024

_TITLES: Final = ("/Title", "/Subject", "/Keywords")
_XMP_TITLES: Final = re.compile(r"<(dc:title|dc:subject|dc:description|pdf:Keywords)\b[^>]*>(.{0,4000}?)</\1>", re.S)
_TAG: Final = re.compile(r"<[^>]*>")
_LINE: Final = re.compile(r"[^\r\n]+")
_BLANKS: Final = re.compile(r"(?<=\S)\s+(?=\S)")
_WIDE: Final = 1.0  # of a letter's height with its room: a gap so wide divides a line
# What pikepdf raises where an object is not what its place asks for.
_BROKEN: Final = (pikepdf.PikepdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RuntimeError)


def read(document: pikepdf.Pdf, path: Path) -> Text:
    """The text of an opened PDF; `path` is the same file."""
    last = len(document.pages) - 1
    numbers = [number for number in (*range(FIRST_PAGES), last) if number <= last]
    notes = {number: list(_annotations(document, number)) for number in dict.fromkeys(numbers)}
    drawn = {number for number, found in notes.items() if any(is_drawn for _, is_drawn in found)}
    pages = _pages(path, notes, drawn)
    return Text(
        [*pages, *([text] for found in notes.values() for text, _ in found), *([text] for text in _fields(document))],
        [*_properties(document), *_metadata(document)],
    )


def _pages(path: Path, numbers: dict[int, list[tuple[str, bool]]], drawn: set[int]) -> list[list[str]]:
    """The lines of the pages, with what annotations and fields draw on them."""
    pages: list[list[str]] = []
    try:
        with closing(pypdfium2.PdfDocument(path)) as document:
            for number in numbers:
                try:
                    pages.append(_page(document, number, flatten=number in drawn))
                except pypdfium2.PdfiumError:
                    continue  # a page that cannot be shown shows no stamp
    except pypdfium2.PdfiumError:
        return pages
    return pages


def _page(document: pypdfium2.PdfDocument, number: int, *, flatten: bool) -> list[str]:
    if flatten:
        with closing(document.get_page(number)) as page:
            raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)  # in memory only; what fails stays as it was
    with closing(document.get_page(number)) as page, closing(page.get_textpage()) as text:
        return list(_lines(text))


def _lines(page: pypdfium2.PdfTextPage) -> Iterator[str]:
    """The lines, with a tab for every wide gap where it matters: what stands in two columns comes as one line."""
    text = page.get_text_range(0, min(page.count_chars(), CHARACTERS))
    for line in _LINE.finditer(text):
        yield _BLANKS.sub(partial(_divided, page, line.start()), line[0]) if may_hold_mark(line[0]) else line[0]


def _divided(page: pypdfium2.PdfTextPage, start: int, gap: re.Match[str]) -> str:
    return "\t" if _is_wide(page, start + gap.start() - 1, start + gap.end()) else gap[0]


def _is_wide(page: pypdfium2.PdfTextPage, left: int, right: int) -> bool:
    one, other = _box(page, left), _box(page, right)
    if one is None or other is None:
        return False
    across = max(other.left - one.right, one.left - other.right)
    along = max(other.bottom - one.top, one.bottom - other.top)
    height = max(one.right - one.left, one.top - one.bottom)
    return bool(max(across, along) > _WIDE * height > 0)


def _box(page: pypdfium2.PdfTextPage, place: int) -> raw.FS_RECTF | None:
    box = raw.FS_RECTF()
    index = raw.FPDFText_GetCharIndexFromTextIndex(page, place)
    return box if index >= 0 and raw.FPDFText_GetLooseCharBox(page, index, box) else None


def _annotations(document: pikepdf.Pdf, number: int) -> Iterator[tuple[str, bool]]:
    """What the annotations of a page say, and whether they draw something that its own text lacks."""
    try:
        notes = list(document.pages[number].obj.get("/Annots", []))[:ANNOTATIONS]
    except _BROKEN:
        return
    for note in notes:
        try:
            yield _string(note.get("/Contents")), note.get("/Subtype") != "/Link" and "/AP" in note
        except _BROKEN:
            continue


def _fields(document: pikepdf.Pdf) -> Iterator[str]:
    """What is filled in, on every page."""
    try:
        waiting = deque(list(document.Root.get("/AcroForm", {}).get("/Fields", []))[:FIELDS])  # type: ignore[call-overload]
    except _BROKEN:
        return
    for _ in range(FIELDS):
        if not waiting:
            return
        try:
            one = waiting.popleft()  # breadth first: a tree may bite its tail
            waiting += list(one.get("/Kids", []))[: FIELDS - len(waiting)]
            yield _string(one.get("/V"))
        except _BROKEN:
            continue


def _properties(document: pikepdf.Pdf) -> Iterator[str]:
    for key in _TITLES:
        try:
            yield _string(document.trailer.get("/Info", {}).get(key))  # type: ignore[call-overload]
        except _BROKEN:
            continue


def _metadata(document: pikepdf.Pdf) -> Iterator[str]:
    try:
        stream = document.Root.get("/Metadata")
        if not isinstance(stream, pikepdf.Stream) or len(stream.read_raw_bytes()) > METADATA_BYTES:
            return
        xmp = stream.read_bytes()[:METADATA_BYTES].decode("utf-8", "replace")
    except _BROKEN:
        return
    for found in _XMP_TITLES.finditer(xmp):
        yield html.unescape(_TAG.sub(" / ", found[2]))


def _string(value: object) -> str:
    return str(value) if isinstance(value, pikepdf.String) else ""
