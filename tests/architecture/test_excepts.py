"""Nobody swallows an error: no bare `except:`, no `except Exception` without its reason, no idle handler."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tests.architecture.sources import modules, text

BROAD = {"Exception", "BaseException"}


def reasons(source: str) -> set[int]:
    """The lines with a comment that says something, not only `noqa` or `type: ignore`."""
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            words = re.sub(r"#\s*(noqa|type:\s*ignore)\S*([ ,]*[A-Z]+\d+)*", "", token.string)
            if re.search(r"\w", words):
                lines.add(token.start[0])
    return lines


def broad(kind: ast.expr | None) -> bool:
    match kind:
        case ast.Name(id=name):
            return name in BROAD
        case ast.Tuple(elts=kinds):
            return any(map(broad, kinds))
    return False


def idle(body: list[ast.stmt]) -> bool:
    """Whether nothing happens: `pass`, `...`, a lone string."""
    return all(
        isinstance(step, ast.Pass) or (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))
        for step in body
    )


def raises_again(body: list[ast.stmt]) -> bool:
    match body:
        case [*_, ast.Raise(exc=None)]:
            return True
    return False


def swallows(source: str) -> Iterator[tuple[int, str]]:
    commented = reasons(source)

    def unexplained(line: int) -> bool:
        return not {line - 1, line} & commented

    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ExceptHandler(type=None):
                yield node.lineno, "bare except"
            case ast.ExceptHandler(type=kind, body=body) if broad(kind) and not raises_again(body):
                if unexplained(node.lineno):
                    yield node.lineno, "broad except without a reason"
            case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=kinds):
                if any(map(broad, kinds)) and unexplained(node.lineno):
                    yield node.lineno, "broad suppress without a reason"
        if isinstance(node, ast.ExceptHandler) and idle(node.body):
            yield node.lineno, "handler that only passes"


def test_nobody_swallows_an_error() -> None:
    found = [f"{name}:{line}: {words}" for name in modules() for line, words in swallows(text(name))]
    assert not found, "\n".join(found)


def test_the_scan_sees_every_way() -> None:
    source = """
try: work()
except: log()
try: work()
except Exception: log()
try: work()
except (ValueError, BaseException): log()  # noqa: BLE001
try: work()
except Exception: log()  # one failed channel must not stop the others
try: work()
# one failed channel must not stop the others
except Exception: log()
try: work()
except KeyError: pass
try: work()
except KeyError: ...
try: work()
except BaseException:
    undo()
    raise
with suppress(Exception): work()
with contextlib.suppress(OSError): work()
"""
    assert sorted(swallows(source)) == [
        (3, "bare except"),
        (5, "broad except without a reason"),
        (7, "broad except without a reason"),
        (14, "handler that only passes"),
        (16, "handler that only passes"),
        (21, "broad suppress without a reason"),
    ]
