"""invite and revoke: letting people in and putting them out."""

from pathlib import Path

import typer

from bot.app import real_time
from bot.commands import common
from bot.ids import RandomIds
from criteria.people import Role
from criteria.periods import local, show_moment
from handlers import acts
from handlers.texts import console, labels
from storage import campaigns


def invite(unit: str, role: str, name: str, phone: str | None, qr: Path | None, as_json: bool) -> None:
    """Make a one-use invite and print its code and links; a link is null while its channel is off."""
    plan = common.look(campaigns.current).campaign.plan
    if unit not in plan.units_by_code:
        common.stop(console.unknown_unit(unit, list(plan.units_by_code)), 2)
    if role not in {r.value for r in Role}:
        common.stop(console.unknown_role(role, [r.value for r in Role]), 2)
    given = Role(role)
    code, expires = common.write(
        lambda tx: acts.invite(tx, RandomIds(), unit=unit, role=given, name=name, phone=phone, real=real_time())
    )
    link = f"{common.settings().base_url}/in/{code}"
    _draw(link, qr)
    data = {
        "code": code,
        "expires_at": local(expires).isoformat(timespec="seconds"),
        "links": {"telegram": None, "zalo_oa": None, "zalo_bot": None, "web": link},
    }
    words = console.invited(plan.unit(unit).name, labels.ROLES[given], code, link, show_moment(expires))
    common.show(data, as_json=as_json, lines=lambda: [words])


def sign_in_link(person: int, qr: Path | None, as_json: bool) -> None:
    """Make a one-use sign-in link for somebody who has joined and lost every device."""
    try:
        token, expires = common.write(lambda tx: acts.sign_in_link(tx, RandomIds(), person, real_time()))
    except LookupError:
        common.stop(console.unknown_person(person), 2)
    link = f"{common.settings().base_url}/in/{token}"
    _draw(link, qr)
    data = {"code": token, "expires_at": local(expires).isoformat(timespec="seconds"), "links": {"web": link}}
    common.show(data, as_json=as_json, lines=lambda: [console.sign_in_link(link, show_moment(expires))])


def _draw(link: str, qr: Path | None) -> None:
    """The link as a QR picture, where one is asked for. The link is printed in any case."""
    if qr is not None and not qr.parent.is_dir():
        typer.echo(console.no_such_folder(str(qr.parent)), err=True)
    elif qr is not None:
        import segno

        segno.make(link, error="m").save(str(qr), kind="png", scale=8, border=3)


def revoke(whom: str) -> None:
    """End a person's access, or an unused invite."""
    known = common.write(lambda tx: acts.revoke(tx, whom, real_time()))
    if not known:
        common.stop(console.revoked(known))
    common.show({}, as_json=False, lines=lambda: [console.revoked(known)])
