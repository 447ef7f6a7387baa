"""Owns how a sub-criterion is found from what a person typed: its code in any spelling, or words of its title.

Called by the conversation flows and the web pages with the entries of a catalogue.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Protocol, TypeVar

from criteria.folding import fold, unaccented

# Folded, as people of the trade type them. The titles use some of them too, so both sides are spelt out.
ABBREVIATIONS = {
    "antt": "an ninh trat tu",
    "bc": "bao cao",
    "bcci": "buu chinh cong ich",
    "bmnn": "bi mat nha nuoc",
    "cah": "cong an huyen",
    "cat": "cong an tinh",
    "cax": "cong an xa",
    "cb": "can bo",
    "cbcs": "can bo chien si",
    "cchc": "cai cach hanh chinh",
    "cds": "chuyen doi so",
    "cntt": "cong nghe thong tin",
    "csdl": "co so du lieu",
    "cv": "cong van",
    "dvc": "dich vu cong",
    "dvctt": "dich vu cong truc tuyen",
    "hs": "ho so",
    "kh": "ke hoach",
    "kstthc": "kiem soat thu tuc hanh chinh",
    "nd": "nhan dan",
    "nv": "nhiem vu",
    "pakn": "phan anh kien nghi",
    "pbgdpl": "pho bien giao duc phap luat",
    "qd": "quyet dinh",
    "qppl": "quy pham phap luat",
    "tthc": "thu tuc hanh chinh",
    "ubnd": "uy ban nhan dan",
    "vb": "van ban",
    "vbqppl": "van ban quy pham phap luat",
}
_PHRASES = {"1 cua": "mot cua"}

_LABEL = re.compile(r"(?:(?:tieu chi thanh phan|tieu chi|thanh phan|tctp|tc|tp|muc|ma so|ma)[\s:.\-]*)+")
_RUN = re.compile(r"\d+(?:(?:\s*[.,\-]\s*|\s+)\d+)*")
_JOINT = re.compile(r"(\D+)")
_GOES_ON = re.compile(r"[^\W_]|[/%]")
_DOTTED = re.compile(r"(?<![\w.])\d+(?:\.\d+)+(?![\w])")


class Titled(Protocol):
    """What a catalogue entry must show to be found."""

    @property
    def code(self) -> str: ...

    @property
    def title(self) -> str: ...


T = TypeVar("T", bound=Titled)


def parse_code(text: str, codes: Collection[str]) -> str | None:
    """Return the member of `codes` that `text` is or begins with, or None.

    Parts may be joined by dots, commas, dashes or blanks; "321" counts when it fits exactly one code and stands alone
    or after a label such as "mục". A longer code is never cut down to a shorter one: "3.2.1.5" is not "3.2.1".
    """
    typed = unaccented(unicodedata.normalize("NFKC", text)).strip(" \t\r\n([#\"'")
    label = _LABEL.match(typed)
    rest = typed[label.end() :] if label else typed
    run = _RUN.match(rest)
    if run is None:
        return None
    after = rest[run.end() :]
    if _GOES_ON.match(after):
        return None
    alone = fold(after) == ""
    if run[0].isdigit():
        return _from_digits(run[0], codes) if alone or label else None
    known = {_parts(code): code for code in codes}
    found = known.get(_parts(_evenly_joined(run[0])))
    return known.get(_parts(run[0])) if found is None and alone else found


def find(query: str, entries: Sequence[T]) -> list[T]:
    """Return the entries whose title or code has every word of `query` as the beginning of a word, best first.

    An exact code comes first, then titles holding the query as one phrase, then the others, each in the order given.
    """
    codes = _DOTTED.findall(query)
    phrase = _spelt_out(_DOTTED.sub(" ", query))
    if not codes and not phrase:
        return []
    ranked: list[tuple[int, T]] = []
    for entry in entries:
        title = f" {_spelt_out(entry.title)}"
        in_code = all(_leads(code, entry.code) for code in codes)
        if in_code and all(f" {word}" in title or _leads(word, entry.code) for word in phrase.split()):
            exact = entry.code == query.strip()
            ranked.append((0 if exact else 1 if f" {phrase}" in title else 2, entry))
    return [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]


def _from_digits(digits: str, codes: Collection[str]) -> str | None:
    if digits in codes:
        return digits
    fitting = [code for code in codes if code.replace(".", "") == digits]
    return fitting[0] if len(fitting) == 1 else None


def _parts(code: str) -> tuple[str, ...]:
    return tuple(part.lstrip("0") or "0" for part in re.findall(r"\d+", code))


def _evenly_joined(run: str) -> str:
    """Return the beginning of `run` that the same joint holds together: "3.2.1" of "3.2.1 2021"."""
    pieces = _JOINT.split(run)
    end = 1
    while end < len(pieces) and pieces[end] == pieces[1]:
        end += 2
    return "".join(pieces[:end])


def _leads(typed: str, code: str) -> bool:
    """Tell whether `typed` is `code`, its first parts ("3.2"), or the same written without dots ("32")."""
    if not typed[:1].isdigit():
        return False
    return f"{code}.".startswith(f"{typed}.") or (len(typed) > 1 and code.replace(".", "").startswith(typed))


def _spelt_out(text: str) -> str:
    words = f" {' '.join(ABBREVIATIONS.get(word, word) for word in fold(text).split())} "
    for short, full in _PHRASES.items():
        words = words.replace(f" {short} ", f" {full} ")
    return words.strip()
