"""The bundled plan says what the plan of 30/6/2021 says, and every fault in a copy of it is named with its place."""

import contextlib
import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from criteria import bundled
from criteria.people import Role
from criteria.periods import VIETNAM, effective_deadline
from criteria.plan import Plan, PlanError, load

TEXT = bundled.plan_text("cu-lao-dung-2021").decode()


@pytest.fixture(scope="module")
def plan() -> Plan:
    return bundled.plan("cu-lao-dung-2021")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def test_what_it_is(plan: Plan) -> None:
    assert (plan.id, plan.year, plan.time_zone.key) == ("cld-2021", 2021, "Asia/Ho_Chi_Minh")
    decision = plan.decision
    assert (decision.number, decision.date, decision.place) == ("91/KH-CAH", date(2021, 6, 30), "Cù Lao Dung")
    assert (plan.assessed, plan.consolidator, plan.na_policy) == ("consolidator", "doi-tong-hop", "await_appraisal")
    assert plan.organisation.heading == ("CÔNG AN TỈNH SÓC TRĂNG", "CÔNG AN HUYỆN CÙ LAO DUNG")
    assert plan.document_symbols["CAT"] == "Công an tỉnh Sóc Trăng"
    assert plan.recipients[0] == "Đội PC&QLKH/PV01, CAT (để báo cáo)"
    assert plan.allowed_channels == ("telegram", "zalo_oa", "zalo_bot", "web")


def test_its_units(plan: Plan) -> None:
    communes = {unit.code: unit.name for unit in plan.units if unit.kind == "cong_an_xa"}
    assert communes == {
        "tt-cu-lao-dung": "Công an thị trấn Cù Lao Dung",
        "xa-an-thanh-1": "Công an xã An Thạnh 1",
        "xa-an-thanh-2": "Công an xã An Thạnh 2",
        "xa-an-thanh-3": "Công an xã An Thạnh 3",
        "xa-an-thanh-dong": "Công an xã An Thạnh Đông",
        "xa-an-thanh-nam": "Công an xã An Thạnh Nam",
        "xa-an-thanh-tay": "Công an xã An Thạnh Tây",
        "xa-dai-an-1": "Công an xã Đại Ân 1",
    }
    teams = {unit.code: unit.kind for unit in plan.units if unit.kind != "cong_an_xa"}
    assert teams == {
        "doi-tong-hop": "doi_tong_hop",
        "doi-qlhc": "doi_qlhc",
        "doi-csgt": "doi_csgt",
        "doi-an-ninh": "doi_khac",
        "doi-dieu-tra": "doi_khac",
        "doi-tha-hs": "doi_khac",
    }
    assert {unit.code for unit in plan.units if unit.assumed} == {"doi-an-ninh", "doi-dieu-tra", "doi-tha-hs"}
    assert plan.kind_of("doi-qlhc") == "doi_qlhc"
    assert plan.units_by_code["doi-qlhc"] is plan.unit("doi-qlhc")
    with pytest.raises(KeyError):
        plan.unit("doi-khac")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Công an xã An Thạnh 1", "xa-an-thanh-1"),
        ("an thanh 1", "xa-an-thanh-1"),
        ("  XÃ  An Thạnh Đông ", "xa-an-thanh-dong"),
        (unicodedata.normalize("NFD", "đại ân 1"), "xa-dai-an-1"),
        ("tt cu lao dung", "tt-cu-lao-dung"),
        ("csgt", "doi-csgt"),
        ("Đội CSGT - TT", "doi-csgt"),
        ("doi tong hop", "doi-tong-hop"),
        ("An Thạnh", None),
        ("An Thạnh 11", None),
        ("An Thạnh 4", None),
        ("Cù Lao Dung", None),
        ("", None),
        ("?", None),
    ],
)
def test_units_are_found_by_their_whole_name(plan: Plan, text: str, code: str | None) -> None:
    found = plan.find_unit(text)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("code", "last_day"),
    [
        ("kickoff", date(2021, 7, 14)),
        ("internal", date(2021, 8, 25)),
        ("units", date(2021, 8, 30)),
        ("report", date(2021, 8, 30)),
        ("supplement", date(2021, 9, 7)),
        ("results", date(2021, 9, 30)),
    ],
)
def test_its_deadlines(plan: Plan, code: str, last_day: date) -> None:
    assert plan.deadline(code).last_day == last_day
    assert plan.deadline(code).internal is (code == "internal")
    assert plan.deadline(code).due.astimezone(VIETNAM).hour == 0


def test_deadlines_serve_the_periods(plan: Plan) -> None:
    assert effective_deadline(plan, at("2021-08-02T08:00")).code == "internal"
    assert effective_deadline(plan, at("2021-08-26T08:00")).code == "units"


