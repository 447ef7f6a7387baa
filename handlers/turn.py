"""The one imperative shell of the conversation: every message, tap, file and worker's result is one turn, and one
turn is one transaction.

Channels and workers call `Turns.accept`; nothing is sent or woken before the commit.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import ModuleType
from typing import Final

import structlog

from criteria import evidence as rules
from criteria import secrets
from criteria.errors import Refusal
from criteria.facts import AccessDenied, PersonRevoked
from criteria.folding import one_line
from criteria.people import Person
from handlers import conversation as talk
from handlers import joining, loading, replies, routing
from handlers.channel import (
    INTAKE,
    WEB,
    BytesDelayed,
    BytesRefused,
    BytesStored,
    Inbound,
    Pressed,
    Said,
    Sent,
    decode,
    encode,
)
from handlers.conversation import Idle, Menu, State
from handlers.flows import checklist, evidence, lookup, people, walk, welcome
from handlers.flows.step import Event, Ids, Outcome
from handlers.replies import Say
from handlers.routing import Route
from handlers.texts import labels, refusals
from storage import campaigns, conversations, doors, inbox
from storage import people as people_rows
from storage.conversations import Conversation
from storage.crashpoints import crash_point
from storage.database import Database, StorageTrouble, Tx, forget, savepoint
from storage.record import Setting, record

log = structlog.get_logger()

FLOWS: Final[Mapping[str, ModuleType]] = {
    "hi": welcome,
    "me": people,
    "walk": walk,
    "list": checklist,
    "ev": evidence,
    "look": lookup,
}
_START: Final = "/start "


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of something heard. `seq`: the conversation's last change. `refusal`: the sentence, if a rule said
    no.

    `repeat`: it was heard before and nothing was done now; `done`: that turn went through. `known`: somebody who has
    joined speaks from this address. `woken`: whose pages changed.
    """

    seq: int = 0
    refusal: str = ""
    repeat: bool = False
    done: bool = False
    known: bool = True
    woken: tuple[int, ...] = ()


