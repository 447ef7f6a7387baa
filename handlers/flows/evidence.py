"""Files: taken at any moment, filed under the open card or asked about, one summary per sending, one verdict line per
file.

A file needs no command first. Its bytes travel outside the turn; this flow hears of them when they are announced,
stored or refused.
"""

from dataclasses import dataclass, replace

from criteria import evidence as rules
from criteria import receipts, search
from criteria.errors import Refusal
from criteria.evidence import Document, EvidenceFile, FileState
from criteria.facts import DeclarationLapsed, Fact, ItemAnswered, SecretStopped
from criteria.files import FileKind, FileRefused, admit
from criteria.folding import display_name, one_line
from criteria.items import Answer, Item, find, walk_order
from criteria.roles import Action, authorize, working_units
from handlers.channel import BytesRefused, BytesStored, IncomingFile, Said, Sent
from handlers.conversation import ChoosingItem, GivingReason, Idle, OnCard, State
from handlers.flows import cards
from handlers.flows.step import Event, EvidenceView, Notice, Outcome, Receipted, number
from handlers.replies import Choice, Rows, Say
from handlers.texts import evidence as texts
from handlers.texts import labels

EV = "ev"
_PROPOSALS = 5
_HITS = 8


def step(view: EvidenceView, state: State, event: Event) -> Outcome:
    """Verbs: sent, stored, refused, delayed (heard); put, done, pick, drop, back, move, keep, sort, there
    (pressed); find (typed); inbox, receipts.
    """
    match event.verb, event.body:
        case "sent", Sent() as sent:
            return _sent(view, state, event, sent)
        case "stored", BytesStored() as stored:
            return _stored(view, state, event, stored)
        case "refused", BytesRefused() as refused:
            return _refused(view, state, event, refused)
        case "delayed", _:
            return Outcome(state, (_summary(view, view.sending()),))
        case "find", Said(text=words):
            return _find(view, words)
        case "inbox", _:
            return _inbox(view, state)
        case "receipts", _:
            return _receipts(view, state, event)
        case "there", _:
            return _there(view, state, find(view.items, number(event.arg)))
    document = view.sending()
    authorize(view.person, Action.SEND_EVIDENCE, document.unit)
    match event.verb:
        case "put":
            return _put(view, document, find(view.items, _item_id(event.arg)))
        case "done":
            return _done(view, document)
        case "pick":
            return _pick(view, state, document)
        case "drop" | "back":
            return _drop(view, state, document, event)
        case "move" | "sort":
            return _ask_where(view, document)
        case "keep":
            return _keep(view, document)
        case _:
            raise Refusal("stale_button")


def _item_id(arg: str) -> int:
    return number(arg.rpartition("=")[2])


# --- announced ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Sending:
    """A sending while one message of it is taken in."""

    document: Document
    facts: list[Fact]
    texts: dict[tuple[str, str], str]
    marks: list[str]


def _sent(view: EvidenceView, state: State, event: Event, sent: Sent) -> Outcome:
    units = working_units(view.person)
    if not units:
        authorize(view.person, Action.SEND_EVIDENCE, None)
    if not view.items:
        raise Refusal("no_items")
    card = _card(view, state)
    taken = _open(view, event, sent, card.unit if card else units[0])
    for file in sent.files:
        _announce(view, event, taken, file, sent.mark)
    alive = [f for f in taken.document.files if f.state is not FileState.REFUSED]
    if taken.document.declared and any(f.state is FileState.RECEIVED for f in taken.document.files):
        taken.facts.append(DeclarationLapsed(taken.document.id))
        taken.document = replace(taken.document, declared=False)
    target = _by_caption(view, sent.caption, card) or card
    if target is not None and alive and not taken.document.items:
        _file_under(view, taken, target)
    replies = [_summary(view, taken.document)]
    if taken.marks:
        said = Say(texts.secret_stopped(), document=taken.document.id)
        only_secrets = all(f.reason == rules.SECRET for f in taken.document.files)
        replies = [said] if only_secrets else [said, *replies]
    after = state if taken.document.items or not alive else ChoosingItem(taken.document.id)
    notices = _alert(view, taken.document.unit) if taken.marks else ()
    return Outcome(after, tuple(replies), tuple(taken.facts), notices, taken.texts)


