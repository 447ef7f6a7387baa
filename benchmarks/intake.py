"""Files from a page to the words "đã lưu": announced, sent, checked in a child process, stored; beside writing,
fsyncing and hashing the same bytes once.
"""

import asyncio
import hashlib
import io
import os
import random
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pikepdf
from PIL import Image

from benchmarks.client import Client
from benchmarks.measure import MB, Figure, cpu_of
from benchmarks.web import prepared
from tests.product import Product

_SENDERS: Final = 4
_SIDE: Final = (1600, 1200)


async def measure(folder: Path, photos: int, scans: int) -> list[Figure]:
    """Photos of 300 kB, then scans of 20 MB, from four people at once."""
    product, _ = await prepared(folder / "intake", _SENDERS)
    figures = []
    with product:
        async with AsyncExitStack() as stack:
            pages = [await stack.enter_async_context(Client(product.base)) for _ in range(_SENDERS)]
            for page, link in zip(pages, product.links, strict=True):
                await page.sign_in(link)
            await pages[0].send("warm.jpg", photo(0), "warm")
            await pages[0].send("warm.pdf", _scan(0, MB), "warm")
            for name, files in (
                ("photos of 300 kB", [(f"{n}.jpg", photo(n)) for n in range(1, photos + 1)]),
                ("scans of 20 MB", [(f"{n}.pdf", _scan(n, 20 * MB)) for n in range(1, scans + 1)]),
            ):
                figures += await _sent(product, pages, name, files, folder / "yardstick")
    return figures


async def _sent(
    product: Product, pages: list[Client], name: str, files: list[tuple[str, bytes]], yard: Path
) -> list[Figure]:
    assert product.process is not None
    size = sum(len(content) for _, content in files)
    raw = size / _yardstick(yard, files)
    cpu, began = cpu_of(product.process.pid), time.perf_counter()
    await asyncio.gather(
        *(_some(page, files[n::_SENDERS], f"{name.replace(' ', '-')}-{n}") for n, page in enumerate(pages))
    )
    rate = size / (time.perf_counter() - began)
    cpu = cpu_of(product.process.pid) - cpu
    return [
        Figure(f"intake, {len(files)} {name}", f"{rate / MB:.1f} MB/s, {rate / size * len(files):.1f} files/s"),
        Figure(f"intake, {name}: CPU of the server and its checkers", f"{cpu / len(files) * 1000:.0f} ms per file"),
        Figure(f"yardstick, {name}: write, fsync, SHA-256", f"{raw / MB:.0f} MB/s"),
        Figure(f"yardstick against intake, {name}", f"{raw / rate:.1f} times"),
    ]


async def _some(page: Client, files: list[tuple[str, bytes]], batch: str) -> None:
    for name, content in files:
        await page.send(name, content, batch)


def _yardstick(folder: Path, files: list[tuple[str, bytes]]) -> float:
    """Seconds to keep the same bytes durably and know their hash, one file after another."""
    folder.mkdir(exist_ok=True)
    began = time.perf_counter()
    for name, content in files:
        with (folder / name).open("wb", buffering=0) as out:
            out.write(content)
            os.fsync(out.fileno())
        hashlib.sha256(content).hexdigest()
    return time.perf_counter() - began


def _picture(seed: int, side: tuple[int, int], quality: int) -> bytes:
    """A JPEG with the detail of a photo: coarse noise, enlarged."""
    coarse = (side[0] // 5, side[1] // 5)
    noise = random.Random(seed).randbytes(coarse[0] * coarse[1] * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", coarse, noise).resize(side, Image.Resampling.BICUBIC).save(out, "JPEG", quality=quality)
    return out.getvalue()


def photo(seed: int) -> bytes:
    """About 300 kB."""
    return _picture(seed, _SIDE, 45)


def _scan(seed: int, size: int) -> bytes:
    """A PDF of `size` bytes: pages that are pictures of about 1 MB each."""
    page = random.Random(seed)
    document = pikepdf.new()
    for _ in range(max(1, size // MB)):
        sheet = document.add_blank_page(page_size=(595, 842))
        picture = document.make_stream(page.randbytes(MB))
        picture.stream_dict.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image})
        sheet.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=picture))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
