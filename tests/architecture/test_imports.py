"""The import contracts of pyproject.toml hold, and each of them notices what it forbids."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.sources import FLOORS, ROOT, text

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
PLANTED = {
    "criteria/planted.py": "import criteria.planted_too, handlers, sqlite3",  # a cycle, a higher floor, I/O
    "criteria/planted_too.py": "import criteria.planted",
    "handlers/planted.py": "",  # a module without a place
    "handlers/flows/planted.py": "import asyncio",
    "storage/planted.py": "import PIL",
    "scheduler/planted.py": "import apscheduler, sqlalchemy, storage.tables",
    "bot/planted.py": "import aiogram, telegram",
}


def lint(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, "--no-logo", *options]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_the_contracts_hold() -> None:
    run = lint(ROOT)
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_contract_notices_what_it_forbids(tmp_path: Path) -> None:
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, tmp_path / floor, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, line in PLANTED.items():
        (tmp_path / name).write_text(line, encoding="utf-8")
    run = lint(tmp_path, "--no-cache")
    contracts = len(tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"])
    assert f"Contracts: 0 kept, {contracts} broken." in run.stdout, run.stdout + run.stderr