def test_its_phases(plan: Plan) -> None:
    running = [phase.code for phase in plan.phases if phase.covers(at("2021-08-30T23:59:59"))]
    assert running == ["collection", "report"]
    assert [phase.code for phase in plan.phases if phase.covers(at("2021-08-31T00:00"))] == ["supplement"]


def test_its_evidence_window(plan: Plan) -> None:
    window = plan.evidence_window
    assert (window.first, window.last) == (date(2020, 8, 1), date(2021, 8, 30))
    assert window.contains(date(2020, 8, 1), "1.1.1")
    assert window.contains(date(2021, 8, 30), "1.1.1")
    assert not window.contains(date(2020, 7, 31), "1.1.1")
    assert not window.contains(date(2021, 8, 31), "1.1.1")
    assert window.contains(date(2020, 1, 1), "5.4.1")


def test_an_override_of_a_criterion_holds_for_what_is_below() -> None:
    window = load(TEXT.replace('code = "5.4.1"', 'code = "5.4"').encode()).evidence_window
    assert window.contains(date(2020, 1, 1), "5.4.2")
    assert not window.contains(date(2020, 1, 1), "5.3.1")


def test_bonus_and_penalty(plan: Plan) -> None:
    assert [entry.points for entry in (*plan.bonus, *plan.penalty)] == [Decimal(2)] * 4
    assert plan.penalty[1].visible_to == {Role.CONSOLIDATOR}
    assert Role.OFFICER not in plan.penalty[0].visible_to


def test_bands(plan: Plan) -> None:
    assert [(band.name, int(band.from_points)) for band in plan.bands] == [
        ("Xuất sắc", 95),
        ("Tốt", 80),
        ("Khá", 70),
        ("Hoàn thành nhiệm vụ", 50),
        ("Chưa hoàn thành nhiệm vụ", 0),
    ]


def test_calendar_and_quiet_hours(plan: Plan) -> None:
    working = [plan.working_calendar.is_working_day(date(2021, 9, day)) for day in (1, 2, 3, 4, 5, 6)]
    assert working == [True, False, False, False, False, True]
    hours = ("06:59", "07:00", "19:59", "20:00", "00:00")
    quiet = [plan.quiet_hours.cover(at(f"2021-08-02T{hour}")) for hour in hours]
    assert quiet == [True, False, False, True, True]


def test_every_unit_has_a_catalogue(plan: Plan) -> None:
    (use,) = plan.catalogues
    assert (use.catalogue, use.annex) == ("mau-cap-huyen-2021", "IV")
    assert {unit.kind for unit in plan.units} <= set(use.kinds)


def test_times_to_the_hour() -> None:
    naive = load(TEXT.replace("due = 2021-09-07", "due = 2021-09-07T17:00:00").encode()).deadline("supplement")
    offset = load(TEXT.replace("due = 2021-09-07", "due = 2021-09-07T10:00:00Z").encode()).deadline("supplement")
    assert naive.due == offset.due == datetime(2021, 9, 7, 10, tzinfo=UTC)
    assert naive.last_day == date(2021, 9, 7)


def test_values_can_be_compared_and_kept(plan: Plan) -> None:
    again = load(TEXT.encode())
    assert again == plan
    assert hash(again) == hash(plan)


# --- Faults ------------------------------------------------------------

UNIT_0 = 'code = "tt-cu-lao-dung"'
ADDED = '[[assignments]]\nunit = "doi-csgt"\ncode = "3.1.1"\nchange = "add"\nreason = "x"\n[[phases]]\ncode = "kickoff"'
PHASE_0 = '[[phases]]\ncode = "kickoff"'

