"""Reading and writing points."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.points import parse_points, show_points


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("0,5", "0.5"),
        ("0.5", "0.5"),
        ("0,50", "0.5"),
        ("1", "1"),
        ("1,0 đ", "1"),
        ("1,0đ", "1"),
        ("2 điểm", "2"),
        (unicodedata.normalize("NFD", "2 điểm"), "2"),
        ("01", "1"),
        (" 9,75 ", "9.75"),
        ("100", "100"),
        ("0", "0"),
    ],
)
def test_reads_what_annexes_hold(text: str, points: str) -> None:
    assert parse_points(text) == Decimal(points)


@pytest.mark.parametrize(
    "text", ["", "-", "½", "-1", "+1", "1,234", "1.000", "1,", ",5", "1 2", "1e2", "NaN", "một", "１", "1,0 d", "1;0"]
)
def test_refuses_everything_else(text: str) -> None:
    with pytest.raises(ValueError, match="not a number of points"):
        parse_points(text)


@pytest.mark.parametrize(
    ("points", "text"),
    [
        ("0.5", "0,5"),
        ("1.00", "1"),
        ("9.75", "9,75"),
        ("100", "100"),
        ("1E+2", "100"),
        ("0.00", "0"),
        ("-0", "0"),
        ("-2", "-2"),
        ("94.990", "94,99"),
    ],
)
def test_writes_with_a_comma_and_no_idle_zeros(points: str, text: str) -> None:
    assert show_points(Decimal(points)) == text


@pytest.mark.parametrize("points", ["NaN", "Infinity"])
def test_writes_numbers_only(points: str) -> None:
    with pytest.raises(ValueError, match="not a number of points"):
        show_points(Decimal(points))


@given(st.decimals(min_value=0, max_value=9999, places=2))
def test_what_is_written_is_read_back(points: Decimal) -> None:
    assert parse_points(show_points(points)) == points


@given(st.lists(st.decimals(min_value=0, max_value=20, places=2), max_size=30))
def test_sums_are_exact(points: list[Decimal]) -> None:
    cents = sum(int(p * 100) for p in points)
    assert sum((parse_points(show_points(p)) for p in points), Decimal(0)) * 100 == cents
