"""Recognises the stamp of a secret document in its text: the mark alone on a line, or filled in after "Độ mật".

Its door is `criteria.secrets`. A stamp stands apart, in capitals; secrecy as a topic fills whole sentences, and a form
names all levels next to each other. In doubt it says stamp: a person can undo that, but not a leak.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import groupby

from criteria.secret_words import (
    DO,
    LOOK_ALIKES,
    LOOSE,
    MAT,
    PLAIN,
    TOI,
    TUYET,
    Phrase,
    Word,
    before,
    is_bare,
    phrases_of,
    read,
    strictest,
)

# May follow the mark on its line without making a sentence of it.
_COMPANIONS = phrases_of(
    "bản số, bản sao số, độ khẩn, khẩn, thượng khẩn, hỏa tốc, hoả tốc, hẹn giờ, thời hạn bảo vệ, trang"
)
_COPY = phrases_of("bản số, bản sao số")
_TITLE = phrases_of("tài liệu")  # "TÀI LIỆU MẬT" across a page
_SCALE = phrases_of("mức, cấp")  # "Mức độ mật"
_OF = frozenset(form for (forms,) in phrases_of("của, văn, bản, tài, liệu, hồ, sơ, này") for form in forms)
_ORDINARY = frozenset(form for (forms,) in phrases_of("thường, bình, không") for form in forms)
_OR = frozenset({"hoặc", "hay", "và"})
# A heading that was broken before or after its "MẬT". No more than these: "VĨNH BẢO" and "UÔNG BÍ" are places.
_HALVES = frozenset({"bảo", "bí"})
_BROKEN_BEFORE = phrases_of(
    "an toàn bảo, an ninh bảo, chế bảo, chế độ bảo, định bảo, kết bảo, tác bảo, tính bảo, và bảo, về bảo, "
    "giữ bí, giữ gìn bí, lọt bí, lộ bí, mục bí, phạm bí, tác bí, vệ bí"
)
_BROKEN_AFTER = phrases_of("khẩu, độ, mã, ngữ")
_NEXT_THING = phrases_of("độ khẩn, mã số, mã hồ sơ")  # begins anew after a stamp

_LETTERS = 60  # a stamp with all its companions has fewer
_CHARACTERS = 1000
_APART = re.compile(r"\t|[^\S\r\n]{3,}|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029|¦│║]+")
_BOX = re.compile(r"([☐☑☒□■◻◼✓✔✗✘⊠🗆🗵🗹]|\[[ xXvV✓✔]?\]|\([xXvV✓✔]\))")
_EMPTY_BOXES = frozenset("☐□■◻◼🗆") | {"[]", "[ ]"}
_NUMBER_BEFORE = re.compile(r"[^\w(]*\d{1,3}\s*[-–—/\s]+\W*")  # the number of a page, not of an item
_NUMBER_AFTER = re.compile(r"[^\w:;=(]*\d{1,3}(?:/\d{1,3})?\W*")
_NO_LETTER = re.compile(r"[^a-z]+")
_HOLDS_MAT = re.compile(r"ma{1,2}j?t|met")  # without marks: also Telex and the old fonts
_FAR = 3  # so many pieces on, another level belongs to no list


class _Piece:
    """A part of a line that stands on its own. `level` if it is a mark, or the name of a level in whatever letters."""

    def __init__(self, text: str, ticked: bool | None = None) -> None:
        self.text = text
        self.ticked = ticked  # None without a box
        self.level, self.sure = _look(self.words) if may_hold_mark(text) else (None, False)

    @cached_property
    def words(self) -> list[Word]:
        return read(self.text)

    @property
    def inner(self) -> list[Word]:
        return self.words[1:-1]


def find_stamp(lines: Iterable[str]) -> str | None:
    """Return the strictest level of `MARK_LEVELS` that the lines are stamped with, or None.

    A line is a line, paragraph, cell or text box as a reader sees it; tabs and wide gaps divide it further. A stamp is
    the mark in capitals with nothing beside it but frames, a copy number or an urgency, or it is filled in after "Độ
    mật" or ticked. All levels in a row are the choices of a form; broken headings ("… BẢO" / "MẬT") are no stamp.
    """
    pieces = _joined([piece for line in lines for piece in _pieces(line)])
    marks = [at for at, piece in enumerate(pieces) if piece.level]
    choices = _choices(pieces) if marks else frozenset()
    return strictest({_level_at(pieces, at) or "" for at in marks if at not in choices})


# --- Lines into pieces ------------------------------------------------------------------------------------------------


def _pieces(line: str) -> Iterator[_Piece]:
    if len(line) > _CHARACTERS:
        yield _Piece("")
        return
    for part in _APART.split(line):
        letters = _letters(part)
        if letters > _LETTERS:
            yield _Piece("")  # running text
        elif letters:
            yield from _options(part)


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _options(part: str) -> Iterator[_Piece]:
    first, *rest = _BOX.split(part)
    boxes, texts = rest[::2], [first, *rest[1::2]]
    ticks: list[bool | None] = [box not in _EMPTY_BOXES for box in boxes]
    after_its_words = bool(_letters(first)) and not _letters(texts[-1])  # "Thường ☐ Mật ☒"
    ticks = [*ticks, None] if after_its_words else [None, *ticks]
    for text, ticked in zip(texts, ticks, strict=True):
        if _letters(text):
            yield _Piece(text, ticked)


def may_hold_mark(text: str) -> bool:
    """Tell whether `text` may hold a "mật", without reading it word by word, which takes many times as long."""
    letters = _NO_LETTER.sub("", unicodedata.normalize("NFKD", text).translate(LOOK_ALIKES).lower())
    return _HOLDS_MAT.search(letters) is not None


def _look(words: list[Word]) -> tuple[str | None, bool]:
    """Return the level that the words are, and whether they are surely a mark and not only a level's name."""
    at = next((at for at, word in enumerate(words) if word.text in MAT), 0)
    if at == 0:
        return None, False
    if _is_label(words, at):
        at = _filled_in(words, at)
        return (_level_named(words, at), True) if at else (None, False)
    return (_level_named(words, at), words[at].capital) if _is_alone(words, at) else (None, False)


