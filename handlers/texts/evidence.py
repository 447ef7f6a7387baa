"""What is said about files and documents: one verdict line per file, receipts, filing, and the state-secret notice."""

from collections.abc import Sequence
from datetime import datetime

from criteria.campaign import Campaign
from criteria.evidence import CANCELLED, NEVER_CAME, QUOTA, REPEATED, SECRET, Document, EvidenceFile, FileState
from criteria.files import RefusalReason
from criteria.periods import show_moment

NOTICE = (
    "Chỉ gửi tài liệu KHÔNG có dấu mật. Không gửi qua đây tài liệu MẬT, TỐI MẬT, TUYỆT MẬT, tài liệu lưu hành nội bộ, "
    "hoặc giấy tờ có thông tin cá nhân không cần thiết (xin che trước khi chụp). "
    "Tài liệu có dấu mật: chọn Nộp trực tiếp và mang bản giấy đến Đội Tổng hợp."
)

SEND_THESE = "Xin gửi ảnh (JPG, PNG, HEIC), PDF, Word, Excel, PowerPoint hoặc video MP4."

_REASONS: dict[str, str] = {
    RefusalReason.EMPTY: "tệp rỗng (0 byte). Xin mở xem lại rồi gửi lại.",
    RefusalReason.TOO_LARGE: "tệp quá lớn. Xin chia nhỏ hoặc nén ảnh trong tệp rồi gửi lại.",
    RefusalReason.TYPE_NOT_ALLOWED: f"loại tệp này không dùng được. {SEND_THESE}",
    RefusalReason.NO_EXTENSION: f"tên tệp không có đuôi nên không biết là loại gì. {SEND_THESE}",
    RefusalReason.ARCHIVE: "đây là tệp nén. Xin giải nén rồi gửi từng tệp bên trong.",
    RefusalReason.DAMAGED: "tệp bị hỏng hoặc bị cắt giữa chừng, không mở được. Xin gửi lại bản mở được.",
    RefusalReason.ENCRYPTED: "tệp có đặt mật khẩu. Xin gửi bản không đặt mật khẩu.",
    RefusalReason.TYPE_MISMATCH: "nội dung bên trong không đúng với đuôi tên tệp. Xin mở tệp, lưu lại đúng loại (ảnh JPG, PDF, Word, Excel…) rồi gửi lại.",
    RefusalReason.MACRO: "tệp có chứa macro (lệnh tự chạy). Xin lưu lại dạng .docx, .xlsx, .pptx hoặc PDF rồi gửi lại.",
    RefusalReason.REMOTE_CONTENT: "tệp có liên kết tự tải nội dung từ ngoài. Xin xuất ra PDF rồi gửi lại.",
    RefusalReason.EMBEDDED_OBJECT: "tệp có nhúng đối tượng khác bên trong. Xin xuất ra PDF rồi gửi lại.",
    RefusalReason.TOO_MANY_PAGES: "tệp có quá 2.000 trang. Xin tách thành nhiều tệp.",
    RefusalReason.TOO_MANY_PIXELS: "ảnh quá lớn (trên 50 triệu điểm ảnh). Xin thu nhỏ rồi gửi lại.",
    RefusalReason.ZIP_BOMB: "tệp bung ra lớn bất thường. Xin xuất ra PDF rồi gửi lại.",
    RefusalReason.TOO_COMPLEX: "tệp quá phức tạp, máy chủ không kiểm tra được. Xin xuất ra PDF rồi gửi lại.",
    SECRET: "có dấu hiệu tài liệu mật nên không lưu lại gì. Xin nộp trực tiếp cho Đội Tổng hợp.",
    QUOTA: "hôm nay đồng chí đã gửi quá nhiều tệp. Xin gửi tiếp vào ngày mai hoặc báo Đội Tổng hợp.",
    NEVER_CAME: "tệp chưa gửi xong thì bị ngắt. Xin gửi lại.",
    CANCELLED: "đồng chí đã thôi gửi tệp này.",
    REPEATED: "máy chủ chưa đọc được tệp này. Xin gửi lại; nếu vẫn không được, xin báo Đội Tổng hợp.",
}


def reason(code: str) -> str:
    """Why a file is not taken, and the way out."""
    return _REASONS[code]


def shown_name(file: EvidenceFile) -> str:
    """A file's name; a stopped secret has none, for it was not kept."""
    return file.name or "(tệp bị chặn)"


