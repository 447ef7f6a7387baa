"""Holds the matchers to their two promises: every mark and every stamp is caught, innocents pass."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.secrets import MARK_LEVELS, find_mark, find_stamp, may_hold_mark

MARKED = {
    "tuyet_mat": """
        TUYỆT MẬT
        Tuyệt mật
        tuyệt mật.pdf
        tuyệt_mật
        tuyet-mat.pdf
        TUYET MAT
        Tuyet_Mat_01.docx
        TuyetMat.pdf
        tuyetmat.jpg
        TUYETMAT
        T U Y Ệ T  M Ậ T
        T.U.Y.Ệ.T M.Ậ.T
        TUYÊT MÂT
        ＴＵＹỆＴ ＭẬＴ
        tuyeetj maatj
        tuyÖt mËt.doc
        Kế hoạch A (TUYỆT MẬT).pdf
        Độ mật: Tuyệt mật
        TUYỆT - MẬT
        tuyệt\u200bmật
        TUYỆT\nMẬT
        hồ sơ tuyệt mật, tối mật
    """,
    "toi_mat": """
        TỐI MẬT
        TỐI  MẬT
        TOI_MAT
        toi mat
        TOI MAT 12-KH
        tối-mật.pdf
        Tối.Mật.docx
        tốimật
        toimat.pdf
        ToiMat_2021.xlsx
        TốiMật.jpg
        TÔI MÂT
        T Ố I  M Ậ T
        TỐI M Ậ T
        T Ố I  M Ậ T  K H Ẩ N
        TOI_MAT_BAO_CAO.pdf
        Kế hoạch [Tối mật]
        Độ mật: Tối mật, độ khẩn: hỏa tốc
        TỐI MẬT ĐỘ KHẨN HỎA TỐC
        BC_TOI-MAT (1).pdf
        toois maatj
        TỐ\u200dI M\u00adẬT
        Đóng dấu tối mật
        không gửi được tài liệu tối mật
        PHUONG_AN_BAO_VE_TOI_MAT.pdf
        Phương án bảo vệ (TỐI MẬT)
        TОI MАT KE HOACH
    """,
    "mat": """
        MẬT
        MẬT.pdf
        mật.jpg
        Mật
        (MẬT)
        [Mật]
        (mật) Kế hoạch.docx
        {MẬT} danh sách
        Độ mật: Mật
        ĐỘ MẬT
        độ mật A
        Mức độ: MẬT
        văn bản mật
        Văn_bản_mật.pdf
        VAN BAN MAT
        van ban mat.pdf
        tài liệu mật
        tai-lieu-mat.docx
        TaiLieuMat.docx
        tailieumat.zip
        công văn mật
        CONG VAN MAT SO 12.pdf
        dấu mật
        có dấu mật
        dong dau mat
        Văn bản có đóng dấu MẬT ở góc trái
        hồ sơ mật
        Ho so mat.rar
        KH-MAT.pdf
        KH_MAT.pdf
        KH-MẬT.pdf
        kh-mật.pdf
        KH Mật 2021.pdf
        kh mat.pdf
        KHMẬT.pdf
        BC_MẬT_2021.docx
        12-MAT
        12_MAT.pdf
        (MAT)
        [MAT] bao cao
        MAT.pdf
        Bao cao quy I - MAT.pdf
        Kế hoạch mật số 12
        báo cáo mật tháng 6
        Quyết định MẬT về bố trí lực lượng
        MẬT BÁO CÁO QUÝ
        MẬT - HỎA TỐC
        T.MẬT
        M Ậ T
        M.Ậ.T
        MẬ T
        M_Ậ_T.pdf
        ＭẬＴ
        M\u200bẬT
        МẬТ
        MÂT
        BẢN MẬT
        Tin mật
        công điện mật
        Phụ lục mật.xlsx
        tờ trình mật
        QĐ mật.pdf
        maatj.pdf
        văn bản maatj
        tài liêu mât
        Không có chữ ký, tài liệu mật
        Không phải bảo mật mà là tài liệu mật
        Em gửi anh văn bản mật hôm qua ạ
        Có phải văn bản mật không?
        scan công văn 15 (có đóng dấu mật).pdf
        Danh sách cán bộ_MẬT_v2.xlsx
        PHƯƠNG ÁN BẢO VỆ - MẬT.doc
        CV 05 MẬT.PDF
        cv05mật.pdf
        Tài liệu mật do Công an xã lập
        tai lieu mat do cong an xa lap
        tai lieu mat cua doi
        PA_BAO_VE_MAT.pdf
        K H  M Ậ T
        HOA_TOC_MAT.pdf
        MẬT DANH SÁCH CÁN BỘ
        MẬT MÃ SỐ 12
        Bí mật nhà nước độ Mật
    """,
}

INNOCENT = """
    Kế hoạch bảo vệ bí mật nhà nước
    KẾ HOẠCH BẢO VỆ BÍ MẬT NHÀ NƯỚC NĂM 2021.pdf
    ke_hoach_bao_ve_bi_mat_nha_nuoc.pdf
    KE-HOACH-BAO-VE-BI-MAT-NHA-NUOC.pdf
    KeHoachBaoVeBiMatNhaNuoc.docx
    Nội quy bảo vệ bí mật nhà nước.jpg
    Bảo đảm an toàn, an ninh thông tin và bảo vệ bí mật nhà nước
    Bản cam kết bảo mật thông tin.pdf
    CAM KẾT BẢO MẬT.pdf
    BAO_MAT.pdf
    BAO MAT THONG TIN.docx
    Cam-ket-bao-mat-du-lieu-dan-cu.pdf
    BảoMậtThôngTin.docx
    Ảnh tập huấn bảo mật máy tính
    Hồ sơ bảo mật hệ thống.docx
    Tài liệu bảo mật dữ liệu cá nhân
    mật khẩu máy tính
    Đổi mật khẩu tài khoản dịch vụ công.jpg
    MẬT KHẨU WIFI
    MAT KHAU.txt
    mat_khau_phan_mem.txt
    Mật khẩu mới của em là gì ạ?
    Mật độ dân cư
    MẬT ĐỘ DÂN SỐ XÃ.xlsx
    Báo cáo mật độ giao thông tuyến quốc lộ
    Buổi tối mật độ xe cao
    mật ong
    Mô hình nuôi ong lấy mật
    HTX sản xuất mật ong.jpg
    mật mã
    Mật mã dân sự
    tôi mất giấy tờ
    Tôi mất căn cước công dân rồi
    toi mat giay to
    toi mat dien thoai
    Đơn trình báo tôi mất xe.pdf
    ra mắt mô hình
    Lễ ra mắt mô hình Camera an ninh.jpg
    RA MAT MO HINH
    RA_MAT_MO_HINH.jpg
    ra-mat-mo-hinh-dan-van-kheo.pdf
    Ra_Mat_Mo_Hinh.png
    Kế hoạch ra mắt mô hình điểm về CCHC.docx
    mặt bằng
    MAT BANG
    MAT_BANG_TRU_SO.pdf
    Bản vẽ mặt bằng bộ phận một cửa.pdf
    có mặt
    CO MAT
    CO_MAT.jpg
    Danh sách có mặt.xlsx
    DANH SACH CO MAT.xlsx
    danh_sach_vang_mat.xlsx
    VANG_MAT.pdf
    mắt
    tối mặt
    tối mắt tối mũi vì hồ sơ
    CCCD mặt trước.jpg
    CCCD_MAT_TRUOC.jpg
    CCCD-MAT-SAU.jpg
    MAT TRUOC.jpg
    MAT_SAU.jpg
    mat truoc bang niem yet.png
    CCCD mat 1.jpg
    CCCD_MAT_2.jpg
    SCAN 2 MAT.pdf
    SCAN_2_MAT.pdf
    in 2 mặt.pdf
    Mặt trận Tổ quốc xã.docx
    MAT TRAN TO QUOC.docx
    bao cao mat tran to quoc.pdf
    Quy chế phối hợp với Mặt trận Tổ quốc.pdf
    QC_PHOI_HOP_MAT_TRAN.pdf
    UBMTTQ họp giao ban
    Gặp mặt đầu năm
    GAP_MAT_8_3.jpg
    GAP-MAT.jpg
    Họp mặt cán bộ hưu trí.jpg
    Thu tiền mặt lệ phí.xlsx
    TIEN_MAT.xlsx
    THU_TIEN_MAT.pdf
    khong dung tien mat.docx
    Nhận diện khuôn mặt.pdf
    KHUON_MAT.jpg
    Bề mặt bảng niêm yết bị mờ
    cap lai do mat.jpg
    Cấp lại CCCD do mất
    cap lai ho so do mat CCCD.pdf
    bao mat giay to xe.pdf
    don bao mat.jpg
    Đơn trình báo mất tài sản.pdf
    bao cao mat tai san cong.docx
    bien ban mat dien.docx
    Mất điện không gửi được báo cáo
    mat mang tu sang
    mat ket noi phan mem dich vu cong
    Không có tài liệu mật
    không chứa tài liệu mật
    không thuộc danh mục mật
    Không có tài liệu mật, tối mật, tuyệt mật
    khong co tai lieu mat
    ko có tài liệu mật nhé
    Báo cáo này không thuộc danh mục tài liệu mật
    Các văn bản không đóng dấu mật
    Không gửi tài liệu mật
    không phải văn bản mật đâu ạ
    văn bản không mật
    Tỷ lệ văn bản (trừ văn bản mật) được trao đổi dưới dạng điện tử
    nếu tài liệu có dấu mật: không gửi qua chat, nộp trực tiếp cho Đội Tổng hợp
    Độ mật: Thường
    Độ mật: không
    Kế hoạch bảo vệ tài liệu mật
    Kế hoạch mật phục bắt đối tượng
    Mật danh tài khoản
    Tối mật phục ở ngã ba
    quan hệ mật thiết với Nhân dân
    Gắn bó mật thiết với dân
    thân mật tiếp công dân
    Thăm hỏi thân mật
    Cơ mật viện
    canh gác cẩn mật
    dân cư trù mật
    tuần trăng mật
    Danh sách tài liệu giải mật
    Trần Thị Mật.pdf
    Nguyễn Văn Mật.jpg
    Đơn của ông Mật
    đánh mạt chược
    Xử phạt đánh bạc bằng mạt chược
    tuyệt đối không để lộ bí mật
    Bí mật công tác
    bí mật kinh doanh
    Hòm thư tố giác, giữ bí mật người cung cấp tin
    giu bi mat nguoi to giac.jpg
    Ảnh bảng niêm yết TTHC.jpg
    Niêm yết công khai TTHC tại trụ sở Công an xã.pdf
    KH CCHC 2021.pdf
    KH_CCHC_2021_CAX_An_Thanh_Dong.pdf
    Kế hoạch số 05/KH-CAX ngày 12/3/2021.pdf
    BC số 15 quý I.docx
    Báo cáo kết quả thực hiện CCHC 6 tháng đầu năm.docx
    bao cao cchc quy 3.doc
    Biên bản họp quán triệt kế hoạch CCHC.pdf
    bien ban hop giao ban thang 6.jpg
    Danh sách ký nhận.xlsx
    Danh sách tham dự tập huấn.xlsx
    IMG_20210615_083012.jpg
    IMG-20210720-WA0004.jpg
    Screenshot_2021-06-30-10-22-31.png
    z2534871203345_a1b2c3d4e5f6.jpg
    photo_2021-07-01_09-15-22.jpg
    scan0001.pdf
    Scan 12-06-2021.pdf
    DSC_0012.JPG
    20210612_101530.jpg
    Ảnh tuyên truyền tại khu dân cư.jpg
    tuyen truyen luu dong.mp4
    Bài phát thanh tuyên truyền CCHC.docx
    to roi dich vu cong.png
    Phiếu khảo sát sự hài lòng (ẩn danh).pdf
    phieu khao sat muc do hai long.xlsx
    Mức độ hoàn thành kế hoạch tuyên truyền
    mức độ hài lòng của người dân
    muc do mat an ninh trat tu.docx
    Quyết định phân công nhiệm vụ.pdf
    QD kien toan bo phan mot cua.pdf
    QĐ-123-CAH.pdf
    Công văn góp ý dự thảo.pdf
    CV 45 gop y du thao thong tu.pdf
    Công văn số 12 về rà soát văn bản
    Thông báo kết luận kiểm tra.pdf
    Tờ trình đề nghị khen thưởng.docx
    Sáng kiến cải tiến quy trình.docx
    Sổ theo dõi hồ sơ.jpg
    Sổ đăng ký văn bản đi.jpg
    So theo doi tiep cong dan.jpg
    Hồ sơ trễ hạn tháng 5.xlsx
    ho so mat the can cuoc.pdf
    ho so mat CCCD.pdf
    Hồ sơ cấp đổi thẻ do mất.pdf
    Quy chế làm việc Công an xã.pdf
    Quy chế chi tiêu nội bộ 2021.pdf
    Lịch trực tuần 25.jpg
    Lịch tiếp công dân.jpg
    Biên bản kiểm kê tài sản.xlsx
    Ảnh hòm thư góp ý.jpg
    Mở hòm thư góp ý tháng 7
    Đường dây nóng.png
    Báo cáo không phát sinh hồ sơ trễ hạn.docx
    Đo lường sự hài lòng năm 2021
    Em gửi bổ sung tài liệu tiêu chí 3.2.1 ạ
    Em nộp lại ảnh rõ hơn
    Gửi đồng chí kế hoạch đã ký
    Đây là bản chính thức, thay bản hôm qua
    Chú ý: ảnh bị mờ, em chụp lại
    Chụp lúc 8h tối tại trụ sở
    Ảnh trực đêm tối 30/6.jpg
    Format bao cao.docx
    automat.pdf
    data.mat
    matlab.zip
    material.pdf
    Thay mat lanh dao ky.docx
    TM Ủy ban nhân dân ký.pdf
    bao cao mat trat tu cong cong.docx
    Dạy lớp xóa mù.docx
    rửa mặt bằng nước sạch
    Nghỉ ốm do đau mắt đỏ
    nghi om do dau mat do
    Chăm sóc mắt cho học sinh.pdf
    Khám mắt miễn phí cho người cao tuổi
    Trực 24-24, luôn có mặt kịp thời
    Lực lượng có mặt tại hiện trường
    Mat_Bang_Mot_Cua.dwg
    chung toi mat nhieu thoi gian nhap lieu
    Đại biểu vắng mặt có lý do
    Thiệp mời gặp mặt.png
    TỔ CHỨC GẶP MẶT.docx
    NIÊM YẾT MẶT TRƯỚC TRỤ SỞ
    Trụ sở bị mất nước
    mặt hàng cấm
    DON TRINH BAO MAT CMND.pdf
    MAT_CCCD.pdf
    Cây xăng mặt đường quốc lộ
    sơ đồ mặt bằng.png
    Máy tính soạn thảo không nối mạng
    Biên bản kiểm tra máy tính, bảo vệ BMNN.pdf
    BC BMNN 2021.pdf
    Tập huấn công tác bảo vệ bí mật nhà nước.jpg
    tổ chức học Luật Bảo vệ bí mật nhà nước
    Luat_bao_ve_bi_mat_nha_nuoc_2018.pdf
    BAO_CAO_CAC_MAT_CONG_TAC.docx
    bao cao 4 mat cong tac.docx
    GUONG_MAT_TIEU_BIEU.docx
    ho so mat mat hu hong
    Bộ mặt nông thôn mới
    CAP_LAI_DO_MAT.pdf
    B Ả O  M Ậ T
    B Í M Ậ T
    M Ậ T K H Ẩ U
    PHIEU_CHI_TIEN_MAT.xlsx
    bao cao mat do dan cu
    tài liệu mật độ dân cư
