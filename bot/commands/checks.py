"""doctor and verify: is this installation sound, is everything stored still whole?"""

import asyncio
from urllib.parse import urlsplit

import typer

from bot.app import real_time
from bot.commands import common
from bot.settings import Settings
from handlers.texts import console
from storage import audit, schema, verify
from storage.blobs import Blobs
from storage.checking.pool import Checker
from storage.database import sqlite_is_safe
from storage.scratch import Scratch


def verify_store(as_json: bool) -> None:
    """Read every stored byte and the whole audit chain; status 1 and every fault named."""
    blobs = Blobs(common.settings().blobs)
    blobs.prepare()
    report = verify.check(common.look(verify.read), blobs)
    faults = [{"kind": f.kind, "subject": f.subject, "detail": f.detail} for f in report.faults]

    def lines() -> list[str]:
        if not report.faults:
            return [*common.rehearsal_mark(), console.verified(report.files, report.audit_rows)]
        return [*common.rehearsal_mark(), *(console.fault(f.kind, f.subject, f.detail) for f in report.faults)]

    data = {"ok": not faults, "files": report.files, "audit": report.audit_rows, "faults": faults}
    common.show(data, as_json=as_json, lines=lines)
    if faults:
        raise typer.Exit(1)


def doctor(as_json: bool) -> None:
    """Look at settings, schema, disk and what this machine permits; status 1 when something keeps the product from
    working.
    """
    of = common.settings()
    found = _findings(of)
    data = {"checks": [{"check": name, "ok": ok} for name, ok in found.items()]}
    common.show(
        data,
        as_json=as_json,
        lines=lambda: [console.check_line(ok, *console.DOCTOR[name]) for name, ok in found.items()],
    )
    if not (found["schema"] and found["disk"]):
        raise typer.Exit(1)


def _clock_is_right(of: Settings) -> bool:
    """Not before what was written last: a clock that was set back would date evidence wrongly."""
    if schema.state(of.database) is not schema.SchemaState.CURRENT:
        return True
    last = common.look(audit.last_at)
    return last is None or last <= real_time()


def _findings(of: Settings) -> dict[str, bool]:
    of.data_dir.mkdir(parents=True, exist_ok=True)
    of.blobs.mkdir(parents=True, exist_ok=True)
    host = urlsplit(of.base_url).hostname or ""
    return {
        "settings": True,
        "schema": schema.state(of.database) is schema.SchemaState.CURRENT,
        "clock": _clock_is_right(of),
        "channels": True,
        "disk": Scratch(of.data_dir).free_bytes() >= of.disk_reserve,
        "same_disk": of.data_dir.stat().st_dev == of.blobs.stat().st_dev,
        "sqlite": sqlite_is_safe(),
        "isolated": asyncio.run(Checker().probe()),
        "public_url": host not in ("127.0.0.1", "localhost", "::1"),
        "https": of.secure_cookies,
    }
