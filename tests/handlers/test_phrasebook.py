"""The page of all words, for the office to proofread: `docs/cau-chu.md`. After a change that is meant:
`pytest tests/handlers --update-transcripts`.
"""

import pkgutil
import re
import unicodedata
from pathlib import Path
from typing import Final

import handlers.texts
from handlers.texts import pages
from tests.handlers import phrasebook

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "cau-chu.md"
FOREIGN: Final = re.compile(
    r"\b(error|file|upload|invalid|button|please|user|admin|login|click|token|ok)\b", re.IGNORECASE
)


def test_the_page_is_up_to_date(updating: bool) -> None:
    written = phrasebook.page()
    if updating:
        PAGE.write_text(written, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written


def test_every_module_of_texts_is_on_the_page() -> None:
    modules = {module.__name__.rpartition(".")[2] for _, module in phrasebook.MODULES}
    assert modules == {info.name for info in pkgutil.iter_modules(handlers.texts.__path__)}


def test_texts_are_clean_and_vietnamese() -> None:
    for _, module in phrasebook.MODULES:
        for text in phrasebook.texts(module):
            assert text == unicodedata.normalize("NFC", text)
            assert not FOREIGN.search(text), text
            assert "None" not in text
            if "console" not in module.__name__:
                assert not re.search(r" {2}| [,;:!?]| \.(?!\w)|\.\.|\{|\}", text), text


def test_the_page_shows_what_the_pages_say() -> None:
    assert pages.NOT_FOUND in phrasebook.page()
