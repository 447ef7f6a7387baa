"""A campaign's plan: who takes part, when, under which rules, read from one TOML file.

`load` owns the file's format and is called when a campaign is set up; every floor reads the `Plan`. The commented
example is `criteria/plans/cu-lao-dung-2021.toml`. A date stands for a whole Vietnamese day.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from criteria.folding import fold
from criteria.people import Role
from criteria.periods import OFFICIAL, VIETNAM, end_of_day, local, start_of_day
from criteria.periods import Deadline as Deadline
from criteria.points import parse_points

Assessed = Literal["consolidator", "each_unit"]
NaPolicy = Literal["await_appraisal", "exclude", "full_points"]
Level = Literal["bo", "cuc", "tinh", "phong", "huyen", "xa"]
Channel = Literal["telegram", "zalo_oa", "zalo_bot", "web"]
Change = Literal["add", "remove"]

FORMAT: Final = 1
EVERY_UNIT: Final = "units"
APPRAISER: Final = "appraiser"

_ASSESSED: Final[tuple[Assessed, ...]] = ("consolidator", "each_unit")
_NA_POLICIES: Final[tuple[NaPolicy, ...]] = ("await_appraisal", "exclude", "full_points")
_LEVELS: Final[tuple[Level, ...]] = ("bo", "cuc", "tinh", "phong", "huyen", "xa")
_CHANNELS: Final[tuple[Channel, ...]] = ("telegram", "zalo_oa", "zalo_bot", "web")
_CHANGES: Final[tuple[Change, ...]] = ("add", "remove")
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_SLUG_MAX: Final = 32  # a button carries a unit's code among its 64 bytes
_NO_DAY: Final = date(1900, 1, 1)
_CRITERION = re.compile(r"[1-9][0-9]*(?:\.[1-9][0-9]*){1,2}")


class PlanError(ValueError):
    """The file is no plan. Each of `problems` begins with its place in the file, such as `units[3].kind` (from 0)."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems: Final = problems


@dataclass(frozen=True, slots=True)
class Decision:
    """The document that opens the campaign. `basis`: the documents it stands on, in words."""

    number: str
    date: date
    place: str
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who runs the campaign. `heading`: lines heading its documents; `symbols`: its marks in document numbers."""

    name: str
    short_name: str
    parent: str
    level: Level
    heading: tuple[str, ...]
    signs_as: str
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Appraiser:
    """Who appraises, and the office through which it is reached."""

    name: str
    through: str


@dataclass(frozen=True, slots=True)
class Unit:
    """`valid_from` and `valid_to` are included, None is open. `parent`: None means directly under the organisation.

    `predecessors`: codes of units it took over. `assumed`: not in the plan's text but supposed by us.
    """

    code: str
    name: str
    short_name: str
    aliases: tuple[str, ...]
    kind: str
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    predecessors: tuple[str, ...]
    assumed: bool

    def in_force(self, day: date) -> bool:
        """Whether the unit exists on `day`."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


@dataclass(frozen=True, slots=True)
class Phase:
    """From `starts` up to, not including, `ends` (aware). `owner`: a unit's code, EVERY_UNIT or APPRAISER."""

    code: str
    title: str
    starts: datetime
    ends: datetime
    owner: str

    def covers(self, now: datetime) -> bool:
        """Whether the phase is running. `ValueError` for a naive `now`."""
        return self.starts <= local(now) < self.ends


@dataclass(frozen=True, slots=True)
class WindowOverride:
    """Other dates, both included, for the evidence of one sub-criterion or of all under one criterion."""

    code: str
    first: date
    last: date
    reason: str


