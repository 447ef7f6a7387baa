"""Renders every Vietnamese text of `handlers/texts` with sample arguments into one page for proofreading."""

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import ModuleType
from typing import Any, Final, get_type_hints

from criteria.campaign import Campaign
from criteria.catalogue import Catalogue, Criterion, Field, SubCriterion
from criteria.errors import Refusal
from criteria.evidence import Document, EvidenceFile, FileState
from criteria.items import Answer, Item, Tally
from criteria.people import Role
from criteria.periods import VIETNAM, Deadline
from handlers.texts import console, evidence, labels, lookup, pages, people, refusals, walk, welcome
from tests.flows.builders import CAMPAIGN, NOW, document, file, item
from tests.handlers.test_refusals import PARAMS, REASONS

MODULES: Final[Sequence[tuple[str, ModuleType]]] = (
    ("Vào cửa, trợ giúp", welcome),
    ("Từng mục và bảng kiểm", walk),
    ("Tệp, biên nhận, tài liệu mật", evidence),
    ("Tra cứu, còn thiếu, tiến độ, thời hạn", lookup),
    ("Người, thiết bị, bàn giao", people),
    ("Khi không làm được", refusals),
    ("Chữ trên nút, tên vai trò", labels),
    ("Các trang ngoài chat", pages),
    ("Dòng lệnh của người quản trị", console),
)
HEAD: Final = """# Câu chữ của Kiểm chứng

Trang này do bài kiểm tra viết ra, để đọc soát. Muốn sửa câu nào, xin sửa trong `handlers/texts`, rồi chạy
`pytest tests/handlers --update-transcripts`.
"""
LEAF: Final = CAMPAIGN.leaf("3.2.2")
FIELD: Final = CAMPAIGN.catalogue.fields[2]
HELD: Final = file(1, receipt="07D-ACV-8K7")
LONG: Final = replace(
    HELD, name="Báo cáo kết quả niêm yết thủ tục hành chính quý II năm 2021.pdf", receipt="0ET-MSP-H6X"
)
FILES: Final = [
    HELD,
    replace(HELD, flags=("old_office", "extension_mismatch", "twin:0ET-MSP-H6X")),
    replace(HELD, withdrawn=True),
    replace(HELD, state=FileState.RECEIVED),
    replace(HELD, state=FileState.WAITING),
    *(replace(HELD, state=FileState.REFUSED, reason=code) for code in REASONS),
    replace(HELD, state=FileState.REFUSED, reason="secret", name=""),
    LONG,
]
COUNTS: Final = [Tally(50, 30, 20, 25, 5), Tally(50, 50, 50, 0, 0), Tally(50, 50, 48, 2, 0), Tally(50, 50, 49, 0, 1)]
ITEM: Final = item("3.2.2")
ITEMS: Final = [ITEM, replace(ITEM, documents=2), *(replace(ITEM, answer=a) for a in Answer if a is not Answer.LATER)]
TYPES: Final[Mapping[Any, list[Any]]] = {
    Campaign: [CAMPAIGN],
    Catalogue: [CAMPAIGN.catalogue],
    SubCriterion: [LEAF],
    Field: [FIELD],
    Field | Criterion: [FIELD, FIELD.children[1]],
    Field | Criterion | SubCriterion: [FIELD, LEAF],
    Item: ITEMS,
    Tally: COUNTS,
    Deadline: [d for d in CAMPAIGN.plan.deadlines if d.code in ("internal", "units")],
    EvidenceFile: FILES,
    Document: [
        document(HELD, LONG),
        document(HELD, declared=True),
        document(replace(HELD, state=FileState.REFUSED, reason="damaged")),
    ],
    Answer: [a for a in Answer if a is not Answer.LATER],
    Role: list(Role),
    Refusal: [Refusal(key, **PARAMS.get(key, {})) for key in sorted(refusals._SENTENCES)],
    datetime: [NOW],
    bool: [True, False],
    int: [3],
    Sequence[tuple[str, str]]: [[("Nguyễn Thị Lan (Cán bộ)", "http://127.0.0.1:8080/in/…")]],
    Mapping[str, int]: [{"total": 50, "answered": 30, "covered": 20, "stored": 12, "refused": 1, "waiting": 2}],
}
WORDS: Final[Mapping[str, list[str]]] = {
    "name": ["Nguyễn Thị Lan"],
    "sender": ["Nguyễn Thị Lan"],
    "role": ["Cán bộ", "Đội Tổng hợp"],
    "unit": ["Công an xã An Thạnh Đông"],
    "unit_name": ["Công an xã An Thạnh Đông"],
    "organisation": ["Công an huyện Cù Lao Dung"],
    "period": ["Năm 2021"],
    "campaign": ["cld-2021"],
    "code": ["3.2.2"],
    "title": [LEAF.title],
    "words": ["niem yet"],
    "typed": ["9.9.9"],
    "given": [a.value for a in Answer if a is not Answer.LATER],
    "sha256": ["3f786850e387550fdab836ed7e6dc881de23001b"],
    "command": ["/hopthu"],
    "points": ["58,75"],
    "link": ["http://127.0.0.1:8080/in/…"],
    "url": ["http://127.0.0.1:8080"],
    "expires": ["08:00 5/8/2021"],
    "now": ["08:00 2/8/2021"],
    "at": ["08:00 2/8/2021"],
    "reference": ["00042"],
    "path": ["ke-hoach.toml"],
    "first": ["1/8/2020"],
    "last": ["30/8/2021"],
    "window": ["Tài liệu kiểm chứng tính từ 1/8/2020 đến 30/8/2021."],
    "lines": ["DATA_DIR: không ghi được"],
    "what": ["ổ đĩa còn đủ chỗ"],
    "remedy": ["Dọn bớt ổ đĩa"],
    "subject": ["LV3/TC3.2/TP3.2.2"],
    "detail": ["12 byte"],
}
LISTS: Final[Mapping[str, list[list[str]]]] = {
    "roles": [["Cán bộ, Công an xã An Thạnh Đông"]],
    "channels": [["Trang chat"]],
    "codes": [["3.2.2"], []],
    "units": [["Công an xã An Thạnh Đông"]],
    "lines": [["(các dòng)"]],
    "names": [["cu-lao-dung-2021"]],
    "problems": [["dòng 12: thiếu mã"]],
    "rows": [["(các dòng)"]],
}
OWN: Final[Mapping[str, Mapping[str, list[Any]]]] = {
    "walk.deadline": {"now": [NOW, datetime(2021, 8, 25, 9, tzinfo=VIETNAM), datetime(2021, 9, 3, 9, tzinfo=VIETNAM)]},
    "walk.card": {"item": ITEMS[:3], "coming": [False, True]},
    "walk.already": {"coming": [False, True]},
    "walk.answered": {"given": ["done", "not_done", "nothing_arose"]},
    "walk.answered_waits": {"given": ["not_ours"]},
    "walk.checklist_title": {"first": [1], "last": [4], "of": [50]},
    "lookup.which_unit": {"count": [2]},
    "lookup.progress_unit": {"name": ["Công an xã An Thạnh Đông"], "count": COUNTS[:1]},
    "evidence.kept_filed": {"codes": [["3.2.2"]]},
    "people.role_in": {"role": ["Cán bộ"]},
    "people.new_device": {"minutes": [60]},
    "console.unknown_role": {"role": ["abc"], "roles": [["can_bo", "truong_don_vi", "tong_hop"]]},
    "console.unknown_unit": {"code": ["abc"], "codes": [["xa-an-thanh-1", "xa-an-thanh-2"]]},
    "console.catalogue_missing": {"name": ["mau-cap-huyen-2021"]},
    "console.first_admin": {"code": ["MA-MOI"]},
    "console.invited": {"code": ["MA-MOI"], "role": ["Cán bộ"]},
    "console.unit_row": {"code": ["xa-an-thanh-1"], "name": ["Công an xã An Thạnh 1"], "items": [50]},
    "evidence.reason": {"code": REASONS},
    "evidence.unit_name": {"code": ["xa-an-thanh-dong"]},
    "evidence.size": {"count": [700, 2048, 5 << 20]},
    "console.fault": {"kind": list(console._FAULTS), "detail": ["", "12 byte"]},
    "console.check_line": {"good": [True, False]},
    "labels.answer": {"given": [None, "done"]},
    "walk.taken_back": {"given": [None, "done"]},
    "walk.ask_reason": {"given": ["nothing_arose", "not_ours"]},
    "walk.quick": {"given": [Answer.DONE]},
    "welcome.greeting": {"name": ["Nguyễn Thị Lan", ""]},
    "people.me": {"name": ["Nguyễn Thị Lan", ""]},
    "people.joined": {"name": ["Nguyễn Thị Lan", ""], "role": ["Cán bộ"]},
    "people.joined_pending": {"role": ["Cán bộ"]},
    "lookup.missing": {"waiting": [0, 2], "first": [1], "last": [8], "of": [21]},
    "lookup.nothing_missing": {"waiting": [0, 2]},
    "lookup.missing_entry": {"unit": ["", "An Thạnh 1"], "item": [ITEM]},
    "lookup.progress": {"name": ["Công an xã An Thạnh Đông"], "count": COUNTS[:1]},
    "lookup.progress_field": {"count": COUNTS[:1]},
    "lookup.deadline": {"of": list(CAMPAIGN.plan.deadlines)[:2]},
    "walk.card_title": {"unit_name": ["", "An Thạnh 1"]},
    "evidence.propose": {"unit": ["", "An Thạnh 1"]},
    "evidence.button_name": {"file": [HELD, LONG]},
    "evidence.shown_name": {"file": [HELD, replace(HELD, name="")]},
    "evidence.dropped": {"file": [HELD]},
    "evidence.receipt": {"file": [HELD, replace(HELD, withdrawn=True)]},
    "evidence.receipt_line": {"file": [HELD]},
}


