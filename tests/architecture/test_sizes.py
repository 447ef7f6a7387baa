"""Prints how long files and functions are, to be looked at. No limit is set: a long file is a question, no fault."""

import ast
from collections.abc import Sequence
from statistics import median, quantiles

import pytest

from tests.architecture.sources import FLOORS, modules, text


def functions(source: str) -> list[int]:
    """The length of every function, from its `def` line to its last."""
    nodes = ast.walk(ast.parse(source))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in nodes if isinstance(node, kinds)]


def summary(lengths: Sequence[int]) -> str:
    if not lengths:
        return f"{'–':>16}"
    p90 = quantiles(lengths, n=10, method="inclusive")[8] if len(lengths) > 1 else lengths[0]
    return f"{median(lengths):4.0f} {p90:5.0f} {max(lengths):5}"


def test_print_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["", f"{'':10} files  lines: med   p90   max   functions: med   p90   max"]
    for floor in FLOORS:
        sources = [text(name) for name in modules() if name.startswith(f"{floor}/")]
        files = [source.count("\n") for source in sources if source]
        parts = [length for source in sources for length in functions(source)]
        lines.append(f"{floor:10} {len(files):5} {'':6}{summary(files)} {len(parts):10} {summary(parts)}")
    with capsys.disabled():
        print("\n".join(lines))


def test_the_measure_is_right() -> None:
    assert functions("def one(): return 1\n\n\nasync def three():\n    x = 1\n    return x\n") == [1, 3]
    assert summary([1, 2, 3]).split() == ["2", "3", "3"]
    assert summary([]).strip() == "–"
