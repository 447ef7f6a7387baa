"""Holds receipt codes to their promise: a slip of the thumb never names another file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.receipts import ALPHABET, make, parse

codes = st.binary(min_size=5, max_size=5).map(make)


def grouped(bare: str) -> str:
    return f"{bare[:3]}-{bare[3:6]}-{bare[6:]}"


def test_the_alphabet_has_no_letter_that_reads_as_another() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 32
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize(
    ("random", "code"),
    [
        (bytes(5), "000-000-000"),
        (b"\x00\x00\x00\x00\x01", "000-000-012"),
        (b"\xff" * 5, "ZZZ-ZZZ-ZZ3"),
        (b"\x24\x4e\x2b\x8a\x9d\xff\xff", "4H7-2Q2-MXW"),
    ],
)
def test_make_never_changes_its_mind(random: bytes, code: str) -> None:
    assert make(random) == code


def test_make_wants_forty_bits() -> None:
    with pytest.raises(ValueError, match="5 random bytes, got 4"):
        make(b"1234")


@given(st.binary(min_size=5, max_size=5), st.binary(min_size=5, max_size=5))
def test_codes_differ_as_their_bytes_do(one: bytes, other: bytes) -> None:
    assert (make(one) == make(other)) == (one == other)


@given(codes)
def test_a_code_is_read_back(code: str) -> None:
    assert parse(code) == code
    assert len(code) == 11
    assert set(code.replace("-", "")) <= set(ALPHABET)


@given(codes)
def test_every_single_wrong_character_is_caught(code: str) -> None:
    bare = code.replace("-", "")
    for at, right in enumerate(bare):
        for wrong in set(ALPHABET) - {right}:
            assert parse(bare[:at] + wrong + bare[at + 1 :]) is None


@given(codes)
def test_every_exchange_of_two_characters_is_caught(code: str) -> None:
    bare = code.replace("-", "")
    for at in range(len(bare)):
        for other in range(at + 1, len(bare)):
            swapped = list(bare)
            swapped[at], swapped[other] = swapped[other], swapped[at]
            assert parse("".join(swapped)) == (code if bare[at] == bare[other] else None)


@given(codes, st.sampled_from(["", "BN", "bn ", "BN-", "BN: ", "biên nhận ", "Biên nhận: ", "BIEN NHAN ", "bien nhan"]))
def test_the_way_of_typing_does_not_matter(code: str, label: str) -> None:
    bare = code.replace("-", "")
    for typed in (code, code.lower(), bare, bare.lower(), " ".join(bare), code.replace("-", " – "), f" {code}. "):
        assert parse(label + typed) == code


@given(codes)
def test_letters_that_read_as_digits_are_read_as_digits(code: str) -> None:
    for one in "ilIL":
        assert parse(code.replace("1", one).replace("0", "o")) == code


@pytest.mark.parametrize(
    "typed", ["", "BN", "biên nhận", "000-000-00", "000-000-0000", "U00-000-000", "xin chào đồng chí", "3.2.1"]
)
def test_other_words_are_no_code(typed: str) -> None:
    assert parse(typed) is None


@given(st.text())
def test_whatever_is_read_is_in_canonical_form(typed: str) -> None:
    code = parse(typed)
    assert code is None or code == parse(code) == grouped(code.replace("-", ""))
