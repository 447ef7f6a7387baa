"""The way in by the web: pages for links and codes, whose GET changes nothing (chats fetch links for previews) and
whose POST uses them up.
"""

from aiohttp import web

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
    form = await request.post()
    typed = str(form.get("code", "")).strip()
    return await _enter(request, typed.rstrip("/").rpartition("/")[2])


async def _enter(request: web.Request, token: str) -> web.Response:
    if not session.same_origin(request):
        raise web.HTTPForbidden(text=texts.NOT_OUR_PAGE)
    of = parts(request)
    who = f"web:{request.remote}"
    label = request.headers.get("User-Agent", "")
    entered = await of.db.write(
        lambda tx: acts.sign_in(tx, of.turns, of.ids, token=token[:200], who=who, label=label, real=of.clock())
    )
    if isinstance(entered, Refusal):
        return await page(
            request, "message.html", 403, title=texts.SORRY_TITLE, sentence=refusals.sentence(entered), back="/chat",
            back_label=texts.BACK_TO_CHAT,
        )  # fmt: skip
    if entered.heard is not None:
        of.turns.woken(entered.heard)
    response = web.HTTPSeeOther("/chat")
    session.set_cookie(response, entered.token, secure=of.secure_cookies)
    raise response
