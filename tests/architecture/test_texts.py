"""Vietnamese sentences live in handlers/texts and in templates. Docstrings and comments may quote a Vietnamese term."""

import ast
import unicodedata
from collections.abc import Iterator

from tests.architecture.sources import docstrings, modules, text

PLACES = ("handlers/texts/", "handlers/texts.py")
DATA = {
    "criteria/secrets.py": "the secret marks, as they stand on documents",
    "criteria/secret_words.py": "the words that secret marks are read by",
    "criteria/stamps.py": "what stands beside a secret stamp, and what only looks like one",
    "criteria/points.py": "how points are written in an annex",
    "criteria/catalogue.py": "how tiers are written in an annex",
    "criteria/search.py": "words people search with",
    "criteria/receipts.py": "the alphabet of receipt codes",
    "criteria/folding.py": "the letters that lose their marks",
}
MARKS = {"\u0300", "\u0301", "\u0302", "\u0303", "\u0306", "\u0309", "\u031b", "\u0323"}


def vietnamese(words: str) -> bool:
    """Whether a letter is Vietnamese and not English: Đ, or a Latin letter with one of the marks."""
    return "đ" in words.lower() or any(mark in MARKS for mark in unicodedata.normalize("NFD", words))


def sentences(source: str) -> Iterator[tuple[int, str]]:
    tree = ast.parse(source)
    exempt = {id(words) for words in docstrings(tree)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as words) if id(node) not in exempt and vietnamese(words):
                yield node.lineno, words


def test_vietnamese_lives_in_texts() -> None:
    names = [name for name in modules() if not name.startswith(PLACES) and name not in DATA]
    found = [f"{name}:{line}: {words!r}" for name in names for line, words in sentences(text(name))]
    assert not found, "\n".join(found)


def test_the_scan_sees_sentences_and_spares_docstrings() -> None:
    source = '''
"""Docstring: biên nhận."""
def receipt(code: str) -> str:
    """Biên nhận, a receipt."""
    # biên nhận
    plain = "receipt – “%s” …"
    return f"Đã lưu {code}" + "tệp"
'''
    assert [line for line, _ in sentences(source)] == [7, 7]
