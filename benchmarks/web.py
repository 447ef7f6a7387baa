"""Turns over the web chat: the product as its own process, sixteen people each with a page whose stream is open."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from benchmarks.client import Client
from benchmarks.measure import Figure, cpu_of, milliseconds, own_cpu, percentile, resident
from benchmarks.taps import PEOPLE, cards, officers, taps
from tests.product import Product
from tests.world import World

_WARM_UP: Final = 20


async def measure(folder: Path, turns: int) -> list[Figure]:
    """A tap is over when its answer stands on the page."""
    product, rows = await prepared(folder / "web", PEOPLE)
    with product:
        assert product.process is not None
        pid = product.process.pid
        async with AsyncExitStack() as stack:
            pages = [await stack.enter_async_context(Client(product.base)) for _ in rows]
            for page, link in zip(pages, product.links, strict=True):
                await page.sign_in(link)
            await asyncio.gather(*(_walk(page, row, _WARM_UP) for page, row in zip(pages, rows, strict=True)))
            server, client, began = cpu_of(pid), own_cpu(), time.perf_counter()
            each = [
                took
                for some in await asyncio.gather(
                    *(_walk(page, row, turns // PEOPLE) for page, row in zip(pages, rows, strict=True))
                )
                for took in some
            ]
            wall = time.perf_counter() - began
            server, client = cpu_of(pid) - server, own_cpu() - client
            memory = resident(pid)
            alone = await _walk(pages[0], rows[0], 200)
    done = len(each)
    return [
        Figure(f"web, {PEOPLE} people: turns/s", f"{done / wall:.0f}", "400"),
        Figure(f"web, {PEOPLE} people: p50", milliseconds(percentile(each, 0.5))),
        Figure(f"web, {PEOPLE} people: p95", milliseconds(percentile(each, 0.95))),
        Figure("web, one person: p50", milliseconds(percentile(alone, 0.5))),
        Figure("web, one person: p95", milliseconds(percentile(alone, 0.95))),
        Figure("web: CPU of the server per 1,000 turns", f"{server / done * 1000:.2f} s"),
        Figure("web: CPU of the clients per 1,000 turns", f"{client / done * 1000:.2f} s"),
        Figure(f"web: memory of the server with {PEOPLE} pages", f"{memory:.0f} MB", "100 MB"),
    ]


async def prepared(folder: Path, people: int) -> tuple[Product, list[Iterator[str]]]:
    """A product on a database with `people` officers, not started yet, and a row of taps for each."""
    (folder / "data").mkdir(parents=True)
    world = World(folder / "data")
    ids = await officers(world, people)
    rows = [taps(await cards(world, id_)) for id_ in ids]
    await world.close()
    return Product(folder), rows


async def _walk(page: Client, row: Iterator[str], turns: int) -> list[float]:
    took = []
    for data in itertools.islice(row, turns):
        began = time.perf_counter()
        await page.tap(data)
        took.append(time.perf_counter() - began)
    return took
