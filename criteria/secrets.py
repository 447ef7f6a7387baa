"""Owns the recognition of state-secret marks (MẬT, TỐI MẬT, TUYỆT MẬT); the door to `criteria.stamps` as well.

`Turns` calls `find_mark` on names and captions before a byte is fetched or a row is written, `storage.checking` calls
`find_stamp` on the text of a file before it may be kept: the law on state secrets (117/2025/QH15) forbids keeping such
a document on a networked device. It reads spelling only; a person decides about what it stops.
"""

import re

from criteria.secret_words import (
    ANY_DOCUMENT,
    DO,
    DOCUMENTS,
    KINDS,
    LOOSE,
    MARK_LEVELS,
    MAT,
    PLAIN,
    TOI,
    TUYET,
    Word,
    after,
    before,
    is_bare,
    phrases_of,
    read,
    strictest,
)
from criteria.stamps import find_stamp, may_hold_mark

__all__ = ["MARK_LEVELS", "find_mark", "find_stamp", "may_hold_mark"]

# --- The words. One also fits when typed with tones or diacritics left out, never with other ones. ---

# Right before "mật", in any spelling, these name a marked document.
_MARKINGS = "mức độ, có độ, văn bản độ, tài liệu độ, công văn độ, hồ sơ độ, đóng dấu, có dấu, mang dấu"
# These too, but "do mat" is also "do mất" (being lost), and "dau mat" also "đau mắt" (sore eyes).
_MARKINGS_IF_SPELT = "độ, dấu"
# A compound that ends in "mật": security, secret as a topic, honey, gall, people's names.
_BEFORE_INNOCENT = (
    "bảo, bí, cẩn, chai, chí, chu, cơ, dịch, đường, gan, giải, hút, kín, lấy, lít, lọ, lộ, mua, nghiêm, nuôi, ong, "
    "ông, ống, phi, sỏi, thân, thị, thu, trăng, trù, túi, văn, vắt"
)
# A compound that begins with "mật": password, density, cipher, honey, ambush. Only exactly so where "mật" has its
# diacritics: "tài liệu mật do đội lập" is no density.
_AFTER_INNOCENT = "báo, danh, đàm, đắng, độ, gấu, hiệu, khẩu, mã, mía, ngọt, ngữ, ong, phục, sơn, thám, thiết, thư"
# ... unless it is a mark after all, followed by the next thing on the page.
_AFTER_ANYWAY = (
    "báo cáo, bảng kê, danh mục, danh sách, điện khẩn, độ khẩn, giấy mời, hiệu lực, mã hồ sơ, mã số, thiết bị, thư mời"
)
# Without diacritics "mat" is also mặt (face, side), mất (lost), mắt (eye), mát (cool).
_BEFORE_BARE = (
    "bề, bị, bịt, bốn, các, căn cước, cccd, che, cmnd, có, đánh, đau, đeo, đủ, gặp, gương, hai, họp, khuôn, lạ, làm, "
    "lại do, mỗi, một, nhiều, nhựa, ra, rửa, sân, tận, thay, thẻ, tiền, trộm, vắng, xóa"
)
_AFTER_BARE = (
    "an ninh, an toàn, bằng, biển số, căn cước, cắp, cccd, chìa khóa, cmnd, con dấu, cướp, điện, đoàn kết, đồng hồ, "
    "độ dân, độ giao, độ phương, độ xe, giấy, gplx, hộ chiếu, hộ khẩu, kết nối, khẩu, liên lạc, mã, mạng, mát, ngủ, "
    "nhiều, nước, ong, phục, sau, sóng, sổ hộ khẩu, tài khoản, tài sản, thẻ, thiết, thời gian, tích, tiền, tín hiệu, "
    "trận, trật tự, trộm, trước, ví, xe"
)
# "Không có tài liệu mật": nothing but the second list may stand between the denial and the mark.
_DENIALS = "không, ko, k, chưa, chẳng, phi, trừ, nếu, cấm, không được, không hề"
_TOPICS = "bảo vệ, chống lộ, lộ lọt"  # deny only before a named document: "PA bảo vệ TỐI MẬT" is marked
_DENIAL_GOES_ON = (
    "ảnh, bao, bất, bản, các, chế, chứa, có, công, cứ, danh, dấu, diện, dung, đăng, đến, điện, độ, đóng, đính, file, "
    "gì, gồm, gửi, hay, hề, hoặc, hồ, kèm, kỳ, là, liên, liệu, loại, lưu, mang, mật, mục, mức, nào, nằm, những, nội, "
    "phạm, phải, quan, quy, số, sơ, tài, tệp, theo, thông, thuộc, tin, tối, trong, tuyệt, và, văn, vi"
)
_ORDINARY = "thường, không, ko, bình"  # "Độ mật: Thường", as document registers print it

_LABELS = re.compile(r"[\s:=_\-–—]*")  # between "Độ mật" and what is filled in
_COUNTS = re.compile(r"\s+\d{1,3}(?!\d)")  # "mat 2 xe", "mat 1": a number of things, not of a document
_FARTHEST = 12  # words between a denial and its mark
_TWO_SIDES = ("2_", "_2_")  # "CCCD_2_MAT": both sides of a card

