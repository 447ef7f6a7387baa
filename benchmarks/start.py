"""How long the product takes to be there, and what it holds while nobody uses it."""

import asyncio
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

from benchmarks.client import Client
from benchmarks.intake import photo
from benchmarks.measure import Figure, family, resident
from tests.product import ROOT, Product

_RUNS: Final = 3


async def measure(folder: Path) -> list[Figure]:
    """Empty database, existing one, `--help`, idle memory; the median of three each."""
    empty = sorted(_until_healthy(Product(folder / f"empty-{n}")) for n in range(_RUNS))
    existing = sorted(_until_healthy(Product(folder / "empty-0")) for _ in range(_RUNS))
    words = sorted(_help() for _ in range(_RUNS))
    with Product(folder / "empty-0") as product:
        assert product.process is not None
        pid = product.process.pid
        await asyncio.sleep(2)
        idle = resident(pid)
        async with Client(product.base) as page:
            await page.sign_in(product.links[0])
            await page.send("a.jpg", photo(1), "one")
        after, *children = (resident(one) for one in family(pid))
    return [
        Figure("start on an empty database: first /healthz", f"{empty[_RUNS // 2]:.2f} s", "3 s"),
        Figure("start on an existing database: first /healthz", f"{existing[_RUNS // 2]:.2f} s", "3 s"),
        Figure("kiemchung --help", f"{words[_RUNS // 2]:.2f} s", "0.5 s"),
        Figure("memory of the idle server, web chat alone", f"{idle:.0f} MB", "100 MB"),
        Figure("memory of the server after its first file", f"{after:.0f} MB", "100 MB"),
        Figure("memory of its checking processes", " + ".join(f"{child:.0f}" for child in children) + " MB"),
    ]


def _until_healthy(product: Product) -> float:
    """Seconds from starting the process to the first 200."""
    product.folder.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    running = subprocess.Popen(
        [sys.executable, "-c", "import sys; from bot.cli import main; sys.argv = ['kiemchung', 'run']; main()"],
        cwd=product.folder,
        env=product.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _healthy(product.base):
            assert running.poll() is None, "the product ended"
            time.sleep(0.01)
        return time.perf_counter() - began
    finally:
        running.terminate()
        running.wait()


def _healthy(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def _help() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "bot", "--help"], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began
