"""What is said at the door: joining, waiting for approval, help, stopping."""

from collections.abc import Sequence

from handlers.texts.evidence import NOTICE


def greeting(name: str, roles: Sequence[str], organisation: str, period: str) -> str:
    """The first words to somebody who has just joined."""
    who = f"Chào đồng chí {name}." if name else "Chào đồng chí."
    return (
        f"{who} Đây là Kiểm chứng, nơi nhận tài liệu kiểm chứng của {organisation} (kỳ đánh giá: {period}).\n"
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
    return "Người mời đã đồng ý. Đồng chí bấm Bắt đầu."


def hello_again(name: str, roles: Sequence[str]) -> str:
    """/start of somebody who is in."""
    return f"Chào đồng chí {name}. Vai trò: {'; '.join(roles)}."


def new_role(roles: Sequence[str]) -> str:
    """Somebody who is in used a further invite."""
    return f"Đồng chí có thêm vai trò. Hiện nay: {'; '.join(roles)}."


def help_(walks: bool, manages: bool, progress: bool = True) -> str:
    """/trogiup, with what the person's role allows."""
    lines = ["Đồng chí có thể gõ:"]
    if walks:
        lines = [
            "Đồng chí gửi ảnh hoặc tệp vào đây bất cứ lúc nào. Ngoài ra có thể gõ:",
            "• /viec: làm lần lượt từng tiêu chí, việc gấp trước",
            "• /bangkiem: trả lời nhanh cả danh sách",
            "• /thieu: những mục còn thiếu tài liệu",
            "• /hopthu: tệp đã gửi mà chưa phân loại",
            "• /bienlai: biên nhận các tệp đã lưu",
            "• muốn sửa câu trả lời hoặc bỏ tệp đã gửi: gõ mã của mục, ví dụ 3.2.2",
        ]
    if progress:
        lines.append("• /tiendo: tiến độ")
    lines += [
        "• /han: các thời hạn",
        "• /tieuchi 3.2.1: xem một tiêu chí (gõ 3.2.1 hoặc 321 cũng được)",
        "• /tim mot cua: tìm tiêu chí theo chữ, không cần dấu",
        "• /huy: dừng việc đang làm, không mất gì",
        "• /toi: tôi là ai, thiết bị, bàn giao",
    ]
    if manages:
        lines.append("Khi có người vào bằng mã mời, đồng chí được báo ngay, kèm nút Thu hồi.")
    return "\n".join(lines)


def stopped(walks: bool = True) -> str:
    """/huy."""
    if not walks:
        return "Đã dừng. Đồng chí gõ /trogiup để xem những việc làm được."
    return "Đã dừng, không mất gì: các câu trả lời và tệp đã gửi vẫn còn nguyên. Đồng chí gõ /viec để làm tiếp."


def not_understood() -> str:
    """Words that are no command, code, choice or title."""
    return "Chưa rõ ý đồng chí. Đồng chí gửi ảnh, tệp, gõ mã tiêu chí (ví dụ 3.2.1), hoặc gõ /trogiup."
