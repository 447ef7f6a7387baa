"""One clear sentence for every `Refusal` of the domain: what happened and the way out. A test walks all keys."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from criteria.errors import Refusal
from handlers.texts import evidence

TEXT_MAX: Final = 4000

_SENTENCES: Final[Mapping[str, Callable[..., str]]] = {
    "not_allowed": lambda: (
        "Vai trò của đồng chí không làm việc này. Đồng chí gõ /trogiup để xem những việc làm được, hoặc liên hệ Đội Tổng hợp."
    ),
    "revoked": lambda: "Quyền của đồng chí đã được thu hồi. Nếu cần, xin liên hệ Đội Tổng hợp.",
    "waiting_for_approval": lambda: "Đồng chí đang chờ người mời bấm Đồng ý, chưa làm được việc này.",
    "no_such_item": lambda: (
        "Mục này không còn trong danh sách của đồng chí. Đồng chí gõ /viec để xem các mục hiện nay."
    ),
    "no_such_file": lambda: (
        "Không tìm thấy tệp này trong các tệp của đồng chí. Đồng chí gõ /bienlai để xem các tệp đã lưu."
    ),
    "no_such_person": lambda: "Không tìm thấy người này.",
    "no_such_receipt": lambda: (
        "Không tìm thấy biên nhận này. Đồng chí kiểm tra lại từng ký tự, hoặc gõ /bienlai để xem danh sách."
    ),
    "bad_receipt": lambda: "Mã biên nhận chưa đúng (có thể gõ nhầm một ký tự). Mã có dạng 4K7-Q2M-9X3.",
    "stale_button": lambda: "Nút này đã cũ, không dùng được nữa. Đồng chí gõ /viec để làm tiếp, hoặc /trogiup.",
    "reason_needed": lambda: "Câu trả lời này cần một dòng lý do.",
    "reason_empty": lambda: "Đồng chí ghi giúp lý do bằng vài chữ, ví dụ: trong kỳ không có trường hợp nào.",
    "reason_too_long": lambda limit: f"Lý do dài quá {limit} ký tự. Đồng chí rút gọn trong một dòng.",
    "name_unclear": lambda: "Đồng chí ghi giúp họ và tên bằng chữ, không quá 60 ký tự.",
    "text_too_long": lambda: (
        f"Tin dài quá {TEXT_MAX // 1000}.000 ký tự nên chưa xử lý được. Đồng chí gửi ngắn hơn, hoặc gửi thành tệp."
    ),
    "file_settled": lambda: "Tệp này đã có kết quả trước đó.",
    "file_not_stored": lambda: "Tệp này chưa lưu xong nên chưa bỏ được. Đồng chí chờ một chút rồi bấm lại.",
    "nothing_stored": lambda: (
        "Chưa có tệp nào được lưu trong lần gửi này. Đồng chí gửi lại tệp, hoặc gõ Tiếp để sang mục khác."
    ),
    "not_filed": lambda: "Các tệp này chưa xếp vào tiêu chí nào. Đồng chí chọn tiêu chí trước.",
    "other_unit": lambda: "Tài liệu này thuộc đơn vị khác, không xếp vào mục này được.",
    "no_items": lambda: (
        "Đơn vị của đồng chí không có tiêu chí nào phải làm trong kỳ này. Nếu chưa đúng, xin báo Đội Tổng hợp."
    ),
    "code_refused": lambda: "Mã không dùng được. Xin liên hệ Đội Tổng hợp.",
    "too_many_tries": lambda: "Đồng chí đã thử quá nhiều lần. Xin chờ một giờ rồi thử lại, hoặc liên hệ Đội Tổng hợp.",
    "quota": lambda: f"Không nhận: {evidence.reason('quota')}",
}


def sentence(refusal: Refusal) -> str:
    """The words of a refusal. KeyError for a key without a sentence, which a test rules out."""
    params: dict[str, Any] = dict(refusal.params)
    return _SENTENCES[refusal.key](**params)


def please_repeat() -> str:
    """What failed earlier is not done any more, for the conversation has moved on."""
    return "Tin trước của đồng chí chưa xử lý được, nay không làm lại nữa vì đã sang việc khác. Nếu còn cần, đồng chí gửi lại."


def stumbled(reference: str) -> str:
    """A turn failed through a fault of ours: kept, tried again, and reported."""
    return (
        f"Hệ thống đã nhận tin của đồng chí nhưng chưa xử lý xong, sẽ tự làm lại. Nếu cần hỏi, xin nhắc mã {reference}."
    )