def _card(view: EvidenceView, state: State) -> Item | None:
    """The item whose card is open: files go there."""
    if isinstance(state, OnCard | GivingReason):
        return next((i for i in view.items if i.id == state.item), None)
    return None


def _by_caption(view: EvidenceView, caption: str, card: Item | None) -> Item | None:
    """The item whose code the caption bears. Where several units of the person have it, that of the open card's unit;
    without a card it is asked.
    """
    code = search.parse_code(caption, {i.code for i in view.items}) if caption else None
    meant = [i for i in view.items if i.code == code]
    nearest = [i for i in meant if card is not None and i.unit == card.unit] or meant
    return nearest[0] if len(nearest) == 1 else None


def _open(view: EvidenceView, event: Event, sent: Sent, unit: str) -> _Sending:
    if view.document is not None:
        return _Sending(view.document, [], {}, [])
    opened = rules.open_document(event.ids.fresh(), view.person.id, unit, sent.batch)
    document = Document(opened.document, view.person.id, unit, sent.batch, False, (), ())
    caption = one_line(sent.caption, 1000)
    return _Sending(document, [opened], {(document.id, "caption"): caption} if caption else {}, [])


def _announce(view: EvidenceView, event: Event, taken: _Sending, incoming: IncomingFile, caption_mark: str) -> None:
    """One file: an arrival row, and where it cannot be taken its refusal at once, with the name kept unless it is a
    secret's.
    """
    mark = incoming.mark or caption_mark
    kind, reason = (None, rules.SECRET) if mark else _admitted(view, taken, incoming)
    id_ = event.ids.fresh()
    name = "" if mark else display_name(incoming.name)
    size = 0 if mark else incoming.size  # of a secret the audit keeps time, sender and mark
    file = EvidenceFile(id_, name, size, kind.code if kind else "", FileState.RECEIVED)
    taken.facts.append(
        rules.announce(
            id_,
            taken.document.id,
            channel=event.channel,
            chat=event.address,
            message=event.external_id,
            uid=incoming.uid,
            size=size,
            kind=file.kind,
        )
    )
    if reason:
        taken.facts.append(rules.refuse(file, taken.document, reason))
        file = replace(file, state=FileState.REFUSED, reason=reason)
    if mark:
        taken.marks.append(mark)
        taken.facts.append(SecretStopped(person=view.person.id, mark=mark, channel=event.channel))
    else:
        taken.texts[id_, "name"] = name
        if incoming.name != name:
            taken.texts[id_, "name_as_sent"] = incoming.name
    taken.document = replace(taken.document, files=(*taken.document.files, file))


def _admitted(view: EvidenceView, taken: _Sending, incoming: IncomingFile) -> tuple[FileKind | None, str]:
    """The kind a file claims to be, or why it is refused by name, size or quota alone."""
    try:
        kind = admit(incoming.name, incoming.size, view.file_limit, incoming.mime)
        rules.check_quota(view.today, incoming.size)
    except FileRefused as refused:
        return None, refused.reason.value
    except Refusal as refused:
        return None, refused.key
    return kind, ""


def _alert(view: EvidenceView, unit: str) -> tuple[Notice, ...]:
    words = texts.secret_alert(texts.unit_name(view.campaign, unit))
    return tuple(Notice(guardian, Say(words)) for guardian in view.guardians if guardian != view.person.id)


def _file_under(view: EvidenceView, taken: _Sending, item: Item) -> None:
    authorize(view.person, Action.SEND_EVIDENCE, item.unit)
    filed = rules.file_under(taken.document, item, view.person.id)
    if filed is not None:
        taken.facts.append(filed)
        taken.facts.extend(_now_done(view, item))
        taken.document = replace(taken.document, unit=item.unit, items=(*taken.document.items, item.id))


