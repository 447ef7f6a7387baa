"""A file that is stamped secret is refused whatever its format; one that is about secrecy, or damaged, is not."""

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from criteria.files import KINDS, RefusalReason, Refused
from storage.checking import parsers, zygote
from storage.checking.pool import Checker
from tests import hostile
from tests.criteria.test_secrets import INNOCENT_PAGES, STAMPED_PAGES
from tests.hostile import MIB, Placed, lines_down, word_art, word_box, word_paragraphs, word_part

Put = Callable[[bytes], Path]
Build = Callable[[str], bytes]

HONEST = "CÔNG AN HUYỆN\nKẾ HOẠCH\nbảo vệ bí mật nhà nước năm 2021\nQuản lý văn bản mật, mật khẩu, mật độ."
BODY = [f"Dòng {number} của kế hoạch nói về công tác bảo vệ bí mật nhà nước." for number in range(300)]

# How one text becomes a file of each format.
FORMATS: dict[str, Build] = {
    "pdf": lambda text: hostile.text_pdf(lines_down(text)),
    "docx": lambda text: hostile.text_docx(word_paragraphs(text)),
    "xlsx": lambda text: hostile.text_xlsx([line.split("\t") for line in text.splitlines()]),
    "pptx": hostile.text_pptx,
    "doc": hostile.text_doc,
    "xls": hostile.text_xls,
    "ppt": hostile.text_ppt,
}


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(data: bytes) -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.scratch"
        path.write_bytes(data)
        return path

    return write


def secret(level: str) -> dict[str, str]:
    return {"refused": RefusalReason.SECRET, "detail": level}


def beside(stamp: Placed) -> bytes:
    return hostile.text_pdf([*lines_down("\n".join(BODY[:30])), stamp])


def on_page(number: int, of: int) -> bytes:
    return hostile.text_pdf(*(lines_down(f"{HONEST}\nMẬT" if page == number else HONEST) for page in range(of)))


def header(text: str) -> dict[str, str | bytes]:
    return {"word/header1.xml": word_part("hdr", word_paragraphs(text))}


def split_stamp() -> str:
    runs = "".join(f"<w:r><w:t>{piece}</w:t></w:r>" for piece in ("T", "ỐI M", "ẬT"))
    return f"<w:p>{runs}</w:p>"


def shown_in_capitals(value: str = "") -> str:
    return f"<w:p><w:r><w:rPr><w:caps{value}/></w:rPr><w:t>Tuyệt mật</w:t></w:r></w:p>"


