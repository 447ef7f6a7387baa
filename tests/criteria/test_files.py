"""What may come in, judged by the declared name, type and size alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.files import (
    KINDS,
    TELEGRAM_MAX,
    WEB_MAX,
    FileFlag,
    FileGroup,
    FileKind,
    FileRefused,
    RefusalReason,
    admit,
    extension_of,
)

LIMIT = TELEGRAM_MAX


def refusal(name: str, size: int | None = 1000, mime: str = "") -> RefusalReason:
    with pytest.raises(FileRefused) as caught:
        admit(name, size, LIMIT, mime)
    return caught.value.reason


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_every_kind_comes_in_by_any_of_its_names(kind: FileKind) -> None:
    for extension in kind.extensions:
        assert admit(f"Báo cáo quý 3.{extension}", 1000, LIMIT) is kind
        assert admit(f"BAOCAO.{extension.upper()}", 1000, LIMIT) is kind
    assert admit("", 1000, LIMIT, kind.mime) is kind


def test_old_office_comes_in_with_a_warning() -> None:
    assert {kind.code for kind in KINDS.values() if FileFlag.OLD_OFFICE in kind.flags} == {"doc", "xls", "ppt"}
    assert {kind.code for kind in KINDS.values() if kind.group is FileGroup.IMAGE} == {"jpg", "png", "heic"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a.exe", RefusalReason.TYPE_NOT_ALLOWED),
        ("report.pdf.exe", RefusalReason.TYPE_NOT_ALLOWED),
        ("film.mov", RefusalReason.TYPE_NOT_ALLOWED),
        ("film.m4v", RefusalReason.TYPE_NOT_ALLOWED),
        ("page.html", RefusalReason.TYPE_NOT_ALLOWED),
        ("drawing.svg", RefusalReason.TYPE_NOT_ALLOWED),
        ("app.apk", RefusalReason.TYPE_NOT_ALLOWED),
        ("a.zip", RefusalReason.ARCHIVE),
        ("a.RAR", RefusalReason.ARCHIVE),
        ("a.7z", RefusalReason.ARCHIVE),
        ("a.tar.gz", RefusalReason.ARCHIVE),
        ("a.docm", RefusalReason.MACRO),
        ("a.xlsm", RefusalReason.MACRO),
        ("scan", RefusalReason.NO_EXTENSION),
        ("", RefusalReason.NO_EXTENSION),
    ],
)
def test_what_stays_out(name: str, reason: RefusalReason) -> None:
    assert refusal(name) is reason


def test_a_name_without_extension_goes_by_its_declared_type() -> None:
    assert admit("image", 1, LIMIT, "image/jpeg").code == "jpg"
    assert admit("", 1, LIMIT, "Image/HEIF; charset=x").code == "heic"
    assert admit("image.png", 1, LIMIT, "image/jpeg").code == "png"
    assert refusal("program", mime="application/x-msdownload") is RefusalReason.TYPE_NOT_ALLOWED


def test_sizes() -> None:
    assert TELEGRAM_MAX == 20 * 1024 * 1024
    assert WEB_MAX == 200 * 1024 * 1024
    assert admit("a.pdf", LIMIT - 1, LIMIT)
    assert admit("a.pdf", LIMIT, LIMIT)
    assert admit("a.pdf", None, LIMIT)
    assert refusal("a.pdf", LIMIT + 1) is RefusalReason.TOO_LARGE
    assert refusal("a.pdf", 2 * 1024**3) is RefusalReason.TOO_LARGE
    assert refusal("a.pdf", 0) is RefusalReason.EMPTY
    assert refusal("a.pdf", -1) is RefusalReason.EMPTY
    assert refusal("a.exe", LIMIT + 1) is RefusalReason.TYPE_NOT_ALLOWED


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("a.PDF", "pdf"),
        ("a.pdf ", "pdf"),
        ("a.pdf.", "pdf"),
        ("a.p\u200bdf", "pdf"),
        ("\u202efdp.exe", "exe"),
        ("a.exe\u202e", "exe"),
        ("a.pdf\nb.jpg", "jpg"),
        ("a\x00.jpg", "jpg"),
        ("a.\uff50\uff44\uff46", "pdf"),
        (".png", "png"),
        ("Quyết định số 12.2026", ""),
        ("Tờ trình.của xã", ""),
        ("😀.jpg", "jpg"),
        ("CON.jpg", "jpg"),
        ("x" * 300 + ".jpg", "jpg"),
        ("Đ", ""),
    ],
)
def test_extensions(name: str, extension: str) -> None:
    assert extension_of(name) == extension


@given(st.text(), st.integers() | st.none(), st.text(max_size=30))
def test_any_name_gets_one_answer(name: str, size: int | None, mime: str) -> None:
    try:
        kind = admit(name, size, LIMIT, mime)
    except FileRefused:
        return
    assert extension_of(name) in ("", *kind.extensions)
    assert size is None or 0 < size <= LIMIT
