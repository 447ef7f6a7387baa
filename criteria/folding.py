"""Owns how typed text is compared and shown: folded for search, cleaned for lists and reasons.

Called by the other modules of `criteria`, and by every floor that shows a file name or a reason somebody typed.
"""

import re
import unicodedata

NAMELESS = "tệp"

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})
# Letters and marks by category, yet drawn as nothing: they would let two different names look the same.
_HIDDEN_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0")
_LONGEST_EXTENSION = 10
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


def nfc(text: str) -> str:
    """Return `text` in composed form: phones and Macs send Vietnamese letters in pieces."""
    return unicodedata.normalize("NFC", text)


def unaccented(text: str) -> str:
    """Return `text` in lower case without diacritics and with đ as d; everything else stays."""
    pieces = unicodedata.normalize("NFD", nfc(text).lower())
    return "".join(char for char in pieces if unicodedata.category(char) != "Mn").replace("đ", "d")


def fold(text: str) -> str:
    """Return the words of `text` for comparison: `unaccented`, one blank for every run of other characters."""
    return _NOT_ALPHANUMERIC.sub(" ", unaccented(text)).strip()


def is_hidden(char: str) -> bool:
    """Tell whether `char` draws nothing or turns the writing direction: control, zero-width, bidi, lone surrogate."""
    return char in _HIDDEN_LETTERS or "\ufe00" <= char <= "\ufe0f" or unicodedata.category(char) in _HIDDEN_CATEGORIES


def one_line(text: str, limit: int) -> str:
    """Return `text` as one clean line of at most `limit` characters, cut with an ellipsis; may be empty."""
    blanked = (" " if char.isspace() else char for char in text)
    # Composed last: a zero-width character may have stood between a letter and its mark.
    line = nfc(" ".join("".join(char for char in blanked if not is_hidden(char)).split()))
    return line if len(line) <= limit else line[: max(limit - 1, 0)].rstrip() + "…"[:limit]


def display_name(name: str, limit: int = 120) -> str:
    """Return the file name as it may be shown: at most `limit` characters, without folders, never empty.

    The sender chose the name, so nothing hidden in it survives; a long one is cut before its extension.
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = one_line(last, len(last) + 1)
    if shown.strip(". ") == "":
        return NAMELESS
    if len(shown) <= limit:
        return shown
    stem, dot, extension = shown.rpartition(".")
    room = limit - len(extension) - 1
    if not stem or " " in extension or len(extension) > _LONGEST_EXTENSION or room < 2:
        return one_line(shown, limit)
    return one_line(stem, room) + dot + extension
