"""One Chromium for the folder, one product per test, as many devices as a test wants."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.phone import PHONE, Phone
from tests.product import Product

_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Phones = Callable[..., Phone]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The Chromium that the environment names."""
    expect.set_options(timeout=10_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=_ARGS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """The product on an empty folder: the rehearsal with its demo people. An open page hears within a second what
    another process did.
    """
    with Product(tmp_path / "product", before="import bot.web.chat; bot.web.chat._PING_SECONDS = 1") as running:
        yield running


@pytest.fixture
def phones(browser: Browser, product: Product) -> Iterator[Phones]:
    """Opens devices. At the end none may have met an error that its test did not provoke."""
    opened: list[Phone] = []

    def one(size: tuple[int, int] = PHONE, *, dark: bool = False, scale: float = 1) -> Phone:
        opened.append(Phone(browser, product.base, size, dark=dark, scale=scale))
        return opened[-1]

    yield one
    troubles = [trouble for phone in opened for trouble in phone.troubles()]
    for phone in opened:
        phone.context.close()
    assert troubles == []


@pytest.fixture
def officer(phones: Phones, product: Product) -> Phone:
    """An officer's phone with the first card open."""
    return phones().at_work(product.links[0])
