"""What is said about people: who I am, devices, handing over, joining and revoking."""

from collections.abc import Sequence


def me(name: str, roles: Sequence[str], channels: Sequence[str], devices: int, acknowledged: bool) -> str:
    """/toi."""
    notice = "đã xác nhận" if acknowledged else "chưa xác nhận"
    return (
        f"Họ tên: {name or 'chưa có'}\nVai trò: {'; '.join(roles) or 'chưa có'}\nKênh: {', '.join(channels)}\n"
        f"Thiết bị đang đăng nhập trang chat: {devices}\nQuy định không gửi tài liệu mật: {notice}"
    )


def role_in(role: str, unit: str) -> str:
    """A role with its unit."""
    return unit if role == unit else f"{role}, {unit}"


def new_device(link: str, minutes: int) -> str:
    """A one-use link to sign another device in."""
    return (
        f"Đồng chí mở đường liên kết này trên thiết bị mới, dùng được một lần trong {minutes} phút. "
        f"Không gửi đường liên kết cho người khác.\n{link}"
    )


def others_out() -> str:
    """Other devices were signed out."""
    return "Đã đăng xuất các thiết bị khác."


def hand_over() -> str:
    """How a post is handed over."""
    return (
        "Việc và tài liệu thuộc về đơn vị, nên bàn giao không làm mất gì: người mới vào bằng mã mời riêng sẽ thấy ngay "
        "các câu trả lời và tệp đã lưu. Bấm Báo Đội Tổng hợp để đơn vị được cấp mã cho người nhận và thu hồi quyền của đồng chí."
    )


def hand_over_told() -> str:
    """The request to hand over was passed on."""
    return "Đã báo Đội Tổng hợp. Đồng chí vẫn làm việc bình thường cho đến khi bàn giao xong."


def hand_over_asked(name: str, units: Sequence[str]) -> str:
    """To Đội Tổng hợp: somebody hands over."""
    return f"Đồng chí {name} ({'; '.join(units)}) xin bàn giao việc. Xin cấp mã mời cho người nhận; xong thì thu hồi quyền của đồng chí {name}."


def joined(name: str, role: str, unit: str) -> str:
    """To the inviter: somebody joined."""
    return f"{name or 'Một đồng chí'} vừa vào bằng mã mời: {role_in(role, unit)}. Nếu không đúng người, bấm Thu hồi."


def joined_pending(name: str, role: str, unit: str) -> str:
    """To the inviter: somebody joined who has to be agreed to."""
    return f"{name or 'Một đồng chí'} vừa vào bằng mã mời: {role_in(role, unit)}. Số điện thoại chưa kiểm tra được. Đúng người thì bấm Đồng ý, không thì bấm Thu hồi."


def approved(name: str) -> str:
    """The inviter agreed."""
    return f"Đã đồng ý cho {name or 'đồng chí này'} vào làm việc."


def confirm_revoke(name: str) -> str:
    """Before somebody is put out."""
    return f"Thu hồi mọi quyền của {name or 'đồng chí này'}? Các thiết bị bị đăng xuất ngay; tài liệu đã gửi vẫn còn."


def revoked(name: str) -> str:
    """Somebody was put out."""
    return f"Đã thu hồi mọi quyền của {name or 'đồng chí này'}."


def kept(name: str) -> str:
    """Nobody was put out."""
    return f"Giữ nguyên quyền của {name or 'đồng chí này'}."
