"""What is said at the door: joining, waiting for approval, help, stopping."""

from collections.abc import Sequence

from handlers.texts.evidence import NOTICE


def greeting(name: str, roles: Sequence[str], organisation: str, period: str) -> str:
    """The first words to somebody who has just joined."""
    who = f"Chào đồng chí {name}." if name else "Chào đồng chí."
    return (
        f"{who} Đồng chí đã vào Kiểm chứng của {organisation}, {period}.\n"
        f"Vai trò: {'; '.join(roles)}.\nTrước khi bắt đầu, xin đọc kỹ:\n{NOTICE}"
    )


def ask_name() -> str:
    """An invite without a name."""
    return "Đồng chí cho biết họ và tên (ví dụ: Nguyễn Văn An)."


def name_kept(name: str) -> str:
    """The name was given."""
    return f"Đã ghi tên: {name}."


def waiting() -> str:
    """Joined by an invite bound to a phone number that this channel cannot prove."""
    return "Đồng chí đã vào, đang chờ người mời bấm Đồng ý. Khi được đồng ý, đồng chí sẽ nhận tin ở đây."


def approved() -> str:
    """The inviter said yes."""
    return "Đồng chí đã được đồng ý. Bấm Việc của tôi để bắt đầu."


def hello_again(name: str, roles: Sequence[str]) -> str:
    """/start of somebody who is in."""
    return f"Chào đồng chí {name}. Vai trò: {'; '.join(roles)}."


def new_role(roles: Sequence[str]) -> str:
    """Somebody who is in used a further invite."""
    return f"Đồng chí có thêm vai trò. Hiện nay: {'; '.join(roles)}."


def help_(walks: bool, manages: bool) -> str:
    """/trogiup."""
    lines = ["Đồng chí có thể gửi ảnh hoặc tệp bất cứ lúc nào, không cần lệnh gì trước. Ngoài ra:"]
    if walks:
        lines += [
            "• /viec: làm lần lượt từng tiêu chí, việc gấp trước",
            "• /bangkiem: trả lời nhanh cả danh sách",
            "• /thieu: những mục còn thiếu tài liệu",
            "• /hopthu: tệp đã gửi mà chưa phân loại",
            "• /bienlai: biên nhận các tệp đã lưu",
        ]
    lines += [
        "• /tiendo: tiến độ",
        "• /han: các thời hạn",
        "• /tieuchi 3.2.1: xem một tiêu chí (gõ 3.2.1 hoặc 321 cũng được)",
        "• /tim mot cua: tìm tiêu chí theo chữ, không cần dấu",
        "• /huy: dừng việc đang làm, không mất gì",
        "• /toi: tôi là ai, thiết bị, bàn giao",
    ]
    if manages:
        lines.append("Có người vào bằng mã mời, đồng chí sẽ được báo kèm nút Thu hồi.")
    return "\n".join(lines)


def stopped() -> str:
    """/huy."""
    return "Đã dừng. Không mất gì: các câu trả lời và tệp đã gửi vẫn còn nguyên. Gõ /viec để làm tiếp."


def not_understood() -> str:
    """Words that are no command, code, choice or title."""
    return "Chưa rõ ý đồng chí. Đồng chí gửi ảnh, tệp, gõ mã tiêu chí (ví dụ 3.2.1), hoặc gõ /trogiup."
