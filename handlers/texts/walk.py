"""What the walk and the checklist say."""

from collections.abc import Sequence
from datetime import datetime

from criteria.campaign import Campaign
from criteria.catalogue import SubCriterion
from criteria.items import Answer, Item, Tally
from criteria.periods import Deadline, days_left, show_day
from criteria.points import show_points
from handlers.texts import labels


def card_title(leaf: SubCriterion, unit_name: str) -> str:
    """`unit_name` is empty for somebody who works for one unit only."""
    return f"{leaf.code} · {leaf.title}" + (f" ({unit_name})" if unit_name else "")


def deadline(of: Deadline, now: datetime) -> str:
    """The deadline a unit has to meet, and how far it is."""
    left = days_left(now, of)
    name = "Hạn nội bộ" if of.internal else "Hạn"
    if left < 0:
        return f"{name} {show_day(of.last_day)}, đã quá {-left} ngày"
    if left == 0:
        return f"{name}: hết hôm nay, {show_day(of.last_day)}"
    return f"{name}: hết ngày {show_day(of.last_day)}, còn {left} ngày"


def card(campaign: Campaign, leaf: SubCriterion, item: Item, now: datetime, coming: bool) -> str:
    """One sub-criterion with all that an officer needs to answer it, short enough for a phone with its buttons."""
    part = "chủ trì" if item.lead else "phối hợp"
    tiers = "; ".join(f"{tier.label}: {show_points(tier.points)}" for tier in leaf.tiers)
    lines = [
        f"{campaign.catalogue.title} · {show_points(leaf.points)} điểm · đơn vị {part}",
        deadline(campaign.deadline(now), now),
        f"Cần có: {leaf.proof}",
        f"Cách chấm: {tiers}",
    ]
    if leaf.may_be_secret:
        lines.append("Mục này có thể có tài liệu mật: nếu có, xin không gửi qua đây mà chọn Nộp trực tiếp.")
    lines.append(f"{already(item, coming)} Đồng chí gửi ảnh, tệp vào đây hoặc chọn:")
    return "\n".join(lines)


def what_is_there(count: int) -> str:
    """A button that lists an item's documents."""
    return f"Xem {count} tài liệu đã gửi"


def already(item: Item, coming: bool) -> str:
    """What is there for an item."""
    have = f"Đã có {item.documents} tài liệu" if item.documents else "Chưa có tài liệu"
    if coming:
        have += ", có tệp đang lưu"
    return f"{have}. Trả lời: {labels.answer(item.answer)}." if item.answer else f"{have}."


def answered(code: str, given: str) -> str:
    """An answer was kept."""
    return f"Đã ghi {code}: {labels.ANSWERS[Answer(given)]}."


def answered_waits(code: str, given: str) -> str:
    """An answer was kept that Đội Tổng hợp has to look at."""
    return f"Đã ghi {code}: {labels.ANSWERS[Answer(given)]}. Chờ Đội Tổng hợp xác nhận."


def by_hand(code: str) -> str:
    """The document will come on paper; neither its number nor its subject may be typed here, for they can be secret
    themselves.
    """
    return (
        f"Đã ghi {code}: Nộp trực tiếp. Đồng chí mang bản giấy đến Đội Tổng hợp; "
        "xin không nhắn số hoặc trích yếu văn bản vào đây. Mục này được tính khi Đội Tổng hợp xác nhận đã nhận."
    )


def now_send(code: str) -> str:
    """Đã làm without a document yet."""
    return f"Đã ghi {code}: Đã làm. Đồng chí gửi ảnh hoặc tệp chứng minh vào đây; nếu chưa có sẵn thì bấm Tiếp, gửi sau cũng được."


def put_off(code: str) -> str:
    """Để sau."""
    return f"Đã để {code} lại cuối danh sách."


def taken_back(code: str, given: str | None) -> str:
    """An answer was undone."""
    return f"Đã hoàn tác. {code} trở lại: {labels.answer(given)}."


def ask_reason(leaf: SubCriterion, given: str) -> str:
    """One line of reason, before "không phát sinh" or "không thuộc chức năng" is kept."""
    return f"{leaf.code}: {labels.ANSWERS[Answer(given)]}.\nĐồng chí cho biết lý do trong một dòng."


def all_answered(count: Tally) -> str:
    """The walk is at its end."""
    if count.missing == 0 and count.waiting == 0:
        return f"Đồng chí đã xong cả {count.total} mục, mục nào cũng đủ tài liệu. Xin cảm ơn đồng chí!"
    rest = []
    if count.missing:
        rest.append(f"{count.missing} mục thiếu tài liệu")
    if count.waiting:
        rest.append(f"{count.waiting} mục chờ Đội Tổng hợp xác nhận")
    return f"Đồng chí đã trả lời cả {count.total} mục. Còn lại: {', '.join(rest)}."


def checklist_title(first: int, last: int, of: int) -> str:
    """Which items a page of the checklist shows."""
    return f"Bảng kiểm: mục {first}-{last} trên {of}"


def checklist_line(leaf: SubCriterion, item: Item) -> str:
    """One item of the checklist, in two lines of a phone at most; an open circle says that there is no answer yet."""
    title = leaf.title if len(leaf.title) <= 44 else f"{leaf.title[:43].rstrip()}…"
    line = f"{leaf.code} {title} ({show_points(leaf.points)} đ)"
    if not item.answered:
        return f"○ {line}"
    paper = f", {item.documents} tài liệu" if item.documents else ""
    return f"✓ {line}: {labels.answer(item.answer or Answer.DONE.value)}{paper}"


def checklist(lines: Sequence[str]) -> str:
    """A page of the checklist."""
    return "\n".join([*lines, "Muốn gửi tài liệu, đồng chí gõ mã của mục."])


def quick(code: str, given: Answer) -> str:
    """A button of the checklist."""
    return f"{code} {labels.ANSWERS[given]}"


def more(code: str) -> str:
    """A button of the checklist that shows the other answers."""
    return f"{code} {labels.MORE_ANSWERS}"