def _now_done(view: EvidenceView, item: Item) -> list[Fact]:
    """A document for an item that said Chưa làm makes it Đã làm."""
    if item.answer is not Answer.NOT_DONE:
        return []
    return [
        ItemAnswered(
            item=item.id, unit=item.unit, code=item.code, answer=Answer.DONE.value, by=view.person.id, reason=None
        )
    ]


# --- stored or refused, later ---------------------------------------------------------------------------------------


def _stored(view: EvidenceView, state: State, event: Event, stored: BytesStored) -> Outcome:
    document = view.sending()
    file = document.file(stored.file)
    receipt = receipts.make(event.ids.entropy())
    flags = (*stored.flags, *((f"twin:{view.twin}",) if view.twin else ()))
    fact = rules.store(
        file, document, sha256=stored.sha256, size=stored.size, kind=stored.kind, receipt=receipt, flags=flags
    )
    changed = replace(file, state=FileState.STORED, size=stored.size, kind=stored.kind, receipt=receipt, flags=flags)
    return Outcome(state, (_summary(view, _with(document, changed)),), (fact,))


def _refused(view: EvidenceView, state: State, event: Event, refused: BytesRefused) -> Outcome:
    document = view.sending()
    file = document.file(refused.file)
    fact = rules.refuse(file, document, refused.reason)
    changed = replace(file, state=FileState.REFUSED, reason=refused.reason)
    if refused.reason == rules.SECRET:
        return _secret_found(view, state, event, fact, _with(document, replace(changed, name="")), refused)
    return Outcome(state, (_summary(view, _with(document, changed)),), (fact,))


def _secret_found(
    view: EvidenceView, state: State, event: Event, fact: Fact, document: Document, refused: BytesRefused
) -> Outcome:
    """A stamp in the text of a file: its name and caption go blank too, and those who guard secrets are told."""
    stopped = SecretStopped(person=document.person, mark=refused.mark, channel=event.channel)
    blank = {(refused.file, "name"): "", (refused.file, "name_as_sent"): "", (document.id, "caption"): ""}
    replies = (Say(texts.secret_found(), document=document.id), _summary(view, document))
    return Outcome(state, replies, (fact, stopped), _alert(view, document.unit), blank)


def _with(document: Document, changed: EvidenceFile) -> Document:
    return replace(document, files=tuple(changed if f.id == changed.id else f for f in document.files))


# --- filing, declaring, taking out ----------------------------------------------------------------------------------


def _put(view: EvidenceView, document: Document, item: Item) -> Outcome:
    """File the document under an item; what it lay under before, through the same sending, gives way."""
    authorize(view.person, Action.SEND_EVIDENCE, item.unit)
    taken = _Sending(document, [], {}, [])
    for earlier in (i for i in view.items if i.id in document.items and i.id != item.id):
        unfiled = rules.unfile(taken.document, earlier, view.person.id)
        if unfiled is not None:
            taken.facts.append(unfiled)
    kept = tuple(i for i in document.items if i == item.id)
    taken.document = replace(document, items=kept)
    _file_under(view, taken, item)
    leaf = view.campaign.leaf(item.code)
    title = f"{leaf.title} ({whose})" if (whose := cards.unit_suffix(view, item.unit)) else leaf.title
    alive = [f for f in document.files if f.state is not FileState.REFUSED and not f.withdrawn]
    words = texts.filed(len(alive), item.code, title)
    if any(isinstance(fact, ItemAnswered) for fact in taken.facts):
        words = f"{texts.now_done(item.code)}\n{words}"
    said = Say(words, rows=_moves(taken.document), document=document.id)
    return Outcome(
        OnCard(item.id), (_summary(view, taken.document, asks=False), said), tuple(taken.facts), card=item.id
    )