PLACES: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    # PDF
    "left of another column": ("pdf", "mat", lambda: beside(Placed("MẬT", 60, 800))),
    "beside the number": (
        "pdf",
        "mat",
        lambda: hostile.text_pdf([Placed("Số: 12/BC", 60, 750), Placed("MẬT", 200, 750), Placed("Hà Nội", 400, 750)]),
    ),
    "turned upright": ("pdf", "mat", lambda: beside(Placed("MẬT", 570, 400, 90, 30))),
    "turned down": ("pdf", "mat", lambda: beside(Placed("MẬT", 20, 400, 270))),
    "across the page": ("pdf", "tuyet_mat", lambda: beside(Placed("TUYỆT MẬT", 100, 200, 45, 60))),
    "upside down": ("pdf", "toi_mat", lambda: beside(Placed("TỐI MẬT", 500, 30, 180))),
    "third page": ("pdf", "mat", lambda: on_page(2, 8)),
    "last page": ("pdf", "mat", lambda: on_page(7, 8)),
    "note": ("pdf", "mat", lambda: hostile.text_pdf(lines_down(HONEST), change=hostile.add_note("MẬT"))),
    "drawn by a note": (
        "pdf",
        "toi_mat",
        lambda: hostile.text_pdf(lines_down(HONEST), change=hostile.add_note("", "TỐI MẬT")),
    ),
    "field": ("pdf", "mat", lambda: hostile.text_pdf(lines_down(HONEST), change=hostile.add_field("MẬT"))),
    "title": ("pdf", "toi_mat", lambda: hostile.pdf(change=hostile.add_title("Kế hoạch (TỐI MẬT)"))),
    "metadata": ("pdf", "mat", lambda: hostile.pdf(change=hostile.add_metadata("Độ mật: Mật & khẩn"))),
    # docx
    "header": ("docx", "mat", lambda: hostile.text_docx(word_paragraphs(HONEST), header("MẬT"))),
    "text box": ("docx", "mat", lambda: hostile.text_docx(word_paragraphs(HONEST) + word_box("MẬT"))),
    "text box far down": (
        "docx",
        "mat",
        lambda: hostile.text_docx(word_paragraphs("\n".join(BODY)) + word_box("MẬT")),
    ),
    "watermark": (
        "docx",
        "tuyet_mat",
        lambda: hostile.text_docx(
            word_paragraphs(HONEST), {"word/header2.xml": word_part("hdr", word_art("TUYỆT MẬT"))}
        ),
    ),
    "written in pieces": ("docx", "toi_mat", lambda: hostile.text_docx(split_stamp())),
    "shown in capitals": ("docx", "tuyet_mat", lambda: hostile.text_docx(shown_in_capitals())),
    "before a tab": (
        "docx",
        "mat",
        lambda: hostile.text_docx("<w:p><w:r><w:t>MẬT</w:t><w:tab/><w:t>Hà Nội, ngày 5</w:t></w:r></w:p>"),
    ),
    "docx title": ("docx", "mat", lambda: hostile.text_docx(word_paragraphs(HONEST), hostile.properties("BC mật"))),
    "workbook in a text": (
        "docx",
        "mat",
        lambda: hostile.docx_with_part("word/embeddings/a.xlsx", hostile.text_xlsx([["MẬT"]])),
    ),
    # xlsx
    "header of a sheet": (
        "xlsx",
        "mat",
        lambda: hostile.text_xlsx([["a"]], lambda book, sheet: sheet.set_header('&LSố 1&C&"Times,Bold"&14MẬT')),
    ),
    "cell without shared strings": (
        "xlsx",
        "toi_mat",
        lambda: hostile.text_xlsx([["a", "TỐI MẬT"]], constant_memory=True),
    ),
    "result of a formula": (
        "xlsx",
        "mat",
        lambda: hostile.text_xlsx([["a"]], lambda book, sheet: sheet.write_formula(1, 1, '="MẬT"', None, "MẬT")),
    ),
    "box on a sheet": (
        "xlsx",
        "mat",
        lambda: hostile.text_xlsx([["a"]], lambda book, sheet: sheet.insert_textbox(3, 3, "MẬT")),
    ),
    "second sheet": (
        "xlsx",
        "mat",
        lambda: hostile.text_xlsx([["a"]], lambda book, sheet: book.add_worksheet().write(2, 2, "MẬT")),
    ),
    "xlsx title": (
        "xlsx",
        "mat",
        lambda: hostile.text_xlsx([["a"]], lambda book, sheet: book.set_properties({"title": "Danh sách (MẬT)"})),
    ),
    # the rest
    "master of the slides": ("pptx", "mat", lambda: hostile.text_pptx(HONEST, "MẬT")),
    "doc in an old font": ("doc", "tuyet_mat", lambda: hostile.text_doc("c«ng an huyÖn\ntuyÖt mËt", "latin-1")),
    "doc of Windows 95": ("doc", "mat", lambda: hostile.text_doc("huyên\nMÂ\u0323T", "cp1258")),
    "doc title": ("doc", "mat", lambda: hostile.doc(hostile.summary_of("Báo cáo mật"))),
    "edge of an old sheet": (
        "xls",
        "mat",
        lambda: hostile.xls(hostile.bound_sheet(0), hostile.record(0x0014, hostile.xls_string("&CMẬT"))),
    ),
    "box on an old sheet": (
        "xls",
        "mat",
        lambda: hostile.xls(
            hostile.bound_sheet(0), hostile.record(0x003C, b"\1" + "MẬT".encode("utf-16-le")), stream="Workbook"
        ),
    ),
    "label of Excel 95": (
        "xls",
        "mat",
        lambda: hostile.xls(hostile.bound_sheet(0), hostile.record(0x0204, bytes(6) + b"\3\0M\xcbT"), stream="Book"),
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_stamp_is_seen_where_it_may_stand(place: str, put: Put) -> None:
    kind, level, build = PLACES[place]
    assert parsers.check(put(build()), kind) == secret(level)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(("text", "level"), STAMPED_PAGES, ids=range(len(STAMPED_PAGES)))
def test_a_stamped_page_is_refused_in_every_format(kind: str, text: str, level: str, put: Put) -> None:
    assert parsers.check(put(FORMATS[kind](text)), kind) == secret(level)


@pytest.mark.parametrize("kind", FORMATS)
def test_innocent_pages_are_kept_in_every_format(kind: str, put: Put) -> None:
    answers = {text: parsers.check(put(FORMATS[kind](text)), kind) for text in INNOCENT_PAGES}
    assert {text: answer for text, answer in answers.items() if answer.get("kind") != kind} == {}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("pdf", lambda: on_page(4, 8)),
        ("docx", lambda: hostile.text_docx(word_paragraphs("\n".join([*BODY, "MẬT"])))),
        ("docx", lambda: hostile.text_docx(shown_in_capitals(' w:val="0"'))),
        ("xlsx", lambda: hostile.text_xlsx([*([line] for line in BODY[:50]), ["MẬT"]])),
        ("pdf", lambda: hostile.text_pdf([Placed("BẢO", 60), Placed("MẬT", 96)])),
    ],
)
def test_what_is_not_looked_at(kind: str, data: Callable[[], bytes], put: Put) -> None:
    assert parsers.check(put(data()), kind)["kind"] == kind