class Turns:
    """Runs turns. `clock` gives real time (aware), `wake` is called after the commit with everybody whose messages
    changed.
    """

    def __init__(
        self, db: Database, *, clock: Callable[[], datetime], ids: Ids, wake: Callable[[int], None], public_url: str
    ) -> None:
        self._db: Final = db
        self._clock: Final = clock
        self._ids: Final = ids
        self._wake: Final = wake
        self._public_url: Final = public_url

    async def accept(self, inbound: Inbound) -> Heard:
        """Take something in and run its turn. Raises only when the database cannot go on (`StorageTrouble`): then
        nothing was kept.
        """
        guarded = guard(inbound)
        return await self.accept_from(lambda _: guarded)

    async def accept_from(self, look: Callable[[Tx], Inbound]) -> Heard:
        """The same for a channel that finds out in the turn's own transaction who speaks. When `look` raises, nothing
        was kept.
        """
        heard = await self._db.write(lambda tx: self.accept_in(tx, look(tx)))
        crash_point("turn:committed")
        self.woken(heard)
        return heard

    def woken(self, heard: Heard) -> None:
        """Tell the pages, after the commit."""
        for person in heard.woken:
            self._wake(person)

    def accept_in(self, tx: Tx, inbound: Inbound) -> Heard:
        """The same within a transaction that the caller commits; the caller then calls `woken`."""
        crash_point("turn:begun")
        real = self._clock()
        id_ = inbox.add(tx, inbound.channel, inbound.external_id, real)
        if id_ is None:
            return self._heard_before(tx, inbound, real)
        crash_point("turn:inbox-added")
        heard = self._tried(tx, inbound, id_, 0, real)
        crash_point("turn:before-commit")
        return heard

    def _heard_before(self, tx: Tx, inbound: Inbound, real: datetime) -> Heard:
        """A repeat does nothing, but for a worker's verdict whose turn was given up: saying it again tries it again."""
        before = inbox.known(tx, inbound.channel, inbound.external_id)
        if inbound.background and before.state == "parked":
            inbox.done(tx, before.id)
            return self._tried(tx, inbound, before.id, before.tries, real)
        return Heard(repeat=True, done=before.state == "done")

    async def retry_due(self) -> int:
        """Run again the turns that failed and are due; returns how many were tried."""
        waiting = await self._db.read(lambda tx: inbox.due(tx, self._clock()))
        for one in waiting:
            self.woken(await self._db.write(lambda tx, one=one: self._again(tx, one)))  # type: ignore[misc]
        return len(waiting)

    def _again(self, tx: Tx, one: inbox.Waiting) -> Heard:
        try:
            inbound = decode(one.raw)
        except (KeyError, TypeError, ValueError):
            inbox.park(tx, one.id)  # written by another version: kept, and no obstacle to the rows behind it
            log.exception("inbox row not understood", inbox=one.id, parked=True)
            return Heard()
        if isinstance(inbound.body, Said | Pressed) and self._moved_on(tx, inbound, one.seq):
            inbox.done(tx, one.id)
            return self._say_of_ours(tx, inbound, refusals.please_repeat())
        inbox.done(tx, one.id)
        return self._tried(tx, inbound, one.id, one.tries, self._clock())

    def _moved_on(self, tx: Tx, inbound: Inbound, seq: int | None) -> bool:
        """Whether the conversation has changed since the turn failed: "2" would now answer another question."""
        person = _who(tx, inbound)
        return person is None or conversations.get(tx, person.id).seq != seq

    def _tried(self, tx: Tx, inbound: Inbound, id_: int, tries: int, real: datetime) -> Heard:
        """Run a turn inside a savepoint: if it raises, what was heard is kept for another try, and the person is
        told.
        """
        started = time.monotonic()
        try:
            with savepoint(tx):
                heard, route = self._run(tx, inbound, real)
        except StorageTrouble:
            raise
        except Exception as fault:  # any fault of ours: the message must not be lost, nor block those behind it
            forget(tx)
            parked = inbox.failed(tx, id_, encode(inbound), tries + 1, type(fault).__name__, real)
            log.exception("turn failed", inbox=id_, tries=tries + 1, parked=parked)
            if tries or inbound.background:
                return Heard()
            told = self._say_of_ours(tx, inbound, refusals.stumbled(f"{id_:05d}"))
            inbox.stood_at(tx, id_, told.seq)
            return told
        log.info("turn", inbox=id_, flow=route.flow, verb=route.verb, ms=round((time.monotonic() - started) * 1000, 1))
        return heard

    def _say_of_ours(self, tx: Tx, inbound: Inbound, words: str) -> Heard:
        """Tell the person of a fault of ours, outside any flow."""
        person = _who(tx, inbound)
        if person is None:
            return Heard(known=False)
        conversation = conversations.get(tx, person.id)
        at = campaigns.current(tx).campaign.now(self._clock())
        conversations.said(tx, conversation, replies.encode(Say(words)), key=None, document=None, at=at)
        conversations.save(tx, conversation)
        return Heard(seq=conversation.seq, woken=(person.id,))

    def _run(self, tx: Tx, inbound: Inbound, real: datetime) -> tuple[Heard, Route]:
        person = _who(tx, inbound)
        nowhere = Route("", "")
        if person is None:
            return Heard(known=False), nowhere
        if not person.active and not inbound.background:
            return Heard(refusal=refusals.sentence(Refusal("revoked"))), nowhere
        conversation = conversations.get(tx, person.id)
        state, menu = talk.decode_state(conversation.state), talk.decode_menu(conversation.menu)
        at = campaigns.current(tx).campaign.now(real)
        route, outcome, refusal = self._decide(tx, inbound, person, state, menu, conversation.card, real)
        crash_point("turn:stepped")
        record(tx, outcome.facts, Setting(real=real, at=at, texts=outcome.texts))
        _keep_heard(tx, conversation, inbound, menu, outcome, at)
        _keep_said(tx, conversation, inbound, state, outcome, at)
        conversations.save(tx, conversation)
        told = tuple(dict.fromkeys((*(notice.person for notice in outcome.notices), *_shut_out(outcome))))
        _keep_notices(tx, outcome, at)
        return Heard(seq=conversation.seq, refusal=refusal, woken=(person.id, *told)), route

    def _decide(
        self, tx: Tx, inbound: Inbound, person: Person, state: State, menu: Menu, card: int | None, real: datetime
    ) -> tuple[Route, Outcome, str]:
        """Route, load and step; a refusal of the domain becomes its sentence and changes nothing."""
        route = Route("", "")
        try:
            inbound = self._entered(tx, inbound, person, real)
            codes = campaigns.current(tx).campaign.places.keys()
            route = routing.choose(state, menu, inbound.body, codes)
            if route.flow not in FLOWS:
                raise Refusal("stale_button")
            view = loading.load(tx, loading.Asked(person, state, card, inbound.body, route, real, self._public_url))
            event = Event(
                verb=route.verb,
                arg=route.arg,
                body=inbound.body,
                now=view.now,
                ids=self._ids,
                channel=inbound.channel,
                address=inbound.address,
                external_id=inbound.external_id,
                session=inbound.session,
            )
            outcome: Outcome = FLOWS[route.flow].step(view, state, event)
        except Refusal as refusal:
            sentence = refusals.sentence(refusal)
            if inbound.background and refusal.key == "file_settled":
                return route, Outcome(state), sentence
            facts = (AccessDenied(person.id, f"{route.flow}:{route.verb}"),) if refusal.key == "not_allowed" else ()
            return route, Outcome(state, (Say(sentence),), facts), sentence
        return route, outcome, ""

    def _entered(self, tx: Tx, inbound: Inbound, person: Person, real: datetime) -> Inbound:
        """/start with a code is a joining. Also the place where words that are too long are turned away."""
        if not isinstance(inbound.body, Said):
            return inbound
        text = inbound.body.text
        if len(text) > refusals.TEXT_MAX:
            raise Refusal("text_too_long")
        if not text.startswith(_START) or not text.removeprefix(_START).strip():
            return inbound
        who = f"person:{person.id}"
        try:
            entered = joining.enter(tx, text.removeprefix(_START).strip(), person.id, real)
        except Refusal as refusal:
            raise (refusal if doors.count_failure(tx, who, real) else Refusal("too_many_tries")) from None
        return replace(inbound, body=entered.joined)


