"""Holds folding to what search and file lists count on."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.folding import NAMELESS, display_name, fold, is_hidden, nfc, one_line


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Kế hoạch CCHC năm 2021", "ke hoach cchc nam 2021"),
        ("ĐIỀU ĐỘNG, luân chuyển", "dieu dong luan chuyen"),
        ("ke_hoach--so 05/KH-CAX.pdf", "ke hoach so 05 kh cax pdf"),
        ("  ", ""),
        ("", ""),
        ("Nghị quyết “một cửa” – 2021", "nghi quyet mot cua 2021"),
        (unicodedata.normalize("NFD", "Tuyên truyền"), "tuyen truyen"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_fold_says_the_same_of_every_form_and_of_its_own_answer(text: str) -> None:
    folded = fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == folded
    assert fold(folded) == folded
    assert folded == " ".join(folded.split())


def test_nfc_joins_letters_and_marks() -> None:
    assert nfc(unicodedata.normalize("NFD", "Mật độ")) == "Mật độ"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Kế hoạch.pdf", "Kế hoạch.pdf"),
        (unicodedata.normalize("NFD", "Kế hoạch.pdf"), "Kế hoạch.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\cax\\Báo cáo.docx", "Báo cáo.docx"),
        ("a/b\\c.pdf", "c.pdf"),
        ("bao\u202ecao\u202cfdp.exe", "baocaofdp.exe"),
        ("k\u200bế\u200d \t hoạch\r\n.pdf", "kế hoạch .pdf"),
        ("e\u200b\u0301.pdf", "é.pdf"),
        ("ảnh\x00\x1b[31m.jpg", "ảnh[31m.jpg"),
        ("ảnh\ud800.jpg", "ảnh.jpg"),
        ("", NAMELESS),
        ("..", NAMELESS),
        ("thư mục/", NAMELESS),
        ("\u200b\u2066", NAMELESS),
        (".pdf", ".pdf"),
    ],
)
def test_display_name(name: str, shown: str) -> None:
    assert display_name(name) == shown


@pytest.mark.parametrize(
    ("name", "limit", "shown"),
    [
        ("Báo cáo kết quả quý I.docx", 20, "Báo cáo kết qu….docx"),
        ("Báo cáo kết quả quý I. Bản ký số lần hai", 20, "Báo cáo kết quả quý…"),
        ("khongcoduoi" * 3, 10, "khongcodu…"),
        ("a.pdf", 5, "a.pdf"),
        ("abcdef.pdf", 5, "abcd…"),
    ],
)
def test_a_long_name_keeps_its_extension(name: str, limit: int, shown: str) -> None:
    assert display_name(name, limit) == shown


@given(st.text(), st.integers(8, 60))
def test_display_name_is_always_safe_to_show(name: str, limit: int) -> None:
    shown = display_name(name, limit)
    assert 0 < len(shown) <= limit
    assert not any(is_hidden(char) or char in "/\\\n" for char in shown)
    assert display_name(shown, limit) == shown
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [
        ("  chưa rõ\n\n ngày ký ", 40, "chưa rõ ngày ký"),
        ("ảnh mờ quá, chụp lại", 10, "ảnh mờ qu…"),
        ("đúng mười.", 10, "đúng mười."),
        ("\u202eđảo\u2069", 10, "đảo"),
        ("", 10, ""),
        ("ab", 1, "…"),
        ("ab", 0, ""),
    ],
)
def test_one_line(text: str, limit: int, line: str) -> None:
    assert one_line(text, limit) == line


@given(st.text(), st.integers(0, 50))
def test_one_line_keeps_its_limit(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line == " ".join(line.split())