_NAMED = phrases_of(DOCUMENTS, _MARKINGS)
_NAMED_IF_SPELT = phrases_of(_MARKINGS_IF_SPELT)
_SPELT = frozenset(_MARKINGS_IF_SPELT.split(", "))
_NAMED_AT_END = phrases_of(KINDS)
_INNOCENT_LEFT = phrases_of(_BEFORE_INNOCENT)
_INNOCENT_LEFT_BARE = phrases_of(_BEFORE_INNOCENT, _BEFORE_BARE)
_INNOCENT_RIGHT = tuple((frozenset({word}),) for word in _AFTER_INNOCENT.split(", "))
_INNOCENT_RIGHT_BARE = phrases_of(_AFTER_BARE)
_MARK_RIGHT = phrases_of(_AFTER_ANYWAY)
_DENYING = phrases_of(_DENIALS)
_TOPICAL = phrases_of(_TOPICS)
_BETWEEN = frozenset(form for (forms,) in phrases_of(_DENIAL_GOES_ON) for form in forms)
_PLAINLY = frozenset(form for (forms,) in phrases_of(_ORDINARY) for form in forms)


def find_mark(text: str) -> str | None:
    """Return the strictest level of `MARK_LEVELS` that `text` seems to be marked with, or None.

    Broken, spaced, full-width and look-alike spellings count; "bảo mật", "mật khẩu", "bí mật nhà nước" and denials such
    as "không có tài liệu mật" do not. Without diacritics a lone "MAT" counts only in capitals between punctuation.
    """
    words = read(text)
    found = {level for at in range(1, len(words) - 1) if (level := _level_at(words, at)) is not None}
    return strictest(found)


def _level_at(words: list[Word], at: int) -> str | None:
    if words[at].text not in MAT:
        return None
    left = words[at - 1].text if LOOSE.fullmatch(words[at].gap) else ""
    if left in TUYET:
        level = "tuyet_mat"
    elif left in TOI and not _starts_compound(words, at, bare=is_bare(words[at]) and not words[at].capital):
        level = "toi_mat"
    elif _is_mark(words, at):
        level = "mat"
    else:
        return None
    return None if _is_denied(words, at) else level


def _is_mark(words: list[Word], at: int) -> bool:
    word, bare = words[at], is_bare(words[at])
    if _starts_compound(words, at, bare=bare) or _is_filled_in_plainly(words, at):
        return False
    if _names_document(words, at):
        return True
    if before(words, at, _INNOCENT_LEFT_BARE if bare else _INNOCENT_LEFT):
        return False
    if bare:
        return word.capital and _is_enclosed(words, at)
    opens = not words[at - 1].text or not PLAIN.fullmatch(word.gap)
    return word.capital or _closes(words, at) or (opens and after(words, at, ANY_DOCUMENT))


def _names_document(words: list[Word], at: int) -> bool:
    """Tell whether the words before say that a document is meant: "văn bản mật", "độ mật", "KH mật"."""
    if before(words, at, _NAMED):
        return True
    sure = not is_bare(words[at])
    if before(words, at, _NAMED_IF_SPELT):
        opens = not words[at - 2].text or not PLAIN.fullmatch(words[at - 1].gap)
        return sure or words[at - 1].text in _SPELT or (opens and _closes(words, at))
    return before(words, at, _NAMED_AT_END) and (sure or _closes(words, at))


def _starts_compound(words: list[Word], at: int, *, bare: bool) -> bool:
    if after(words, at, _MARK_RIGHT):
        return False
    return after(words, at, _INNOCENT_RIGHT_BARE if bare else _INNOCENT_RIGHT)


def _is_filled_in_plainly(words: list[Word], at: int) -> bool:
    following = words[at + 1]
    return words[at - 1].text in DO and following.text in _PLAINLY and bool(_LABELS.fullmatch(following.gap))


def _is_enclosed(words: list[Word], at: int) -> bool:
    """Tell whether the bare "MAT" is a segment of its own: "(MAT)", "12-MAT", "KH_MAT", not "RA MAT", "MAT_BANG"."""
    left, right = words[at].gap, words[at + 1].gap
    joined_left = bool(words[at - 1].text and PLAIN.fullmatch(left))
    joined_right = bool(words[at + 1].text and PLAIN.fullmatch(right))
    if (joined_left and not left.strip()) or (joined_right and not right.strip()):
        return False
    if left.rstrip()[-1:].isalnum() or left in _TWO_SIDES or _COUNTS.match(right):
        return False
    return not joined_right or before(words, at, ANY_DOCUMENT) or after(words, at, ANY_DOCUMENT)


def _is_denied(words: list[Word], at: int) -> bool:
    """Tell whether a denial governs the mark: read backwards, nothing but the words a denial may pass over."""
    for here in range(at, max(1, at - _FARTHEST), -1):
        gap = words[here].gap
        lists_on = gap.strip() in {",", "/"} and words[here - 1].text in MAT
        if not (lists_on or PLAIN.fullmatch(gap)):
            return False
        of_document = here < at and words[here].text not in TOI | TUYET
        if before(words, here, _DENYING) or (of_document and before(words, here, _TOPICAL)):
            return True
        if words[here - 1].text not in _BETWEEN:
            return False
    return False


def _closes(words: list[Word], at: int) -> bool:
    following = words[at + 1]
    counts = is_bare(words[at]) and _COUNTS.match(following.gap)
    return not counts and not (following.text and PLAIN.fullmatch(following.gap))
