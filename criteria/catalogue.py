"""The catalogue of criteria (bộ tiêu chí): fields, criteria, sub-criteria with their point tiers, and its checks.

A catalogue is two texts, TOML (what it is, what it declares) and CSV (its rows); `criteria.bundled` hands them in,
and every floor reads the `Catalogue`. Nothing is repaired silently: every fault becomes a `Problem`.
"""

import csv
import io
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Final

from criteria.points import parse_points

COLUMNS: Final = ("code", "level", "title", "max_points", "evidence_hint", "scoring_rule", "assigned_to")
LEVELS: Final = {"linh_vuc": 1, "tieu_chi": 2, "tieu_chi_thanh_phan": 3}
PROBLEM_KINDS: Final = (
    *(
        "unreadable",
        "meta",
        "columns",
        "level",
        "code",
        "duplicate",
        "orphan",
        "gap",
        "title",
        "points",
        "sum",
        "count",
    ),
    *("rule", "top_tier", "last_tier", "tier_order", "unit_kind", "unassigned", "not_nfc"),
)

_CODE = re.compile(r"[1-9][0-9]?(?:\.[1-9][0-9]?){0,2}")
# A tier ends at the first ": number" that a semicolon or the end follows, so labels may hold both marks themselves.
# A colon right between digits is a ratio or an hour ("1:2"), and belongs to the label.
_TIER = re.compile(
    r" ?(?P<label>\S.*?) ?(?:(?<![0-9]): ?|: )(?P<points>[0-9]+(?:[.,][0-9]+)?(?: ?(?:đ|điểm))?) ?(?:;|\Z)"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. `row` is the record's number in the CSV, the heading being 1; 0 stands for the whole.

    `kind` is one of PROBLEM_KINDS, `message` an English sentence for whoever mends the file.
    """

    row: int
    code: str
    kind: str
    message: str


class CatalogueError(ValueError):
    """The texts do not make a catalogue; `problems` holds every fault found, in the order of the rows."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"row {p.row} {p.code}: {p.message}" for p in problems))
        self.problems: Final = problems


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of a scoring rule: what must be so, and what it gives."""

    label: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class SubCriterion:
    """Tiêu chí thành phần. `proof` says what proves it, `rule` is the text behind `tiers` (highest first).

    `lead` is the kind of unit that answers for it, `supporting` the kinds asked to contribute.
    """

    code: str
    title: str
    points: Decimal
    proof: str
    rule: str
    tiers: tuple[Tier, ...]
    lead: str
    supporting: tuple[str, ...]
    may_be_secret: bool

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of unit that is asked, the leading one first."""
        return (self.lead, *self.supporting)


@dataclass(frozen=True, slots=True)
class Criterion:
    """Tiêu chí."""

    code: str
    title: str
    points: Decimal
    children: tuple[SubCriterion, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """Lĩnh vực."""

    code: str
    title: str
    points: Decimal
    children: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of a set of criteria. `sample`: not an official annex; `note` says so on every screen and export."""

    id: str
    version: str
    title: str
    sample: bool
    note: str
    fields: tuple[Field, ...]
    leaves: tuple[SubCriterion, ...] = field(init=False, repr=False, compare=False)
    """Every sub-criterion, in the order of the codes."""
    _nodes: dict[str, Field | Criterion | SubCriterion] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        criteria = [criterion for of in self.fields for criterion in of.children]
        leaves = tuple(leaf for criterion in criteria for leaf in criterion.children)
        nodes: tuple[Field | Criterion | SubCriterion, ...] = (*self.fields, *criteria, *leaves)
        object.__setattr__(self, "leaves", leaves)
        object.__setattr__(self, "_nodes", {node.code: node for node in nodes})

    @property
    def total(self) -> Decimal:
        """Maximum points of the whole."""
        return sum((of.points for of in self.fields), Decimal(0))

    def get(self, code: str) -> Field | Criterion | SubCriterion | None:
        """Whatever bears this code."""
        return self._nodes.get(code)

    def leaf(self, code: str) -> SubCriterion:
        """The sub-criterion with this code; `KeyError` if there is none (a field's or criterion's code is none)."""
        found = self._nodes.get(code)
        if not isinstance(found, SubCriterion):
            raise KeyError(code)
        return found

    def path(self, code: str) -> tuple[Field, Criterion, SubCriterion]:
        """Where a sub-criterion stands; `KeyError` as for `leaf`."""
        leaf = self.leaf(code)
        for of in self.fields:
            for criterion in of.children:
                if leaf in criterion.children:
                    return of, criterion, leaf
        raise KeyError(code)

    def assigned_to(self, kind: str) -> tuple[SubCriterion, ...]:
        """What a unit of this kind is asked for, leading or supporting, by code; empty for an unknown kind."""
        return tuple(leaf for leaf in self.leaves if kind in leaf.kinds)


def parse_rule(text: str) -> tuple[Tier, ...]:
    """Read "label: points; label: points; …"; labels may hold ";" and ":". `ValueError` if any part is no tier.

    Runs of blanks and line ends in labels become one blank.
    """
    text = " ".join(text.split())
    tiers, at = [], 0
    while at < len(text):
        found = _TIER.match(text, at)
        if found is None:
            raise ValueError(f"no points at the end of {text[at:]!r}")
        tiers.append(Tier(found["label"], parse_points(found["points"])))
        at = found.end()
    if not tiers:
        raise ValueError("no tiers")
    return tuple(tiers)


def load(meta: bytes, rows: bytes) -> Catalogue:
    """Build a catalogue from its TOML and its CSV (both UTF-8); `CatalogueError` with every problem of both."""
    about, problems = _read_meta(meta)
    entries, found = _read_rows(rows, about)
    problems += found
    if not any(p.kind == "unreadable" for p in problems):
        problems += _check_shape(entries)
        problems += _check_sums(entries, about)
        problems += _check_counts(entries, about)
        for entry in entries:
            problems += _check_entry(entry, about)
    if problems:
        raise CatalogueError(tuple(sorted(problems, key=lambda p: p.row)))
    return Catalogue(about.id, about.version, about.title, about.sample, about.note, _build(entries))


@dataclass(slots=True)
class _About:
    """What the TOML says; blanks where it could not be read."""

    id: str = ""
    version: str = ""
    title: str = ""
    sample: bool = False
    note: str = ""
    unit_kinds: tuple[str, ...] = ()
    secret_note: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    total: Decimal | None = None
    split: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row as read. `points` and `tiers` are None where the text could not be read (reported already)."""

    row: int
    code: str
    level: int
    title: str
    points: Decimal | None
    proof: str
    rule: str
    tiers: tuple[Tier, ...] | None
    kinds: tuple[str, ...]
    may_be_secret: bool

    @property
    def parent(self) -> str:
        return self.code.rpartition(".")[0]

    def problem(self, kind: str, message: str) -> Problem:
        return Problem(self.row, self.code, kind, message)


def _read_meta(data: bytes) -> tuple[_About, list[Problem]]:
    about = _About()
    try:
        raw = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return about, [Problem(0, "", "unreadable", f"the TOML cannot be read: {error}")]
    wrong: list[str] = []
    for key in ("id", "version", "title", "note"):
        value = raw.get(key)
        setattr(about, key, value if isinstance(value, str) else "")
        if not getattr(about, key).strip():
            wrong.append(f"{key}: must be a text")
    if isinstance(raw.get("sample"), bool):
        about.sample = raw["sample"]
    else:
        wrong.append("sample: must be true or false")
    about.secret_note = str(raw.get("secret_note", ""))
    kinds = raw.get("unit_kinds")
    about.unit_kinds = tuple(map(str, kinds)) if isinstance(kinds, list) else ()
    if not about.unit_kinds:
        wrong.append("unit_kinds: must name at least one kind of unit")
    wrong += _read_declared(raw.get("declared"), about)
    problems = [Problem(0, "", "meta", message) for message in wrong]
    texts = (about.id, about.version, about.title, about.note, about.secret_note, *about.unit_kinds)
    return about, problems + [_nfc_problem(0, "", text) for text in texts if not _is_nfc(text)]


def _read_declared(raw: object, about: _About) -> list[str]:
    if not isinstance(raw, dict):
        return ["declared: must be a table with fields, criteria, leaves and total"]
    wrong = []
    for key in ("fields", "criteria", "leaves"):
        if type(value := raw.get(key)) is int:
            about.counts[key] = value
        else:
            wrong.append(f"declared.{key}: must be a whole number")
    try:
        about.total = parse_points(raw.get("total", ""))
    except (ValueError, TypeError):
        wrong.append('declared.total: must be points in quotes, such as "100"')
    try:
        about.split = tuple((int(criteria), int(leaves)) for criteria, leaves in raw.get("split", ()))
    except (ValueError, TypeError):
        wrong.append("declared.split: must be pairs [criteria, sub-criteria]")
    return wrong


def _read_rows(data: bytes, about: _About) -> tuple[list[_Entry], list[Problem]]:
    try:
        records = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        return [], [Problem(0, "", "unreadable", f"the CSV cannot be read: {error}")]
    if not records or tuple(records[0]) != COLUMNS:
        return [], [Problem(1, "", "unreadable", f"the heading must be {','.join(COLUMNS)}")]
    entries: list[_Entry] = []
    problems: list[Problem] = []
    for number, cells in enumerate(records[1:], start=2):
        if len(cells) != len(COLUMNS):
            problems.append(Problem(number, "", "columns", f"{len(cells)} cells instead of {len(COLUMNS)}"))
            continue
        entries.append(_read_entry(number, cells, about, problems))
    return entries, problems


def _read_entry(number: int, cells: list[str], about: _About, problems: list[Problem]) -> _Entry:
    code, level, title, points_text, proof, rule, assigned = cells
    problems += [_nfc_problem(number, code, text) for text in cells if not _is_nfc(text)]
    points, tiers = None, None
    try:
        points = parse_points(points_text)
    except ValueError as error:
        problems.append(Problem(number, code, "points", str(error)))
    if level == "tieu_chi_thanh_phan":
        try:
            tiers = parse_rule(rule)
        except ValueError as error:
            problems.append(Problem(number, code, "rule", str(error)))
    kinds = tuple(kind.strip() for kind in assigned.split("|") if kind.strip())
    secret = bool(about.secret_note) and about.secret_note in f"{proof}\n{rule}"
    return _Entry(number, code, LEVELS.get(level, 0), title, points, proof, rule, tiers, kinds, secret)


def _check_shape(entries: list[_Entry]) -> Iterator[Problem]:
    """Codes: well formed, of the row's level, once each, under a parent that exists, siblings 1..n in order."""
    codes = {entry.code for entry in entries}
    seen: set[str] = set()
    next_of: dict[str, int] = defaultdict(lambda: 1)
    for entry in entries:
        if not _CODE.fullmatch(entry.code):
            yield entry.problem("code", f"{entry.code!r} is not a code such as 1.2.3")
            continue
        if entry.level != entry.code.count(".") + 1:
            yield entry.problem("level", "the level is unknown or does not fit the code")
        if entry.code in seen:
            yield entry.problem("duplicate", f"{entry.code} stands twice")
            continue
        seen.add(entry.code)
        if entry.parent and entry.parent not in codes:
            yield entry.problem("orphan", f"there is no row {entry.parent}")
        last = int(entry.code.rpartition(".")[2])
        if last != next_of[entry.parent]:
            yield entry.problem("gap", f"{last} follows where {next_of[entry.parent]} is due")
        next_of[entry.parent] = last + 1


def _check_sums(entries: list[_Entry], about: _About) -> Iterator[Problem]:
    """Sub-criteria add up to their criterion, criteria to their field, fields to the declared total; exactly.

    Sums with points that could not be read are skipped.
    """
    children: dict[str, list[_Entry]] = defaultdict(list)
    for entry in entries:
        children[entry.parent].append(entry)
    parents = [(entry.row, entry.code, entry.points) for entry in entries if entry.level in (1, 2)]
    for row, code, expected in [(0, "", about.total), *parents]:
        points = [child.points for child in children[code]]
        known = [p for p in points if p is not None]
        if expected is not None and len(known) == len(points) and sum(known, Decimal(0)) != expected:
            yield Problem(row, code, "sum", f"the parts add up to {sum(known, Decimal(0))}, not to {expected}")


def _check_counts(entries: list[_Entry], about: _About) -> Iterator[Problem]:
    for key, level in (("fields", 1), ("criteria", 2), ("leaves", 3)):
        count = sum(entry.level == level for entry in entries)
        if key in about.counts and count != about.counts[key]:
            yield Problem(0, "", "count", f"{count} {key} instead of the declared {about.counts[key]}")
    for number, declared in enumerate(about.split, start=1):
        inside = [entry.level for entry in entries if entry.code.startswith(f"{number}.")]
        counted = inside.count(2), inside.count(3)
        if counted != declared:
            yield Problem(0, str(number), "count", f"{counted} criteria and sub-criteria instead of {declared}")


def _check_entry(entry: _Entry, about: _About) -> Iterator[Problem]:
    if not entry.title.strip():
        yield entry.problem("title", "the title is empty")
    if entry.points == 0:
        yield entry.problem("points", "the maximum must be above 0")
    odd = {kind for kind in entry.kinds if kind not in about.unit_kinds or entry.kinds.count(kind) > 1}
    for kind in sorted(odd):
        yield entry.problem("unit_kind", f"{kind!r} is unknown or named twice")
    if entry.level == LEVELS["tieu_chi_thanh_phan"] and not entry.kinds:
        yield entry.problem("unassigned", "no kind of unit leads it")
    if entry.tiers is None:
        return
    steps = [tier.points for tier in entry.tiers]
    if entry.points is not None and max(steps) != entry.points:
        yield entry.problem("top_tier", f"the highest tier gives {max(steps)}, the maximum is {entry.points}")
    if min(steps) != 0:
        yield entry.problem("last_tier", f"the lowest tier gives {min(steps)}, not 0")
    if any(higher <= lower for higher, lower in pairwise(steps)):
        yield entry.problem("tier_order", "the tiers do not descend")


def _build(entries: Iterable[_Entry]) -> tuple[Field, ...]:
    """The tree of checked entries: every one has its points, every leaf its tiers and its leading kind."""
    below: dict[str, list[_Entry]] = defaultdict(list)
    for entry in entries:
        below[entry.parent].append(entry)

    def criterion(of: _Entry) -> Criterion:
        return Criterion(of.code, of.title, of.points or Decimal(0), tuple(map(_leaf, below[of.code])))

    def top(of: _Entry) -> Field:
        return Field(of.code, of.title, of.points or Decimal(0), tuple(map(criterion, below[of.code])))

    return tuple(map(top, below[""]))


def _leaf(of: _Entry) -> SubCriterion:
    return SubCriterion(
        code=of.code,
        title=of.title,
        points=of.points or Decimal(0),
        proof=of.proof,
        rule=of.rule,
        tiers=of.tiers or (),
        lead=of.kinds[0],
        supporting=of.kinds[1:],
        may_be_secret=of.may_be_secret,
    )


def _is_nfc(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)


def _nfc_problem(row: int, code: str, text: str) -> Problem:
    return Problem(row, code, "not_nfc", f"the text is not in normal form NFC: {text!a}")
