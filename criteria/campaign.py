"""One campaign as everything above sees it: its plan, its catalogue, its clock. Built by `storage.campaigns`, read by
loaders and flows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from criteria import periods
from criteria.catalogue import Catalogue, SubCriterion
from criteria.items import Worth
from criteria.plan import Plan


@dataclass(frozen=True, slots=True)
class RehearsalClock:
    """Campaign time of a rehearsal: from `anchor` on at `speed`, since the real moment `anchor_real`; never below
    `floor`. All aware.
    """

    anchor: datetime
    anchor_real: datetime
    speed: float
    floor: datetime

    def at(self, real: datetime) -> datetime:
        """Campaign time at a real moment. A real clock that was set back does not take campaign time back."""
        return max(self.floor, self.anchor + timedelta(seconds=(real - self.anchor_real).total_seconds() * self.speed))

    def advanced(self, real: datetime, by: timedelta) -> "RehearsalClock":
        """The clock after being moved forward at `real`; `ValueError` when `by` is not positive."""
        if by <= timedelta(0):
            raise ValueError("a rehearsal's clock only moves forward")
        now = self.at(real) + by
        return RehearsalClock(anchor=now, anchor_real=real, speed=self.speed, floor=now)


@dataclass(frozen=True, slots=True)
class Campaign:
    """`clock` is None for a real campaign: its time is real time. `worths`: for each deadline of the plan, by when it
    is due, what the sub-criteria are worth while it is the one to meet.
    """

    id: int
    plan: Plan
    catalogue: Catalogue
    clock: RehearsalClock | None
    places: Mapping[str, int]
    worths: Mapping[datetime, Mapping[str, Worth]]

    @property
    def rehearsal(self) -> bool:
        """True for a database that is a rehearsal, for ever."""
        return self.clock is not None

    def now(self, real: datetime) -> datetime:
        """Campaign time: what phases, deadlines, reminders and dates on screen go by."""
        return self.clock.at(real) if self.clock else real

    def leaf(self, code: str) -> SubCriterion:
        """The sub-criterion with this code."""
        return self.catalogue.leaf(code)

    def deadline(self, now: datetime) -> periods.Deadline:
        """What a unit has to meet at campaign time `now`."""
        return periods.effective_deadline(self.plan, now)

    def worth(self, now: datetime) -> Mapping[str, Worth]:
        """Points, place and deadline of every sub-criterion, for ordering the walk."""
        return self.worths[self.deadline(now).due]


def campaign(id_: int, plan: Plan, catalogue: Catalogue, clock: RehearsalClock | None) -> Campaign:
    """Put a campaign together; places are positions in the catalogue."""
    places = MappingProxyType({leaf.code: place for place, leaf in enumerate(catalogue.leaves)})
    worths = MappingProxyType({deadline.due: _worth(catalogue, deadline.due) for deadline in plan.deadlines})
    return Campaign(id_, plan, catalogue, clock, places, worths)


def _worth(catalogue: Catalogue, due: datetime) -> Mapping[str, Worth]:
    leaves = enumerate(catalogue.leaves)
    return MappingProxyType({leaf.code: Worth(leaf.points, place, due) for place, leaf in leaves})