FAULTS: dict[str, tuple[str, str, str]] = {
    "missing": ('period_label = "Năm 2021"\n', "", "period_label: is missing"),
    "missing table": ("[appraiser]", "[somebody]", "appraiser: is missing"),
    "unknown key": ("[appraiser]", "[somebody]", "somebody: is not known here"),
    "unknown key below": (UNIT_0, f'{UNIT_0}\nalias = "x"', "units[0].alias: is not known here"),
    "not a text": ("year = 2021", 'year = "2021"', "year: must be a whole number"),
    "not true or false": ("assumed = true", "assumed = 1", "units[11].assumed: must be true or false"),
    "not a list": ('symbols = ["CAH"]', 'symbols = "CAH"', "organisation.symbols: must be a list"),
    "not a text in a list": ('symbols = ["CAH"]', "symbols = [1]", "organisation.symbols[0]: must be a text"),
    "not a table": ("[[catalogues]]", "[catalogues]", "catalogues: must be a list"),
    "no tables in a list": ("na_policy =", "bonus = [1]\nna_policy =", "file: cannot be read"),
    "empty text": ('place = "Cù Lao Dung"', 'place = " "', "decision.place: is empty"),
    "not nfc": ('"Tổng hợp"', f'"{unicodedata.normalize("NFD", "Tổng hợp")}"', "units[8].aliases[0]: is not in normal"),
    "format": ("format = 1", "format = 2", "format: this program reads format 1"),
    "slug": (UNIT_0, 'code = "TT Cù Lao Dung"', "units[0].code: 'TT Cù Lao Dung' must be small letters"),
    "long slug": (UNIT_0, f'code = "{"x" * 33}"', "units[0].code: "),
    "no such choice": ('level = "huyen"', 'level = "quan"', "organisation.level: 'quan' is none of bo, cuc"),
    "no such channel": ('"zalo_bot", "web"', '"viber", "web"', "allowed_channels[2]: 'viber' is none of"),
    "no channel": ('["telegram", "zalo_oa", "zalo_bot", "web"]', "[]", "allowed_channels: is empty"),
    "no such role": ('["tong_hop"]', '["admin"]', "penalty[1].visible_to[0]: 'admin' is none of can_bo"),
    "nobody may see": ('["tong_hop"]', "[]", "penalty[1].visible_to: is empty"),
    "zone": ('"Asia/Ho_Chi_Minh"', '"Asia/Soc_Trang"', "time_zone: there is no time zone 'Asia/Soc_Trang'"),
    "zone path": ('"Asia/Ho_Chi_Minh"', '"../x"', "time_zone: there is no time zone '../x'"),
    "other zone": ('"Asia/Ho_Chi_Minh"', '"Europe/Paris"', "time_zone: only Asia/Ho_Chi_Minh is supported"),
    "date": ("date = 2021-06-30", 'date = "30/6/2021"', "decision.date: must be a date"),
    "due": ("due = 2021-07-14", 'due = "14/7"', "deadlines[0].due: must be a date"),
    "due in another age": ("due = 2021-07-14", "due = 9999-12-31", "deadlines[0].due: the year 9999 is not believable"),
    "unit twice": ('"xa-an-thanh-2"', '"xa-an-thanh-1"', "units[2].code: 'xa-an-thanh-1' stands twice"),
    "name twice": ('"An Thạnh 2"', '"An Thạnh 1"', "units[2].aliases: 'an thanh 1' already names xa-an-thanh-1"),
    "unit kind": (f"{UNIT_0}\n", f'{UNIT_0}\nparent = "doi-x"\n', "units[0].parent: there is no other unit 'doi-x'"),
    "predecessor": (UNIT_0, f'{UNIT_0}\npredecessors = ["x"]', "units[0].predecessors: there is no other unit 'x'"),
    "kind": ('kind = "doi_qlhc"', 'kind = "doi_x"', "units[9].kind: there is no kind 'doi_x'"),
    "validity": (
        UNIT_0,
        f"{UNIT_0}\nvalid_from = 2021-01-02\nvalid_to = 2021-01-01",
        "units[0].valid_to: lies before valid_from",
    ),
    "consolidator": ('consolidator = "doi-tong-hop"', 'consolidator = "x"', "consolidator: there is no unit 'x'"),
    "phase twice": (PHASE_0, '[[phases]]\ncode = "report"', "phases[2].code: 'report' stands twice"),
    "phase ends": ("starts = 2021-08-26", "starts = 2021-09-26", "phases[2].ends: lies before starts"),
    "phase owner": ('owner = "units"', 'owner = "x"', "phases[1].owner: 'x' is no unit, units or appraiser"),
    "no official deadline": ('code = "units"', 'code = "others"', "deadlines: there is no deadline 'units'"),
    "deadline twice": ('code = "internal"', 'code = "kickoff"', "deadlines[1].code: 'kickoff' stands twice"),
    "deadline order": ("due = 2021-09-07", "due = 2021-08-01", "deadlines: 'supplement' lies before 'report'"),
    "internal too late": ("due = 2021-08-25", "due = 2021-08-30", "deadlines[1].due: an internal deadline must lie"),
    "official internal": (
        'due = 2021-08-30\n\n[[deadlines]]\ncode = "report"',
        'due = 2021-08-30\ninternal = true\n\n[[deadlines]]\ncode = "report"',
        "deadlines[2].internal: 'units' is the official one",
    ),
    "window": ("first = 2020-08-01", "first = 2022-08-01", "evidence_window.last: lies before first"),
    "override": ("first = 2020-01-01", "first = 2022-01-01", "evidence_window.overrides[0].last: lies before first"),
    "override code": ('code = "5.4.1"', 'code = "V.4"', "evidence_window.overrides[0].code: 'V.4' is not a code"),
    "bonus points": (
        'thời gian quy định"\npoints = "2"',
        'thời gian quy định"\npoints = "hai"',
        "bonus[0].points: not a number of points: 'hai'",
    ),
    "bonus zero": (
        'thời gian quy định"\npoints = "2"',
        'thời gian quy định"\npoints = "0"',
        "bonus[0].points: must be above 0",
    ),
    "bonus twice": ('"thuong-2"', '"thuong-1"', "penalty[1].code: 'thuong-1' stands twice"),
    "band order": ('from = "80"', 'from = "69"', "bands[2].from: must lie below the band before"),
    "last band": ('from = "0"', 'from = "1"', "bands[4].from: the last band must begin at 0"),
    "weekend": ("weekend = [6, 7]", "weekend = [0]", "working_calendar.weekend[0]: must be a day of the week"),
    "weekend list": ("weekend = [6, 7]", "weekend = [[6]]", "working_calendar.weekend[0]: must be a day of the week"),
    "holiday": ("holidays = [2021-09-02", 'holidays = ["2/9"', "working_calendar.holidays[0]: must be a date"),
    "quiet": ("starts = 20:00:00", 'starts = "21h"', "quiet_hours.starts: must be a time of day"),
    "catalogue kind": (
        'kinds = ["doi_tong_hop"',
        'kinds = ["doi_x"',
        "catalogues[0].kinds[0]: there is no kind 'doi_x'",
    ),
    "catalogue twice": (
        'kinds = ["doi_tong_hop"',
        'kinds = ["doi_csgt"',
        "catalogues[0].kinds[0]: 'doi_csgt' has more",
    ),
    "exception unit": (PHASE_0, ADDED.replace("doi-csgt", "x"), "assignments[0].unit: there is no unit 'x'"),
    "exception kind": (
        PHASE_0,
        ADDED.replace('unit = "doi-csgt"', 'kind = "x"'),
        "assignments[0].kind: there is no kind",
    ),
    "exception both": (
        PHASE_0,
        ADDED.replace("unit =", 'kind = "doi_khac"\nunit ='),
        "assignments[0].unit: name either a unit or a kind",
    ),
    "exception lead": (
        PHASE_0,
        ADDED.replace('"add"', '"remove"\nlead = true'),
        'assignments[0].lead: goes with change = "add" only',
    ),
    "not toml": ("[decision]", "[decision", "file: cannot be read"),
}


