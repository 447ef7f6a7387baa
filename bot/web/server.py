"""The web server: every route in one table, security headers on every answer, and no error without its sentence."""

from pathlib import Path
from typing import Final

import structlog
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape

from bot.web import answers, chat, doors, files, session, uploads
from bot.web.parts import PARTS, Parts, parts
from handlers.texts import pages as texts

log = structlog.get_logger()

_HERE: Final = Path(__file__).parent
_BODY_MAX: Final = 256 * 1024  # of everything but a PUT, which streams

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


def templates() -> Environment:
    """The pages' templates; everything is escaped."""
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=select_autoescape(default=True), trim_blocks=True
    )


def application(of: Parts) -> web.Application:
    """The aiohttp application with every route of the web channel."""
    app = web.Application(client_max_size=_BODY_MAX, middlewares=[_answer_errors])
    app[PARTS] = of
    app[uploads.UNDER_WAY] = set()
    app.on_response_prepare.append(_add_headers)
    own = session.own_page
    app.add_routes(
        [
            web.get("/", _to_chat),
            web.get("/chat", chat.show),
            web.get("/chat/feed", chat.history),
            web.get("/chat/events", chat.events),
            web.post("/chat/say", own(chat.say)),
            web.post("/chat/files", own(uploads.announce)),
            web.put("/chat/files/{id}", own(uploads.receive)),
            web.delete("/chat/files/{id}", own(uploads.cancel)),
            web.get("/chat/files/{id}", files.download),
            web.get("/chat/files/{id}/thumb", files.thumbnail),
            web.post("/in", doors.use_code),
            web.get("/in/{token}", doors.show_link),
            web.post("/in/{token}", doors.use_link),
            web.get("/healthz", _health),
            web.static("/static", _HERE / "static"),
        ]
    )
    return app


async def _to_chat(request: web.Request) -> web.StreamResponse:
    raise web.HTTPSeeOther("/chat")


async def _health(request: web.Request) -> web.Response:
    """Which channels are up; nothing else, for anybody may ask."""
    channels = parts(request).health()
    return web.json_response({"status": "ok", "channels": channels})


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-cache"  # asked again each time, answered by the ETag


@web.middleware
async def _answer_errors(request: web.Request, handler: session.Handler) -> web.StreamResponse:
    """Errors as a sentence: JSON for the page's scripts, a page for a person. A fault of ours is logged and never
    shown.
    """
    try:
        return await handler(request)
    except web.HTTPException as known:
        if known.status < 400 or known.content_type == answers.JSON:
            raise
        return await _explain(request, known.status, texts.NOT_FOUND if known.status == 404 else texts.BAD_REQUEST)
    except (ConnectionError, TimeoutError):
        raise  # the other side went away: nobody is there to be answered
    except Exception:  # any fault of ours: the person gets a sentence, the log the place
        log.exception("request failed", method=request.method, route=str(request.match_info.route.resource))
        return await _explain(request, 500, texts.FAULT)


async def _explain(request: web.Request, status: int, sentence: str) -> web.StreamResponse:
    if session.GUARD_HEADER in request.headers or request.path.startswith("/chat/"):
        return answers.refuse(status, sentence)
    title = texts.NOT_FOUND_TITLE if status == 404 else texts.SORRY_TITLE
    return await answers.page(
        request, "message.html", status, title=title, sentence=sentence, back="/chat", back_label=texts.BACK_TO_CHAT
    )