def samples(name: str, parameter: inspect.Parameter, hint: Any) -> list[Any]:
    """Sample arguments; the first is the usual one."""
    own = OWN.get(name, {})
    if parameter.name in own:
        return list(own[parameter.name])
    if hint in TYPES:
        return TYPES[hint]
    if hint == Sequence[str]:
        return list(LISTS[parameter.name])
    return WORDS[parameter.name]


def rendered(module: ModuleType, name: str, of: Callable[..., str]) -> list[str]:
    """A text with its usual arguments, then with one of them changed at a time."""
    hints = get_type_hints(of)
    label = f"{module.__name__.rpartition('.')[2]}.{name}"
    choices = {p.name: samples(label, p, hints[p.name]) for p in inspect.signature(of).parameters.values()}
    usual = {name: some[0] for name, some in choices.items()}
    varied = [{**usual, name: value} for name, some in choices.items() for value in some[1:]]
    return list(dict.fromkeys(of(**arguments) for arguments in (usual, *varied)))


def constants(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for one in value.values():
                yield from constants(one)
        case tuple():
            for one in value:
                yield from constants(one)


def texts(module: ModuleType) -> Iterator[str]:
    """Everything a module can say, in the order in which it is written; not what it takes from elsewhere."""
    written = {
        target.id
        for node in ast.parse(inspect.getsource(module)).body
        for target in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)])
        if isinstance(target, ast.Name)
    }
    for name, value in vars(module).items():
        if name.startswith("_"):
            continue
        if inspect.isfunction(value) and value.__module__ == module.__name__:
            yield from rendered(module, name, value)
        elif name in written:
            yield from constants(value)


def page() -> str:
    """The phrasebook."""
    lines = [HEAD]
    for title, module in MODULES:
        lines += [f"## {title}", ""]
        for text in dict.fromkeys(texts(module)):
            first, *rest = text.splitlines()
            lines += [f"- {first.rstrip()}", *(f"  <br>{line.strip()}" for line in rest)]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"
