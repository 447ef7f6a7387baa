"""Running commands: in this process for speed, or as a process where the process is the point."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from typer.testing import CliRunner

from bot.cli import app
from tests.product import ROOT

NO_NEWS: Final = ("Traceback", ".py", "Error", "Exception", "sqlalchemy", "errno")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    def plain(self) -> "Ended":
        """Assert that nothing of the machinery shows."""
        assert not [word for word in NO_NEWS if word in self.out + self.err], self
        return self


class Console:
    """The command line on a folder of its own, without a server."""

    def __init__(self, folder: Path, env: Mapping[str, str] = {}) -> None:
        self.folder = folder
        self.env = {"DATA_DIR": str(folder / "data"), "PUBLIC_URL": "https://kiemchung.example.vn", **env}

    def __call__(self, *words: str, env: Mapping[str, str] = {}) -> Ended:
        """One command in this process."""
        here = Path.cwd()
        os.chdir(self.folder)
        try:
            done = CliRunner().invoke(app, list(words), env={**self.env, **env})
        finally:
            os.chdir(here)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ended(done.exit_code, done.stdout, done.stderr).plain()

    def process(self, *words: str, env: Mapping[str, str] = {}) -> Ended:
        """The same as a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), **self.env, **env},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr).plain()