"""


def lines(block: str) -> list[str]:
    # Not splitlines: a line end inside a sample is written \n and must stay in it.
    return [line.removeprefix("        ").strip(" ") for line in block.split("\n    ") if line.strip()]


MARKED_PAIRS = [(text, level) for level, block in MARKED.items() for text in lines(block)]
INNOCENTS = lines(INNOCENT)


def test_the_samples_are_many_and_distinct() -> None:
    assert len({text for text, _ in MARKED_PAIRS}) == len(MARKED_PAIRS) >= 70
    assert len(set(INNOCENTS)) == len(INNOCENTS) >= 200


@pytest.mark.parametrize(("text", "level"), MARKED_PAIRS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_marked_spelling_is_caught(text: str, level: str, form: str) -> None:
    typed = unicodedata.normalize("NFD", text) if form == "NFD" else text
    assert find_mark(typed) == level


def test_innocents_pass() -> None:
    stopped = [text for text in INNOCENTS if find_mark(text) is not None]
    assert len(stopped) < 0.02 * len(INNOCENTS), stopped
    assert stopped == []


def test_innocents_pass_in_pieces_too() -> None:
    assert [text for text in INNOCENTS if find_mark(unicodedata.normalize("NFD", text))] == []


@pytest.mark.parametrize("text", ["", " ", "...", "\u200b", "T", "\ud800", "mat", "TOI", "MẶT", "MẤT", "MẮT", "MÁT"])
def test_next_to_nothing_is_innocent(text: str) -> None:
    assert find_mark(text) is None


@given(st.sampled_from(INNOCENTS), st.sampled_from(["(MẬT)", "[TỐI MẬT]", "- TUYỆT MẬT", "Độ mật: Mật"]))
def test_a_mark_is_found_beside_any_innocent_text(innocent: str, mark: str) -> None:
    assert find_mark(f"{innocent} {mark}") is not None


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    assert find_mark(text) in {None, *MARK_LEVELS}


@given(st.sampled_from([text for text, _ in MARKED_PAIRS]), st.data())
def test_an_unseen_character_hides_nothing(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    hidden = data.draw(st.sampled_from(["\u200b", "\u200d", "\u00ad", "\u202e", "\ufeff", "\x00"]))
    assert find_mark(text[:at] + hidden + text[at:]) == find_mark(text)


# --- stamps in the text of documents ------------------------------------------------------------------------------

# Separated by "///": lines that hold a stamp.
STAMPS = {
    "tuyet_mat": """TUYỆT MẬT/// TUYỆT  MẬT ///T U Y Ệ T  M Ậ T///TUYET MAT///tuyÖt mËt///TUYEÄT MAÄT///TUYỆT\nMẬT
        ///ĐỘ MẬT: TUYỆT MẬT///TUYỆT - MẬT///★ TUYỆT MẬT ★///TUYETMAT///MẬT\nvăn bản\nvăn bản\nTUYỆT MẬT""",
    "toi_mat": """TỐI MẬT///[TỐI MẬT]///TOI MAT///tèi mËt///TOÁI MAÄT///Độ mật: Tối mật///Mức độ mật: Tối mật
        ///Độ mật:\nTối mật///TỐI MẬT - HỎA TỐC///T Ố I   M Ậ T///- TỐI MẬT.///Độ mật của văn bản: Tối mật""",
    "mat": """MẬT///( MẬT )///║ MẬT ║///============ MẬT ============///M Ậ T///MẬT.///MAT///(MAT)///mËt///MAÄT///MÂT
        ///M\nẬ\nT///M\u200bẬT///ＭẬＴ///МẬТ///“MẬT”///MẬT\tHà Nội, ngày 5 tháng 3///Số: 12/BC-CAH      MẬT
        ///Độ mật: Mật///Độ mật: Mật; Độ khẩn: Thường///Độ mật\tMật///ĐỘ MẬT: MẬT///DO MAT: MAT
        ///☐ Thường ☒ Mật ☐ Tối mật///Thường ☐ Mật ☒///[x] Mật///Độ mật: [ ] Thường [x] Mật///☑ MẬT
        ///Mật\nBản số: 03///Bản số: 03\nMật///MẬT  Bản số: 03///MẬT (Bản số: 03)///MẬT - 2///MẬT 2/5///- 2 - MẬT
        ///TÀI LIỆU MẬT///MẬT\nĐỘ KHẨN: HỎA TỐC///MẬT\nMÃ SỐ: 12///MẬT\nHỎA TỐC///MẬT - Trang 3
        ///CÔNG AN HUYỆN VĨNH BẢO\nMẬT///CÔNG AN THÀNH PHỐ UÔNG BÍ\nMẬT\nSố: 12///CÔNG AN XÃ HỒNG VĂN\nMẬT
        ///TUYỆT MẬT, TỐI MẬT, MẬT\nMẬT///KẾ HOẠCH\nbảo vệ bí mật nhà nước\nMẬT///THƯỜNG\nMẬT
        ///MẬT\n1\n2\n3\nBáo cáo""",
}
STAMPED = [(text.strip(), level) for level, block in STAMPS.items() for text in block.split("///")]