def _done(view: EvidenceView, document: Document) -> Outcome:
    """ "Xong": declared free of secrets; then the next card by itself."""
    if not document.items:
        raise Refusal("not_filed")
    if all(f.state is FileState.REFUSED or f.withdrawn for f in document.files):
        raise Refusal("nothing_stored")
    fact = rules.declare(document, view.person.id)
    declared = replace(document, declared=True)
    state, following, place = cards.advance(view, document.items)
    return Outcome(state, (_summary(view, declared), following), (fact,) if fact else (), card=place)


def _pick(view: EvidenceView, state: State, document: Document) -> Outcome:
    """ "Bỏ tệp này": at once if there is one file, else which one?"""
    stored = document.stored
    if not stored:
        raise Refusal("file_not_stored")
    if len(stored) == 1:
        return _take_out(view, state, document, stored[0])
    rows = tuple((Choice(texts.button_name(f), EV, "drop", f.id),) for f in stored)
    return Outcome(state, (Say(texts.which_file(), rows=rows),))


def _drop(view: EvidenceView, state: State, document: Document, event: Event) -> Outcome:
    file = document.file(event.arg)
    if event.verb == "drop":
        return _take_out(view, state, document, file)
    fact = rules.restore(file, document, view.person.id)
    return Outcome(state, (_summary(view, _with(document, replace(file, withdrawn=False))),), (fact,) if fact else ())


def _take_out(view: EvidenceView, state: State, document: Document, file: EvidenceFile) -> Outcome:
    fact = rules.withdraw(file, document, view.person.id)
    after = _with(document, replace(file, withdrawn=True))
    undo = Choice(labels.UNDO, EV, "back", file.id)
    said = Say(texts.dropped(file), rows=((undo,),))
    return Outcome(state, (_summary(view, after), said), (fact,) if fact else ())


# --- which sub-criterion? -------------------------------------------------------------------------------------------


def _keep(view: EvidenceView, document: Document) -> Outcome:
    """ "Để sau": what is typed next is no longer meant for this document."""
    if not document.items:
        return Outcome(Idle(), (Say(texts.kept_unfiled("/hopthu")),))
    return Outcome(OnCard(document.items[0]), (Say(texts.kept_filed(_codes(view, document))),))


def _ask_where(view: EvidenceView, document: Document) -> Outcome:
    rows = _proposals(view, document, [i for i in _likely(view) if i.id not in document.items])
    lines = "\n".join(texts.verdict(f, lasting=True) for f in document.files)
    title = texts.summary_title(document, _codes(view, document))
    say = Say(f"{lines}\n{texts.ASK_WHERE}", title=title, rows=rows, document=document.id)
    return Outcome(ChoosingItem(document.id), (say,))


def _find(view: EvidenceView, words: str) -> Outcome:
    """Typed words while a document waits: a code or words of a title."""
    document = view.sending()
    code = search.parse_code(words, {i.code for i in view.items})
    meant = [i for i in view.items if i.code == code]
    if len(meant) == 1:
        return _put(view, document, meant[0])
    hits = meant or _of_codes(view, [leaf.code for leaf in cards.matching(view, words)])[:_HITS]
    if not hits:
        return Outcome(ChoosingItem(document.id), (Say(texts.no_match(words[:60])),))
    said = Say(texts.found_for(len(hits)), rows=_proposals(view, document, hits))
    return Outcome(ChoosingItem(document.id), (said,))


def _of_codes(view: EvidenceView, codes: list[str]) -> list[Item]:
    """The person's items with these codes, in the order of the codes; several for who works for several units."""
    return [item for code in codes for item in view.items if item.code == code]


def _likely(view: EvidenceView) -> list[Item]:
    """Where a document without a card probably belongs: what its caption speaks of, then the walk's place, then the
    most urgent.
    """
    own = [view.campaign.leaf(code) for code in dict.fromkeys(i.code for i in view.items)]
    named = search.parse_code(view.caption, {i.code for i in view.items}) if view.caption else None
    spoken = [leaf.code for leaf in search.find(view.caption, own)[:3]] if view.caption else []
    here = [i for i in view.items if i.id == view.card]
    ordered = [
        *_of_codes(view, [named] if named else spoken),
        *here,
        *walk_order(view.items, view.worth),
        *view.items,
    ]
    return list({i.id: i for i in ordered}.values())[:_PROPOSALS]


