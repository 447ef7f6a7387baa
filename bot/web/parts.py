"""What the web handlers work with, gathered by `bot.app` and kept in the aiohttp application under one key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from jinja2 import Environment

from bot.web.live import Live
from handlers.flows.step import Ids
from handlers.turn import Turns
from storage.blobs import Blobs
from storage.database import Database
from storage.scratch import Scratch
from storage.thumbnails import Thumbnails


@dataclass(frozen=True, slots=True)
class Parts:
    """`clock` gives real time; `arrived` nudges the intake worker; `disk_reserve` is in bytes; `health` says how the
    channels are.
    """

    db: Database
    turns: Turns
    blobs: Blobs
    scratch: Scratch
    thumbnails: Thumbnails
    live: Live
    templates: Environment
    ids: Ids
    clock: Callable[[], datetime]
    arrived: Callable[[], None]
    health: Callable[[], dict[str, str]]
    disk_reserve: int
    secure_cookies: bool


PARTS: web.AppKey[Parts] = web.AppKey("parts", Parts)


def parts(request: web.Request) -> Parts:
    """The parts of the application that answers this request."""
    return request.app[PARTS]
