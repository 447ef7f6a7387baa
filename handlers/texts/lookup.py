"""What is said about the catalogue, what is missing, progress and deadlines."""

from collections.abc import Sequence
from datetime import datetime

from criteria.catalogue import Catalogue, Criterion, Field, SubCriterion
from criteria.items import Item, Tally
from criteria.periods import Deadline, days_left, show_day
from criteria.points import show_points


def leaf(catalogue: Catalogue, of: SubCriterion) -> str:
    """A sub-criterion that is not the person's own work."""
    tiers = "; ".join(f"{tier.label}: {show_points(tier.points)}" for tier in of.tiers)
    return "\n".join(
        [
            f"{catalogue.title} · {show_points(of.points)} điểm",
            f"Cần có: {of.proof}",
            f"Cách chấm: {tiers}",
            "Tiêu chí này không giao cho đơn vị của đồng chí.",
        ]
    )


def heading(of: Field | Criterion | SubCriterion) -> str:
    """A code with its title."""
    return f"{of.code} · {of.title}"


def below(catalogue: Catalogue, of: Field | Criterion, count: int) -> str:
    """A field or a criterion, before its parts as choices."""
    return f"{catalogue.title} · tối đa {show_points(of.points)} điểm, gồm {count} phần. Đồng chí chọn để xem:"


def fields(catalogue: Catalogue) -> str:
    """/tieuchi without a code."""
    return f"{catalogue.title}: {len(catalogue.fields)} lĩnh vực, {len(catalogue.leaves)} tiêu chí thành phần, {show_points(catalogue.total)} điểm. Đồng chí chọn để xem:"


def unknown_code(code: str) -> str:
    """No such code in the catalogue."""
    return f"Không có tiêu chí {code}. Đồng chí gõ lại mã (ví dụ 3.2.1), hoặc /tim và vài chữ trong tên."


def found(count: int, words: str) -> str:
    """Hits of a search."""
    return f"Có {count} tiêu chí khớp với “{words}”. Đồng chí chọn:"


def which_unit(count: int) -> str:
    """One's own sub-criterion, for who works for several units."""
    return f"Tiêu chí này giao cho {count} đơn vị của đồng chí. Đồng chí chọn đơn vị:"


def found_none(words: str) -> str:
    """A search without hits."""
    return f"Không thấy tiêu chí nào khớp với “{words}”. Đồng chí thử ít chữ hơn, không cần dấu."


def search_how() -> str:
    """/tim without words."""
    return "Đồng chí gõ /tim và vài chữ, ví dụ: /tim mot cua."


def nothing_missing(waiting: int) -> str:
    """/thieu with nothing missing."""
    rest = f" {waiting} mục chờ Đội Tổng hợp xác nhận." if waiting else ""
    return f"Không còn mục nào thiếu tài liệu.{rest} Xin cảm ơn đồng chí!"


def missing(first: int, last: int, of: int, points: str, waiting: int) -> str:
    """/thieu: a page of what is missing, most points first."""
    rest = f" Ngoài ra {waiting} mục chờ Đội Tổng hợp xác nhận." if waiting else ""
    return f"Còn thiếu tài liệu {of} mục ({points} điểm).{rest}\nMục {first}-{last}, nhiều điểm trước:"


def missing_entry(leaf_: SubCriterion, item: Item, unit: str) -> str:
    """One missing item as a button."""
    title = leaf_.title if len(leaf_.title) <= 40 else f"{leaf_.title[:39].rstrip()}…"
    whose = f" [{unit}]" if unit else ""
    return f"{leaf_.code} ({show_points(leaf_.points)} đ) {title}{whose}"


def progress(name: str, count: Tally) -> str:
    """One line of counts with a bar."""
    share = count.answered * 10 // count.total if count.total else 0
    bar = "▰" * share + "▱" * (10 - share)
    return (
        f"{name}\n{bar} {count.answered}/{count.total} đã trả lời · {count.covered} đủ tài liệu · {count.missing} thiếu"
    )


def progress_field(field: Field, count: Tally) -> str:
    """A field's share."""
    return f"• {field.code}. {field.title}: {count.answered}/{count.total} đã trả lời, {count.covered} đủ tài liệu"


def progress_unit(name: str, count: Tally) -> str:
    """A unit's share."""
    return f"• {name}: {count.answered}/{count.total} đã trả lời, {count.covered} đủ tài liệu"


def waiting(count: int) -> str:
    """What waits for Đội Tổng hợp."""
    return f"{count} mục chờ Đội Tổng hợp xác nhận."


def deadlines(lines: Sequence[str], window: str) -> str:
    """/han."""
    return "\n".join(["Các thời hạn:", *lines, window])


def deadline(of: Deadline, now: datetime) -> str:
    """One deadline."""
    left = days_left(now, of)
    how = f"còn {left} ngày" if left > 0 else "hôm nay là ngày cuối" if left == 0 else "đã qua"
    return f"• {of.title}: hết ngày {show_day(of.last_day)} ({how})"


def window(first: str, last: str) -> str:
    """Dates of the documents that count."""
    return f"Tài liệu kiểm chứng tính từ {first} đến {last}."