def lasting_name(file: EvidenceFile) -> str:
    """A name for messages that are not changed later: until a file's text was looked at, its name may turn out to be
    a secret's, which has to go from everywhere.
    """
    return shown_name(file) if file.settled else "(tệp đang kiểm tra)"


def verdict(file: EvidenceFile, *, lasting: bool = False) -> str:
    """The one line about a file; `lasting` for a message that is not changed later."""
    name = lasting_name(file) if lasting else shown_name(file)
    match file.state:
        case FileState.STORED if file.withdrawn:
            return f"• {name}: đã bỏ theo yêu cầu (biên nhận {file.receipt})"
        case FileState.STORED:
            return f"• {name}: đã lưu, biên nhận {file.receipt}{_remarks(file)}"
        case FileState.REFUSED:
            return f"• {name}: không nhận, {reason(file.reason)}"
        case FileState.RECEIVED | FileState.FETCHING:
            return f"• {name}: đang gửi, xin chưa đóng trang…"
        case FileState.WAITING:
            return f"• {name}: đã nhận, máy chủ đang bận, sẽ tự lưu lại"
        case _:
            return f"• {name}: đã nhận, đang lưu…"


def _remarks(file: EvidenceFile) -> str:
    remarks = []
    for flag in file.flags:
        if flag.startswith("twin:"):
            remarks.append(f"trùng với tệp đã lưu, biên nhận {flag.removeprefix('twin:')}")
        elif flag == "old_office":
            remarks.append("định dạng cũ, lần sau nên lưu dạng .docx, .xlsx hoặc .pptx")
        elif flag == "extension_mismatch":
            remarks.append("đuôi tên tệp chưa đúng loại ảnh, đã lưu theo nội dung thật")
    return f" ({'; '.join(remarks)})" if remarks else ""


def summary_title(document: Document, codes: Sequence[str]) -> str:
    """What a sending is for."""
    if all(file.state is FileState.REFUSED for file in document.files):
        return "Không nhận được tệp"
    count = sum(file.state is not FileState.REFUSED and not file.withdrawn for file in document.files)
    return f"{count} tệp cho {', '.join(codes)}" if codes else f"{count} tệp chưa phân loại"


ASK_WHERE = (
    "Các tệp này cho tiêu chí nào? Đồng chí chọn bên dưới, hoặc gõ mã (ví dụ 3.2.1) hay vài chữ trong tên tiêu chí."
)
DECLARES = "Bấm Xong là đồng chí xác nhận: không có tài liệu mật trong các tệp này."


def summary(document: Document, codes: Sequence[str], *, asks: bool) -> str:
    """A sending's files, each with its line, and what is asked of the sender, if anything is left to ask."""
    lines = [verdict(file) for file in document.files]
    if document.declared:
        lines.append("Đồng chí đã xác nhận: không có tài liệu mật.")
    elif asks and any(f.state is not FileState.REFUSED and not f.withdrawn for f in document.files):
        lines.append(f"Còn tệp cho mục này thì đồng chí gửi tiếp. {DECLARES}" if codes else ASK_WHERE)
    return "\n".join(lines)


def button_name(file: EvidenceFile) -> str:
    """A file's name, short enough for a button."""
    name = shown_name(file)
    return name if len(name) <= 40 else f"{name[:39]}…"


def dropped(file: EvidenceFile) -> str:
    """A file was taken out."""
    return f"Đã bỏ {shown_name(file)}. Tệp không còn tính là tài liệu kiểm chứng."


def found_for(count: int) -> str:
    """Hits for a document that waits to be filed."""
    return f"Có {count} tiêu chí khớp. Đồng chí chọn:"


def propose(code: str, title: str, unit: str = "") -> str:
    """A proposed sub-criterion, short enough for a button. `unit` only for who works for several."""
    short = title if len(title) <= 44 else f"{title[:43].rstrip()}…"
    return f"{code} {short} [{unit}]" if unit else f"{code} {short}"


def filed(count: int, code: str, title: str) -> str:
    """A document was filed."""
    return f"Đã xếp {count} tệp vào {code} · {title}.\n{DECLARES}"


def now_done(code: str) -> str:
    """An item that was answered Chưa làm got a document."""
    return f"{code} trước đây ghi Chưa làm, nay đã chuyển thành Đã làm."


def which_file() -> str:
    """Several files: which one is to go?"""
    return "Đồng chí muốn bỏ tệp nào?"


