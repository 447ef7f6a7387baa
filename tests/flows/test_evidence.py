"""Files: announced, settled, filed, declared, taken out."""

from dataclasses import replace

import pytest

from criteria.evidence import BYTES_PER_DAY, SECRET, FileState, SentToday
from criteria.facts import (
    DocumentDeclared,
    DocumentFiled,
    DocumentOpened,
    DocumentUnfiled,
    FileAnnounced,
    FileRefused,
    FileRestored,
    FileStored,
    FileWithdrawn,
    ItemAnswered,
    SecretStopped,
)
from criteria.files import WEB_MAX
from criteria.items import Answer
from criteria.people import Grant, Role
from handlers.channel import BytesDelayed, BytesRefused, BytesStored, IncomingFile, Said, Sent
from handlers.conversation import ChoosingItem, GivingReason, Idle, OnCard, State
from handlers.flows.step import EvidenceView, Outcome, Receipted
from tests.flows.builders import (
    NEIGHBOUR,
    NOW,
    UNIT,
    answered,
    document,
    file,
    item,
    labels_of,
    person,
    pressed,
    refused,
    step,
    view,
)

HERE, THERE = item("3.2.2"), item("8.4.2")
BOTH_UNITS = person(more=(Grant(NEIGHBOUR, Role.OFFICER),))


def sent(*names: str, caption: str = "", size: int = 100, mark: str = "") -> Sent:
    files = tuple(IncomingFile(f"u{n}", name, "", size, mark) for n, name in enumerate(names))
    return Sent(files, caption, "b1")


def send(of: EvidenceView, body: Sent, state: State | None = None) -> Outcome:
    return step("ev", of, "sent", "", state, body)


def ev(who: object = None, **more: object) -> EvidenceView:
    return view(EvidenceView, **{"file_limit": WEB_MAX, **({"who": who} if who else {}), **more})  # type: ignore[arg-type]


def kinds(outcome: Outcome) -> list[str]:
    return [type(fact).__name__ for fact in outcome.facts]


# --- announced ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [OnCard(HERE.id), GivingReason(HERE.id, "not_ours")])
def test_files_go_to_the_open_card(state: State) -> None:
    outcome = send(ev(), sent("a.jpg", "b.pdf"), state)
    assert kinds(outcome) == ["DocumentOpened", "FileAnnounced", "FileAnnounced", "DocumentFiled"]
    assert outcome.state == state
    (say,) = outcome.replies
    assert say.key == "doc:id00000000000001"
    assert [data.split(":")[1] for data in pressed(say)] == ["done", "pick", "move"]
    assert {kind for _, kind in outcome.texts} == {"name"}


def test_without_a_card_the_person_is_asked() -> None:
    outcome = send(ev(), sent("a.jpg"))
    assert kinds(outcome) == ["DocumentOpened", "FileAnnounced"]
    assert outcome.state == ChoosingItem("id00000000000001")
    assert pressed(outcome.replies[0])[-1] == "ev:keep:id00000000000001"
    assert labels_of(outcome.replies[0])[0].startswith("3.2.2")


def test_a_code_in_the_caption_wins_over_the_card() -> None:
    outcome = send(ev(), sent("a.jpg", caption="8.4.2 sổ góp ý"), OnCard(HERE.id))
    assert DocumentFiled("id00000000000001", THERE.id, UNIT, "8.4.2", 1) in outcome.facts
    assert outcome.texts["id00000000000001", "caption"] == "8.4.2 sổ góp ý"


def test_words_of_a_caption_lead_the_proposals() -> None:
    say = send(ev(caption="lịch trực"), sent("a.jpg", caption="lịch trực")).replies[0]
    assert labels_of(say)[0].startswith("4.4.3")


def test_a_code_that_two_units_have_is_asked_about() -> None:
    outcome = send(ev(BOTH_UNITS, caption="8.4.2"), sent("a.jpg", caption="8.4.2"))
    assert "DocumentFiled" not in kinds(outcome)
    first, second, *_ = labels_of(outcome.replies[0])
    assert first.startswith("8.4.2")
    assert second.startswith("8.4.2")
    assert {label.rpartition(" [")[2] for label in (first, second)} == {"An Thạnh 1]", "An Thạnh Đông]"}


def test_a_file_of_a_sending_that_has_begun_joins_it() -> None:
    begun = document(file(1, FileState.RECEIVED), items=(HERE.id,))
    outcome = send(ev(document=begun), sent("b.jpg"), OnCard(THERE.id))
    assert kinds(outcome) == ["FileAnnounced"]
    assert outcome.replies[0].key == "doc:d1"


