"""The words on buttons and the names of roles and answers, the same everywhere."""

from typing import Final

from criteria.items import Answer
from criteria.people import Role

ANSWERS: Final = {
    Answer.DONE: "Đã làm",
    Answer.NOT_DONE: "Chưa làm",
    Answer.NOTHING_AROSE: "Không phát sinh",
    Answer.NOT_OURS: "Không thuộc chức năng",
    Answer.BY_HAND: "Nộp trực tiếp",
    Answer.LATER: "Để sau",
}
ROLES: Final = {
    Role.OFFICER: "Cán bộ",
    Role.HEAD: "Trưởng đơn vị",
    Role.CONSOLIDATOR: "Đội Tổng hợp",
    Role.LEADER: "Lãnh đạo",
    Role.ADMIN: "Quản trị",
}
CHANNELS: Final = {"web": "Trang chat", "telegram": "Telegram", "zalo_oa": "Zalo OA", "zalo_bot": "Zalo Bot"}

DONE: Final = "Xong"
DROP_FILE: Final = "Bỏ tệp này"
UNDO: Final = "Hoàn tác"
NEXT: Final = "Tiếp"
BACK: Final = "Quay lại"
LATER: Final = "Để sau"
OTHER_CRITERION: Final = "Đổi tiêu chí"
MORE_ANSWERS: Final = "Khác…"
UNDERSTOOD: Final = "Tôi đã rõ"
AGREE: Final = "Đồng ý"
REVOKE: Final = "Thu hồi"
REVOKE_NOW: Final = "Thu hồi ngay"
NEVER_MIND: Final = "Thôi"
OLD_BUTTON: Final = "(nút cũ)"
BEGIN: Final = "Bắt đầu"
MY_WORK: Final = "Việc của tôi"
CHECKLIST: Final = "Bảng kiểm"
MISSING: Final = "Còn thiếu"
HELP: Final = "Trợ giúp"
PROGRESS: Final = "Tiến độ"
ADD_DEVICE: Final = "Thêm thiết bị"
SIGN_OUT_OTHERS: Final = "Đăng xuất thiết bị khác"
HAND_OVER: Final = "Bàn giao"
TELL_CONSOLIDATOR: Final = "Báo Đội Tổng hợp"


def answer(given: str | None) -> str:
    """An answer's words; of none, that there is none yet."""
    return ANSWERS[Answer(given)] if given else "chưa trả lời"
