"""What may happen to documents and files, and the facts it makes."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from criteria import evidence
from criteria.errors import Refusal
from criteria.evidence import BYTES_PER_DAY, FILES_PER_DAY, Document, EvidenceFile, FileState, SentToday
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
)
from criteria.items import Item

ITEM = Item(5, "xa-an-thanh-1", "3.2.2", True)
ELSEWHERE = Item(9, "xa-an-thanh-2", "3.2.2", True)


def file(state: FileState = FileState.CHECKING, **more: object) -> EvidenceFile:
    return replace(EvidenceFile("f1", "a.jpg", 10, "jpg", state), **more)  # type: ignore[arg-type]


def document(*files: EvidenceFile, items: tuple[int, ...] = (), declared: bool = False) -> Document:
    return Document("d1", 1, "xa-an-thanh-1", "b1", declared, files, items)


OPEN = [FileState.RECEIVED, FileState.FETCHING, FileState.CHECKING, FileState.WAITING]


@pytest.mark.parametrize("state", FileState)
def test_a_verdict_is_given_once(state: FileState) -> None:
    of, owner = file(state), document(file(state))

    def stored() -> FileStored:
        return evidence.store(of, owner, sha256="ab", size=9, kind="png", receipt="R", flags=["old_office"])

    def refused() -> FileRefused:
        return evidence.refuse(of, owner, "damaged")

    verdicts: list[tuple[Callable[[], object], object]] = [
        (stored, FileStored("f1", "d1", "ab", 9, "png", "R", ("old_office",))),
        (refused, FileRefused("f1", "d1", "damaged")),
    ]
    for give, fact in verdicts:
        if state in OPEN:
            assert give() == fact
        else:
            with pytest.raises(Refusal, match="file_settled"):
                give()
    assert of.settled is (state not in OPEN)


@pytest.mark.parametrize("state", FileState)
@pytest.mark.parametrize("withdrawn", [False, True])
def test_only_stored_files_are_taken_out_and_put_back(state: FileState, withdrawn: bool) -> None:
    of = file(state, withdrawn=withdrawn)
    if state is not FileState.STORED:
        for move in (evidence.withdraw, evidence.restore):
            with pytest.raises(Refusal, match="file_not_stored"):
                move(of, document(of), 3)
        return
    assert evidence.withdraw(of, document(of), 3) == (None if withdrawn else FileWithdrawn("f1", "d1", 3))
    assert evidence.restore(of, document(of), 3) == (FileRestored("f1", "d1", 3) if withdrawn else None)
    assert of.counts is not withdrawn


def test_a_document_serves_one_unit() -> None:
    assert evidence.file_under(document(), ITEM, 3) == DocumentFiled("d1", 5, "xa-an-thanh-1", "3.2.2", 3)
    assert evidence.file_under(document(items=(5,)), ITEM, 3) is None
    assert evidence.file_under(document(), ELSEWHERE, 3) == DocumentFiled("d1", 9, "xa-an-thanh-2", "3.2.2", 3)
    with pytest.raises(Refusal, match="other_unit"):
        evidence.file_under(document(items=(5,)), ELSEWHERE, 3)
    assert evidence.unfile(document(items=(5,)), ITEM, 3) == DocumentUnfiled("d1", 5, "xa-an-thanh-1", "3.2.2", 3)
    assert evidence.unfile(document(), ITEM, 3) is None


def test_what_was_declared_is_not_declared_again() -> None:
    assert evidence.declare(document(), 3) == DocumentDeclared("d1", 3)
    assert evidence.declare(document(declared=True), 3) is None


@pytest.mark.parametrize(
    ("files", "sent", "size", "fits"),
    [
        (0, 0, 1, True),
        (FILES_PER_DAY - 1, 0, 1, True),
        (FILES_PER_DAY, 0, 1, False),
        (0, BYTES_PER_DAY - 10, 10, True),
        (0, BYTES_PER_DAY - 10, 11, False),
    ],
)
def test_a_days_share(files: int, sent: int, size: int, fits: bool) -> None:
    if fits:
        evidence.check_quota(SentToday(files, sent), size)
    else:
        with pytest.raises(Refusal, match="quota"):
            evidence.check_quota(SentToday(files, sent), size)


def test_what_a_document_holds() -> None:
    kept, gone, bad = (
        file(FileState.STORED),
        file(FileState.STORED, id="f2", withdrawn=True),
        file(FileState.REFUSED, id="f3"),
    )
    owner = document(kept, gone, bad)
    assert owner.stored == (kept,)
    assert owner.settled
    assert not document(kept, file(FileState.WAITING)).settled
    assert owner.file("f2") is gone
    with pytest.raises(Refusal, match="no_such_file"):
        owner.file("f9")


def test_the_facts_of_a_sending() -> None:
    assert evidence.open_document("d", 1, "u", "b") == DocumentOpened("d", 1, "u", "b")
    announced = evidence.announce("f", "d", channel="web", chat="1", message="m", uid="x", size=3, kind="jpg")
    assert announced == FileAnnounced("f", "d", "web", "1", "m", "x", 3, "jpg")
