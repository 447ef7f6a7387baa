"""The way in by the web: pages for links and codes, whose GET changes nothing (chats fetch links for previews) and
whose POST uses them up.
"""

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.web import session
from bot.web.answers import page
from bot.web.parts import parts
from criteria.errors import Refusal
from handlers import acts
from handlers.texts import pages as texts
from handlers.texts import refusals


async def show_link(request: web.Request) -> web.Response:
    """GET /in/<token>: the same page for every token, right or wrong."""
    return await page(request, "sign_in.html")


async def use_link(request: web.Request) -> web.Response:
    """POST /in/<token>."""
    return await _enter(request, request.match_info["token"])


async def use_code(request: web.Request) -> web.Response:
    """POST /in: an invite code that was pasted, or a whole link."""
    try:
        form = await request.post()
    except (ValueError, LookupError, HttpProcessingError):
        return await _sorry(request, 400, texts.BAD_REQUEST)  # not what a browser sends
    typed = str(form.get("code", "")).strip()
    return await _enter(request, typed.rstrip("/").rpartition("/")[2])


async def _enter(request: web.Request, token: str) -> web.Response:
    if not session.same_origin(request):
        return await _sorry(request, 403, texts.NOT_OUR_PAGE)
    of = parts(request)
    who = f"web:{request.remote}"
    label = request.headers.get("User-Agent", "")
    entered = await of.db.write(
        lambda tx: acts.sign_in(tx, of.turns, of.ids, token=token[:200], who=who, label=label, real=of.clock())
    )
    if isinstance(entered, Refusal):
        if await session.signed_in(request):
            raise web.HTTPSeeOther("/chat")  # the own link, opened once more on a device that is in
        return await _sorry(request, 403, refusals.sentence(entered))
    if entered.heard is not None:
        of.turns.woken(entered.heard)
    response = web.HTTPSeeOther("/chat")
    session.set_cookie(response, entered.token, secure=of.secure_cookies)
    raise response


async def _sorry(request: web.Request, status: int, sentence: str) -> web.Response:
    title, label = texts.SORRY_TITLE, texts.BACK_TO_CHAT
    return await page(request, "message.html", status, title=title, sentence=sentence, back="/chat", back_label=label)