def kept_unfiled(command: str) -> str:
    """Để sau, for a document."""
    return f"Các tệp vẫn được giữ, chưa phân loại. Khi nào tiện, đồng chí gõ {command} để xếp."


def kept_filed(codes: Sequence[str]) -> str:
    """Để sau, for a document that lies somewhere already."""
    return f"Các tệp vẫn ở {', '.join(codes)}, không có gì thay đổi."


def inbox_empty() -> str:
    """Nothing waits in /hopthu."""
    return "Không có tệp nào chờ phân loại."


def inbox_list(count: int) -> str:
    """What waits in /hopthu."""
    return f"Có {count} lần gửi chưa phân loại. Đồng chí chọn để xếp vào tiêu chí:"


def inbox_entry(document: Document) -> str:
    """One waiting document as a button."""
    alive = [f for f in document.files if f.state is not FileState.REFUSED and not f.withdrawn]
    first = lasting_name(alive[0]) if alive else lasting_name(document.files[0])
    short = first if len(first) <= 32 else f"{first[:31]}…"
    return f"{short} và {len(alive) - 1} tệp nữa" if len(alive) > 1 else short


def no_match(words: str) -> str:
    """A search for the sub-criterion of a document found nothing."""
    return f"Chưa thấy tiêu chí nào của đơn vị khớp với “{words}”. Đồng chí gõ mã (ví dụ 3.2.1) hoặc chữ khác."


def receipt(
    file: EvidenceFile, codes: Sequence[str], unit_name: str, sender: str, stored_at: datetime, sha256: str
) -> str:
    """All that a receipt proves."""
    where = f"cho {', '.join(codes)}" if codes else "chưa phân loại"
    gone = "\nTệp này đã được người gửi bỏ ra." if file.withdrawn else ""
    return (
        f"Biên nhận {file.receipt}\nTệp: {shown_name(file)} ({size(file.size)}), {where}\n"
        f"Đơn vị: {unit_name}\nNgười gửi: {sender}\nĐã lưu: {show_moment(stored_at)}\nMã kiểm tra tệp (SHA-256): {sha256[:16]}…{gone}"
    )


def receipts_list(lines: Sequence[str]) -> str:
    """The newest receipts of a unit."""
    return "\n".join(["Các tệp lưu gần nhất:", *lines, "Đồng chí gõ /bienlai và mã để xem kỹ một biên nhận."])


def receipt_line(file: EvidenceFile, codes: Sequence[str], stored_at: datetime) -> str:
    """One line of the list."""
    where = ", ".join(codes) if codes else "chưa phân loại"
    return f"• {file.receipt}: {shown_name(file)} ({where}), {show_moment(stored_at)}"


def nothing_there(code: str) -> str:
    """An item without documents."""
    return f"{code} chưa có tài liệu nào."


def no_receipts() -> str:
    """Nothing stored yet."""
    return "Đơn vị chưa có tệp nào được lưu."


def size(count: int) -> str:
    """A size as people read it."""
    if count >= 1 << 20:
        return f"{count / (1 << 20):.1f} MB".replace(".", ",")
    return f"{max(1, round(count / 1024))} KB"


def secret_stopped() -> str:
    """A name or caption bore a secret mark."""
    return (
        "Tên tệp hoặc lời ghi có dấu hiệu tài liệu mật, nên tệp không được nhận và không lưu lại gì. "
        "Tài liệu có dấu mật: xin xóa khỏi máy có nối mạng, chọn Nộp trực tiếp và mang bản giấy đến Đội Tổng hợp. "
        "Nếu không phải tài liệu mật, xin đổi tên tệp hoặc lời ghi rồi gửi lại."
    )


def secret_found() -> str:
    """A stamp was found in the text of a file."""
    return (
        "Trong tệp vừa gửi có dấu mật, nên tệp đã bị xóa ngay, không lưu lại gì. "
        "Xin đồng chí xóa tệp đó khỏi máy có nối mạng, chọn Nộp trực tiếp và mang bản giấy đến Đội Tổng hợp. "
        "Nếu máy đọc nhầm, xin báo Đội Tổng hợp."
    )


def secret_alert(unit_name: str) -> str:
    """To those who guard secrets: neutral, without name or contents."""
    return f"Có tệp của {unit_name} bị chặn vì có dấu hiệu tài liệu mật. Nội dung không được lưu. Xin đồng chí liên hệ đơn vị."


def unit_name(campaign: Campaign, code: str) -> str:
    """A unit's name on screen."""
    return campaign.plan.unit(code).name
