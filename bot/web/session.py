"""Who asks: the device's cookie, checked afresh at every request, and the guard against requests that other sites
make.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from urllib.parse import urlsplit

from aiohttp import web

from bot.web.answers import JSON, problem
from bot.web.parts import parts
from handlers.texts import pages as texts
from storage import doors
from storage.database import Tx
from storage.doors import Device

COOKIE: Final = "kiemchung"
GUARD_HEADER: Final = "X-Kiemchung"
_DAY: Final = 24 * 3600

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
T = TypeVar("T")


class SignedOut(web.HTTPUnauthorized):
    """No session, or one that has ended."""

    def __init__(self) -> None:
        super().__init__(text=problem(texts.SIGNED_OUT), content_type=JSON)


def device_in(request: web.Request) -> Callable[[Tx], Device | None]:
    """How to find the signed-in device in a transaction. It is read fresh in the one that does the work, so that a
    revocation counts at once. Raises `SignedOut` when the request brings nothing to look for.
    """
    token = request.cookies.get(COOKIE)
    if not token or len(token) > 200:
        raise SignedOut
    clock = parts(request).clock
    return lambda tx: doors.device(tx, token, clock())


async def signed_in(request: web.Request) -> bool:
    """Whether somebody is signed in on this device, where it is no fault if nobody is."""
    try:
        await read(request, lambda tx, device: None)
    except SignedOut:
        return False
    return True


async def read(request: web.Request, look: Callable[[Tx, Device], T]) -> T:
    """What `look` reads for the signed-in device, in one transaction; raises `SignedOut`."""
    find = device_in(request)

    def together(tx: Tx) -> tuple[T] | None:
        device = find(tx)
        return None if device is None else (look(tx, device),)

    found = await parts(request).db.read(together)
    if found is None:
        raise SignedOut
    return found[0]


async def required(request: web.Request) -> Device:
    """The signed-in device; raises `SignedOut`."""
    return await read(request, lambda _, device: device)


def set_cookie(response: web.StreamResponse, token: str, *, secure: bool) -> None:
    """Sign the device in for 90 days. Scripts cannot read the cookie, and other sites' forms do not send it."""
    age = doors.DEVICE_DAYS * _DAY
    response.set_cookie(COOKIE, token, max_age=age, httponly=True, secure=secure, samesite="Lax", path="/")


def own_page(handler: Handler) -> Handler:
    """Let a changing request through only if our own page made it: the header cannot be set by another site's form or
    image.
    """

    async def guarded(request: web.Request) -> web.StreamResponse:
        if request.headers.get(GUARD_HEADER) != "1" or not same_origin(request):
            raise web.HTTPForbidden(text=problem(texts.NOT_OUR_PAGE), content_type=JSON)
        return await handler(request)

    return guarded


def same_origin(request: web.Request) -> bool:
    """False when the browser says that another site's page made the request."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
