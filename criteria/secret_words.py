"""Owns how the words of a secret mark are read, however they were typed: broken, spaced, look-alike, in old fonts.

Called by `criteria.secrets` (names and captions) and `criteria.stamps` (the text of documents).
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations, product

from criteria.folding import is_hidden, nfc

# Strictest first; the law knows these three.
MARK_LEVELS = ("tuyet_mat", "toi_mat", "mat")

# The names of documents. Each fits as well when typed with tones or diacritics left out, never with other ones.
DOCUMENTS = "văn bản, tài liệu, công văn, hồ sơ, công điện, văn kiện"
# These only with diacritics, or where the name or the phrase ends: "bao cao mat tai san" reports a loss.
KINDS = (
    "bản, báo cáo, biên bản, chỉ thị, chuyên đề, chương trình, danh mục, danh sách, đề án, điện, file, hướng dẫn, "
    "kế hoạch, loại, nghị quyết, nội dung, phụ lục, phương án, quyết định, số liệu, tệp, thông báo, thông tin, tin, "
    "tờ trình, bb, bc, bca, cah, cax, ct, cv, ds, đa, hd, hs, kh, nq, pa, pl, qđ, tb, tl, tt, ttr, vb"
)

# How "mật", "tối", "tuyệt" look when the keyboard left them in Telex, or in the old TCVN3 and VNI fonts.
_RAW_SPELLINGS = {
    **dict.fromkeys(("maatj", "maajt", "mët", "maät"), "mật"),
    **dict.fromkeys(("toois", "toosi", "tèi", "toái"), "tối"),
    **dict.fromkeys(("tuyeetj", "tuyeejt", "tuyöt", "tuyeät"), "tuyệt"),
    **dict.fromkeys(("baor", "baro"), "bảo"),
    "bis": "bí",
}
LOOK_ALIKES = str.maketrans(
    "АВЕКМНОРСТУХІаеорсухікмтΑΒΕΗΙΚΜΝΟΡΤΥΧαοιτυᴀᴇɪᴍᴏᴛᴜʏɑı",
    "ABEKMHOPCTYXIaeopcyxikmtABEHIKMNOPTYXaoituaeimotuyai",
)
_EXTENSION = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|hei[cf]|gif|tiff?|bmp|webp|zip|rar|7z|txt|rtf|csv|xml|mp4|mov|avi|mp3|m4a|p7s)"
    r"(?![^\W_])",
    re.IGNORECASE,
)

PLAIN = re.compile(r"[ \t]*|[_.\-–—]{1,2}")  # between words of one phrase, in running text or in a file name
LOOSE = re.compile(r"[\s_.\-–—~*+·|]{0,8}")  # between the two words of a stamp, or its letters

Phrase = tuple[frozenset[str], ...]


def forms_of(word: str) -> frozenset[str]:
    """Return `word` as it may be typed: each letter whole, or with its tone, its other mark or both left out."""
    choices: list[set[str]] = []
    for char in word:
        pieces = unicodedata.normalize("NFD", char)
        kept = [left for size in range(len(pieces)) for left in combinations(pieces[1:], size)]
        choices.append({char, *(nfc(pieces[0] + "".join(left)) for left in kept)} | ({"d"} if char == "đ" else set()))
    return frozenset("".join(letters) for letters in product(*choices))


def phrases_of(*lists: str) -> tuple[Phrase, ...]:
    """Return the phrases of comma-separated lists, each word with its forms."""
    return tuple(tuple(forms_of(word) for word in phrase.split()) for listed in lists for phrase in listed.split(", "))


MAT, TOI, TUYET, DO = forms_of("mật"), forms_of("tối"), forms_of("tuyệt"), forms_of("độ")
ANY_DOCUMENT = phrases_of(DOCUMENTS, KINDS)
_SURE = frozenset({"mật", "mât", "tuyệt", "tuyêt"})
_TWO_WORDS = tuple((*named, MAT) for named in (*phrases_of("tối, tuyệt, độ, bảo, bí"), *ANY_DOCUMENT))
# Words written in one piece ("tuyetmat", "KHMẬT", spaced letters), with where they come apart.
_GLUED = {"".join(cut): cut for phrase in (*phrases_of("mật, tối, tuyệt"), *_TWO_WORDS) for cut in product(*phrase)}
_LONGEST = max(map(len, _GLUED)) + 1


@dataclass(frozen=True, slots=True)
class Word:
    """One run of letters: in lower case, whether it was typed in capitals, and what stands before it."""

    text: str
    capital: bool
    gap: str


def strictest(found: Collection[str]) -> str | None:
    """Return the first of `MARK_LEVELS` that was found, or None."""
    return next((level for level in MARK_LEVELS if level in found), None)


def read(text: str) -> list[Word]:
    """Return the words of `text` between two empty ones, so that every word has neighbours."""
    clean = _EXTENSION.sub("/", _visible(text))
    runs, gaps, end = [""], [""], 0
    for run in re.finditer(r"[^\W\d_]+", clean):
        humps = _humps(run[0])
        runs += humps
        gaps += [clean[end : run.start()], *[""] * (len(humps) - 1)]
        end = run.end()
    words, at = [Word("", False, "")], 1
    while at < len(runs):
        size = _size_of_broken(runs, gaps, at)
        words += _read("".join(runs[at : at + size]), gaps[at])
        at += size
    return [*words, Word("", False, clean[end:])]


def _visible(text: str) -> str:
    """Return `text` composed, in plain letters: full-width, hidden and look-alike characters and stray marks undone."""
    pieces = unicodedata.normalize("NFKD", text)
    shown = "".join(char for char in pieces if char.isspace() or not is_hidden(char)).translate(LOOK_ALIKES)
    return "".join(char for char in nfc(shown) if unicodedata.category(char) != "Mn")


def _humps(run: str) -> list[str]:
    """Return "TuyetMat" as its two words."""
    cuts = [at for at in range(1, len(run)) if run[at].isupper() and run[at - 1].islower()]
    return [run[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(run)], strict=True)]


def _size_of_broken(runs: list[str], gaps: list[str], at: int) -> int:
    """Return how many runs from `at` on are pieces of one broken word: "M Ậ T" is 3, an ordinary word 1."""
    stop, last = at, min(len(runs), at + _LONGEST)
    while stop < last and len(runs[stop]) == 1 and (stop == at or LOOSE.fullmatch(gaps[stop])):
        stop += 1
    for end in range(stop, at + 1, -1):
        # A wider gap ends a spaced word; without one, "M Ậ T K H Ẩ U" is read as a whole.
        if (end == stop or len(gaps[end]) > 1) and "".join(runs[at:end]).lower() in _GLUED:
            return end - at
    pair = "".join(runs[at : at + 2]).lower()
    broken = at + 1 < len(runs) and LOOSE.fullmatch(gaps[at + 1]) and _RAW_SPELLINGS.get(pair, pair) in _SURE
    return 2 if broken else 1


def _read(run: str, gap: str) -> list[Word]:
    text = _RAW_SPELLINGS.get(run.lower(), run.lower())
    parts = _GLUED.get(text, (text,))
    return [Word(part, run[1:] != run[1:].lower(), gap if place == 0 else "") for place, part in enumerate(parts)]


def is_bare(word: Word) -> bool:
    """Tell whether this spelling of "mật" may be another word's."""
    # "mạt" is a word of its own, so only the circumflex makes the spelling sure.
    return not {"ậ", "â"} & set(word.text)


def before(words: list[Word], at: int, phrases: tuple[Phrase, ...]) -> bool:
    """Tell whether one of `phrases` ends right before the word at `at`."""
    return any(_stands(words, at - len(phrase), phrase, gaps=1) for phrase in phrases)


def after(words: list[Word], at: int, phrases: tuple[Phrase, ...]) -> bool:
    """Tell whether one of `phrases` begins right after the word at `at`."""
    return any(_stands(words, at + 1, phrase, gaps=0) for phrase in phrases)


def _stands(words: list[Word], start: int, phrase: Phrase, gaps: int) -> bool:
    """Tell whether `phrase` begins at `start`, joined to the word after it (`gaps` 1) or before it (0)."""
    return 0 < start < len(words) - len(phrase) and all(
        words[start + place].text in forms and PLAIN.fullmatch(words[start + place + gaps].gap)
        for place, forms in enumerate(phrase)
    )
