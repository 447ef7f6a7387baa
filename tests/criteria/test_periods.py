"""Deadlines and days around midnight in Vietnam."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.periods import (
    VIETNAM,
    Deadline,
    days_left,
    effective_deadline,
    end_of_day,
    is_open,
    local,
    local_day,
    show_day,
    show_moment,
    start_of_day,
)

MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC) | st.just(VIETNAM))  # noqa: DTZ001
DAYS = st.dates(date(2000, 1, 2), date(2100, 1, 1))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


INTERNAL = Deadline("internal", "nội bộ", end_of_day(date(2021, 8, 25)), internal=True)
UNITS = Deadline("units", "đơn vị", end_of_day(date(2021, 8, 30)))
REPORT = Deadline("report", "báo cáo", end_of_day(date(2021, 8, 30)))
NAIVE = datetime(2021, 8, 30, 12)  # noqa: DTZ001


@dataclass(frozen=True)
class Dates:
    deadlines: tuple[Deadline, ...]


def test_a_day_ends_where_the_next_begins() -> None:
    assert end_of_day(date(2021, 8, 30)) == datetime(2021, 8, 30, 17, tzinfo=UTC)
    assert start_of_day(date(2021, 8, 31)) == end_of_day(date(2021, 8, 30))
    assert local_day(datetime(2021, 8, 30, 16, 59, 59, tzinfo=UTC)) == date(2021, 8, 30)
    assert local_day(datetime(2021, 8, 30, 17, tzinfo=UTC)) == date(2021, 8, 31)


@pytest.mark.parametrize(
    ("now", "still_open", "days"),
    [
        ("2021-08-02T08:00", True, 28),
        ("2021-08-29T23:59:59", True, 1),
        ("2021-08-30T00:00", True, 0),
        ("2021-08-30T23:59:59.999999", True, 0),
        ("2021-08-31T00:00", False, -1),
        ("2021-09-02T12:00", False, -3),
    ],
)
def test_the_end_of_30_august(now: str, still_open: bool, days: int) -> None:
    assert is_open(at(now), UNITS) is still_open
    assert days_left(at(now), UNITS) == days


def test_a_deadline_to_the_hour() -> None:
    noon = Deadline("x", "x", at("2021-09-17T17:00"))
    assert noon.last_day == date(2021, 9, 17)
    assert (is_open(at("2021-09-17T16:59:59"), noon), days_left(at("2021-09-17T16:59:59"), noon)) == (True, 0)
    assert (is_open(at("2021-09-17T17:00"), noon), days_left(at("2021-09-17T17:00"), noon)) == (False, -1)
    assert days_left(at("2021-09-18T09:00"), noon) == -1


def test_the_last_day_does_not_depend_on_the_zone_of_due() -> None:
    assert Deadline("x", "x", UNITS.due.astimezone(UTC)).last_day == UNITS.last_day == date(2021, 8, 30)


@pytest.mark.parametrize(
    ("now", "code"),
    [
        ("2021-07-01T00:00", "internal"),
        ("2021-08-25T23:59:59", "internal"),
        ("2021-08-26T00:00", "units"),
        ("2021-08-30T23:59:59", "units"),
        ("2021-08-31T00:00", "units"),
        ("2021-12-01T00:00", "units"),
    ],
)
def test_the_effective_deadline(now: str, code: str) -> None:
    assert effective_deadline(Dates((REPORT, UNITS, INTERNAL)), at(now)).code == code


def test_several_internal_deadlines_come_in_turn() -> None:
    early = Deadline("early", "x", end_of_day(date(2021, 8, 15)), internal=True)
    plan = Dates((UNITS, INTERNAL, early))
    assert effective_deadline(plan, at("2021-08-15T12:00")) is early
    assert effective_deadline(plan, at("2021-08-16T12:00")) is INTERNAL


def test_a_timetable_needs_its_official_deadline() -> None:
    with pytest.raises(KeyError):
        effective_deadline(Dates((INTERNAL,)), at("2021-08-01T00:00"))


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local(NAIVE)
    with pytest.raises(ValueError, match="time zone"):
        local_day(NAIVE)
    with pytest.raises(ValueError, match="time zone"):
        is_open(NAIVE, UNITS)
    with pytest.raises(ValueError, match="time zone"):
        days_left(NAIVE, UNITS)
    with pytest.raises(ValueError, match="time zone"):
        effective_deadline(Dates((UNITS,)), NAIVE)
    with pytest.raises(ValueError, match="time zone"):
        show_moment(NAIVE)
    with pytest.raises(ValueError, match="time zone"):
        Deadline("x", "x", NAIVE)


def test_showing() -> None:
    assert show_day(date(2021, 8, 30)) == "30/8/2021"
    assert show_moment(datetime(2021, 8, 30, 1, 5, 59, tzinfo=UTC)) == "08:05 30/8/2021"
    assert show_moment(datetime(2021, 8, 30, 20, 0, tzinfo=timezone(timedelta(hours=1)))) == "02:00 31/8/2021"


@given(DAYS)
def test_the_last_day_of_a_whole_day_is_the_day(day: date) -> None:
    deadline = Deadline("x", "x", end_of_day(day))
    assert deadline.last_day == day
    assert days_left(start_of_day(day), deadline) == 0
    assert is_open(end_of_day(day) - timedelta(microseconds=1), deadline)
    assert not is_open(end_of_day(day), deadline)


@given(MOMENTS, MOMENTS)
def test_days_left_is_negative_exactly_when_closed(now: datetime, due: datetime) -> None:
    deadline = Deadline("x", "x", due)
    assert (days_left(now, deadline) >= 0) is is_open(now, deadline)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_days_left_never_grows(one: datetime, two: datetime, due: datetime) -> None:
    earlier, later = sorted((one, two))
    deadline = Deadline("x", "x", due)
    assert days_left(earlier, deadline) >= days_left(later, deadline)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_the_effective_deadline_is_open_if_any_is(now: datetime, internal: datetime, units: datetime) -> None:
    plan = Dates((Deadline("internal", "x", internal, internal=True), Deadline("units", "x", units)))
    found = effective_deadline(plan, now)
    assert is_open(now, found) is any(is_open(now, deadline) for deadline in plan.deadlines)
    assert is_open(now, found) or found.code == "units"


@given(MOMENTS)
def test_a_moment_lies_in_its_own_day(moment: datetime) -> None:
    day = local_day(moment)
    assert start_of_day(day) <= moment < end_of_day(day)
    assert local(moment) == moment