def _level_named(words: Sequence[Word], at: int) -> str:
    left = words[at - 1].text if LOOSE.fullmatch(words[at].gap) else ""
    return "tuyet_mat" if left in TUYET else "toi_mat" if left in TOI else "mat"


def _is_alone(words: list[Word], at: int) -> bool:
    """Tell whether nothing but companions, or the number of a page, stands beside the mark at `at`."""
    start = at if _level_named(words, at) == "mat" else at - 1
    if words[at].capital and before(words, start, _TITLE):
        start -= 2
    if start > 1:
        return False
    if following := words[at + 1 : -1]:
        return _opens_with(following, _COMPANIONS)
    left, right = words[1].gap, words[-1].gap
    if not any(map(str.isalnum, left + right)):
        return True
    numbered = not any(map(str.isalnum, left)) or _NUMBER_BEFORE.fullmatch(left)
    return bool(numbered and (_NUMBER_AFTER.fullmatch(right) or not right.strip()) and not is_bare(words[at]))


def _is_label(words: list[Word], at: int) -> bool:
    """Tell whether the "mật" at `at` is that of "Độ mật", at the beginning of the piece or after a stop."""
    if words[at - 1].text not in DO or not PLAIN.fullmatch(words[at].gap):
        return False
    start = at - 2 if before(words, at - 1, _SCALE) else at - 1
    return start == 1 or not PLAIN.fullmatch(words[start].gap)


def _filled_in(words: list[Word], at: int) -> int:
    """Return where the "mật" filled in after the label stands; 0 if there is none, or a choice of several."""
    value = at + 1
    while words[value].text in _OF:
        value += 1
    if words[value].text in TOI | TUYET:
        value += 1
    if words[value].text not in MAT:
        return 0
    following = words[value + 1]
    if following.text in MAT | TOI | TUYET | _ORDINARY | _OR:
        return 0
    ends = not PLAIN.fullmatch(following.gap) or _opens_with(words[value + 1 : -1], _COMPANIONS)
    return value if ends or not following.text else 0


def _opens_with(words: Sequence[Word], phrases: Iterable[Phrase]) -> bool:
    return any(
        len(words) >= len(phrase) and all(word.text in forms for word, forms in zip(words, phrase, strict=False))
        for phrase in phrases
    )


def _joined(pieces: list[_Piece]) -> list[_Piece]:
    """Return the pieces with letters that stand one below the other put together again."""
    joined: list[_Piece] = []
    for single, run in groupby(pieces, key=lambda piece: _letters(piece.text) == 1):
        column = list(run)
        joined += [_Piece(" ".join(piece.text for piece in column))] if single and len(column) > 1 else column
    return joined


# --- Pieces among their neighbours ------------------------------------------------------------------------------------


def _level_at(pieces: list[_Piece], at: int) -> str | None:
    """Return the level stamped by the piece at `at`, or None if it only names one."""
    piece, above, below = pieces[at], _at(pieces, at - 1), _at(pieces, at + 1)
    if piece.ticked or _asks(above):
        return piece.level
    if not piece.sure:
        near = (*pieces[max(0, at - 2) : at], *pieces[at + 1 : at + 3])
        return piece.level if any(_opens_with(other.inner, _COPY) for other in near) else None
    if piece.level == "mat" and len(piece.inner) == 1:
        if _is_broken_heading(above, below):
            return None
        if len(above.inner) == 1:
            return _level_named([*above.words[:2], piece.words[1]], 2)  # "TUYỆT" stands above its "MẬT"
    return piece.level


def _at(pieces: list[_Piece], at: int) -> _Piece:
    return pieces[at] if 0 <= at < len(pieces) else _Piece("")


def _asks(piece: _Piece) -> bool:
    """Tell whether the piece is "Độ mật:" with nothing filled in yet."""
    last = len(piece.words) - 2
    return piece.level is None and last > 1 and piece.words[last].text in MAT and _is_label(piece.words, last)


def _is_broken_heading(above: _Piece, below: _Piece) -> bool:
    left, right = above.inner, below.inner
    if left and left[-1].capital:
        if len(left) == 1 and left[0].text in _HALVES:
            return True
        if before(above.words, len(above.words) - 1, _BROKEN_BEFORE):
            return True
    return bool(
        right and right[0].capital and _opens_with(right, _BROKEN_AFTER) and not _opens_with(right, _NEXT_THING)
    )


def _choices(pieces: list[_Piece]) -> frozenset[int]:
    """Return where levels are listed for choice: three in a row of "thường" and the marks, or two with boxes."""
    found: set[int] = set()
    row: list[int] = []
    for at, piece in enumerate(pieces):
        if not (piece.level or _is_ordinary(piece)):
            continue
        if row and at - row[-1] >= _FAR:
            found |= _listed(pieces, row)
            row = []
        row.append(at)
    return frozenset(found | _listed(pieces, row))


def _listed(pieces: list[_Piece], row: list[int]) -> set[int]:
    kinds = {pieces[at].level for at in row}
    boxed = any(pieces[at].ticked is not None for at in row)
    return {at for at in row if not pieces[at].ticked} if len(kinds) > (1 if boxed else 2) else set()


def _is_ordinary(piece: _Piece) -> bool:
    return len(piece.text) < 30 and 0 < len(piece.inner) < 4 and piece.inner[0].text in _ORDINARY