def faults(text: str | bytes) -> tuple[str, ...]:
    with pytest.raises(PlanError) as caught:
        load(text if isinstance(text, bytes) else text.encode())
    return caught.value.problems


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_named_with_their_place(name: str) -> None:
    old, new, expected = FAULTS[name]
    assert old in TEXT
    problems = faults(TEXT.replace(old, new, 1))
    assert any(problem.startswith(expected) for problem in problems), problems


def test_all_faults_come_out_at_once() -> None:
    text = TEXT.replace('from = "0"', 'from = "1"').replace("due = 2021-07-14", 'due = "x"').replace('"web"]', '"fax"]')
    places = [re.split(r"[.:\[]", problem)[0] for problem in faults(text)]
    assert sorted(places) == ["allowed_channels", "bands", "deadlines"]


@pytest.mark.parametrize(
    "value",
    [
        "1",
        '""',
        "true",
        "[]",
        "[[1]]",
        "{a = 1}",
        "9999-12-31",
        "0001-01-01T00:00:00+14:00",
        "1.5",
        '["x"]',
        "07:00:00",
    ],
)
def test_no_value_breaks_the_reader(value: str) -> None:
    """Whatever stands behind a key, the answer is a plan or a list of problems."""
    lines = TEXT.splitlines()
    for number, line in enumerate(lines):
        if " = " in line and not line.startswith("#"):
            damaged = [*lines[:number], f"{line.split(' = ')[0]} = {value}", *lines[number + 1 :]]
            with contextlib.suppress(PlanError):
                load("\n".join(damaged).encode())


def test_an_empty_file_lists_everything_it_lacks() -> None:
    problems = faults(b"")
    assert "units: is missing" in problems
    assert "decision.number: is missing" in problems
    assert len(problems) > 25


def test_bytes_that_are_no_text() -> None:
    assert faults(b"\xff")[0].startswith("file: cannot be read")


def test_lists_that_must_not_be_empty() -> None:
    start, end = TEXT.index("[[bands]]"), TEXT.index("# --- When the office works")
    text = TEXT[:start] + TEXT[end:]
    assert "bands: is empty" in faults(text.replace("format = 1", "format = 1\nbands = []"))
    assert "bands[0]: must be a table" in faults(text.replace("format = 1", "format = 1\nbands = [1]"))