@dataclass(frozen=True, slots=True)
class EvidenceWindow:
    """Dates a document may bear, both included. Outside them the product warns and asks; it does not refuse."""

    first: date
    last: date
    overrides: tuple[WindowOverride, ...]

    def bounds(self, code: str) -> tuple[date, date]:
        """First and last date for a sub-criterion; its own override stands before its criterion's."""
        own = {o.code: (o.first, o.last) for o in self.overrides}
        return own.get(code) or own.get(code.rpartition(".")[0]) or (self.first, self.last)

    def contains(self, day: date, code: str) -> bool:
        """Whether a document of this date lies inside."""
        first, last = self.bounds(code)
        return first <= day <= last


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A bonus to add or a penalty to take off; `points` is the most it can be, above 0 for both."""

    code: str
    title: str
    points: Decimal
    visible_to: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Band:
    """A rank, from `from_points` (included) up to the next band."""

    name: str
    from_points: Decimal


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """`weekend`: ISO days of the week, 1 = Monday."""

    weekend: frozenset[int]
    holidays: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        """Neither weekend nor holiday."""
        return day.isoweekday() not in self.weekend and day not in self.holidays


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Vietnamese wall-clock times between which nothing is sent unasked: from `starts`, up to `ends`.

    They may pass midnight; equal times mean never.
    """

    starts: time
    ends: time

    def cover(self, now: datetime) -> bool:
        """Whether `now` is quiet. `ValueError` for a naive `now`."""
        at = local(now).time()
        if self.starts <= self.ends:
            return self.starts <= at < self.ends
        return at >= self.starts or at < self.ends


