"""Every "no" of the domain has its sentence, and every reason for not taking a file has its words."""

import ast
from pathlib import Path
from typing import Final

import pytest

from criteria import evidence as rules
from criteria.errors import Refusal
from criteria.evidence import EvidenceFile, FileState
from criteria.files import FileFlag, RefusalReason
from handlers.texts import evidence, refusals
from tests.flows.builders import file

ROOT: Final = Path(__file__).resolve().parents[2]
PARAMS: Final[dict[str, dict[str, object]]] = {"reason_too_long": {"limit": 500}}
NAMES: Final = {"QUOTA": rules.QUOTA}
REASONS: Final = [
    *RefusalReason, rules.SECRET, rules.QUOTA, rules.NEVER_CAME, rules.REPEATED, rules.CANCELLED,
]  # fmt: skip


def keys_in(source: str) -> set[str]:
    """The keys with which `Refusal` is made in a module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="Refusal"), args=[first, *_]):
                named = {NAMES[part.id] for part in ast.walk(first) if isinstance(part, ast.Name) and part.id in NAMES}
                match first:
                    case ast.IfExp(body=ast.Constant(value=str() as one), orelse=ast.Constant(value=str() as other)):
                        found |= {one, other}
                    case ast.Constant(value=str() as one):
                        found.add(one)
                    case _:
                        assert named, ast.dump(first)
                        found |= named
    return found


def keys() -> set[str]:
    modules = [path for floor in ("criteria", "handlers") for path in (ROOT / floor).rglob("*.py")]
    return set().union(*(keys_in(path.read_text(encoding="utf-8")) for path in modules))


def test_the_scan_sees_them() -> None:
    assert keys_in('raise Refusal("a", x=1)\nRefusal("b" if x else "c")\nRefusal(QUOTA)') == {"a", "b", "c", "quota"}


def test_keys_and_sentences_are_the_same_set() -> None:
    assert keys() == set(refusals._SENTENCES)


@pytest.mark.parametrize("key", sorted(refusals._SENTENCES))
def test_every_sentence_is_a_sentence(key: str) -> None:
    said = refusals.sentence(Refusal(key, **PARAMS.get(key, {})))
    assert said[0].isupper()
    assert said.rstrip()[-1] in ".!?"
    assert "{" not in said


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_words_and_a_way_out(code: str) -> None:
    assert "Xin " in evidence.reason(code) or code == rules.CANCELLED
    line = evidence.verdict(EvidenceFile("f", "a.jpg", 1, "jpg", FileState.REFUSED, reason=code))
    assert line.startswith("• a.jpg: không nhận, ")
    assert "\n" not in line


def test_every_reason_is_known_to_the_texts_and_none_besides() -> None:
    assert set(evidence._REASONS) == set(REASONS)


@pytest.mark.parametrize("state", FileState)
@pytest.mark.parametrize("withdrawn", [False, True])
def test_every_state_is_one_line(state: FileState, withdrawn: bool) -> None:
    flags = (*FileFlag, "twin:07D-ACV-8K7")
    of = file(1, state, withdrawn=withdrawn, reason="damaged", receipt="07D-ACV-8K7", flags=flags)
    assert evidence.verdict(of).count("\n") == 0
