"""Owns receipt codes: what the bot says after "đã lưu", and what a person types back to find the file again.

Eight characters carry 40 random bits, the ninth checks them. The check is a weighted sum over the field GF(32),
position i weighing a^i for a primitive element a, with every valid code summing to zero (a one-symbol Reed-Solomon
check, in the family of Damm's and ISO 7064's schemes). One wrong character changes the sum by weight x difference,
two exchanged characters by (weight - weight) x difference; in a field neither product is zero as the nine weights are
nonzero and all different, so every such slip is caught. ISO 7064 itself has no system whose check stays inside 32
symbols.
"""

import re
import unicodedata

from criteria.folding import fold

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_DATA = 8
_GROUP = 3
_BITS = 5
_MODULUS = 0b100101  # x^5 + x^2 + 1 is primitive: the powers of 2 run through all 31 nonzero elements.
_VALUES = {char: value for value, char in enumerate(ALPHABET)}
_AS_READ = str.maketrans("OIL", "011")
# "BN" are data characters too, so they are a label only when a whole code follows.
_TYPED = re.compile(rf"(?:biennhan|bn)?([0-9a-z]{{{_DATA + 1}}})")


def make(random: bytes) -> str:
    """Return the receipt code for the first five bytes of `random`, such as "4K7-Q2M-9XQ".

    Raises ValueError when there are fewer than five bytes.
    """
    needed = _DATA * _BITS // 8
    if len(random) < needed:
        raise ValueError(f"a receipt code needs {needed} random bytes, got {len(random)}")
    number = int.from_bytes(random[:needed], "big")
    data = "".join(ALPHABET[number >> (_BITS * place) & 31] for place in reversed(range(_DATA)))
    return _grouped(data + ALPHABET[_times_a(_weighed(data))])


def parse(typed: str) -> str | None:
    """Return the code as `make` wrote it, or None when `typed` is not a valid code.

    Case, blanks, dashes and a leading "BN" or "biên nhận" do not matter; O is read as 0, I and L as 1.
    """
    match = _TYPED.fullmatch(fold(unicodedata.normalize("NFKC", typed)).replace(" ", ""))
    if match is None:
        return None
    code = match[1].upper().translate(_AS_READ)
    if any(char not in _VALUES for char in code) or _weighed(code) != 0:
        return None
    return _grouped(code)


def _times_a(value: int) -> int:
    doubled = value << 1
    return doubled ^ _MODULUS if doubled > 31 else doubled


def _weighed(code: str) -> int:
    total = 0
    for char in code:
        total = _times_a(total) ^ _VALUES[char]
    return total


def _grouped(code: str) -> str:
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
