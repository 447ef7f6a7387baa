"""A campaign's clock, and what its sub-criteria are worth at a moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria import bundled
from criteria.campaign import Campaign, RehearsalClock, campaign
from criteria.periods import VIETNAM

REAL = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
START = datetime(2021, 8, 2, 8, 0, tzinfo=VIETNAM)
CLOCK = RehearsalClock(START, REAL, 1.0, START)
SPANS = st.timedeltas(timedelta(days=-400), timedelta(days=400))


def of(clock: RehearsalClock | None) -> Campaign:
    return campaign(1, bundled.plan("cu-lao-dung-2021"), bundled.catalogue("mau-cap-huyen-2021"), clock)


def test_a_rehearsal_runs_from_its_anchor_at_its_speed() -> None:
    assert CLOCK.at(REAL + timedelta(hours=5)) == START + timedelta(hours=5)
    fast = RehearsalClock(START, REAL, 24.0, START)
    assert fast.at(REAL + timedelta(hours=1)) == START + timedelta(days=1)


@given(st.lists(SPANS, max_size=6), SPANS)
def test_it_never_runs_backwards(moves: list[timedelta], later: timedelta) -> None:
    clock, real, shown = CLOCK, REAL, CLOCK.at(REAL)
    for span in moves:
        real += span
        now = clock.at(real)
        assert now >= clock.floor
        clock = RehearsalClock(clock.anchor, clock.anchor_real, clock.speed, max(clock.floor, now, shown))
        shown = clock.at(real)
    assert clock.at(real + later) >= shown


@given(SPANS, SPANS)
def test_it_can_only_be_moved_forward(real: timedelta, by: timedelta) -> None:
    at = REAL + real
    if by <= timedelta(0):
        with pytest.raises(ValueError, match="forward"):
            CLOCK.advanced(at, by)
        return
    moved = CLOCK.advanced(at, by)
    assert moved.at(at) == CLOCK.at(at) + by
    assert moved.at(at - timedelta(days=1000)) == moved.floor


def test_real_campaigns_go_by_real_time() -> None:
    assert of(None).now(REAL) == REAL
    assert not of(None).rehearsal
    assert of(CLOCK).now(REAL) == START
    assert of(CLOCK).rehearsal


def test_worth_is_points_place_and_the_deadline_of_the_moment() -> None:
    worth = of(CLOCK).worth(START)
    catalogue = bundled.catalogue("mau-cap-huyen-2021")
    assert list(worth) == [leaf.code for leaf in catalogue.leaves]
    assert [w.place for w in worth.values()] == list(range(len(worth)))
    assert {w.due for w in worth.values()} == {datetime(2021, 8, 26, tzinfo=VIETNAM)}
    after = of(CLOCK).worth(datetime(2021, 8, 26, tzinfo=VIETNAM))
    assert {w.due for w in after.values()} == {datetime(2021, 8, 31, tzinfo=VIETNAM)}


def test_a_leaf_by_its_code() -> None:
    assert of(CLOCK).leaf("3.2.2").code == "3.2.2"
    with pytest.raises(KeyError):
        of(CLOCK).leaf("3.2")
