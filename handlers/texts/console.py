"""What the command line prints. The person at it is an administrator; the words are still plain Vietnamese."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from criteria.people import Role

CANNOT_START: Mapping[str, str] = {
    "served_already": "Kiểm chứng đang chạy trên dữ liệu này rồi. Xin dừng tiến trình kia trước, hoặc đặt DATA_DIR khác.",
    "database_newer": "Dữ liệu do bản Kiểm chứng mới hơn tạo ra. Xin dùng bản mới hơn; dữ liệu không bị động đến.",
    "no_database": "Chưa có dữ liệu. Xin chạy `kiemchung init --plan TỆP` hoặc `kiemchung run` trước.",
    "database_damaged": "Không đọc được cơ sở dữ liệu. Xin giữ nguyên thư mục dữ liệu và khôi phục từ bản sao lưu.",
    "port_taken": "Cổng này đang có chương trình khác dùng. Xin đặt WEB_PORT khác trong .env.",
    "not_writable": "Không ghi được vào thư mục dữ liệu. Xin kiểm tra quyền của DATA_DIR và chỗ trống trên ổ đĩa.",
}


_SETTINGS: Mapping[str, str] = {
    "int_parsing": "cần một số",
    "greater_than_equal": "số nhỏ quá",
    "less_than_equal": "số lớn quá",
    "too_short": "ngắn quá, cần từ 32 ký tự",
    "string_too_short": "ngắn quá, cần từ 32 ký tự",
    "literal_error": "không phải một trong các giá trị được dùng",
    "no_such_address": "máy này không có địa chỉ đó",
}


def bad_settings(problems: Sequence[tuple[str, str]]) -> str:
    """Every setting that is missing or wrong, by name and kind of fault."""
    lines = [f"{name}: {_SETTINGS.get(kind, 'viết chưa đúng dạng')}" for name, kind in problems]
    head = "Thiết lập chưa đúng, xin sửa trong .env hoặc biến môi trường (cách ghi xem .env.example):"
    return "\n".join([head, *lines])


def preparing() -> str:
    """A first start, without a database."""
    return "Lần chạy đầu: đang tạo dữ liệu TẬP HUẤN từ kế hoạch mẫu…"


def serving(url: str, rehearsal: bool) -> str:
    """The server listens."""
    mark = " (TẬP HUẤN)" if rehearsal else ""
    return f"Kiểm chứng đã sẵn sàng{mark}: {url}/chat"


def demo_links(rows: Sequence[tuple[str, str]]) -> str:
    """One sign-in link per demo person."""
    width = max(len(who) for who, _ in rows)
    lines = [f"  {who.ljust(width)}  {link}" for who, link in rows]
    return "\n".join(["Mở một đường liên kết để vào thử, mỗi đường dùng một lần (chạy lại sẽ có đường mới):", *lines])


def how_to_stop() -> str:
    """How the server is stopped."""
    return "Dừng: Ctrl+C. Dữ liệu nằm trong thư mục data và còn nguyên cho lần chạy sau."


def stopped() -> str:
    """The server ended cleanly."""
    return "Đã dừng."


def opened(campaign: str, rehearsal: bool) -> str:
    """A campaign was loaded."""
    return f"Đã tạo kỳ đánh giá {campaign}{' (TẬP HUẤN)' if rehearsal else ''}."


def first_admin(code: str, link: str) -> str:
    """The first administrator's invite."""
    return f"Mã mời quản trị đầu tiên (dùng một lần, 72 giờ):\n  {code}\n  {link}"


def invited(unit: str, role: str, code: str, link: str, expires: str) -> str:
    """An invite was made."""
    return f"Mã mời cho {role}, {unit} (dùng một lần, đến {expires}):\n  {code}\n  {link}"


def sign_in_link(link: str, expires: str) -> str:
    """A sign-in link for somebody who has joined."""
    return f"Đường liên kết đăng nhập (dùng một lần, đến {expires}):\n  {link}"


def no_such_folder(path: str) -> str:
    """Nowhere to put the QR picture."""
    return f"Không có thư mục {path} nên chưa ghi được ảnh mã QR; đường liên kết vẫn dùng được."


def unknown_person(id_: int) -> str:
    """No such person, or one who was put out."""
    return f"Không có người số {id_}, hoặc người này đã bị thu hồi quyền. Xem danh sách: kiemchung people."


def revoked(known: bool) -> str:
    """A revocation by id or code."""
    return "Đã thu hồi." if known else "Không có người hoặc mã mời còn dùng được như vậy."


def unknown_unit(code: str, codes: Sequence[str]) -> str:
    """No such unit."""
    return f"Không có đơn vị {code}. Các mã đơn vị: {', '.join(codes)}."


def unknown_role(role: str, roles: Sequence[str]) -> str:
    """No such role."""
    return f"Không có vai trò {role}. Các vai trò: {', '.join(roles)}."


def exists_already() -> str:
    """init on a database that has a campaign."""
    return "Dữ liệu đã có kỳ đánh giá; không ghi đè. Xin đặt DATA_DIR khác nếu muốn tạo mới."


def plan_missing(path: str, names: Sequence[str]) -> str:
    """No such plan file."""
    return f"Không đọc được tệp kế hoạch {path}. Kế hoạch có sẵn: {', '.join(names)}."


