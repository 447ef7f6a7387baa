"""People and what they are trusted with: a person holds (unit, role) grants. Used by `roles`, the flows and storage."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The five roles of the product; the values are stored and typed on the command line."""

    OFFICER = "can_bo"
    HEAD = "truong_don_vi"
    CONSOLIDATOR = "tong_hop"
    LEADER = "lanh_dao"
    ADMIN = "quan_tri"


class GrantState(StrEnum):
    """PENDING: joined with an invite bound to a phone number that the channel cannot prove; the inviter decides."""

    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one unit. `unit` is the unit's code in the plan."""

    unit: str
    role: Role
    state: GrantState = GrantState.ACTIVE


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has joined. `name` is empty until it was given; `acknowledged`: has confirmed the state-secret
    notice.
    """

    id: int
    name: str
    active: bool
    acknowledged: bool
    grants: tuple[Grant, ...]

    def active_grants(self) -> tuple[Grant, ...]:
        """The grants that count today; none for a person who was revoked."""
        return tuple(g for g in self.grants if g.state is GrantState.ACTIVE) if self.active else ()

    def units(self) -> tuple[str, ...]:
        """Codes of the units the person acts for, in the order of joining, each once."""
        return tuple(dict.fromkeys(g.unit for g in self.active_grants()))

    @property
    def pending(self) -> bool:
        """True while every grant still waits for the inviter's yes: the person sees and does nothing."""
        return self.active and not self.active_grants() and any(g.state is GrantState.PENDING for g in self.grants)
