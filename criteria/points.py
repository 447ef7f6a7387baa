"""Points as exact decimals: reading what people and annexes write, and writing them the Vietnamese way.

Used by catalogues, plans and texts.
"""

import re
import unicodedata
from decimal import Decimal

_WRITTEN = re.compile(r"([0-9]{1,4})(?:[.,]([0-9]{1,2}))?(?:\s*(?:đ|điểm))?", re.IGNORECASE)


def parse_points(text: str) -> Decimal:
    """Read "0,5", "0.5", "1" or "1,0 đ"; never negative, at most two decimals. `ValueError` for anything else.

    A dot before exactly three digits could be a thousands mark, so "1.000" is refused rather than guessed.
    """
    found = _WRITTEN.fullmatch(unicodedata.normalize("NFC", text).strip())
    if found is None:
        raise ValueError(f"not a number of points: {text!r}")
    whole, decimals = int(found[1]), (found[2] or "").rstrip("0")
    return Decimal(f"{whole}.{decimals}") if decimals else Decimal(whole)


def show_points(points: Decimal) -> str:
    """Write exactly, with a decimal comma and no trailing zeros: "0,5", "1", "9,75".

    Never rounds; `ValueError` for NaN and infinity.
    """
    if not points.is_finite():
        raise ValueError(f"not a number of points: {points}")
    text = format(points, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace(".", ",")