def guard(inbound: Inbound) -> Inbound:
    """Look for secret marks in names and captions before anything is written: what is marked goes blank here and is
    never kept.
    """
    if not isinstance(inbound.body, Sent):
        return inbound
    caption_mark = secrets.find_mark(inbound.body.caption) or ""
    files = []
    for file in inbound.body.files:
        mark = secrets.find_mark(file.name) or ""
        files.append(replace(file, name="" if mark or caption_mark else file.name, mark=mark))
    caption = "" if caption_mark else inbound.body.caption
    return replace(inbound, body=replace(inbound.body, files=tuple(files), caption=caption, mark=caption_mark))


def _who(tx: Tx, inbound: Inbound) -> Person | None:
    """Who speaks; the intake worker speaks for the person whose file it was, by the own web address that everybody
    has.
    """
    channel = WEB if inbound.channel == INTAKE else inbound.channel
    return people_rows.of_address(tx, channel, inbound.address)


def _keep_heard(
    tx: Tx, conversation: Conversation, inbound: Inbound, menu: Menu, outcome: Outcome, at: datetime
) -> None:
    """What the person did, for the history: words, the label of a tap, or files with their caption."""
    document = next((say.document for say in outcome.replies if say.document), None)
    if document and isinstance(inbound.body, Said | Pressed):
        conversations.touch(tx, conversation, document)  # a file of it may have been taken out or put back
    match inbound.body:
        case Said(text=text):
            shown, key = one_line_each(text), None
        case Pressed() as tap if not outcome.quiet:
            shown, key = _label(tx, conversation.person, tap, menu), None
        case Sent(caption=caption, batch=batch):
            shown, key = one_line(caption, 1000), f"in:{batch}"
        case BytesRefused(reason=rules.SECRET) if document:
            conversations.blank(tx, conversation, document, replies.heard(""))
            return
        case BytesStored() | BytesRefused() | BytesDelayed() if document:
            conversations.touch(tx, conversation, document)
            return
        case _:
            return
    conversations.heard(
        tx,
        conversation,
        replies.heard(shown),
        key=key,
        client_id=inbound.client_id,
        document=document if isinstance(inbound.body, Sent) else None,
        at=at,
    )


def _shut_out(outcome: Outcome) -> list[int]:
    """People whose open pages have to notice that they are out."""
    return [fact.person for fact in outcome.facts if isinstance(fact, PersonRevoked)]


def _label(tx: Tx, person: int, tap: Pressed, menu: Menu) -> str:
    """What stood on the button that was pressed: on the open menu, or on the older message that the page names."""
    on_menu = next((option.label for option in menu.options if option.data == tap.data), None)
    if on_menu is not None:
        return on_menu
    body = conversations.body_of(tx, person, tap.message) if tap.message else None
    return (replies.label_of(body, tap.data) if body else "") or labels.OLD_BUTTON


def one_line_each(text: str) -> str:
    """Words as they are shown back: line by line, without what is invisible, as long as a message may be."""
    return "\n".join(one_line(line, refusals.TEXT_MAX) for line in text[: refusals.TEXT_MAX].splitlines())


def _keep_said(
    tx: Tx, conversation: Conversation, inbound: Inbound, before: State, outcome: Outcome, at: datetime
) -> None:
    """The replies, the new state and the open menu. What happens in the background changes a menu only where it is
    its own.
    """
    menu = talk.decode_menu(conversation.menu)
    for say in outcome.replies:
        conversations.said(tx, conversation, replies.encode(say), key=say.key, document=say.document, at=at)
        if inbound.background and say.key and say.key == menu.key:
            menu = talk.menu_of(say)
    if not inbound.background:
        asking = [say for say in outcome.replies if say.rows]
        if asking:
            menu = talk.menu_of(asking[-1])
        elif type(outcome.state) is not type(before):
            menu = Menu()
    conversation.menu = talk.encode_menu(menu)
    conversation.state = talk.encode_state(outcome.state)
    if outcome.card is not None:
        conversation.card = outcome.card or None


def _keep_notices(tx: Tx, outcome: Outcome, at: datetime) -> None:
    """What others are told; it becomes their open question only where they have none."""
    for notice in outcome.notices:
        theirs = conversations.get(tx, notice.person)
        conversations.said(tx, theirs, replies.encode(notice.say), key=None, document=None, at=at)
        idle = isinstance(talk.decode_state(theirs.state), Idle)
        if notice.say.rows and idle:
            theirs.menu = talk.encode_menu(talk.menu_of(notice.say))
        conversations.save(tx, theirs)
