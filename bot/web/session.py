"""Who asks: the device's cookie, checked afresh at every request, and the guard against requests that other sites
make.
"""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from bot.web.answers import JSON, problem
from bot.web.parts import parts
from handlers.texts import pages as texts
from storage import doors
from storage.doors import Device

COOKIE: Final = "kiemchung"
GUARD_HEADER: Final = "X-Kiemchung"
_DAY: Final = 24 * 3600

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class SignedOut(web.HTTPUnauthorized):
    """No session, or one that has ended."""

    def __init__(self) -> None:
        super().__init__(text=problem(texts.SIGNED_OUT), content_type=JSON)


async def device(request: web.Request) -> Device | None:
    """The signed-in device, or None. Read fresh, so that a revocation counts at once."""
    token = request.cookies.get(COOKIE)
    if not token or len(token) > 200:
        return None
    of = parts(request)
    return await of.db.read(lambda tx: doors.device(tx, token, of.clock()))


async def required(request: web.Request) -> Device:
    """The signed-in device; raises `SignedOut`."""
    found = await device(request)
    if found is None:
        raise SignedOut
    return found


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
