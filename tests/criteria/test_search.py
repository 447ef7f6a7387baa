"""Holds the lookup of sub-criteria to how officers really type codes and titles."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.search import ABBREVIATIONS, find, parse_code


@dataclass(frozen=True, slots=True)
class Entry:
    code: str
    title: str


ENTRIES = [
    Entry("1.1.1", "Ban hành Kế hoạch CCHC năm của Công an huyện"),
    Entry("1.1.4", "Mức độ hoàn thành Kế hoạch CCHC năm"),
    Entry("1.3.1", "Ban hành Kế hoạch kiểm tra CCHC (riêng hoặc lồng ghép)"),
    Entry("1.4.1", "Ban hành Kế hoạch tuyên truyền CCHC (riêng hoặc lồng ghép trong Kế hoạch CCHC)"),
    Entry("1.4.2", "Mức độ hoàn thành Kế hoạch tuyên truyền CCHC"),
    Entry("1.4.3", "Hình thức tuyên truyền CCHC đa dạng, phù hợp tại cơ sở"),
    Entry("2.1.1", "Tham gia góp ý dự thảo văn bản quy phạm pháp luật theo yêu cầu"),
    Entry("2.2.2", "Phổ biến, quán triệt văn bản quy phạm pháp luật mới cho cán bộ, chiến sĩ"),
    Entry("3.1.1", "Ban hành Kế hoạch kiểm soát, rà soát TTHC năm"),
    Entry("3.2.1", "Niêm yết công khai đầy đủ TTHC, phí, lệ phí tại trụ sở tiếp công dân Công an huyện"),
    Entry("3.2.2", "Niêm yết công khai TTHC thuộc thẩm quyền tại trụ sở Công an xã, thị trấn"),
    Entry("3.2.3", "Cập nhật, thay thế kịp thời TTHC niêm yết khi có quyết định công bố mới"),
    Entry("7.1.2", "Tỷ lệ văn bản (trừ văn bản mật) được trao đổi dưới dạng điện tử"),
    Entry("7.2.1", "Tuyên truyền, hướng dẫn người dân sử dụng dịch vụ công trực tuyến"),
    Entry("7.3.1", "Xây dựng, duy trì Hệ thống quản lý chất lượng theo TCVN ISO 9001:2015"),
    Entry("8.2.1", "Tỷ lệ TTHC thuộc thẩm quyền được tiếp nhận, trả kết quả tại bộ phận một cửa"),
    Entry("8.4.1", "Tổ chức khảo sát, đo lường sự hài lòng theo kế hoạch của Công an tỉnh"),
]
CODES = [entry.code for entry in ENTRIES]


@pytest.mark.parametrize(
    "text",
    [
        "3.2.1", "321", "3 2 1", "3,2,1", "3-2-1", "tp3.2.1", "TP 321", "tc 3.2.1", "3.2.1.", "mục 3.2.1", "Mục: 3.2.1",
        "TCTP 3.2.1", "tiêu chí 3.2.1", "Tiêu chí thành phần 3.2.1", " 3. 2. 1 ", "３．２．１", "03.02.01", "#3.2.1",
        "(3.2.1)", "3.2.1 ảnh niêm yết", "3.2.1: ảnh", "3.2.1, 5 ảnh", "3.2.1 2021", "3.2.1 - 5 ảnh", "3.2 .1",
        "mục 321 ảnh", "mã số 3.2.1", "3.2.1. 5 ảnh",
    ],
)  # fmt: skip
def test_a_code_is_read_in_any_spelling(text: str) -> None:
    assert parse_code(text, CODES) == "3.2.1"


@pytest.mark.parametrize(
    "text",
    [
        "", "ảnh", "3", "3.2", "32", "3.2.9", "3.2.1.5", "3-2-1-2021", "3.2.1a", "3.2.1/QĐ", "3213", "321 hồ sơ",
        "1.000", "9" * 9999, "3." * 5000 + "3", "kế hoạch 3.2.1", "số 321", "-", "...", "2.1.1%", "15/6/2021",
    ],
)  # fmt: skip
def test_anything_else_is_not_guessed(text: str) -> None:
    assert parse_code(text, CODES) is None


def test_a_longer_text_may_begin_with_a_code() -> None:
    assert parse_code("3.2.2 kế hoạch tuyên truyền", CODES) == "3.2.2"


def test_digits_that_fit_two_codes_are_refused() -> None:
    assert parse_code("1112", ["1.1.12", "1.11.2"]) is None
    assert parse_code("1.11.2", ["1.1.12", "1.11.2"]) == "1.11.2"
    assert parse_code("1113", ["1.1.12", "1.11.3"]) == "1.11.3"


@given(st.text(), st.sets(st.from_regex(r"[1-9](\.[1-9]){1,3}", fullmatch=True)))
def test_only_members_are_returned(text: str, codes: set[str]) -> None:
    assert parse_code(text, codes) in {None, *codes}


@given(st.sampled_from(CODES), st.sampled_from(". ,-"), st.sampled_from(["", "tp", "TC ", "mục "]))
def test_every_code_is_found_with_every_joint(code: str, joint: str, label: str) -> None:
    assert parse_code(label + code.replace(".", joint), CODES) == code


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("niêm yết", ["3.2.1", "3.2.2", "3.2.3"]),
        ("niem yet xa", ["3.2.2"]),
        ("NIÊM YẾT công khai", ["3.2.1", "3.2.2"]),
        ("kế hoạch tuyên truyền", ["1.4.1", "1.4.2"]),
        ("tuyên truyền", ["1.4.1", "1.4.2", "1.4.3", "7.2.1"]),
        ("tuyên truyền kế hoạch", ["1.4.1", "1.4.2"]),
        ("kh cchc", ["1.1.1", "1.1.4", "1.4.1", "1.3.1", "1.4.2"]),
        ("cải cách hành chính kiểm tra", ["1.3.1"]),
        ("thủ tục hành chính rà soát", ["3.1.1"]),
        ("tthc ra soat", ["3.1.1"]),
        ("1 cửa", ["8.2.1"]),
        ("một cửa", ["8.2.1"]),
        ("vb qppl", ["2.1.1", "2.2.2"]),
        ("cbcs", ["2.2.2"]),
        ("dvc", ["7.2.1"]),
        ("khảo sát", ["8.4.1"]),
        ("iso 9001", ["7.3.1"]),
        ("3.2", ["3.2.1", "3.2.2", "3.2.3"]),
        ("32", ["3.2.1", "3.2.2", "3.2.3"]),
        ("3.2.2", ["3.2.2"]),
        ("3.2 công khai", ["3.2.1", "3.2.2"]),
        ("3", ["3.1.1", "3.2.1", "3.2.2", "3.2.3"]),
        ("niêm yết tàu thủy", []),
        ("yêm", []),
        ("", []),
        ("?!", []),
    ],
)
def test_words_find_titles(query: str, codes: list[str]) -> None:
    assert [entry.code for entry in find(query, ENTRIES)] == codes


@given(st.sampled_from(ENTRIES))
def test_every_entry_is_found_by_its_title_and_leads_by_its_code(entry: Entry) -> None:
    assert entry in find(entry.title, ENTRIES)
    assert find(entry.code, ENTRIES)[0] == entry


@given(st.text())
def test_nothing_is_found_twice_or_invented(query: str) -> None:
    found = find(query, ENTRIES)
    assert len(set(found)) == len(found)
    assert set(found) <= set(ENTRIES)


def test_abbreviations_are_folded_words() -> None:
    assert all(short.isascii() and short.isalnum() and full.isascii() for short, full in ABBREVIATIONS.items())