def test_a_document_makes_not_done_done() -> None:
    outcome = send(ev(changed=(answered("3.2.2", Answer.NOT_DONE),)), sent("a.jpg"), OnCard(HERE.id))
    assert outcome.facts[-1] == ItemAnswered(HERE.id, UNIT, "3.2.2", "done", 1, None)


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        ("a.zip", 10, "archive"),
        ("a.docm", 10, "macro"),
        ("a.exe", 10, "type_not_allowed"),
        ("a", 10, "no_extension"),
        ("a.jpg", 0, "empty"),
        ("a.mp4", WEB_MAX + 1, "too_large"),
    ],
)
def test_what_its_name_or_size_forbids_is_refused_at_once(name: str, size: int, reason: str) -> None:
    outcome = send(ev(), sent(name, size=size), OnCard(HERE.id))
    assert kinds(outcome) == ["DocumentOpened", "FileAnnounced", "FileRefused"]
    assert isinstance(outcome.facts[-1], FileRefused)
    assert outcome.facts[-1].reason == reason
    assert outcome.replies[0].rows == ()


def test_a_days_share_is_a_refusal_of_the_file() -> None:
    outcome = send(ev(today=SentToday(1, BYTES_PER_DAY)), sent("a.jpg"), OnCard(HERE.id))
    assert isinstance(outcome.facts[-1], FileRefused)
    assert outcome.facts[-1].reason == "quota"


@pytest.mark.parametrize("in_caption", [False, True])
def test_a_secret_mark_stops_the_file_and_tells_the_guardians(in_caption: bool) -> None:
    body = sent("" if in_caption else "x.pdf", mark="" if in_caption else "MẬT")
    body = replace(body, mark="MẬT") if in_caption else body
    outcome = send(ev(guardians=(1, 8, 9)), body, OnCard(HERE.id))
    assert SecretStopped(1, "MẬT", "web") in outcome.facts
    assert [fact.reason for fact in outcome.facts if isinstance(fact, FileRefused)] == [SECRET]
    assert [notice.person for notice in outcome.notices] == [8, 9]
    assert not outcome.texts
    assert "x.pdf" not in str(outcome)


def test_names_are_cleaned_and_the_name_as_sent_is_kept() -> None:
    outcome = send(ev(), sent("../a\u202egpj.exe.jpg"), OnCard(HERE.id))
    kept = {kind: text for (_, kind), text in outcome.texts.items()}
    assert kept == {"name": "agpj.exe.jpg", "name_as_sent": "../a\u202egpj.exe.jpg"}


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMIN])
def test_roles_without_items_send_nothing(role: Role) -> None:
    assert refused("ev", ev(person(role)), "sent", "", None, sent("a.jpg")) == "not_allowed"


# --- verdicts -------------------------------------------------------------------------------------------------------


def test_a_stored_file_gets_its_receipt() -> None:
    coming = document(file(1, FileState.CHECKING), items=(HERE.id,))
    outcome = step(
        "ev", ev(document=coming), "stored", "", OnCard(7), BytesStored("f1", "ab", 9, "png", ("old_office",))
    )
    (fact,) = outcome.facts
    assert isinstance(fact, FileStored)
    assert fact.receipt in outcome.replies[0].text
    assert outcome.state == OnCard(7)
    twin = step("ev", ev(document=coming, twin="ABC"), "stored", "", None, BytesStored("f1", "ab", 9, "png", ()))
    assert isinstance(twin.facts[0], FileStored)
    assert twin.facts[0].flags == ("twin:ABC",)


def test_a_refused_file_says_why() -> None:
    coming = document(file(1, FileState.CHECKING), file(2), items=(HERE.id,))
    outcome = step("ev", ev(document=coming), "refused", "", None, BytesRefused("f1", "damaged"))
    assert outcome.facts == (FileRefused("f1", "d1", "damaged"),)
    assert outcome.notices == ()


def test_a_stamp_found_in_a_file_blanks_its_name() -> None:
    coming = document(file(1, FileState.CHECKING), items=(HERE.id,))
    of = ev(document=coming, guardians=(8,))
    outcome = step("ev", of, "refused", "", None, BytesRefused("f1", SECRET, "MẬT"))
    assert outcome.facts == (FileRefused("f1", "d1", SECRET), SecretStopped(1, "MẬT", "web"))
    assert set(outcome.texts.values()) == {""}
    assert [notice.person for notice in outcome.notices] == [8]
    assert "ảnh 1" not in str(outcome.replies)