async def test_the_level_is_all_that_leaves(put: Put) -> None:
    checker = Checker()
    result = await checker.check(put(FORMATS["docx"](f"{HONEST}\nTUYỆT MẬT")), KINDS["docx"])
    await checker.close()
    assert (result.verdict, result.detail) == (Refused(RefusalReason.SECRET), "tuyet_mat")


# --- a damaged text layer -----------------------------------------------------------------------------------------


def damaged(data: bytes, seed: int) -> bytes:
    """The same PDF with noise in what its streams hold: its structure stays whole."""
    dice, out, start = random.Random(seed), bytearray(data), 0
    while (start := data.find(b"stream\n", start)) >= 0:
        stop = data.find(b"\nendstream", start)
        for _ in range(dice.choice((0, 1, 5, 40)) if stop > start + 8 else 0):
            out[dice.randrange(start + 7, stop)] = dice.randrange(256)
        start += 7 if stop < 0 else stop - start + len(b"\nendstream")
    return bytes(out)


def rough(document: pikepdf.Pdf) -> None:
    """Everything that is read for its text is of a wrong kind."""
    document.pages[0].Annots = pikepdf.Array([7, pikepdf.String("a"), pikepdf.Dictionary(Contents=pikepdf.Name.A)])
    document.pages[1].Annots = pikepdf.String("none")
    document.pages[2].Resources.Font.F1.ToUnicode = pikepdf.Name.None_
    document.Root.AcroForm = pikepdf.Dictionary(
        Fields=pikepdf.Array([1, pikepdf.Dictionary(Kids=5, V=b"\xfe\xff\xd8")])
    )
    document.Root.Metadata = document.make_stream(b"\xff" * 99)
    document.docinfo["/Title"] = pikepdf.Array([1])


def in_child(path: Path, kind: str) -> dict[str, object]:
    return zygote.run_in_child(partial(parsers.check, path, kind), 20, 512 * MIB)


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_text_layer_stops_nothing_honest(seed: int, put: Put) -> None:
    whole = hostile.text_pdf(lines_down(HONEST), lines_down(HONEST), change=hostile.add_note(HONEST, "bí mật"))
    assert in_child(put(damaged(whole, seed)), "pdf")["kind"] == "pdf"


def test_wrong_kinds_of_objects_stop_nothing_honest(put: Put) -> None:
    path = put(hostile.text_pdf(*([lines_down(HONEST)] * 3), change=rough))
    assert in_child(path, "pdf")["kind"] == "pdf"


def test_a_pdf_that_only_the_first_parser_opens_is_kept(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise pypdfium2.PdfiumError("no")

    path = put(hostile.text_pdf(lines_down(HONEST)))
    for name in ("PdfDocument.__init__", "PdfDocument.get_page", "PdfPage.get_textpage"):
        with monkeypatch.context() as patch:
            patch.setattr(f"pypdfium2.{name}", fail)
            assert parsers.check(path, "pdf")["kind"] == "pdf"


@pytest.mark.parametrize("kind", FORMATS)
def test_noise_in_any_stamped_file_is_survived(kind: str, put: Put) -> None:
    data = FORMATS[kind](f"{HONEST}\nMẬT")
    for seed in range(10):
        dice, changed = random.Random(seed), bytearray(data)
        for _ in range(dice.choice((1, 5, 50))):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        answer = in_child(put(bytes(changed)), kind)
        assert not str(answer.get("detail", "")).startswith("signal"), (seed, answer)


def test_property_streams_of_noise_are_survived(put: Put) -> None:
    for seed in range(20):
        path = put(hostile.doc({"\x05SummaryInformation": hostile.noise(5000, seed)}))
        assert in_child(path, "doc")["kind"] == "doc"
