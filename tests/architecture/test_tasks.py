"""Only bot/supervise.py starts tasks. All else is awaited by its caller, so that nothing outlives a shutdown."""

import ast
from collections.abc import Iterator

from tests.architecture.sources import modules, text

OWNER = "bot/supervise.py"
STARTERS = {"create_task", "ensure_future", "TaskGroup", "create_task_group", "run_coroutine_threadsafe"}


def starters(source: str) -> Iterator[tuple[int, str]]:
    """Where tasks are started: by any object (`loop.create_task`), or with a name taken from asyncio."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id="asyncio"), attr="gather"):
                yield node.lineno, "gather"
            case ast.Attribute(attr=name) if name in STARTERS:
                yield node.lineno, name
            case ast.ImportFrom(module=("asyncio" | "asyncio.tasks" | "asyncio.taskgroups" | "anyio"), names=names):
                yield from ((node.lineno, alias.name) for alias in names if alias.name in STARTERS | {"gather"})


def test_tasks_are_started_in_one_place() -> None:
    found = [f"{name}:{line}: {word}" for name in modules() if name != OWNER for line, word in starters(text(name))]
    assert not found, found


def test_the_scan_sees_every_way() -> None:
    source = """
from asyncio import TaskGroup, gather, sleep
import asyncio
loop.create_task(work())
asyncio.get_running_loop().create_task(work())
asyncio.ensure_future(work())
asyncio.gather(work())
sheets.gather(rows)
"""
    assert list(starters(source)) == [
        (2, "TaskGroup"),
        (2, "gather"),
        (4, "create_task"),
        (5, "create_task"),
        (6, "ensure_future"),
        (7, "gather"),
    ]