def test_a_delay_is_shown_in_place() -> None:
    waiting = document(file(1, FileState.WAITING), items=(HERE.id,))
    outcome = step("ev", ev(document=waiting), "delayed", "", None, BytesDelayed("f1"))
    assert (outcome.facts, outcome.replies[0].key) == ((), "doc:d1")


@pytest.mark.parametrize("state", [FileState.STORED, FileState.REFUSED])
def test_a_verdict_comes_once(state: FileState) -> None:
    of = ev(document=document(file(1, state, reason="damaged" if state is FileState.REFUSED else "")))
    assert refused("ev", of, "stored", "", None, BytesStored("f1", "ab", 9, "png", ())) == "file_settled"
    assert refused("ev", of, "refused", "", None, BytesRefused("f1", "damaged")) == "file_settled"
    assert refused("ev", of, "stored", "", None, BytesStored("f7", "ab", 9, "png", ())) == "no_such_file"


# --- filing ---------------------------------------------------------------------------------------------------------


def test_filing_under_an_item() -> None:
    outcome = step("ev", ev(document=document()), "put", f"d1={HERE.id}")
    assert outcome.facts == (DocumentFiled("d1", HERE.id, UNIT, "3.2.2", 1),)
    assert (outcome.state, outcome.card) == (OnCard(HERE.id), HERE.id)
    again = step("ev", ev(document=document(items=(HERE.id,))), "put", f"d1={HERE.id}")
    assert again.facts == ()
    moved = step("ev", ev(document=document(items=(HERE.id,))), "put", f"d1={THERE.id}")
    assert moved.facts == (
        DocumentUnfiled("d1", HERE.id, UNIT, "3.2.2", 1),
        DocumentFiled("d1", THERE.id, UNIT, "8.4.2", 1),
    )
    woken = step("ev", ev(document=document(), changed=(answered("3.2.2", Answer.NOT_DONE),)), "put", f"d1={HERE.id}")
    assert isinstance(woken.facts[-1], ItemAnswered)
    theirs = item("3.2.2", NEIGHBOUR)
    assert refused("ev", ev(document=document()), "put", f"d1={theirs.id}") == "no_such_item"
    assert refused("ev", ev(document=document()), "put", "d1=x") == "stale_button"


@pytest.mark.parametrize("verb", ["put", "done", "pick", "drop", "back", "move", "sort", "keep", "dance"])
def test_documents_one_may_not_touch_do_not_exist(verb: str) -> None:
    assert refused("ev", ev(), verb, f"d1={HERE.id}") == "no_such_file"
    theirs = ev(document=document(unit=NEIGHBOUR))
    assert refused("ev", theirs, verb, f"d1={HERE.id}") == "not_allowed"


def test_asking_where() -> None:
    for verb in ("move", "sort"):
        outcome = step("ev", ev(document=document()), verb, "d1")
        assert outcome.state == ChoosingItem("d1")
        assert outcome.facts == ()
    filed = step("ev", ev(document=document(items=(HERE.id,)), card=HERE.id), "move", "d1")
    assert "3.2.2" in filed.replies[0].title
    assert f"ev:put:d1={HERE.id}" not in pressed(filed.replies[0])


def test_later_leaves_the_question() -> None:
    """What is typed next must not be taken for this document's sub-criterion."""
    unfiled = step("ev", ev(document=document()), "keep", "d1", ChoosingItem("d1"))
    assert unfiled.state == Idle()
    filed = step("ev", ev(document=document(items=(HERE.id,))), "keep", "d1", ChoosingItem("d1"))
    assert filed.state == OnCard(HERE.id)
    assert unfiled.facts == filed.facts == ()


def test_typed_words_find_the_sub_criterion() -> None:
    waiting, state = ev(document=document()), ChoosingItem("d1")
    by_code = step("ev", waiting, "find", "d1", state, Said("322"))
    assert by_code.state == OnCard(HERE.id)
    by_words = step("ev", waiting, "find", "d1", state, Said("niem yet"))
    assert by_words.state == state
    assert pressed(by_words.replies[0])[0] == f"ev:put:d1={HERE.id}"
    nothing = step("ev", waiting, "find", "d1", state, Said("không có chữ này"))
    assert (nothing.state, nothing.facts) == (state, ())
    not_ours = step("ev", waiting, "find", "d1", state, Said("4.1.1"))
    assert (not_ours.state, not_ours.facts) == (state, ())
    several = step("ev", ev(BOTH_UNITS, document=document()), "find", "d1", state, Said("3.2.2"))
    assert several.facts == ()
    assert len({choice for choice in pressed(several.replies[0]) if choice.startswith("ev:put")}) == 2
    assert refused("ev", ev(), "find", "", Idle(), Said("niem yet")) == "no_such_file"


