"""Owns the recognition of state-secret marks (MẬT, TỐI MẬT, TUYỆT MẬT) in file names and captions.

`Turns` calls it before a byte is fetched or a row is written: the law on state secrets (117/2025/QH15) forbids keeping
such a document on a networked device. It reads spelling only; a person decides about what it stops.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import combinations, product

from criteria.folding import is_hidden, nfc

# Strictest first; the law knows these three.
MARK_LEVELS = ("tuyet_mat", "toi_mat", "mat")

# --- The words. One also fits when typed with tones or diacritics left out, never with other ones. ---

# Right before "mật", in any spelling, these name a marked document.
_DOCUMENTS = "văn bản, tài liệu, công văn, hồ sơ, công điện, văn kiện"
_MARKINGS = "mức độ, có độ, văn bản độ, tài liệu độ, công văn độ, hồ sơ độ, đóng dấu, có dấu, mang dấu"
# These too, but "do mat" is also "do mất" (being lost), and "dau mat" also "đau mắt" (sore eyes).
_MARKINGS_IF_SPELT = "độ, dấu"
# These only with diacritics, or where the name or the phrase ends: "bao cao mat tai san" reports a loss.
_KINDS = (
    "bản, báo cáo, biên bản, chỉ thị, chuyên đề, chương trình, danh mục, danh sách, đề án, điện, file, hướng dẫn, "
    "kế hoạch, loại, nghị quyết, nội dung, phụ lục, phương án, quyết định, số liệu, tệp, thông báo, thông tin, tin, "
    "tờ trình, bb, bc, bca, cah, cax, ct, cv, ds, đa, hd, hs, kh, nq, pa, pl, qđ, tb, tl, tt, ttr, vb"
)
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

# How "mật", "tối", "tuyệt" look when the keyboard left them in Telex, or in the old TCVN3 and VNI fonts.
_RAW_SPELLINGS = {
    **dict.fromkeys(("maatj", "maajt", "mët", "maät"), "mật"),
    **dict.fromkeys(("toois", "toosi", "tèi", "toái"), "tối"),
    **dict.fromkeys(("tuyeetj", "tuyeejt", "tuyöt", "tuyeät"), "tuyệt"),
    **dict.fromkeys(("baor", "baro"), "bảo"),
    "bis": "bí",
}
_LOOK_ALIKES = str.maketrans(
    "АВЕКМНОРСТУХІаеорсухікмтΑΒΕΗΙΚΜΝΟΡΤΥΧαοιτυᴀᴇɪᴍᴏᴛᴜʏɑı",
    "ABEKMHOPCTYXIaeopcyxikmtABEHIKMNOPTYXaoituaeimotuyai",
)
_EXTENSION = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|hei[cf]|gif|tiff?|bmp|webp|zip|rar|7z|txt|rtf|csv|xml|mp4|mov|avi|mp3|m4a|p7s)"
    r"(?![^\W_])",
    re.IGNORECASE,
)

_PLAIN = re.compile(r"[ \t]*|[_.\-–—]{1,2}")  # between words of one phrase, in running text or in a file name
_LOOSE = re.compile(r"[\s_.\-–—~*+·|]{0,8}")  # between the two words of a stamp, or its letters
_LABELS = re.compile(r"[\s:=_\-–—]*")  # between "Độ mật" and what is filled in
_COUNTS = re.compile(r"\s+\d{1,3}(?!\d)")  # "mat 2 xe", "mat 1": a number of things, not of a document
_FARTHEST = 12  # words between a denial and its mark
_TWO_SIDES = ("2_", "_2_")  # "CCCD_2_MAT": both sides of a card

_Phrase = tuple[frozenset[str], ...]


def _forms(word: str) -> frozenset[str]:
    """Return `word` as it may be typed: each letter whole, or with its tone, its other mark or both left out."""
    choices: list[set[str]] = []
    for char in word:
        pieces = unicodedata.normalize("NFD", char)
        kept = [left for size in range(len(pieces)) for left in combinations(pieces[1:], size)]
        choices.append({char, *(nfc(pieces[0] + "".join(left)) for left in kept)} | ({"d"} if char == "đ" else set()))
    return frozenset("".join(letters) for letters in product(*choices))


def _phrases(*lists: str) -> tuple[_Phrase, ...]:
    return tuple(tuple(_forms(word) for word in phrase.split()) for listed in lists for phrase in listed.split(", "))


_MAT, _TOI, _TUYET, _DO = _forms("mật"), _forms("tối"), _forms("tuyệt"), _forms("độ")
_NAMED = _phrases(_DOCUMENTS, _MARKINGS)
_NAMED_IF_SPELT = _phrases(_MARKINGS_IF_SPELT)
_SPELT = frozenset(_MARKINGS_IF_SPELT.split(", "))
_NAMED_AT_END = _phrases(_KINDS)
_ANY_DOCUMENT = _phrases(_DOCUMENTS, _KINDS)
_INNOCENT_LEFT = _phrases(_BEFORE_INNOCENT)
_INNOCENT_LEFT_BARE = _phrases(_BEFORE_INNOCENT, _BEFORE_BARE)
_INNOCENT_RIGHT = tuple((frozenset({word}),) for word in _AFTER_INNOCENT.split(", "))
_INNOCENT_RIGHT_BARE = _phrases(_AFTER_BARE)
_MARK_RIGHT = _phrases(_AFTER_ANYWAY)
_DENYING = _phrases(_DENIALS)
_TOPICAL = _phrases(_TOPICS)
_BETWEEN = frozenset(form for (forms,) in _phrases(_DENIAL_GOES_ON) for form in forms)
_PLAINLY = frozenset(form for (forms,) in _phrases(_ORDINARY) for form in forms)
_SURE = frozenset({"mật", "mât", "tuyệt", "tuyêt"})
_TWO_WORDS = tuple((*named, _MAT) for named in (*_phrases("tối, tuyệt, độ, bảo, bí"), *_ANY_DOCUMENT))
# Words written in one piece ("tuyetmat", "KHMẬT", spaced letters), with where they come apart.
_GLUED = {"".join(cut): cut for phrase in (*_phrases("mật, tối, tuyệt"), *_TWO_WORDS) for cut in product(*phrase)}
_LONGEST = max(map(len, _GLUED)) + 1


@dataclass(frozen=True, slots=True)
class _Word:
    """One run of letters: in lower case, whether it was typed in capitals, and what stands before it."""

    text: str
    capital: bool
    gap: str


def find_mark(text: str) -> str | None:
    """Return the strictest level of `MARK_LEVELS` that `text` seems to be marked with, or None.

    Broken, spaced, full-width and look-alike spellings count; "bảo mật", "mật khẩu", "bí mật nhà nước" and denials such
    as "không có tài liệu mật" do not. Without diacritics a lone "MAT" counts only in capitals between punctuation.
    """
    words = _words(text)
    found = {level for at in range(1, len(words) - 1) if (level := _level_at(words, at)) is not None}
    return next((level for level in MARK_LEVELS if level in found), None)


def _words(text: str) -> list[_Word]:
    """Return the words of `text` between two empty ones, so that every word has neighbours."""
    clean = _EXTENSION.sub("/", _visible(text))
    runs, gaps, end = [""], [""], 0
    for run in re.finditer(r"[^\W\d_]+", clean):
        humps = _humps(run[0])
        runs += humps
        gaps += [clean[end : run.start()], *[""] * (len(humps) - 1)]
        end = run.end()
    words, at = [_Word("", False, "")], 1
    while at < len(runs):
        size = _size_of_broken(runs, gaps, at)
        words += _read("".join(runs[at : at + size]), gaps[at])
        at += size
    return [*words, _Word("", False, clean[end:])]


def _visible(text: str) -> str:
    """Return `text` composed, in plain letters: full-width, hidden and look-alike characters and stray marks undone."""
    pieces = unicodedata.normalize("NFKD", text)
    shown = "".join(char for char in pieces if char.isspace() or not is_hidden(char)).translate(_LOOK_ALIKES)
    return "".join(char for char in nfc(shown) if unicodedata.category(char) != "Mn")


def _humps(run: str) -> list[str]:
    """Return "TuyetMat" as its two words."""
    cuts = [at for at in range(1, len(run)) if run[at].isupper() and run[at - 1].islower()]
    return [run[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(run)], strict=True)]


def _size_of_broken(runs: list[str], gaps: list[str], at: int) -> int:
    """Return how many runs from `at` on are pieces of one broken word: "M Ậ T" is 3, an ordinary word 1."""
    stop, last = at, min(len(runs), at + _LONGEST)
    while stop < last and len(runs[stop]) == 1 and (stop == at or _LOOSE.fullmatch(gaps[stop])):
        stop += 1
    for end in range(stop, at + 1, -1):
        # A wider gap ends a spaced word; without one, "M Ậ T K H Ẩ U" is read as a whole.
        if (end == stop or len(gaps[end]) > 1) and "".join(runs[at:end]).lower() in _GLUED:
            return end - at
    pair = "".join(runs[at : at + 2]).lower()
    broken = at + 1 < len(runs) and _LOOSE.fullmatch(gaps[at + 1]) and _RAW_SPELLINGS.get(pair, pair) in _SURE
    return 2 if broken else 1


def _read(run: str, gap: str) -> list[_Word]:
    text = _RAW_SPELLINGS.get(run.lower(), run.lower())
    parts = _GLUED.get(text, (text,))
    return [_Word(part, run[1:] != run[1:].lower(), gap if place == 0 else "") for place, part in enumerate(parts)]


def _level_at(words: list[_Word], at: int) -> str | None:
    if words[at].text not in _MAT:
        return None
    before = words[at - 1].text if _LOOSE.fullmatch(words[at].gap) else ""
    if before in _TUYET:
        level = "tuyet_mat"
    elif before in _TOI and not _starts_compound(words, at, bare=_is_bare(words[at]) and not words[at].capital):
        level = "toi_mat"
    elif _is_mark(words, at):
        level = "mat"
    else:
        return None
    return None if _is_denied(words, at) else level


def _is_mark(words: list[_Word], at: int) -> bool:
    word, bare = words[at], _is_bare(words[at])
    if _starts_compound(words, at, bare=bare) or _is_filled_in_plainly(words, at):
        return False
    if _names_document(words, at):
        return True
    if _before(words, at, _INNOCENT_LEFT_BARE if bare else _INNOCENT_LEFT):
        return False
    if bare:
        return word.capital and _is_enclosed(words, at)
    opens = not words[at - 1].text or not _PLAIN.fullmatch(word.gap)
    return word.capital or _closes(words, at) or (opens and _after(words, at, _ANY_DOCUMENT))


def _names_document(words: list[_Word], at: int) -> bool:
    """Tell whether the words before say that a document is meant: "văn bản mật", "độ mật", "KH mật"."""
    if _before(words, at, _NAMED):
        return True
    sure = not _is_bare(words[at])
    if _before(words, at, _NAMED_IF_SPELT):
        opens = not words[at - 2].text or not _PLAIN.fullmatch(words[at - 1].gap)
        return sure or words[at - 1].text in _SPELT or (opens and _closes(words, at))
    return _before(words, at, _NAMED_AT_END) and (sure or _closes(words, at))


def _starts_compound(words: list[_Word], at: int, *, bare: bool) -> bool:
    if _after(words, at, _MARK_RIGHT):
        return False
    return _after(words, at, _INNOCENT_RIGHT_BARE if bare else _INNOCENT_RIGHT)


def _is_filled_in_plainly(words: list[_Word], at: int) -> bool:
    following = words[at + 1]
    return words[at - 1].text in _DO and following.text in _PLAINLY and bool(_LABELS.fullmatch(following.gap))


def _is_enclosed(words: list[_Word], at: int) -> bool:
    """Tell whether the bare "MAT" is a segment of its own: "(MAT)", "12-MAT", "KH_MAT", not "RA MAT", "MAT_BANG"."""
    left, right = words[at].gap, words[at + 1].gap
    joined_left = bool(words[at - 1].text and _PLAIN.fullmatch(left))
    joined_right = bool(words[at + 1].text and _PLAIN.fullmatch(right))
    if (joined_left and not left.strip()) or (joined_right and not right.strip()):
        return False
    if left.rstrip()[-1:].isalnum() or left in _TWO_SIDES or _COUNTS.match(right):
        return False
    return not joined_right or _before(words, at, _ANY_DOCUMENT) or _after(words, at, _ANY_DOCUMENT)


def _is_denied(words: list[_Word], at: int) -> bool:
    """Tell whether a denial governs the mark: read backwards, nothing but the words a denial may pass over."""
    for here in range(at, max(1, at - _FARTHEST), -1):
        gap = words[here].gap
        lists_on = gap.strip() in {",", "/"} and words[here - 1].text in _MAT
        if not (lists_on or _PLAIN.fullmatch(gap)):
            return False
        of_document = here < at and words[here].text not in _TOI | _TUYET
        if _before(words, here, _DENYING) or (of_document and _before(words, here, _TOPICAL)):
            return True
        if words[here - 1].text not in _BETWEEN:
            return False
    return False


def _is_bare(word: _Word) -> bool:
    # "mạt" is a word of its own, so only the circumflex makes the spelling sure.
    return not {"ậ", "â"} & set(word.text)


def _closes(words: list[_Word], at: int) -> bool:
    following = words[at + 1]
    counts = _is_bare(words[at]) and _COUNTS.match(following.gap)
    return not counts and not (following.text and _PLAIN.fullmatch(following.gap))


def _before(words: list[_Word], at: int, phrases: tuple[_Phrase, ...]) -> bool:
    return any(_stands(words, at - len(phrase), phrase, gaps=1) for phrase in phrases)


def _after(words: list[_Word], at: int, phrases: tuple[_Phrase, ...]) -> bool:
    return any(_stands(words, at + 1, phrase, gaps=0) for phrase in phrases)


def _stands(words: list[_Word], start: int, phrase: _Phrase, gaps: int) -> bool:
    """Tell whether `phrase` begins at `start`, joined to the word after it (`gaps` 1) or before it (0)."""
    return 0 < start < len(words) - len(phrase) and all(
        words[start + place].text in forms and _PLAIN.fullmatch(words[start + place + gaps].gap)
        for place, forms in enumerate(phrase)
    )
