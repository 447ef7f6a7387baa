"""The shapes of answers: a problem as JSON with one Vietnamese sentence, and pages from templates."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.web.parts import parts
from handlers.texts import pages as texts
from storage import campaigns

JSON = "application/json"


def problem(sentence: str) -> str:
    """The body of every error."""
    return json.dumps({"message": sentence}, ensure_ascii=False)


def refuse(status: int, sentence: str, *, retry_after: int | None = None) -> web.Response:
    """An error as JSON; `retry_after` in seconds tells the page to try again by itself."""
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
    return web.Response(status=status, text=problem(sentence), content_type=JSON, headers=headers)


async def json_object(request: web.Request) -> dict[str, Any]:
    """The request's body as an object; an empty one for anything else."""
    try:
        sent = await request.json()
    except (ValueError, LookupError, RecursionError):  # LookupError: a charset that does not exist
        return {}
    return sent if isinstance(sent, dict) else {}


async def page(request: web.Request, template: str, status: int = 200, **values: object) -> web.Response:
    """A page; every template knows whether this is a rehearsal."""
    of = parts(request)
    opened = await of.db.read(campaigns.current)
    known: Mapping[str, Any] = {"product": texts.PRODUCT, "rehearsal": opened.campaign.rehearsal, **values}
    text = of.templates.get_template(template).render(known)
    return web.Response(status=status, text=text, content_type="text/html")
