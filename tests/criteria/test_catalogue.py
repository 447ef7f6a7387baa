"""The sample catalogue is sound, and every kind of damage to a copy of it is named."""

import contextlib
import re
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria import bundled
from criteria.catalogue import PROBLEM_KINDS, Catalogue, CatalogueError, Criterion, Field, Tier, load, parse_rule
from criteria.points import show_points

SAMPLE = "mau-cap-huyen-2021"
META, ROWS = (text.decode() for text in bundled.catalogue_texts(SAMPLE))
LEAF_111 = next(line for line in ROWS.splitlines() if line.startswith("1.1.1,"))


@pytest.fixture(scope="module")
def sample() -> Catalogue:
    return bundled.catalogue(SAMPLE)


def test_counts_are_those_of_the_plan(sample: Catalogue) -> None:
    split = [(len(f.children), sum(len(c.children) for c in f.children)) for f in sample.fields]
    assert split == [(6, 17), (4, 11), (3, 10), (5, 13), (4, 10), (5, 8), (3, 10), (4, 12)]
    assert (len(sample.fields), len(sample.leaves), sample.total) == (8, 91, Decimal(100))


def test_points_add_up(sample: Catalogue) -> None:
    assert sum(leaf.points for leaf in sample.leaves) == Decimal(100)
    for of in sample.fields:
        assert sum(criterion.points for criterion in of.children) == of.points
        for criterion in of.children:
            assert sum(leaf.points for leaf in criterion.children) == criterion.points


def test_it_says_that_it_is_a_sample(sample: Catalogue) -> None:
    assert sample.sample
    assert sample.title == "Bộ tiêu chí mẫu"
    assert "không phải Phụ lục IV" in sample.note


def test_leaves_stand_in_code_order(sample: Catalogue) -> None:
    codes = [tuple(map(int, leaf.code.split("."))) for leaf in sample.leaves]
    assert codes == sorted(codes)


def test_a_leaf_has_everything(sample: Catalogue) -> None:
    leaf = sample.leaf("1.1.1")
    assert leaf.title == "Ban hành Kế hoạch CCHC năm của Công an huyện"
    assert leaf.proof.startswith("Kế hoạch CCHC năm đã ký")
    assert leaf.rule == "Ban hành kịp thời: 1; ban hành không kịp thời: 0,5; không ban hành: 0"
    assert leaf.tiers == (
        Tier("Ban hành kịp thời", Decimal(1)),
        Tier("ban hành không kịp thời", Decimal("0.5")),
        Tier("không ban hành", Decimal(0)),
    )
    assert (leaf.lead, leaf.supporting) == ("doi_tong_hop", ())
    assert sample.leaf("1.4.3").kinds == ("cong_an_xa", "doi_qlhc", "doi_tong_hop")


def test_looking_up(sample: Catalogue) -> None:
    field, criterion, leaf = sample.path("3.2.1")
    assert (field.code, criterion.code, leaf.code) == ("3", "3.2", "3.2.1")
    assert isinstance(sample.get("3"), Field)
    assert isinstance(sample.get("3.2"), Criterion)
    assert sample.get("3.2.1") is leaf
    assert sample.get("9.9.9") is None
    for code in ("3", "3.2", "9.9.9", ""):
        with pytest.raises(KeyError):
            sample.leaf(code)
        with pytest.raises(KeyError):
            sample.path(code)


@pytest.mark.parametrize(
    ("kind", "asked", "led"),
    [
        ("doi_tong_hop", 71, 66),
        ("doi_qlhc", 58, 16),
        ("doi_csgt", 40, 0),
        ("doi_khac", 23, 0),
        ("cong_an_xa", 50, 9),
        ("nobody", 0, 0),
    ],
)
def test_assigned_to_a_kind(sample: Catalogue, kind: str, asked: int, led: int) -> None:
    leaves = sample.assigned_to(kind)
    assert (len(leaves), sum(leaf.lead == kind for leaf in leaves)) == (asked, led)


def test_fifteen_may_be_secret(sample: Catalogue) -> None:
    secret = [leaf.code for leaf in sample.leaves if leaf.may_be_secret]
    assert len(secret) == 15
    assert {"4.3.1", "5.4.1", "7.1.4"} <= set(secret)
    assert "7.1.2" not in secret  # speaks of secret documents, and leaves them out


def test_marks_inside_labels_do_not_split_a_tier() -> None:
    tiers = parse_rule("Đủ a; b; c: 1,5; tỷ lệ 1:2; còn lại:0,5 đ ; không: 0;")
    assert [(tier.label, show_points(tier.points)) for tier in tiers] == [
        ("Đủ a; b; c", "1,5"),
        ("tỷ lệ 1:2; còn lại", "0,5"),
        ("không", "0"),
    ]
    assert parse_rule("Gồm: kế hoạch: 2 bản\nkhông: 0") == (Tier("Gồm: kế hoạch: 2 bản không", Decimal(0)),)