@dataclass(frozen=True, slots=True)
class CatalogueUse:
    """Which catalogue, by name, a group of units works with; `kinds`: its kinds of unit; `annex`: the number."""

    group: str
    catalogue: str
    annex: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssignmentException:
    """One sub-criterion given to, or taken from, one unit or every unit of a kind (exactly one of the two is set)."""

    unit: str | None
    kind: str | None
    code: str
    change: Change
    lead: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a campaign is set up with. Times are aware, points exact; `load` has checked all codes inside."""

    id: str
    title: str
    year: int
    period_label: str
    decision: Decision
    time_zone: ZoneInfo
    organisation: Organisation
    appraiser: Appraiser
    assessed: Assessed
    consolidator: str
    unit_kinds: Mapping[str, str] = field(hash=False)
    units: tuple[Unit, ...]
    phases: tuple[Phase, ...]
    deadlines: tuple[Deadline, ...]
    evidence_window: EvidenceWindow
    bonus: tuple[Adjustment, ...]
    penalty: tuple[Adjustment, ...]
    bands: tuple[Band, ...]
    na_policy: NaPolicy
    head_approves: bool
    working_calendar: WorkingCalendar
    quiet_hours: QuietHours
    allowed_channels: tuple[Channel, ...]
    document_symbols: Mapping[str, str] = field(hash=False)
    recipients: tuple[str, ...]
    catalogues: tuple[CatalogueUse, ...]
    assignments: tuple[AssignmentException, ...]
    units_by_code: Mapping[str, Unit] = field(init=False, repr=False, compare=False)
    _units_by_name: Mapping[str, Unit] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "units_by_code", {unit.code: unit for unit in self.units})
        object.__setattr__(self, "_units_by_name", {key: unit for unit in self.units for key in _names(unit)})

    def unit(self, code: str) -> Unit:
        """`KeyError` for a code the plan does not have."""
        return self.units_by_code[code]

    def kind_of(self, code: str) -> str:
        """Kind of the unit with this code; `KeyError` as for `unit`."""
        return self.unit(code).kind

    def find_unit(self, text: str) -> Unit | None:
        """The unit with exactly this name, short name or alias, apart from case, diacritics and punctuation.

        Never by a part of a name: "An Thạnh" is not An Thạnh 1.
        """
        return self._units_by_name.get(fold(text))

    def deadline(self, code: str) -> Deadline:
        """`KeyError` for a code the plan does not have; "units" and "report" are always there."""
        return {deadline.code: deadline for deadline in self.deadlines}[code]


def _names(unit: Unit) -> set[str]:
    return {fold(text) for text in (unit.name, unit.short_name, *unit.aliases)} - {""}


# --- Reading the file -------------------------------------------------------------------------------------------------

T = TypeVar("T")
C = TypeVar("C", bound=str)
_WORDS: Final[dict[type, str]] = {
    **{str: "a text", int: "a whole number", bool: "true or false", list: "a list", dict: "a table"},
    **{date: "a date", datetime: "a date and time", time: "a time of day"},
}


class _Table:
    """One table of the file. A bad value is noted with its path and read as a blank, so that all faults come out."""

    def __init__(self, data: dict[str, object], path: str, problems: list[str]) -> None:
        self.data, self.path, self.problems = data, path, problems
        self.unread = set(data)

    def note(self, key: str, problem: str) -> None:
        self.problems.append(f"{self.path}.{key}: {problem}" if self.path else f"{key}: {problem}")

    def value(self, key: str, kind: type[T], blank: T, optional: bool = False) -> T:
        self.unread.discard(key)
        value = self.data.get(key)
        if isinstance(value, kind) and type(value) is kind:
            return value
        if value is not None:
            self.note(key, f"must be {_WORDS[kind]}")
        elif not optional:
            self.note(key, "is missing")
        return blank

    def text(self, key: str, optional: bool = False) -> str:
        text = self.value(key, str, "", optional)
        self._check_text(key, text, key not in self.data)
        return text

    def texts(self, key: str, optional: bool = False) -> tuple[str, ...]:
        found = []
        for number, text in enumerate(self.value(key, list, [], optional)):
            if isinstance(text, str):
                self._check_text(f"{key}[{number}]", text, False)
                found.append(text)
            else:
                self.note(f"{key}[{number}]", "must be a text")
        return tuple(found)

    def _check_text(self, key: str, text: str, absent: bool) -> None:
        if isinstance(self.data.get(key, text), str) and not absent and not text.strip():
            self.note(key, "is empty")
        elif not unicodedata.is_normalized("NFC", text):
            self.note(key, "is not in normal form NFC")

    def slug(self, key: str, optional: bool = False) -> str:
        text = self.text(key, optional)
        if text and not (_SLUG.fullmatch(text) and len(text) <= _SLUG_MAX):
            self.note(key, f"{text!r} must be small letters, digits and dashes, at most {_SLUG_MAX}")
        return text

    def criterion(self, key: str) -> str:
        text = self.text(key)
        if text and not _CRITERION.fullmatch(text):
            self.note(key, f"{text!r} is not a code such as 1.2.3")
        return text

    def choice(self, key: str, allowed: tuple[C, ...]) -> C:
        return self._chosen(key, self.text(key), allowed)

    def choices(self, key: str, allowed: tuple[C, ...]) -> tuple[C, ...]:
        return tuple(self._chosen(f"{key}[{n}]", text, allowed) for n, text in enumerate(self.texts(key)))

    def _chosen(self, key: str, text: str, allowed: tuple[C, ...]) -> C:
        for option in allowed:
            if option == text:
                return option
        if text:
            self.note(key, f"{text!r} is none of {', '.join(allowed)}")
        return allowed[0]

    def points(self, key: str) -> Decimal:
        text = self.text(key)
        try:
            return parse_points(text)
        except ValueError as error:
            if text:
                self.note(key, str(error))
            return Decimal(0)

    def day(self, key: str, optional: bool = False) -> date:
        day = self.value(key, date, _NO_DAY, optional)
        self._check_year(key, day)
        return day

    def open_day(self, key: str) -> date | None:
        day = self.day(key, optional=True)
        return None if day == _NO_DAY else day

    def _check_year(self, key: str, day: date) -> bool:
        fits = _NO_DAY.year <= day.year < 2100
        if not fits:
            self.note(key, f"the year {day.year} is not believable")
        return fits

    def moment(self, key: str, midnight: Callable[[date], datetime]) -> datetime:
        """A date becomes the midnight asked for; a time without offset is Vietnamese."""
        value = self.data.get(key)
        if type(value) is datetime:
            self.unread.discard(key)
            moment = value if value.tzinfo else value.replace(tzinfo=VIETNAM)
            return local(moment) if self._check_year(key, value) else start_of_day(_NO_DAY)
        day = self.value(key, date, _NO_DAY)
        return midnight(day) if self._check_year(key, day) else start_of_day(_NO_DAY)

    def table(self, key: str, build: Callable[["_Table"], T]) -> T:
        return self._built(key, self.value(key, dict, {}), build)

    def tables(self, key: str, build: Callable[["_Table"], T], optional: bool = False) -> tuple[T, ...]:
        found = []
        for number, data in enumerate(self.value(key, list, [], optional)):
            if isinstance(data, dict):
                found.append(self._built(f"{key}[{number}]", data, build))
            else:
                self.note(f"{key}[{number}]", "must be a table")
        if not found and not optional and self.data.get(key) == []:
            self.note(key, "is empty")
        return tuple(found)

    def _built(self, key: str, data: dict[str, object], build: Callable[["_Table"], T]) -> T:
        below = _Table(data, f"{self.path}.{key}" if self.path else key, self.problems)
        built = build(below)
        below.finish()
        return built

    def named_texts(self) -> dict[str, str]:
        """The whole table as key = text."""
        return {key: self.text(key) for key in self.data}

    def finish(self) -> None:
        """Whatever nobody asked for is a slip of the pen."""
        for key in sorted(self.unread):
            self.note(key, "is not known here")


def _decision(t: _Table) -> Decision:
    return Decision(t.text("number"), t.day("date"), t.text("place"), t.texts("basis", optional=True))


def _organisation(t: _Table) -> Organisation:
    return Organisation(
        name=t.text("name"),
        short_name=t.text("short_name"),
        parent=t.text("parent"),
        level=t.choice("level", _LEVELS),
        heading=t.texts("heading"),
        signs_as=t.text("signs_as"),
        symbols=t.texts("symbols"),
    )


def _appraiser(t: _Table) -> Appraiser:
    return Appraiser(t.text("name"), t.text("through"))


def _unit(t: _Table) -> Unit:
    return Unit(
        code=t.slug("code"),
        name=t.text("name"),
        short_name=t.text("short_name"),
        aliases=t.texts("aliases", optional=True),
        kind=t.slug("kind"),
        parent=t.slug("parent", optional=True) or None,
        valid_from=t.open_day("valid_from"),
        valid_to=t.open_day("valid_to"),
        predecessors=t.texts("predecessors", optional=True),
        assumed=t.value("assumed", bool, False, optional=True),
    )


def _phase(t: _Table) -> Phase:
    starts, ends = t.moment("starts", start_of_day), t.moment("ends", end_of_day)
    return Phase(t.slug("code"), t.text("title"), starts, ends, t.text("owner"))


def _deadline(t: _Table) -> Deadline:
    due, internal = t.moment("due", end_of_day), t.value("internal", bool, False, optional=True)
    return Deadline(t.slug("code"), t.text("title"), due, internal)


def _override(t: _Table) -> WindowOverride:
    return WindowOverride(t.criterion("code"), t.day("first"), t.day("last"), t.text("reason"))


def _window(t: _Table) -> EvidenceWindow:
    return EvidenceWindow(t.day("first"), t.day("last"), t.tables("overrides", _override, optional=True))


def _adjustment(t: _Table) -> Adjustment:
    roles = frozenset(t.choices("visible_to", tuple(Role)))
    return Adjustment(t.slug("code"), t.text("title"), t.points("points"), roles)


def _band(t: _Table) -> Band:
    return Band(t.text("name"), t.points("from"))


def _calendar(t: _Table) -> WorkingCalendar:
    weekend, holidays = t.value("weekend", list, []), t.value("holidays", list, [], optional=True)
    for number, day in enumerate(weekend):
        if type(day) is not int or not 1 <= day <= 7:
            t.note(f"weekend[{number}]", "must be a day of the week from 1 (Monday) to 7")
    for number, day in enumerate(holidays):
        if type(day) is not date:
            t.note(f"holidays[{number}]", "must be a date")
    return WorkingCalendar(
        weekend=frozenset(day for day in weekend if type(day) is int),
        holidays=frozenset(day for day in holidays if type(day) is date),
    )


def _quiet_hours(t: _Table) -> QuietHours:
    return QuietHours(t.value("starts", time, time.min), t.value("ends", time, time.min))


def _catalogue_use(t: _Table) -> CatalogueUse:
    return CatalogueUse(t.text("group"), t.slug("catalogue"), t.text("annex", optional=True), t.texts("kinds"))


def _exception(t: _Table) -> AssignmentException:
    unit, kind = t.slug("unit", optional=True) or None, t.slug("kind", optional=True) or None
    if (unit is None) == (kind is None):
        t.note("unit", "name either a unit or a kind")
    change, lead = t.choice("change", _CHANGES), t.value("lead", bool, False, optional=True)
    return AssignmentException(unit, kind, t.criterion("code"), change, lead, t.text("reason"))


def _time_zone(t: _Table) -> ZoneInfo:
    name = t.text("time_zone")
    try:
        zone = ZoneInfo(name) if name else VIETNAM
    except (ZoneInfoNotFoundError, ValueError, OSError):
        t.note("time_zone", f"there is no time zone {name!r}")
        return VIETNAM
    if zone.key != VIETNAM.key:
        t.note("time_zone", f"only {VIETNAM.key} is supported")
    return zone


def _plan(t: _Table) -> Plan:
    if t.value("format", int, FORMAT) != FORMAT:
        t.note("format", f"this program reads format {FORMAT}")
    return Plan(
        id=t.slug("id"),
        title=t.text("title"),
        year=t.value("year", int, 0),
        period_label=t.text("period_label"),
        decision=t.table("decision", _decision),
        time_zone=_time_zone(t),
        organisation=t.table("organisation", _organisation),
        appraiser=t.table("appraiser", _appraiser),
        assessed=t.choice("assessed", _ASSESSED),
        consolidator=t.slug("consolidator"),
        unit_kinds=t.table("unit_kinds", _Table.named_texts),
        units=t.tables("units", _unit),
        phases=t.tables("phases", _phase),
        deadlines=t.tables("deadlines", _deadline),
        evidence_window=t.table("evidence_window", _window),
        bonus=t.tables("bonus", _adjustment, optional=True),
        penalty=t.tables("penalty", _adjustment, optional=True),
        bands=t.tables("bands", _band),
        na_policy=t.choice("na_policy", _NA_POLICIES),
        head_approves=t.value("head_approves", bool, False, optional=True),
        working_calendar=t.table("working_calendar", _calendar),
        quiet_hours=t.table("quiet_hours", _quiet_hours),
        allowed_channels=t.choices("allowed_channels", _CHANNELS),
        document_symbols=t.table("document_symbols", _Table.named_texts),
        recipients=t.texts("recipients"),
        catalogues=t.tables("catalogues", _catalogue_use),
        assignments=t.tables("assignments", _exception, optional=True),
    )


def load(data: bytes) -> Plan:
    """Read a plan file (TOML, UTF-8); `PlanError` with every problem and its place in the file."""
    try:
        raw = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanError((f"file: cannot be read: {error}",)) from error
    problems: list[str] = []
    top = _Table(raw, "", problems)
    plan = _plan(top)
    top.finish()
    for section, check in _CHECKS.items():
        # A section with a value that could not be read would only bring up faults that follow from it.
        if not any(re.match(rf"{section}\b", problem) for problem in problems):
            problems += [f"{place}: {problem}" for place, problem in check(plan)]
    if problems:
        raise PlanError(tuple(problems))
    return plan


# --- What must fit together: (place, problem) pairs, one function per section of the file -----------------------------

Faults = Iterable[tuple[str, str]]


def _twice(section: str, key: str, values: Iterable[str]) -> Faults:
    seen: set[str] = set()
    for number, value in enumerate(values):
        if value in seen:
            yield f"{section}[{number}].{key}", f"{value!r} stands twice"
        seen.add(value)


def _check_units(plan: Plan) -> Faults:
    yield from _twice("units", "code", (unit.code for unit in plan.units))
    owner: dict[str, str] = {}
    for number, unit in enumerate(plan.units):
        at = f"units[{number}]"
        if unit.kind not in plan.unit_kinds:
            yield f"{at}.kind", f"there is no kind {unit.kind!r}"
        for key, codes in (("parent", [unit.parent] if unit.parent else []), ("predecessors", unit.predecessors)):
            for code in codes:
                if code not in plan.units_by_code or code == unit.code:
                    yield f"{at}.{key}", f"there is no other unit {code!r}"
        if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
            yield f"{at}.valid_to", "lies before valid_from"
        for name in sorted(_names(unit)):
            if owner.setdefault(name, unit.code) != unit.code:
                yield f"{at}.aliases", f"{name!r} already names {owner[name]}"


def _check_consolidator(plan: Plan) -> Faults:
    if plan.consolidator not in plan.units_by_code:
        yield "consolidator", f"there is no unit {plan.consolidator!r}"


def _check_phases(plan: Plan) -> Faults:
    yield from _twice("phases", "code", (phase.code for phase in plan.phases))
    for number, phase in enumerate(plan.phases):
        if phase.ends <= phase.starts:
            yield f"phases[{number}].ends", "lies before starts"
        if phase.owner not in (EVERY_UNIT, APPRAISER) and phase.owner not in plan.units_by_code:
            yield f"phases[{number}].owner", f"{phase.owner!r} is no unit, {EVERY_UNIT} or {APPRAISER}"


def _check_deadlines(plan: Plan) -> Faults:
    yield from _twice("deadlines", "code", (deadline.code for deadline in plan.deadlines))
    due = {deadline.code: deadline.due for deadline in plan.deadlines}
    for code in (OFFICIAL, "report"):
        if code not in due:
            yield "deadlines", f"there is no deadline {code!r}"
    present = [code for code in ("kickoff", OFFICIAL, "report", "supplement", "results") if code in due]
    for earlier, later in pairwise(present):
        if due[later] < due[earlier]:
            yield "deadlines", f"{later!r} lies before {earlier!r}"
    for number, deadline in enumerate(plan.deadlines):
        if deadline.internal and deadline.code == OFFICIAL:
            yield f"deadlines[{number}].internal", f"{OFFICIAL!r} is the official one"
        elif deadline.internal and OFFICIAL in due and deadline.due >= due[OFFICIAL]:
            yield f"deadlines[{number}].due", f"an internal deadline must lie before {OFFICIAL!r}"


def _check_window(plan: Plan) -> Faults:
    window = plan.evidence_window
    if window.last < window.first:
        yield "evidence_window.last", "lies before first"
    yield from _twice("evidence_window.overrides", "code", (override.code for override in window.overrides))
    for number, override in enumerate(window.overrides):
        if override.last < override.first:
            yield f"evidence_window.overrides[{number}].last", "lies before first"


def _check_adjustments(plan: Plan) -> Faults:
    yield from _twice("penalty", "code", (entry.code for entry in (*plan.bonus, *plan.penalty)))
    for section, entries in (("bonus", plan.bonus), ("penalty", plan.penalty)):
        for number, entry in enumerate(entries):
            if entry.points <= 0:
                yield f"{section}[{number}].points", "must be above 0"
            if not entry.visible_to:
                yield f"{section}[{number}].visible_to", "is empty"


def _check_bands(plan: Plan) -> Faults:
    yield from _twice("bands", "name", (band.name for band in plan.bands))
    for number, (upper, lower) in enumerate(pairwise(plan.bands), start=1):
        if lower.from_points >= upper.from_points:
            yield f"bands[{number}].from", "must lie below the band before"
    if plan.bands and plan.bands[-1].from_points != 0:
        yield f"bands[{len(plan.bands) - 1}].from", "the last band must begin at 0"


def _check_catalogues(plan: Plan) -> Faults:
    kinds = [kind for use in plan.catalogues for kind in use.kinds]
    for number, use in enumerate(plan.catalogues):
        for place, kind in enumerate(use.kinds):
            if kind not in plan.unit_kinds:
                yield f"catalogues[{number}].kinds[{place}]", f"there is no kind {kind!r}"
            elif kinds.count(kind) > 1:
                yield f"catalogues[{number}].kinds[{place}]", f"{kind!r} has more than one catalogue"


def _check_assignments(plan: Plan) -> Faults:
    for number, exception in enumerate(plan.assignments):
        if exception.unit and exception.unit not in plan.units_by_code:
            yield f"assignments[{number}].unit", f"there is no unit {exception.unit!r}"
        if exception.kind and exception.kind not in plan.unit_kinds:
            yield f"assignments[{number}].kind", f"there is no kind {exception.kind!r}"
        if exception.lead and exception.change == "remove":
            yield f"assignments[{number}].lead", 'goes with change = "add" only'


def _check_channels(plan: Plan) -> Faults:
    if not plan.allowed_channels:
        yield "allowed_channels", "is empty"


_CHECKS: Final[dict[str, Callable[[Plan], Faults]]] = {
    "units": _check_units,
    "consolidator": _check_consolidator,
    "phases": _check_phases,
    "deadlines": _check_deadlines,
    "evidence_window": _check_window,
    "(bonus|penalty)": _check_adjustments,
    "bands": _check_bands,
    "catalogues": _check_catalogues,
    "assignments": _check_assignments,
    "allowed_channels": _check_channels,
}
