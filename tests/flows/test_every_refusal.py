"""Every "no" that has a sentence can be met: one way to each."""

from collections.abc import Callable
from typing import Final

import pytest

from criteria import evidence, items
from criteria.errors import Refusal
from criteria.evidence import FILES_PER_DAY, FileState, SentToday
from criteria.items import Answer
from criteria.people import GrantState, Role
from handlers.channel import BytesStored, Said
from handlers.conversation import GivingName, GivingReason
from handlers.flows.step import EvidenceView, PeopleView, View
from handlers.texts import refusals
from storage import conversations
from tests.flows.builders import NEIGHBOUR, document, file, item, person, step, view
from tests.transcripts.play import Play, say_of, script_of
from tests.world import World

HERE = item("3.2.2")
ASKED = GivingReason(HERE.id, "not_ours")


def ev(**more: object) -> EvidenceView:
    return view(EvidenceView, **more)  # type: ignore[arg-type]


FILED = ev(document=document(items=(HERE.id,)))
COMING = ev(document=document(file(1, FileState.CHECKING), items=(HERE.id,)))
GONE = ev(document=document(file(1, withdrawn=True), items=(HERE.id,)))
STORED = BytesStored("f1", "ab", 1, "jpg", ())
WAYS: Final[dict[str, Callable[[], object]]] = {
    "not_allowed": lambda: step("walk", view(View, person(Role.LEADER)), "open"),
    "waiting_for_approval": lambda: step("walk", view(View, person(state=GrantState.PENDING)), "open"),
    "no_such_item": lambda: step("walk", view(View), "card", item("3.2.2", NEIGHBOUR).id),
    "no_such_file": lambda: step("ev", ev(), "done", "d1"),
    "no_such_person": lambda: step("me", view(PeopleView, person(Role.ADMIN)), "out", 9),
    "no_such_receipt": lambda: step("ev", ev(), "receipts", "07D-ACV-8K7"),
    "bad_receipt": lambda: step("ev", ev(), "receipts", "07D-ACV-8K8"),
    "stale_button": lambda: step("walk", view(View), "dance"),
    "reason_needed": lambda: items.answer(HERE, Answer.NOT_OURS, None, 1),
    "reason_empty": lambda: step("walk", view(View), "reason", "", ASKED, Said(".")),
    "reason_too_long": lambda: step("walk", view(View), "reason", "", ASKED, Said("a" * 501)),
    "name_unclear": lambda: step("hi", view(View), "name", "", GivingName(), Said("1")),
    "file_settled": lambda: step("ev", FILED, "stored", "", None, STORED),
    "file_not_stored": lambda: step("ev", COMING, "drop", "f1"),
    "nothing_stored": lambda: step("ev", GONE, "done", "d1"),
    "not_filed": lambda: step("ev", ev(document=document()), "done", "d1"),
    "other_unit": lambda: evidence.file_under(document(items=(1,)), item("3.2.2", NEIGHBOUR), 1),
    "no_items": lambda: step("walk", view(View, items=()), "open"),
    "quota": lambda: evidence.check_quota(SentToday(FILES_PER_DAY, 0), 1),
}
# In the turn itself, as a person meets them.
CONVERSATIONS: Final = {
    "text_too_long": "@ Lan\n> [dài 4001]",
    "code_refused": "@ Lan\n> /start abc",
    "too_many_tries": "@ Lan\n" + "\n".join(f"> /start abc{n}" for n in range(6)),
    "revoked": "@ Lan\n> /viec\n@ thu hồi Lan\n> /viec",
}


def test_there_is_a_way_to_every_sentence() -> None:
    assert set(WAYS) | set(CONVERSATIONS) == set(refusals._SENTENCES)
    assert not set(WAYS) & set(CONVERSATIONS)


@pytest.mark.parametrize("key", WAYS)
def test_the_way(key: str) -> None:
    with pytest.raises(Refusal) as refused:
        WAYS[key]()
    assert refused.value.key == key
    assert refusals.sentence(refused.value)


@pytest.mark.parametrize("key", CONVERSATIONS)
async def test_the_conversation(world: World, key: str) -> None:
    played = await Play(world).run(script_of(CONVERSATIONS[key]))
    sentence = refusals.sentence(Refusal(key))
    said = await world.look(lambda tx: conversations.page(tx, 1, None, 100))
    assert played.rstrip().endswith(sentence)
    assert (say_of(said[-1]).text == sentence) is (key != "revoked")  # who is out leaves no further trace