def _proposals(view: EvidenceView, document: Document, items: list[Item]) -> Rows:
    rows: Rows = tuple((Choice(_proposal(view, i), EV, "put", f"{document.id}={i.id}"),) for i in items)
    return (*rows, (Choice(labels.LATER, EV, "keep", document.id),))


def _proposal(view: EvidenceView, item: Item) -> str:
    return texts.propose(item.code, view.campaign.leaf(item.code).title, cards.unit_suffix(view, item.unit))


# --- summaries, /hopthu, /bienlai -----------------------------------------------------------------------------------


def _codes(view: EvidenceView, document: Document) -> list[str]:
    """The codes a document is filed under, each with its unit for who works for several."""
    filed = [i for i in view.items if i.id in document.items]
    return [f"{i.code} ({whose})" if (whose := cards.unit_suffix(view, i.unit)) else i.code for i in filed]


def _summary(view: EvidenceView, document: Document, *, asks: bool = True) -> Say:
    """The one message of a sending, changed in place as its files get their verdicts."""
    codes = _codes(view, document)
    alive = any(f.state is not FileState.REFUSED and not f.withdrawn for f in document.files)
    rows: Rows = ()
    if asks and alive and not document.declared:
        rows = _moves(document) if codes else _proposals(view, document, _likely(view))
    return Say(
        texts.summary(document, codes, asks=asks),
        title=texts.summary_title(document, codes),
        rows=rows,
        key=f"doc:{document.id}",
        document=document.id,
    )


def _moves(document: Document) -> Rows:
    drop = (Choice(labels.DROP_FILE, EV, "pick", document.id),)
    return (
        (Choice(labels.DONE, EV, "done", document.id, main=True),),
        (*drop, Choice(labels.OTHER_CRITERION, EV, "move", document.id)),
    )


def _inbox(view: EvidenceView, state: State) -> Outcome:
    authorize(view.person, Action.SEND_EVIDENCE, None)
    if not view.unfiled:
        return Outcome(state, (Say(texts.inbox_empty()),))
    rows = tuple((Choice(texts.inbox_entry(d), EV, "sort", d.id),) for d in view.unfiled)
    return Outcome(state, (Say(texts.inbox_list(len(view.unfiled)), rows=rows),))


def _there(view: EvidenceView, state: State, item: Item) -> Outcome:
    """What lies under an item, one message per sending, each with its own buttons."""
    authorize(view.person, Action.SEE_EVIDENCE, item.unit)
    says = tuple(
        replace(
            _summary(view, document),
            text="\n".join(texts.verdict(f, lasting=True) for f in document.files),
            key=None,
            rows=() if document.declared else _moves(document),
        )
        for document in view.documents
    )
    return Outcome(state, says or (Say(texts.nothing_there(item.code)),))


def _receipts(view: EvidenceView, state: State, event: Event) -> Outcome:
    authorize(view.person, Action.SEE_EVIDENCE, None)
    if event.arg and receipts.parse(event.arg) is None:
        raise Refusal("bad_receipt")
    if not event.arg:
        lines = [texts.receipt_line(r.file, r.codes, r.stored_at) for r in view.receipts]
        return Outcome(state, (Say(texts.receipts_list(lines) if lines else texts.no_receipts()),))
    if not view.receipts:
        raise Refusal("no_such_receipt")
    return Outcome(state, (_receipt(view, view.receipts[0]),))


def _receipt(view: EvidenceView, found: Receipted) -> Say:
    unit = texts.unit_name(view.campaign, found.document.unit)
    return Say(texts.receipt(found.file, found.codes, unit, found.person, found.stored_at, found.sha256))