# --- declared, taken out --------------------------------------------------------------------------------------------


def test_done_declares_and_goes_on() -> None:
    outcome = step("ev", ev(document=document(items=(HERE.id,))), "done", "d1", OnCard(HERE.id))
    assert outcome.facts == (DocumentDeclared("d1", 1),)
    assert outcome.state == OnCard(item("3.3.2").id)
    assert outcome.replies[0].rows == ()
    again = step("ev", ev(document=document(items=(HERE.id,), declared=True)), "done", "d1")
    assert again.facts == ()
    assert refused("ev", ev(document=document()), "done", "d1") == "not_filed"
    gone = document(file(1, withdrawn=True), file(2, FileState.REFUSED, reason="damaged"), items=(HERE.id,))
    assert refused("ev", ev(document=gone), "done", "d1") == "nothing_stored"


def test_taking_a_file_out_and_back() -> None:
    one = ev(document=document(items=(HERE.id,)))
    picked = step("ev", one, "pick", "d1")
    assert picked.facts == (FileWithdrawn("f1", "d1", 1),)
    assert pressed(picked.replies[1]) == ["ev:back:f1"]
    two = ev(document=document(file(1), file(2), items=(HERE.id,)))
    asked = step("ev", two, "pick", "d1")
    assert asked.facts == ()
    assert pressed(asked.replies[0]) == ["ev:drop:f1", "ev:drop:f2"]
    assert step("ev", two, "drop", "f2").facts == (FileWithdrawn("f2", "d1", 1),)
    out = ev(document=document(file(1, withdrawn=True), items=(HERE.id,)))
    assert step("ev", out, "drop", "f1").facts == ()
    assert step("ev", out, "back", "f1").facts == (FileRestored("f1", "d1", 1),)
    assert step("ev", one, "back", "f1").facts == ()
    coming = ev(document=document(file(1, FileState.CHECKING), items=(HERE.id,)))
    for verb, arg in (("pick", "d1"), ("drop", "f1"), ("back", "f1")):
        assert refused("ev", coming, verb, arg) == "file_not_stored"
    assert refused("ev", one, "drop", "f9") == "no_such_file"
    assert refused("ev", one, "dance", "d1") == "stale_button"


# --- lists ----------------------------------------------------------------------------------------------------------


def test_the_inbox() -> None:
    assert step("ev", ev(), "inbox").replies[0].rows == ()
    waiting = step("ev", ev(unfiled=(document(file(1), file(2)),)), "inbox")
    assert pressed(waiting.replies[0]) == ["ev:sort:d1"]
    assert refused("ev", ev(person(Role.ADMIN)), "inbox") == "not_allowed"


def test_receipts() -> None:
    found = Receipted(file(), document(items=(HERE.id,)), ("3.2.2",), "ab" * 32, NOW, "Nguyễn Thị Lan")
    assert "000-000-001" in step("ev", ev(receipts=(found,)), "receipts").replies[0].text
    assert step("ev", ev(), "receipts").replies[0].text
    valid = "07D-ACV-8K7"
    assert "ab" * 8 in step("ev", ev(receipts=(found,)), "receipts", valid).replies[0].text
    assert refused("ev", ev(), "receipts", valid) == "no_such_receipt"
    assert refused("ev", ev(), "receipts", "07D-ACV-8K8") == "bad_receipt"
    for role in (Role.LEADER, Role.ADMIN):
        assert refused("ev", ev(person(role)), "receipts") == "not_allowed"


def test_what_lies_under_an_item() -> None:
    held = ev(documents=(document(items=(HERE.id,)),))
    (say,) = step("ev", held, "there", HERE.id).replies
    assert say.key is None
    assert pressed(say) == ["ev:done:d1", "ev:pick:d1", "ev:move:d1"]
    assert step("ev", ev(), "there", HERE.id).replies[0].rows == ()
    assert refused("ev", ev(), "there", item("3.2.2", NEIGHBOUR).id) == "no_such_item"
    assert refused("ev", ev(), "there", "x") == "stale_button"


def test_the_facts_of_an_arrival_name_where_it_came_from() -> None:
    outcome = send(ev(), sent("a.jpg"))
    opened, announced = outcome.facts
    assert isinstance(opened, DocumentOpened)
    assert announced == FileAnnounced("id00000000000002", opened.document, "web", "1", "m1", "u0", 100, "jpg")