STAMPED_PAGES = [
    ("CÔNG AN HUYỆN\nSố: 05/BC-CAH\nMẬT\nBÁO CÁO\nKết quả công tác quý I", "mat"),
    ("TỐI MẬT\nCÔNG AN TỈNH\nKẾ HOẠCH\nbảo vệ bí mật nhà nước", "toi_mat"),
    ("Bản số: 03\nTUYỆT MẬT\nPHƯƠNG ÁN\nMật khẩu và mật độ", "tuyet_mat"),
    ("CÔNG AN XÃ\nĐộ mật: Mật\nĐộ khẩn: Thường\nDANH SÁCH", "mat"),
]

INNOCENT_PAGES = [
    "KẾ HOẠCH\nBẢO VỆ BÍ MẬT NHÀ NƯỚC NĂM 2021\nquản lý văn bản mật theo Luật Bảo vệ bí mật nhà nước",
    "LUẬT\nBẢO VỆ BÍ MẬT NHÀ NƯỚC\nĐiều 8. Phân loại\na) Tuyệt mật;\nb) Tối mật;\nc) Mật.",
    "Bí mật nhà nước được phân thành 03 độ mật: Tuyệt mật, Tối mật và Mật.",
    "Điều 3. Độ mật\nĐộ mật của văn bản được xác định theo danh mục bí mật nhà nước.",
    "Mẫu 02\nTUYỆT MẬT\nTỐI MẬT\nMẬT\nCác con dấu chỉ độ mật",
    "TUYỆT MẬT\nGây nguy hại đặc biệt nghiêm trọng\nTỐI MẬT\nGây nguy hại rất nghiêm trọng\nMẬT\nGây nguy hại",
    "THƯỜNG\nMẬT\nTỐI MẬT",
    "Độ mật: ☐ Thường ☐ Mật ☐ Tối mật ☐ Tuyệt mật",
    "Độ mật:\n☐ Mật\n☐ Tối mật\n☐ Tuyệt mật",
    "☒ Thường ☐ Mật ☐ Tối mật",
    "☐ THƯỜNG ☐ MẬT",
    "Độ mật: Thường\nĐộ khẩn: Hỏa tốc",
    "Độ mật: ............\nĐộ khẩn: ............",
    "Độ mật: Mật/Tối mật/Tuyệt mật",
    "Độ mật (Mật, Tối mật, Tuyệt mật)\nSố lượng",
    "STT\tSố ký hiệu\tĐộ mật\tĐộ khẩn\n1\t12/KH\tThường\tThường",
    "Phiếu đăng ký\nMật\nTên đăng nhập",
    "Tối mật\nsố lượng văn bản theo từng loại",
    "TUYỆT MẬT: 0\nTỐI MẬT: 2\nMẬT: 5",
    "TUYỆT MẬT\t0\tTỐI MẬT\t2\tMẬT\t5",
    "1. MẬT\n2. TỐI MẬT\n3. TUYỆT MẬT",
    "QUY CHẾ BẢO\nMẬT\nThông tin khách hàng",
    "BẢN CAM KẾT BẢO\nMẬT",
    "NỘI QUY BẢO VỆ BÍ\nMẬT\nNHÀ NƯỚC",
    "BẢO\nMẬT\nAN TOÀN",
    "TÊN\nMẬT\nKHẨU\nEMAIL",
    "MẬT\nĐỘ\nDÂN SỐ",
    "CÔNG TÁC BẢO MẬT\nMẬT KHẨU\nMẬT ĐỘ DÂN CƯ\nMẬT ONG\nMẬT MÃ",
    "Mật khẩu\nMật độ\nMật danh\nMật ong",
    "MẶT\nMẤT\nMẮT\nMÁT\nmat",
    "MAT 2\nMAT TRUOC\nRA MAT MO HINH",
    "SỐ VĂN BẢN MẬT\nSỔ ĐĂNG KÝ VĂN BẢN MẬT ĐI\nVĂN BẢN MẬT ĐẾN",
    "ĐÃ GIẢI MẬT\nngày 5 tháng 3",
    "KHÔNG CÓ TÀI LIỆU MẬT",
    "Chỉ gửi tài liệu KHÔNG có dấu mật, không gửi tài liệu MẬT, TỐI MẬT, TUYỆT MẬT qua đây.",
    "Câu 1. Bí mật nhà nước gồm mấy mức độ mật?\nA. Tuyệt mật, Tối mật\nB. Tối mật, Mật\nC. Tuyệt mật, Tối mật, Mật",
    "Bản số: 03\nBÁO CÁO\nKết quả công tác bảo vệ bí mật nhà nước",
    "Cơ quan gửi\nĐộ mật\nĐộ khẩn\nNgười ký\nNguyễn Văn Mật",
    "Phần mềm mật mã dân sự\nKhóa bí mật\nKhóa công khai",
    "Người bị mất\nmặt hàng\ncó mặt\nMặt trận Tổ quốc",
    "Hà Nội, ngày 5 tháng 3 năm 2021\nKính gửi: Công an các đơn vị\nMật thư\nMật lệnh",
]


