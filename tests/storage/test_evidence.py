"""Evidence as rows: twins, what waits unfiled, a day's share, and who sees which receipt."""

from datetime import timedelta

from criteria.evidence import FileState, SentToday
from storage import evidence, intake
from tests import hostile
from tests.world import HEAD, NEIGHBOUR, OFFICER, START, World

PHOTO = hostile.jpg(32, 32)


async def flags(world: World, arrival: str) -> tuple[str, ...]:
    document = await world.look(lambda tx: evidence.document_of_arrival(tx, arrival))
    assert document is not None
    return tuple(flag for flag in document.file(arrival).flags if flag.startswith("twin:"))


async def receipt(world: World, arrival: str) -> str:
    document = await world.look(lambda tx: evidence.document_of_arrival(tx, arrival))
    assert document is not None
    return document.file(arrival).receipt


async def test_a_twin_is_named_within_the_unit_only(world: World) -> None:
    lan, minh, hai = [await world.person(who) for who in (OFFICER, HEAD, NEIGHBOUR)]
    first = await world.send(lan, "Ảnh.jpg", PHOTO)
    again = await world.send(lan, "Ảnh lần nữa.jpg", PHOTO)
    of_the_unit = await world.send(minh, "Ảnh của Minh.jpg", PHOTO)
    elsewhere = await world.send(hai, "Ảnh của Hai.jpg", PHOTO)
    assert await flags(world, first) == ()
    assert await flags(world, again) == (f"twin:{await receipt(world, first)}",)
    assert await flags(world, of_the_unit) == (f"twin:{await receipt(world, first)}",)
    assert await flags(world, elsewhere) == ()
    assert len(list(world.blobs.names())) == 1
    assert len({await receipt(world, one) for one in (first, again, of_the_unit, elsewhere)}) == 4
    (name,) = world.blobs.names()
    assert len(list(world.blobs.path(name).parent.glob("*.json"))) == 4


async def test_a_withdrawn_file_has_no_twins(world: World) -> None:
    lan = await world.person(OFFICER)
    first = await world.send(lan, "Ảnh.jpg", PHOTO)
    await world.press(lan, f"ev:drop:{first}")
    assert await flags(world, await world.send(lan, "Ảnh lần nữa.jpg", PHOTO)) == ()


async def test_unfiled(world: World) -> None:
    """Oldest first; not what was refused, withdrawn or filed."""
    lan = await world.person(OFFICER)
    kept = await world.send(lan, "Ảnh.jpg", PHOTO, batch="kept")
    await world.announce(lan, ("sắp đến.jpg", 100), batch="coming")
    await world.announce(lan, ("tệp.exe", 100), batch="refused")
    dropped = await world.send(lan, "bỏ.jpg", hostile.jpg(40, 40), batch="dropped")
    await world.press(lan, f"ev:drop:{dropped}")
    await world.send(lan, "có mã.jpg", hostile.jpg(44, 44), caption="3.2.2", batch="filed")
    found = await world.look(lambda tx: evidence.unfiled(tx, lan, 10))
    assert sorted(document.batch for document in found) == ["coming", "kept"]
    assert [document.batch for document in await world.look(lambda tx: evidence.unfiled(tx, lan, 1))] != []
    await world.press(lan, f"ev:drop:{kept}")
    assert [d.batch for d in await world.look(lambda tx: evidence.unfiled(tx, lan, 10))] == ["coming"]
    await world.press(lan, f"ev:back:{kept}")
    assert len(await world.look(lambda tx: evidence.unfiled(tx, lan, 10))) == 2


async def test_a_days_share(world: World) -> None:
    """Counted by what was announced and not refused, since the last midnight."""
    lan, hai = await world.person(OFFICER), await world.person(NEIGHBOUR)
    await world.announce(lan, ("một.jpg", 100), ("hai.jpg", 50), ("ba.exe", 7))
    await world.announce(hai, ("bốn.jpg", 1000))
    assert await world.look(lambda tx: evidence.sent_today(tx, lan, START)) == SentToday(2, 150)
    assert await world.look(lambda tx: evidence.sent_today(tx, lan, START + timedelta(seconds=1))) == (SentToday(0, 0))
    (too_much,) = await world.announce(lan, ("lớn.mp4", 5 << 30))
    found = await world.look(lambda tx: intake.get(tx, too_much))
    assert found is not None
    assert found.state is FileState.REFUSED


async def test_the_quota_ends_at_midnight(world: World) -> None:
    lan = await world.person(OFFICER)
    (first,) = await world.announce(lan, ("một.jpg", 100))
    await world.db.write(
        lambda tx: tx.exec_driver_sql("UPDATE arrivals SET declared_size = ? WHERE id = ?", (4 << 30, first))
    )
    (second,) = await world.announce(lan, ("hai.jpg", 100))
    found = await world.look(lambda tx: intake.get(tx, second))
    assert found is not None
    assert (found.state, found.reason) == (FileState.REFUSED, "quota")
    world.clock.forward(days=1)
    (third,) = await world.announce(lan, ("ba.jpg", 100))
    found = await world.look(lambda tx: intake.get(tx, third))
    assert found is not None
    assert found.state is FileState.RECEIVED


async def test_receipts(world: World) -> None:
    lan = await world.person(OFFICER)
    ids = []
    for number in range(3):
        ids.append(await world.send(lan, f"{number}.jpg", hostile.jpg(32 + number, 32)))
        world.clock.forward(minutes=1)
    newest = await world.look(lambda tx: evidence.latest_receipts(tx, [OFFICER.unit], 2))
    assert [one.file.id for one in newest] == [ids[2], ids[1]]
    code = await receipt(world, ids[0])
    one = await world.look(lambda tx: evidence.by_receipt(tx, code))
    assert one is not None
    assert (one.file.id, one.person, one.document.unit) == (ids[0], OFFICER.name, OFFICER.unit)
    assert await world.look(lambda tx: evidence.by_receipt(tx, "000-000-000")) is None
    assert await world.look(lambda tx: evidence.latest_receipts(tx, [NEIGHBOUR.unit], 2)) == []
