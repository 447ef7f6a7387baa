"""Nothing can be decided and forgotten: every fact has a recorder, happens in the product, and stands in the audit."""

import dataclasses
import json
from datetime import timedelta
from typing import get_args

import sqlalchemy as sa

from criteria.facts import Fact
from handlers import acts
from storage import evidence
from storage import tables as t
from storage.record import RECORDERS
from tests.transcripts.play import Play, script_of
from tests.world import OFFICER, World

EVERYTHING = """
@ Hương
@ mã mời A: can_bo, xa-an-thanh-nam, số 0912345678, do Hương mời
@ An vào bằng mã mời A
@ Hương
> #Đồng ý
@ An
> #Bắt đầu
> #Tôi đã rõ
> Võ Văn An
> #Chưa làm
> #Hoàn tác
> #Để sau
> [tệp a.jpg + b.zip]
> #Bỏ tệp này
> #Hoàn tác
> #Đổi tiêu chí
> 8.4.2
> #Xong
> [tệp tuyet mat.pdf]
> !me:out:1
> /toi
> #Thêm thiết bị
> #Đăng xuất thiết bị khác
@ mã mời B: can_bo, xa-an-thanh-nam
@ thu hồi An
"""


def test_every_fact_has_a_recorder() -> None:
    assert set(RECORDERS) == set(get_args(Fact))


def test_facts_are_values_of_ids_and_codes() -> None:
    for kind in get_args(Fact):
        assert kind.__dataclass_params__.frozen
        names = {field.name for field in dataclasses.fields(kind)}
        assert not names & {"name", "caption", "text", "title", "reason_text", "phone"}, kind


async def test_every_fact_happens_and_is_audited(world: World) -> None:
    play = Play(world)
    await play.run(script_of(EVERYTHING))
    lan = await world.person(OFFICER)
    await world.say(lan, "3.2.2")
    await world.announce(lan, ("một.jpg", 10), batch="one-sending")
    document = await world.look(lambda tx: evidence.document_of_batch(tx, lan, "one-sending"))
    assert document is not None
    await world.press(lan, f"ev:done:{document.id}")
    await world.announce(lan, ("hai.jpg", 10), batch="one-sending")
    await world.db.write(lambda tx: acts.revoke(tx, play.codes["mã B"], world.clock()))
    await world.db.write(lambda tx: acts.advance_clock(tx, timedelta(days=1), world.clock()))
    bodies = await world.look(lambda tx: tx.execute(sa.select(t.audit.c.body)).all())
    seen = {json.loads(row.body)["fact"] for row in bodies}
    assert {kind.__name__ for kind in get_args(Fact)} - seen == set()
    assert not any("Võ Văn An" in row.body or "a.jpg" in row.body for row in bodies)