def plan_wrong(problems: Sequence[str]) -> str:
    """The plan or its catalogue has problems."""
    return "\n".join(["Kế hoạch hoặc bộ tiêu chí chưa đúng:", *(f"  {problem}" for problem in problems)])


def catalogue_missing(name: str) -> str:
    """The plan names a catalogue that is not there."""
    return f"Không có bộ tiêu chí {name} mà kế hoạch nêu."


REHEARSAL = "TẬP HUẤN"


def clock(at: str) -> str:
    """A rehearsal's clock."""
    return f"Giờ tập huấn: {at}"


def clock_real() -> str:
    """A real campaign has no clock of its own."""
    return "Kỳ đánh giá thật dùng giờ thật, không đặt được đồng hồ."


def clock_wrong() -> str:
    """Not a span of time."""
    return "Khoảng thời gian ghi như 3d, 12h, 30m; chỉ tiến, không lùi."


def time_wrong() -> str:
    """Not a moment."""
    return "Thời điểm ghi như 2021-08-02T08:00 (giờ Việt Nam)."


def unit_row(code: str, name: str, people: int, items: int) -> str:
    """A unit in the list."""
    return f"{code:<22} {name:<34} {people:>3} người {items:>4} mục"


def person_row(id_: int, name: str, roles: Sequence[str], channels: Sequence[str], active: bool) -> str:
    """A person in the list."""
    state = "" if active else " (đã thu hồi)"
    return f"{id_:>4}  {name or '(chưa có tên)':<28} {'; '.join(roles)} [{', '.join(channels)}]{state}"


def status(campaign: str, rehearsal: bool, now: str, items: Mapping[str, int], files: Mapping[str, int]) -> str:
    """The counts."""
    mark = " (TẬP HUẤN)" if rehearsal else ""
    return (
        f"Kỳ {campaign}{mark}, {now}\nĐầu việc: {items['answered']}/{items['total']} đã trả lời, {items['covered']} đủ tài liệu\n"
        f"Tệp: {files['stored']} đã lưu, {files['refused']} không nhận, {files['waiting']} đang chờ"
    )


def verified(files: int, rows: int) -> str:
    """Everything holds."""
    return f"Toàn vẹn: {files} tệp khớp mã băm, {rows} dòng nhật ký liền mạch."


_FAULTS: Mapping[str, str] = {
    "missing": "mất tệp",
    "damaged": "tệp bị thay đổi",
    "size": "tệp sai kích thước",
    "sidecar": "mất tệp ghi chú kèm theo",
    "orphan": "tệp không có trong cơ sở dữ liệu",
    "aside": "tệp hỏng đã được để riêng",
    "unsettled": "ghi đã lưu nhưng không có dòng tài liệu",
    "audit": "nhật ký không liền mạch ở dòng",
}


def fault(kind: str, subject: str, detail: str) -> str:
    """One fault that `verify` found."""
    return f"LỖI {_FAULTS[kind]}: {subject}" + (f" ({detail})" if detail else "")


def check_line(good: bool, what: str, remedy: str = "") -> str:
    """One line of `doctor`."""
    return f"{'tốt ' if good else 'XEM '} {what}" + (f". {remedy}" if remedy and not good else "")


DOCTOR: Mapping[str, tuple[str, str]] = {
    "settings": ("thiết lập đọc được", "Sửa các dòng nêu trên"),
    "schema": ("cơ sở dữ liệu đúng phiên bản", "Chạy `kiemchung run` hoặc `kiemchung init` để tạo hoặc nâng cấp"),
    "clock": ("đồng hồ máy chủ không chạy lùi", "Đặt lại giờ máy chủ; giờ hiện nay sớm hơn lần ghi gần nhất"),
    "channels": ("kênh đang dùng: trang chat", "Xem các dòng về kênh trong .env"),
    "disk": ("ổ đĩa còn đủ chỗ", "Dọn bớt ổ đĩa hoặc giảm DISK_RESERVE; hiện tạm ngừng nhận tệp"),
    "same_disk": ("thư mục tạm và kho tệp cùng ổ đĩa", "Vẫn chạy được nhưng lưu chậm hơn"),
    "sqlite": ("SQLite từ 3.51.3", "Bản cũ có lỗi hiếm với WAL; Kiểm chứng tránh bằng cách chỉ một tiến trình ghi"),
    "isolated": (
        "phần kiểm tra tệp bị cắt mạng",
        "Máy này không cho cắt mạng tiến trình con; các giới hạn khác vẫn có hiệu lực",
    ),
    "public_url": ("PUBLIC_URL mở được từ ngoài", "Đang là địa chỉ máy này: đường liên kết chỉ mở được tại đây"),
    "https": ("trang dùng https", "Khi dùng thật, đặt PUBLIC_URL là https qua một máy chủ trung gian"),
}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A demo person of a rehearsal."""

    name: str
    unit: str
    role: Role


DEMO_PEOPLE = (
    DemoPerson("Nguyễn Thị Lan", "xa-an-thanh-dong", Role.OFFICER),
    DemoPerson("Trần Văn Minh", "xa-an-thanh-dong", Role.HEAD),
    DemoPerson("Lê Thị Hương", "doi-tong-hop", Role.CONSOLIDATOR),
    DemoPerson("Phạm Quốc Bảo", "doi-tong-hop", Role.LEADER),
    DemoPerson("Huỳnh Thanh Tùng", "doi-tong-hop", Role.ADMIN),
)
