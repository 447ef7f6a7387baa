"""What the web pages and the upload requests say when something cannot be done, and the words on pages that are not
the chat.
"""

PRODUCT = "Kiểm chứng"

SIGNED_OUT = "Thiết bị này chưa đăng nhập hoặc đã bị đăng xuất. Xin mở lại đường liên kết đăng nhập."
NOT_OUR_PAGE = "Yêu cầu không đến từ trang Kiểm chứng nên không được thực hiện. Xin mở lại trang và thử lại."
BAD_REQUEST = "Trang gửi yêu cầu chưa đúng. Xin tải lại trang rồi thử lại."
BUSY = "Máy chủ đang bận, sẽ tự thử lại."
DISK_FULL = "Máy chủ đang đầy, tạm ngừng nhận tệp. Trang sẽ tự gửi lại khi có chỗ."
CUT = "Tệp ngắn hơn lúc chọn. Xin chọn lại tệp rồi gửi."
STALLED = "Đường truyền bị ngừng quá lâu. Trang sẽ tự gửi lại."
LONGER = "Tệp dài hơn lúc chọn. Xin chọn lại tệp rồi gửi."
NO_SUCH_FILE = "Không tìm thấy tệp này."
NOT_TAKEN = "Tệp này không được nhận. Đồng chí xem tin trả lời ở trên."
TOO_LATE = "Tệp này đã có kết quả trước đó."
UNDER_WAY = "Tệp này đang được gửi từ nơi khác. Trang sẽ tự thử lại."
DAMAGED = "Tệp này đang được kiểm tra lại nên chưa mở được. Xin báo Đội Tổng hợp."

SORRY_TITLE = "Chưa thực hiện được"
NOT_FOUND_TITLE = "Không có trang này"
NOT_FOUND = "Đường liên kết không đúng hoặc đã cũ. Xin mở trang chat, hoặc liên hệ Đội Tổng hợp."
FAULT = "Hệ thống gặp lỗi và đã ghi lại. Xin thử lại sau ít phút."
BACK_TO_CHAT = "Mở trang chat"
