"""Time in a campaign, over aware datetimes only: days and deadlines as the office counts them.

Used by plans, reminders, flows and texts.
A deadline is a half-open end, the first instant that is too late: "hết ngày 30/8" ends as 31/8 begins.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICIAL: Final = "units"
"""Code of the deadline that binds every unit (plan section IV.1)."""


def local(moment: datetime) -> datetime:
    """The same instant on a Vietnamese clock. `ValueError` for a naive datetime."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"a moment needs its time zone: {moment!r}")
    return moment.astimezone(VIETNAM)


def local_day(moment: datetime) -> date:
    """The Vietnamese calendar day of an instant. `ValueError` for a naive datetime."""
    return local(moment).date()


def start_of_day(day: date) -> datetime:
    """The Vietnamese midnight at which `day` begins."""
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)


def end_of_day(day: date) -> datetime:
    """The first instant after `day`: the next Vietnamese midnight."""
    return start_of_day(day + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Deadline:
    """`due` is aware and exclusive: 23:59:59 of the last day is in time.

    `internal`: set by the consolidator, before the official one. `ValueError` for a naive `due`.
    """

    code: str
    title: str
    due: datetime
    internal: bool = False

    def __post_init__(self) -> None:
        local(self.due)

    @property
    def last_day(self) -> date:
        """The last Vietnamese day that has a moment in time."""
        return (local(self.due) - timedelta(microseconds=1)).date()


class Timetable(Protocol):
    """Whatever has deadlines; in practice a `criteria.plan.Plan`."""

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        """In the order of the plan."""
        ...


def is_open(now: datetime, deadline: Deadline) -> bool:
    """True while something that arrives at `now` is in time. `ValueError` for a naive `now`."""
    return local(now) < deadline.due


def days_left(now: datetime, deadline: Deadline) -> int:
    """Calendar days to the last day: 0 on it, and negative exactly when the deadline has passed.

    A deadline to the hour that passed earlier today gives -1 at once. `ValueError` for a naive `now`.
    """
    days = (deadline.last_day - local_day(now)).days
    return days if is_open(now, deadline) else min(days, -1)


def effective_deadline(plan: Timetable, now: datetime) -> Deadline:
    """What a unit has to meet now: the nearest internal deadline still open, then the official one (plan section IV.1).

    After both it is the official one, overdue. `KeyError` if the timetable has no official deadline, `ValueError` for a
    naive `now`.
    """
    official = next((d for d in plan.deadlines if d.code == OFFICIAL), None)
    if official is None:
        raise KeyError(OFFICIAL)
    still_open = [d for d in plan.deadlines if (d.internal or d is official) and is_open(now, d)]
    return min(still_open, key=lambda d: d.due, default=official)


def show_day(day: date) -> str:
    """A day as the office writes it: "30/8/2021"."""
    return f"{day.day}/{day.month}/{day.year}"


def show_moment(moment: datetime) -> str:
    """An instant on a Vietnamese clock: "08:05 30/8/2021". `ValueError` for a naive datetime."""
    here = local(moment)
    return f"{here:%H:%M} {show_day(here.date())}"