@pytest.mark.parametrize("text", ["", "  ", "Có thực hiện", "Có: 1; không", "Có: 1,234", ": 1", ";"])
def test_text_that_is_no_rule(text: str) -> None:
    with pytest.raises(ValueError, match=r"tiers|points"):
        parse_rule(text)


FINISHED_TIER = re.compile(r":\s*[0-9]+\s*đ?\s*;")
LABELS = st.text("abcđê ;:%09", max_size=12).map(lambda t: f"x{t}x").map(lambda t: " ".join(t.split()))
POINTS = st.decimals(min_value=0, max_value=20, places=2)


@given(st.lists(st.tuples(LABELS.filter(lambda t: not FINISHED_TIER.search(t)), POINTS), min_size=1, max_size=5))
def test_rules_are_read_back(tiers: list[tuple[str, Decimal]]) -> None:
    """Whatever the label, unless it looks like a finished tier itself."""
    rule = "; ".join(f"{label}: {show_points(points)}" for label, points in tiers)
    assert [(tier.label, tier.points) for tier in parse_rule(rule)] == tiers


# --- Damage ------------------------------------------------------------


def problems(meta: str = META, rows: str = ROWS) -> list[tuple[int, str, str]]:
    with pytest.raises(CatalogueError) as caught:
        load(meta.encode(), rows.encode())
    assert all(problem.message for problem in caught.value.problems)
    return [(problem.row, problem.code, problem.kind) for problem in caught.value.problems]


def rows_with(old: str, new: str) -> str:
    assert ROWS.count(old) == 1, old
    return ROWS.replace(old, new)


def leaf_with(old: str, new: str) -> str:
    """The rows, with something changed in the row of 1.1.1 (row 4)."""
    assert LEAF_111.count(old) == 1, old
    return ROWS.replace(LEAF_111, LEAF_111.replace(old, new))


RULE = "Ban hành kịp thời: 1; ban hành không kịp thời: 0,5; không ban hành: 0"

