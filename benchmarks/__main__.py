"""`python -m benchmarks`: run all benchmarks, or those named, and print the table; `--write` puts it into
docs/benchmarks.md.
"""

import argparse
import asyncio
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks import intake, start, turns, web
from benchmarks.measure import Figure

_DOCUMENT: Final = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
_BEGIN: Final = "<!-- measured: begin -->"
_END: Final = "<!-- measured: end -->"


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help="turns, web, intake, start; all when none is named")
    parser.add_argument("--turns", type=int, default=3000, help="turns in process; over the web as many")
    parser.add_argument("--photos", type=int, default=100)
    parser.add_argument("--scans", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to work: choose the disk that is to be measured")
    parser.add_argument("--write", action="store_true", help="refresh the table in docs/benchmarks.md")
    chosen = parser.parse_args()
    benches: dict[str, Callable[[Path], Awaitable[list[Figure]]]] = {
        "turns": lambda folder: turns.measure(folder, chosen.turns),
        "web": lambda folder: web.measure(folder, chosen.turns),
        "intake": lambda folder: intake.measure(folder, chosen.photos, chosen.scans),
        "start": start.measure,
    }
    unknown = [name for name in chosen.names if name not in benches]
    if unknown or (chosen.write and chosen.names):
        parser.error(f"unknown: {', '.join(unknown)}" if unknown else "--write needs the whole table")
    figures = []
    with tempfile.TemporaryDirectory(prefix="kiemchung-bench-", dir=chosen.folder) as folder:
        for name in chosen.names or benches:
            print(f"… {name}", file=sys.stderr, flush=True)
            figures += asyncio.run(_run(benches[name], Path(folder)))
    table = _table(figures)
    print(table)
    if chosen.write:
        _refresh(table)


async def _run(bench: Callable[[Path], Awaitable[list[Figure]]], folder: Path) -> list[Figure]:
    return await bench(folder)


def _table(figures: list[Figure]) -> str:
    """A table that reads well in a terminal and as Markdown."""
    wide = max(len(figure.name) for figure in figures), max(len(figure.value) for figure in figures)
    lines = [f"| {'what':{wide[0]}} | {'measured':{wide[1]}} | target  |"]
    lines += [f"|-{'-' * wide[0]}-|-{'-' * wide[1]}-|---------|"]
    lines += [f"| {f.name:{wide[0]}} | {f.value:{wide[1]}} | {f.target:7} |" for f in figures]
    machine = (
        f"{datetime.now(UTC).date().isoformat()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {platform.system()}"
    )
    return "\n".join([machine, "", *lines])


def _refresh(table: str) -> None:
    text = _DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    _DOCUMENT.write_text(f"{before}{_BEGIN}\n{table}\n{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
