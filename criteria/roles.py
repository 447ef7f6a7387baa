"""Who may do what: one table of role x action -> scope, denied unless it stands here. Asked by every flow and act,
afresh each time.
"""

from enum import StrEnum
from typing import Final

from criteria.errors import Refusal
from criteria.people import Person, Role

EVERYWHERE: Final = "*"
"""Instead of a unit's code: only a role that reaches every unit is allowed."""


class Action(StrEnum):
    """Everything the product lets a person do to something that belongs to a unit."""

    SEE_ITEMS = "see_items"
    ANSWER = "answer"
    SEND_EVIDENCE = "send_evidence"
    SEE_EVIDENCE = "see_evidence"
    SEE_PROGRESS = "see_progress"
    SEE_CATALOGUE = "see_catalogue"
    MANAGE_PEOPLE = "manage_people"
    BE_TOLD_OF_SECRETS = "be_told_of_secrets"


class Scope(StrEnum):
    """How far a role reaches: its own unit, or every unit of the campaign."""

    OWN = "own"
    ALL = "all"


_OWN_WORK = {
    Action.SEE_ITEMS: Scope.OWN,
    Action.ANSWER: Scope.OWN,
    Action.SEND_EVIDENCE: Scope.OWN,
    Action.SEE_EVIDENCE: Scope.OWN,
    Action.SEE_PROGRESS: Scope.OWN,
    Action.SEE_CATALOGUE: Scope.ALL,
}

# An administrator manages people and sees no evidence by default; leadership reads counts, not files.
TABLE: dict[Role, dict[Action, Scope]] = {
    Role.OFFICER: _OWN_WORK,
    Role.HEAD: _OWN_WORK,
    Role.CONSOLIDATOR: _OWN_WORK
    | {
        Action.SEE_EVIDENCE: Scope.ALL,
        Action.SEE_PROGRESS: Scope.ALL,
        Action.MANAGE_PEOPLE: Scope.ALL,
        Action.BE_TOLD_OF_SECRETS: Scope.ALL,
    },
    Role.LEADER: {Action.SEE_PROGRESS: Scope.ALL, Action.SEE_CATALOGUE: Scope.ALL},
    Role.ADMIN: {Action.MANAGE_PEOPLE: Scope.ALL, Action.SEE_CATALOGUE: Scope.ALL},
}


def allows(person: Person, action: Action, unit: str | None) -> bool:
    """True when one of the person's active grants covers `action` on something of `unit` (None: of no particular
    unit).
    """
    for grant in person.active_grants():
        scope = TABLE[grant.role].get(action)
        if scope is Scope.ALL or (scope is Scope.OWN and unit in (grant.unit, None)):
            return True
    return False


def authorize(person: Person, action: Action, unit: str | None) -> None:
    """Raise `Refusal` unless `allows`: "waiting_for_approval" while joining is not confirmed, else "not_allowed"."""
    if allows(person, action, unit):
        return
    raise Refusal("waiting_for_approval" if person.pending else "not_allowed")


def holders(action: Action) -> list[Role]:
    """The roles that an action belongs to in every unit."""
    return [role for role, actions in TABLE.items() if actions.get(action) is Scope.ALL]


def working_units(person: Person) -> tuple[str, ...]:
    """Units whose items the person walks: those where a grant allows answering."""
    return tuple(unit for unit in person.units() if allows(person, Action.ANSWER, unit))