DAMAGED = {
    "columns": ("", "", leaf_with(",doi_tong_hop", ",doi_tong_hop,more"), (4, "", "columns")),
    "level": ("", "", leaf_with("tieu_chi_thanh_phan", "muc"), (4, "1.1.1", "level")),
    "level of another depth": ("", "", rows_with("1.1,tieu_chi,", "1.1,linh_vuc,"), (3, "1.1", "level")),
    "code": ("", "", leaf_with("1.1.1,", "I.1.1,"), (4, "I.1.1", "code")),
    "duplicate": ("", "", rows_with("1.1.2,", "1.1.1,"), (5, "1.1.1", "duplicate")),
    "orphan": ("", "", rows_with("8.4,", "8.5,"), (132, "8.4.1", "orphan")),
    "gap": ("", "", rows_with("1.1.4,", "1.1.5,"), (7, "1.1.5", "gap")),
    "title": ("", "", leaf_with("Ban hành Kế hoạch CCHC năm của Công an huyện", " "), (4, "1.1.1", "title")),
    "points": ("", "", leaf_with(",1,", ",một,"), (4, "1.1.1", "points")),
    "points of 0": ("", "", leaf_with(",1,", ",0,"), (4, "1.1.1", "points")),
    "sum of a criterion": ("", "", leaf_with(",1,", ",1.25,"), (3, "1.1", "sum")),
    "sum of a field": (
        "",
        "",
        rows_with("1.1,tieu_chi,Kế hoạch cải cách hành chính năm,4", "1.1,tieu_chi,K,5"),
        (2, "1", "sum"),
    ),
    "sum of all": ('total = "100"', 'total = "99,55"', ROWS, (0, "", "sum")),
    "count": ("leaves = 91", "leaves = 92", ROWS, (0, "", "count")),
    "count of a field": ("[6, 17]", "[6, 16]", ROWS, (0, "1", "count")),
    "rule": ("", "", leaf_with("không ban hành: 0", "không ban hành"), (4, "1.1.1", "rule")),
    "rule absent": ("", "", leaf_with(f'"{RULE}"', ""), (4, "1.1.1", "rule")),
    "top_tier": ("", "", leaf_with("kịp thời: 1;", "kịp thời: 0,75;"), (4, "1.1.1", "top_tier")),
    "last_tier": ("", "", leaf_with("không ban hành: 0", "không ban hành: 0,25"), (4, "1.1.1", "last_tier")),
    "tier_order": ("", "", leaf_with("không kịp thời: 0,5", "không kịp thời: 1"), (4, "1.1.1", "tier_order")),
    "unit_kind": ("", "", leaf_with(",doi_tong_hop", ",doi_tong_hop|doi_moi"), (4, "1.1.1", "unit_kind")),
    "unit_kind twice": ("", "", leaf_with(",doi_tong_hop", ",doi_csgt|doi_csgt"), (4, "1.1.1", "unit_kind")),
    "unassigned": ("", "", leaf_with(",doi_tong_hop", ","), (4, "1.1.1", "unassigned")),
    "not_nfc": ("", "", leaf_with("đã ký", unicodedata.normalize("NFD", "đã ký")), (4, "1.1.1", "not_nfc")),
    "not_nfc in the TOML": ("mẫu", unicodedata.normalize("NFD", "mẫu"), ROWS, (0, "", "not_nfc")),
    "meta": ('version = "1"\n', "", ROWS, (0, "", "meta")),
    "meta sample": ("sample = true", 'sample = "yes"', ROWS, (0, "", "meta")),
    "meta declared": ("fields = 8", 'fields = "8"', ROWS, (0, "", "meta")),
    "meta total": ('total = "100"', "total = 100", ROWS, (0, "", "meta")),
    "meta split": ("split = [[6, 17]", "split = [[6]", ROWS, (0, "", "meta")),
    "unreadable": ("", "", "a,b\n1,2\n", (1, "", "unreadable")),
    "unreadable TOML": ("[declared]", "[declared", ROWS, (0, "", "unreadable")),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_named(name: str) -> None:
    old, new, rows, expected = DAMAGED[name]
    assert old in META
    assert expected in problems(META.replace(old, new) if old else META, rows)


def test_every_kind_of_problem_has_its_damage() -> None:
    assert {expected[2] for *_, expected in DAMAGED.values()} == set(PROBLEM_KINDS)


def test_all_problems_come_out_at_once() -> None:
    rows = leaf_with("không ban hành: 0", "không ban hành").replace("1.1.4,", "1.1.5,").replace("|cong_an_xa", "|xa")
    found = problems(META.replace('version = "1"\n', ""), rows)
    assert {"meta", "rule", "gap", "unit_kind"} <= {kind for *_, kind in found}
    assert len(found) > 40
    assert [row for row, *_ in found] == sorted(row for row, *_ in found)


@pytest.mark.parametrize("value", ["1", '""', "true", "[]", "[[1]]", "{a = 1}", "2021-01-01", "1.5", '["x"]'])
def test_no_value_of_the_toml_breaks_the_reader(value: str) -> None:
    """Whatever stands behind a key, the answer is a catalogue or a list of problems."""
    for line in META.splitlines():
        if " = " in line and not line.startswith("#"):
            damaged = META.replace(line, f"{line.split(' = ')[0]} = {value}")
            with contextlib.suppress(CatalogueError):
                load(damaged.encode(), ROWS.encode())


def test_bytes_that_are_no_text() -> None:
    for meta, rows in ((b"\xff", ROWS.encode()), (META.encode(), b"\xff"), (META.encode(), b"")):
        with pytest.raises(CatalogueError) as caught:
            load(meta, rows)
        assert "unreadable" in {problem.kind for problem in caught.value.problems}


def test_an_excel_mark_at_the_beginning_does_no_harm(sample: Catalogue) -> None:
    assert load(META.encode(), b"\xef\xbb\xbf" + ROWS.encode()) == sample


@given(st.data())
def test_changing_any_maximum_breaks_a_sum(data: st.DataObject) -> None:
    lines = ROWS.splitlines()
    row = data.draw(st.integers(1, len(lines) - 1))
    points = data.draw(st.decimals(min_value=Decimal("0.25"), max_value=50, places=2))
    code = lines[row].split(",")[0]
    node = bundled.catalogue(SAMPLE).get(code)
    assert node is not None
    old = format(node.points, "f")
    if points != node.points:
        before, after = (
            lines[row].rsplit(f",{old},", 1) if isinstance(node, Field | Criterion) else lines[row].split(f",{old},", 1)
        )
        lines[row] = f"{before},{points},{after}"
        assert "sum" in {kind for *_, kind in problems(META, "\n".join(lines) + "\n")}


def test_unknown_names() -> None:
    for name in ("nothing", "../plans/cu-lao-dung-2021", ""):
        with pytest.raises(KeyError):
            bundled.catalogue(name)
        with pytest.raises(KeyError):
            bundled.plan(name)
    assert bundled.names() == bundled.Names(("cu-lao-dung-2021",), (SAMPLE,))