def test_the_documents_are_many() -> None:
    assert len(set(INNOCENT_PAGES)) == len(INNOCENT_PAGES) >= 30
    assert len({text for text, _ in STAMPED}) == len(STAMPED) >= 60


@pytest.mark.parametrize(("text", "level"), [*STAMPED, *STAMPED_PAGES])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_stamp_is_caught(text: str, level: str, form: str) -> None:
    typed = unicodedata.normalize("NFD", text) if form == "NFD" else text
    assert find_stamp(typed.split("\n")) == level


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_documents_about_secrecy_pass(form: str) -> None:
    pages = [unicodedata.normalize("NFD", page) if form == "NFD" else page for page in INNOCENT_PAGES]
    assert {page: found for page in pages if (found := find_stamp(page.split("\n")))} == {}


def test_names_and_captions_are_no_stamps_unless_they_are_the_mark() -> None:
    assert [text for text in INNOCENTS if find_stamp([text])] == []


@given(st.sampled_from(INNOCENT_PAGES), st.sampled_from(["MẬT", "TỐI MẬT", "Độ mật: Mật"]))
def test_a_stamp_is_found_above_any_document(page: str, stamp: str) -> None:
    assert find_stamp([stamp, "Số: 12/BC", "BÁO CÁO", "", "Kính gửi:", "Căn cứ", *page.split("\n")]) is not None


@given(st.lists(st.text() | st.sampled_from(["MẬT", "TUYỆT", "Độ mật:", "☐", "☒", "BẢO", "\t", "M", "T"])))
def test_any_lines_are_answered(lines: list[str]) -> None:
    assert find_stamp(lines) in {None, *MARK_LEVELS}


def test_the_quick_look_misses_no_mark() -> None:
    assert [text for text, _ in MARKED_PAIRS if not may_hold_mark(text)] == []
