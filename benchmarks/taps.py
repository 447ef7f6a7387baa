"""The walk as a row of taps: an answer, its undoing, and "Để sau", on one card after another. It can go on for ever.

Shared by the benchmarks of turns. Most turns of a campaign are of this kind.
"""

import itertools
from collections.abc import Iterator, Sequence

from handlers.acts import Demo
from storage import campaigns, items, people
from storage.database import Tx
from tests.world import OFFICER, START, World

PEOPLE = 16


def officer(number: int) -> Demo:
    """An officer of the unit whose work list the world uses: fifty items."""
    return Demo(f"Cán bộ {number}", OFFICER.unit, OFFICER.role)


async def officers(world: World, count: int) -> list[int]:
    """A campaign with `count` officers who have read the notice; their ids."""
    await world.open()
    ids = [await world.person(officer(number)) for number in range(1, count + 1)]

    def acknowledged(tx: Tx) -> None:
        for id_ in ids:
            people.acknowledge(tx, id_, START)

    await world.db.write(acknowledged)
    return ids


async def cards(world: World, person: int) -> list[int]:
    """The ids of the person's items."""

    def look(tx: Tx) -> list[int]:
        who = people.get(tx, person)
        assert who is not None
        known = campaigns.current(tx).unit_ids
        return [item.id for item in items.of_units(tx, [known[unit] for unit in who.units()])]

    return await world.look(look)


def taps(ids: Sequence[int]) -> Iterator[str]:
    """What the buttons carry, in the order of the taps."""
    for item in itertools.cycle(ids):
        yield f"walk:answer:{item}=not_done"
        yield f"walk:undo:{item}=none"
        yield f"walk:answer:{item}=later"
