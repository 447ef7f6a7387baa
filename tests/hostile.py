"""Builds sample files, honest and hostile, in code: what the checking tests and the fault tests send in.

Every builder returns the bytes of one file; nothing here is read from a fixture.
"""

import io
import math
import random
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import av
import olefile
import pikepdf
import pillow_heif
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile
from PIL import Image

from criteria.files import FileFlag, RefusalReason

MIB: Final = 1024 * 1024
SECTOR: Final = 512
OFFICE_NS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_NS: Final = "http://schemas.openxmlformats.org/package/2006"
OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
ZIP_END: Final = b"PK\x05\x06"
WORD_NS: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
Parts = Mapping[str, str | bytes]


def noise(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


# --- pictures ---------------------------------------------------------------------------------------------------


@cache
def picture(width: int = 320, height: int = 240, mode: str = "RGB") -> Image.Image:
    small = Image.frombytes(mode, (16, 16), noise(256 * len(Image.new(mode, (1, 1)).getbands())))
    return small.resize((width, height), Image.Resampling.BICUBIC)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


@cache
def jpg(width: int = 320, height: int = 240, orientation: int = 1, quality: int = 85) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(picture(width, height), "JPEG", quality=quality, exif=exif)


@cache
def png(width: int = 320, height: int = 240, mode: str = "RGB") -> bytes:
    return saved(picture(width, height, mode), "PNG")


@cache
def heic(width: int = 320, height: int = 240) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(picture(width, height)).save(out, quality=60)
    return out.getvalue()


def tall_heic() -> bytes:
    """Declares more rows than its coded picture has."""
    size = b"ispe" + bytes(4) + struct.pack(">I", 320)
    return heic().replace(size + struct.pack(">I", 240), size + struct.pack(">I", 60_000))


@cache
def png_bomb(side: int) -> bytes:
    """A valid PNG of side x side black pixels, one bit each, in a few kilobytes."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@cache
def animated_png(frames: int = 200) -> bytes:
    shots = [Image.new("L", (8, 8), shade % 256) for shade in range(frames)]
    return saved(shots[0], "PNG", save_all=True, append_images=shots[1:])


@cache
def gif() -> bytes:
    return saved(picture().convert("P"), "GIF")


# --- PDF --------------------------------------------------------------------------------------------------------


@cache
def pdf(
    pages: int = 2, change: Callable[[pikepdf.Pdf], None] | None = None, password: str = "", owner: str = ""
) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    for page in document.pages[:5]:
        page.Contents = document.make_stream(b"BT /F1 12 Tf (evidence) Tj ET " + noise(2000).hex().encode())
    if change:
        change(document)
    lock = pikepdf.Encryption(user=password, owner=owner) if password or owner else False
    out = io.BytesIO()
    document.save(out, encryption=lock)
    return out.getvalue()


def _script(document: pikepdf.Pdf) -> pikepdf.Object:
    return document.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))


def add_open_action(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = _script(document)


def add_named_script(document: pikepdf.Pdf) -> None:
    names = pikepdf.Array([pikepdf.String("a"), _script(document)])
    document.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=names))


def add_page_script(document: pikepdf.Pdf) -> None:
    document.pages[0].AA = pikepdf.Dictionary(O=_script(document))


def add_launch(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")


def add_embedded_file(document: pikepdf.Pdf) -> None:
    document.attachments["note.exe"] = pikepdf.AttachedFileSpec(document, b"MZ not really", filename="note.exe")


def with_lone(value: bytes) -> bytes:
    """A PDF written out by hand, with this as its fourth object."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R /Lone 4 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Resources << >> >>",
        value,
    )
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 5\n0000000000 65535 f \n" + table + trailer


def add_form(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = pikepdf.Dictionary(XFA=document.make_stream(b"<xdp/>"), Fields=pikepdf.Array())


# --- new office files -------------------------------------------------------------------------------------------


def zipped(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def relations(*links: tuple[str, str, bool]) -> str:
    rows = ""
    for number, (kind, target, outside) in enumerate(links):
        mode = ' TargetMode="External"' if outside else ""
        rows += f'<Relationship Id="r{number}" Type="{OFFICE_NS}/{kind}" Target="{target}"{mode}/>'
    return f'<Relationships xmlns="{PACKAGE_NS}/relationships">{rows}</Relationships>'


def types(main: str, content_type: str, *more: tuple[str, str]) -> str:
    rows = "".join(
        f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in ((main, content_type), *more)
    )
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    defaults = f'{rels}<Default Extension="xml" ContentType="text/xml"/>'
    return f'<Types xmlns="{PACKAGE_NS}/content-types">{defaults}{rows}</Types>'


def paragraph(inside: str) -> str:
    return f'<w:document xmlns:w="{WORD_NS}"><w:body><w:p>{inside}</w:p></w:body></w:document>'


DOCX_TYPE: Final = OPEN_XML + "wordprocessingml.document.main+xml"
DOCM_TYPE: Final = "application/vnd.ms-word.document.macroEnabled.main+xml"
XLSM_TYPE: Final = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
MACRO_SHEET: Final = "application/vnd.ms-excel.macrosheet+xml"


def docx_parts(body: str = "<w:r><w:t>evidence</w:t></w:r>", content_type: str = DOCX_TYPE) -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": types("word/document.xml", content_type),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", False)),
        "word/document.xml": paragraph(body),
        "word/media/image1.jpg": jpg(),
    }


def docx(
    more: Parts | None = None, body: str = "<w:r><w:t>evidence</w:t></w:r>", content_type: str = DOCX_TYPE
) -> bytes:
    return zipped(docx_parts(body, content_type) | dict(more or {}))


@cache
def xlsx(more: tuple[tuple[str, bytes], ...] = ()) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for row in range(50):
            sheet.write_row(row, 0, [row, "item", noise(8, row).hex()])
    with zipfile.ZipFile(out) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    return zipped(parts | dict(more))


def pptx() -> bytes:
    slides = f'<p:presentation xmlns:p="{OPEN_XML}"/>'
    return zipped(
        {
            "[Content_Types].xml": types("ppt/presentation.xml", OPEN_XML + "presentationml.presentation.main+xml"),
            "_rels/.rels": relations(("officeDocument", "ppt/presentation.xml", False)),
            "ppt/presentation.xml": slides,
            "ppt/media/image1.png": png(),
        }
    )


def docx_with_link(kind: str, target: str) -> bytes:
    return docx({"word/_rels/settings.xml.rels": relations((kind, target, True))})


def docx_with_part(name: str, content: bytes, kind: str = "") -> bytes:
    links: dict[str, str | bytes] = {}
    if kind:
        links = {"word/_rels/document.xml.rels": relations((kind, name.removeprefix("word/"), False))}
    return docx(links | {name: content})


def docx_with_field(*runs: str) -> bytes:
    begin, end = '<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="end"/>'
    codes = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    return docx(body=f"<w:r>{begin}</w:r>{codes}<w:r>{end}</w:r>")


@cache
def locked_docx() -> bytes:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(docx())).encrypt("secret", out)
    return out.getvalue()


@cache
def flat_bomb(megabytes: int) -> bytes:
    return docx({"word/media/filler.bin": bytes(megabytes * MIB)})


def nested(depth: int) -> bytes:
    inner = zipped({"text.txt": "deep"})
    for _ in range(depth - 1):
        inner = zipped({"inner.zip": inner})
    return docx({"word/embeddings/inner.xlsx": inner})


@cache
def many_entries(count: int) -> bytes:
    return docx({f"word/media/{number}": b"" for number in range(count)})


def false_size() -> bytes:
    """The directory declares 10 bytes for a part of 10 MB."""
    honest = docx({"word/media/filler.bin": bytes(10 * MIB)})
    return honest.replace(struct.pack("<I", 10 * MIB), struct.pack("<I", 10))


def twin_entries() -> bytes:
    """Two directory entries for one name: readers differ in which of them they believe."""
    return docx({"word/media/a": b"one", "word/media/b": b"two"}).replace(b"word/media/b", b"word/media/a")


def with_flag_bits(data: bytes, bits: int) -> bytes:
    """The same zip with these general purpose bits set in every directory entry."""
    out, at = bytearray(data), data.find(b"PK\x01\x02")
    while at >= 0:
        out[at + 8] |= bits
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(out)


# --- old office files: a compound file of 512-byte sectors, without a mini stream ---------------------------------


@dataclass
class _Node:
    name: str
    data: bytes | None
    children: list[int]
    next_one: int = olefile.NOSTREAM
    start: int = olefile.ENDOFCHAIN


def compound(streams: Mapping[str, bytes]) -> bytes:
    nodes = [_Node("Root Entry", None, [])]
    places = {"": 0}
    for path, data in streams.items():
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            here, parent = "/".join(parts[:depth]), "/".join(parts[: depth - 1])
            if here not in places:
                places[here] = len(nodes)
                nodes[places[parent]].children.append(len(nodes))
                nodes.append(_Node(parts[depth - 1], None, []))
        nodes[places[path]].data = data.ljust(4096, b"\0")
    for node in nodes:
        for one, other in zip(node.children, node.children[1:], strict=False):
            nodes[one].next_one = other
    return _laid_out(nodes)


def _laid_out(nodes: list[_Node]) -> bytes:
    directory_sectors = -(-len(nodes) // 4)
    table, body = [olefile.FATSECT], b""
    table += [*range(2, directory_sectors + 1), olefile.ENDOFCHAIN]
    for node in nodes:
        if node.data is not None:
            node.start, count = len(table), -(-len(node.data) // SECTOR)
            table += [*range(node.start + 1, node.start + count), olefile.ENDOFCHAIN]
            body += node.data.ljust(count * SECTOR, b"\0")
    assert len(table) <= SECTOR // 4, "one sector of table holds 64 KB"
    table += [olefile.FREESECT] * (SECTOR // 4 - len(table))
    directory = b"".join(_entry(node, is_root=node is nodes[0]) for node in nodes)
    directory = directory.ljust(directory_sectors * SECTOR, b"\0")
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6xIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1)
    )
    header += struct.pack("<IIIIII", 0, 4096, olefile.ENDOFCHAIN, 0, olefile.ENDOFCHAIN, 0)
    header += struct.pack("<109I", 0, *[olefile.FREESECT] * 108)
    return header + struct.pack(f"<{SECTOR // 4}I", *table) + directory + body


def _entry(node: _Node, *, is_root: bool) -> bytes:
    name = node.name.encode("utf-16-le")
    kind = 5 if is_root else 1 if node.data is None else 2
    child = node.children[0] if node.children else olefile.NOSTREAM
    start = olefile.ENDOFCHAIN if node.data is None else node.start
    size = 0 if node.data is None else len(node.data)
    head = name.ljust(64, b"\0") + struct.pack(
        "<HBBIII", len(name) + 2, kind, 1, olefile.NOSTREAM, node.next_one, child
    )
    return head + bytes(36) + struct.pack("<IQ", start, size)


def record(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(data)) + data


BIFF_START: Final = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 1997, 0, 0))
BIFF_END: Final = record(0x000A)


def bound_sheet(kind: int) -> bytes:
    return record(0x0085, struct.pack("<IBBBB", 64, 0, kind, 1, 0) + b"A")


def word_stream(flags: int = 0x0200, text: bytes = b"") -> bytes:
    return struct.pack("<HHHHHHHI", 0xA5EC, 0xC1, 0, 0x042A, 0, flags, 0xBF, 0) + bytes(512) + text


def doc(more: Mapping[str, bytes] | None = None, flags: int = 0x0200, text: bytes = b"evidence") -> bytes:
    return compound({"WordDocument": word_stream(flags, text), "1Table": noise(5000)} | dict(more or {}))


def xls(*records: bytes, more: Mapping[str, bytes] | None = None, stream: str = "Workbook") -> bytes:
    book = BIFF_START + b"".join(records or (bound_sheet(0),)) + BIFF_END
    return compound({stream: book, "\x05SummaryInformation": noise(5000)} | dict(more or {}))


def ppt(extra: bytes = b"", edit_length: int = 0x1C, with_user: bool = True) -> bytes:
    edit = struct.pack("<HHI", 0, 0x0FF5, edit_length) + bytes(edit_length)
    user = struct.pack("<HHIIIIHHBBHI", 0, 0x0FF6, 24, 0x14, 0xE391C05F, 0, 0, 0x03F4, 3, 0, 0, 8)
    streams = {"PowerPoint Document": edit + extra, "Pictures": noise(5000)}
    return compound(streams | ({"Current User": user} if with_user else {}))


PPT_MACROS: Final = bytes.fromhex("1f00ff0314000000 020000040c000000 01000000 01000000 02000000")
PPT_OBJECT: Final = struct.pack("<HHI", 0x10, 0x1011, 16) + bytes(16)


# --- video ------------------------------------------------------------------------------------------------------


@cache
def mp4(frames: int = 24, form: str = "mp4", index_first: bool = False, size: tuple[int, int] = (160, 120)) -> bytes:
    options = {"movflags": "faststart"} if index_first else {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "film")
        with av.open(path, "w", format=form, options=options) as container:
            stream = container.add_stream("mpeg4", rate=12)
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            for number in range(frames):
                container.mux(stream.encode(_frame(number, size)))
            container.mux(stream.encode())
        return path.read_bytes()


def _frame(number: int, size: tuple[int, int]) -> av.VideoFrame:
    frame = av.VideoFrame(*size, "yuv420p")
    for plane in frame.planes:
        plane.update(noise(plane.buffer_size, number) if frame.width < 1000 else bytes(plane.buffer_size))
    return frame


@cache
def sound_only() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        for number in range(20):
            frame = av.AudioFrame("fltp", "mono", 1024)
            frame.rate, frame.pts = 44100, number * 1024
            frame.planes[0].update(bytes(4096))
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def patched(data: bytes, mark: bytes, after: int, new: bytes) -> bytes:
    """The bytes `after` the last occurrence of `mark` replaced."""
    at = data.rindex(mark) + len(mark) + after
    return data[:at] + new + data[at + len(new) :]


def unknown_film() -> bytes:
    film = mp4().replace(b"mp4v", b"zzzz")
    return film[: (at := film.index(b"\x20\x11", film.index(b"esds")))] + b"\xfe" + film[at + 1 :]


def beyond_end() -> bytes:
    film = mp4()
    return patched(film, b"stco", 8, struct.pack(">I", len(film) - 50))


def noisy_film(pictures: int = 24) -> bytes:
    """The first pictures are noise; the index is untouched."""
    film = bytearray(mp4())
    start, each = film.find(b"mdat") + 4, (len(film) - 4096) // 24
    film[start : start + pictures * each] = noise(pictures * each, 7)
    return bytes(film)


# --- documents that say something ---------------------------------------------------------------------------------

TO_UNICODE: Final = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Plain def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange
endcmap CMapName currentdict /CMap defineresource pop end end"""
DRAWING_NS: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"


@dataclass(frozen=True, slots=True)
class Placed:
    """Words somewhere on a page of 595 by 842 points, turned by `angle` degrees."""

    words: str
    x: float = 60
    y: float = 700
    angle: float = 0
    size: float = 12

    def operators(self) -> bytes:
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        codes = self.words.encode("utf-16-be").hex().encode()
        place = b"%f %f %f %f %f %f Tm" % (cos, sin, -sin, cos, self.x, self.y)
        return b"BT /F1 %f Tf %s <%s> Tj ET\n" % (self.size, place, codes)


def lines_down(text: str) -> list[Placed]:
    return [Placed(line, y=780 - 16 * number) for number, line in enumerate(text.splitlines())]


def text_font(document: pikepdf.Pdf) -> pikepdf.Object:
    """A font without shapes, whose map says which letters its codes are."""
    name = pikepdf.Name.Plain
    box = pikepdf.Array([0, -200, 1000, 800])
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor, FontName=name, Flags=4, FontBBox=box, ItalicAngle=0, Ascent=800, Descent=-200
    )
    letters = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
        DW=600,
        FontDescriptor=descriptor,
    )
    return document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=name,
            Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=pikepdf.Array([document.make_indirect(letters)]),
            ToUnicode=document.make_stream(TO_UNICODE),
        )
    )


def text_pdf(*pages: Sequence[Placed], change: Callable[[pikepdf.Pdf], None] | None = None) -> bytes:
    """A PDF with a text layer. Its streams are not packed, so that a test can damage them."""
    document = pikepdf.new()
    font = text_font(document)
    for page_of_words in pages:
        page = document.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(b"".join(words.operators() for words in page_of_words))
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out, compress_streams=False)
    return out.getvalue()


def add_note(words: str, drawn: str = "") -> Callable[[pikepdf.Pdf], None]:
    """A free text on the first page; what it draws may differ from what it says."""

    def change(document: pikepdf.Pdf) -> None:
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.FreeText,
            Rect=pikepdf.Array([100, 600, 300, 640]),
            Contents=pikepdf.String(words),
            F=4,
        )
        if drawn:
            shown = document.make_stream(Placed(drawn, 5, 10).operators())
            shown.Type, shown.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
            shown.BBox = pikepdf.Array([0, 0, 200, 40])
            shown.Resources = pikepdf.Dictionary(Font=document.pages[0].Resources.Font)
            note.AP = pikepdf.Dictionary(N=shown)
        document.pages[0].Annots = pikepdf.Array([document.make_indirect(note)])

    return change


def add_field(value: str) -> Callable[[pikepdf.Pdf], None]:
    """A field of a form, one level down."""

    def change(document: pikepdf.Pdf) -> None:
        field = document.make_indirect(pikepdf.Dictionary(T="a", V=pikepdf.String(value), FT=pikepdf.Name.Tx))
        parent = document.make_indirect(pikepdf.Dictionary(T="b", Kids=pikepdf.Array([field])))
        parent.Kids.append(parent)  # and a tree that bites its tail
        document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([parent]))

    return change


def add_title(title: str) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        document.docinfo["/Title"] = pikepdf.String(title)

    return change


def add_metadata(title: str) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        with document.open_metadata() as metadata:
            metadata["dc:title"] = title

    return change


def word_paragraphs(text: str) -> str:
    return "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in text.splitlines())


def word_part(root: str, inside: str) -> str:
    spaces = f'xmlns:w="{WORD_NS}" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:wps="wps" xmlns:mc="mc"'
    return f"<w:{root} {spaces}>{inside}</w:{root}>"


def text_docx(inside: str, more: Parts | None = None) -> bytes:
    """A text whose body has these paragraphs, written out."""
    return docx({"word/document.xml": word_part("document", f"<w:body>{inside}</w:body>")} | dict(more or {}))


def word_box(text: str) -> str:
    box = f"<wps:txbx><w:txbxContent>{word_paragraphs(text)}</w:txbxContent></wps:txbx>"
    return f"<w:p><w:r><w:t>beside</w:t></w:r><w:r><mc:AlternateContent>{box}</mc:AlternateContent></w:r></w:p>"


def word_art(text: str) -> str:
    return f'<w:p><w:r><w:pict><v:shape><v:textpath style="x" string="{text}"/></v:shape></w:pict></w:r></w:p>'


def properties(title: str) -> dict[str, str | bytes]:
    spaces = 'xmlns:cp="cp" xmlns:dc="dc"'
    core = f"<cp:coreProperties {spaces}><dc:title>{title}</dc:title><dc:creator>A</dc:creator></cp:coreProperties>"
    return {"docProps/core.xml": core}


def text_xlsx(rows: Sequence[Sequence[str]], change: Callable[[Any, Any], None] | None = None, **options: Any) -> bytes:
    """A workbook with these cells; `change` gets the book and its sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if change:
            change(book, sheet)
    return out.getvalue()


def text_pptx(slide: str, master: str = "") -> bytes:
    def shapes(text: str) -> str:
        rows = "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in text.splitlines())
        body = f"<p:sp><p:txBody>{rows}</p:txBody></p:sp>"
        return f'<p:sld xmlns:p="{OPEN_XML}" xmlns:a="{DRAWING_NS}"><p:cSld>{body}</p:cSld></p:sld>'

    with zipfile.ZipFile(io.BytesIO(pptx())) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    return zipped(parts | {"ppt/slides/slide1.xml": shapes(slide), "ppt/slideMasters/slideMaster1.xml": shapes(master)})


def text_doc(text: str, codec: str = "utf-16-le", more: Mapping[str, bytes] | None = None) -> bytes:
    return doc(more, text="".join(f"{line}\r" for line in text.splitlines()).encode(codec))


def xls_string(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def text_xls(text: str) -> bytes:
    strings = [xls_string(line) for line in text.splitlines()]
    return xls(bound_sheet(0), record(0x00FC, struct.pack("<II", len(strings), len(strings)) + b"".join(strings)))


def text_ppt(text: str) -> bytes:
    letters = "\r".join(text.splitlines()).encode("utf-16-le")
    return ppt(struct.pack("<HHI", 0, 0x0FA0, len(letters)) + letters)


def summary_of(title: str) -> dict[str, bytes]:
    """The property stream of an old file, with its code page and this title."""
    letters = title.encode() + b"\0"
    section = struct.pack("<II IIII HxxHxx", 0, 2, 1, 24, 2, 32, 2, 65001)
    section += struct.pack("<II", 30, len(letters)) + letters
    section = struct.pack("<I", len(section)) + section[4:]
    head = struct.pack("<HHI16xI", 0xFFFE, 0, 0, 1) + bytes(16) + struct.pack("<I", 48)
    return {"\x05SummaryInformation": head + section}


# --- what is no evidence at all -----------------------------------------------------------------------------------

HTML: Final = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>\n" * 8
SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>\n' * 8
EXE: Final = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + noise(4000)
ELF: Final = b"\x7fELF\x02\x01\x01" + bytes(9) + noise(4000)
RTF: Final = b"{\\rtf1\\ansi evidence}" * 30
RAR: Final = b"Rar!\x1a\x07\x01\x00" + noise(4000)
SHORTCUT: Final = bytes.fromhex("4c0000000114020000000000c000000000000046") + noise(4000)


def plain_zip() -> bytes:
    return zipped({"a.txt": "evidence"})


HONEST: Final[Mapping[str, Callable[[], bytes]]] = {
    "pdf": pdf,
    "docx": docx,
    "xlsx": xlsx,
    "pptx": pptx,
    "doc": doc,
    "xls": xls,
    "ppt": ppt,
    "jpg": jpg,
    "png": png,
    "heic": heic,
    "mp4": mp4,
}


@dataclass(frozen=True, slots=True)
class Bad:
    """A file that must be refused under the extension `kind`, for this reason."""

    name: str
    kind: str
    build: Callable[[], bytes]
    reason: RefusalReason


@dataclass(frozen=True, slots=True)
class Odd:
    """A file that may be kept, with these flags and no others."""

    name: str
    kind: str
    build: Callable[[], bytes]
    flags: frozenset[FileFlag]


def _odd(name: str, kind: str, build: Callable[[], bytes], *flags: FileFlag) -> Odd:
    return Odd(name, kind, build, frozenset(flags))


_WORKBOOK_RELS: Final = "xl/_rels/workbook.xml.rels"

REFUSED: Final = (
    Bad("no byte", "pdf", lambda: b"", RefusalReason.EMPTY),
    Bad("blanks", "docx", lambda: b" \r\n\t" * 100, RefusalReason.EMPTY),
    Bad("zeros", "jpg", lambda: bytes(4000), RefusalReason.EMPTY),
    Bad("one byte", "pdf", lambda: b"%", RefusalReason.DAMAGED),
    Bad("many zeros", "jpg", lambda: bytes(400_000), RefusalReason.DAMAGED),
    Bad("random bytes", "jpg", lambda: b"\xfb\x01" + noise(9000), RefusalReason.DAMAGED),
    Bad("html as jpg", "jpg", lambda: HTML, RefusalReason.TYPE_MISMATCH),
    Bad("html after a jpg mark", "jpg", lambda: b"\xff\xd8\xff\xe0" + HTML, RefusalReason.DAMAGED),
    Bad("svg as png", "png", lambda: SVG, RefusalReason.TYPE_MISMATCH),
    Bad("exe as pdf", "pdf", lambda: EXE, RefusalReason.TYPE_MISMATCH),
    Bad("elf as mp4", "mp4", lambda: ELF, RefusalReason.TYPE_MISMATCH),
    Bad("rtf as doc", "doc", lambda: RTF, RefusalReason.TYPE_MISMATCH),
    Bad("rar as docx", "docx", lambda: RAR, RefusalReason.TYPE_MISMATCH),
    Bad("lnk as pdf", "pdf", lambda: SHORTCUT, RefusalReason.TYPE_MISMATCH),
    Bad("gif as jpg", "jpg", gif, RefusalReason.TYPE_MISMATCH),
    Bad("zip as docx", "docx", plain_zip, RefusalReason.TYPE_MISMATCH),
    Bad("mov as mp4", "mp4", lambda: mp4(form="mov"), RefusalReason.TYPE_MISMATCH),
    Bad("mkv as mp4", "mp4", lambda: mp4(form="matroska"), RefusalReason.TYPE_MISMATCH),
    Bad("sound as mp4", "mp4", sound_only, RefusalReason.TYPE_MISMATCH),
    Bad("avif brand as heic", "heic", lambda: heic().replace(b"ftypheic", b"ftypavif", 1), RefusalReason.TYPE_MISMATCH),
    # polyglots
    Bad("junk before a PDF", "pdf", lambda: noise(900) + pdf(), RefusalReason.DAMAGED),
    Bad("mark of a text before a PDF", "pdf", lambda: b"\xef\xbb\xbf" + pdf(), RefusalReason.TYPE_MISMATCH),
    Bad("html before a PDF", "pdf", lambda: HTML + pdf(), RefusalReason.TYPE_MISMATCH),
    Bad("zip after a PDF", "pdf", lambda: pdf() + plain_zip(), RefusalReason.TYPE_MISMATCH),
    Bad("zip after a JPEG", "jpg", lambda: jpg() + plain_zip(), RefusalReason.TYPE_MISMATCH),
    Bad("docx after a PNG", "png", lambda: png() + docx(), RefusalReason.TYPE_MISMATCH),
    Bad("gif with script", "jpg", lambda: gif() + HTML, RefusalReason.TYPE_MISMATCH),
    # bombs
    Bad("flat bomb of 300 MiB", "docx", lambda: flat_bomb(300), RefusalReason.ZIP_BOMB),
    Bad("flat bomb of 20 MiB", "docx", lambda: flat_bomb(20), RefusalReason.ZIP_BOMB),
    Bad("zip in a zip in a docx", "docx", lambda: nested(2), RefusalReason.ZIP_BOMB),
    Bad("five zips deep", "docx", lambda: nested(5), RefusalReason.ZIP_BOMB),
    Bad("2,500 entries", "docx", lambda: many_entries(2500), RefusalReason.ZIP_BOMB),
    Bad("false size", "docx", false_size, RefusalReason.DAMAGED),
    Bad("twin entries", "docx", twin_entries, RefusalReason.DAMAGED),
    Bad("144 megapixels", "png", lambda: png_bomb(12_000), RefusalReason.TOO_MANY_PIXELS),
    Bad("400 megapixels", "png", lambda: png_bomb(20_000), RefusalReason.TOO_MANY_PIXELS),
    Bad("200 frames", "png", animated_png, RefusalReason.TOO_MANY_PIXELS),
    Bad("2,001 pages", "pdf", lambda: pdf(2001), RefusalReason.TOO_MANY_PAGES),
    # PDF
    Bad(
        "a number beyond 64 bits",
        "pdf",
        lambda: patched(with_lone(b"7"), b"startxref", 1, b"9" * 30),
        RefusalReason.DAMAGED,
    ),
    Bad("HEIC with a false height", "heic", tall_heic, RefusalReason.DAMAGED),
    Bad("film of noise", "mp4", noisy_film, RefusalReason.DAMAGED),
    Bad("another packing method", "docx", lambda: zipped(docx_parts(), zipfile.ZIP_LZMA), RefusalReason.DAMAGED),
    Bad("film of an unknown kind", "mp4", unknown_film, RefusalReason.DAMAGED),
    Bad("film with a broken index", "mp4", lambda: patched(mp4(), b"stsd", 4, b"\xff" * 4), RefusalReason.DAMAGED),
    Bad("film that points past its end", "mp4", beyond_end, RefusalReason.DAMAGED),
    Bad("film of 50.2 megapixels", "mp4", lambda: mp4(1, size=(8176, 6144)), RefusalReason.TOO_MANY_PIXELS),
    Bad(
        "film with a false last size",
        "mp4",
        lambda: patched(mp4(), b"stsz", 104, struct.pack(">I", 2_000_000)),
        RefusalReason.DAMAGED,
    ),
    Bad("no page", "pdf", lambda: pdf(0), RefusalReason.DAMAGED),
    Bad("PDF with a password", "pdf", lambda: pdf(password="secret", owner="owner"), RefusalReason.ENCRYPTED),
    Bad("PDF with an owner's password", "pdf", lambda: pdf(owner="owner"), RefusalReason.ENCRYPTED),
    # new office files
    Bad("docm as docx", "docx", lambda: docx(content_type=DOCM_TYPE), RefusalReason.MACRO),
    Bad("docx with VBA", "docx", lambda: docx_with_part("word/vbaProject.bin", doc()), RefusalReason.MACRO),
    Bad("VBA by relation", "docx", lambda: docx_with_part("word/x.dat", b"x", "vbaProject"), RefusalReason.MACRO),
    Bad(
        "macro xlsm as xlsx",
        "xlsx",
        lambda: xlsx((("[Content_Types].xml", types("xl/workbook.xml", XLSM_TYPE).encode()),)),
        RefusalReason.MACRO,
    ),
    Bad("XLM sheet", "xlsx", lambda: xlsx((("xl/macrosheets/sheet1.xml", b"<x/>"),)), RefusalReason.MACRO),
    Bad(
        "XLM sheet elsewhere",
        "xlsx",
        lambda: xlsx(
            (
                ("xl/more/[Content_Types].xml", b"<x/>"),
                (_WORKBOOK_RELS, relations(("xlMacrosheet", "s.xml", False)).encode()),
            )
        ),
        RefusalReason.MACRO,
    ),
    Bad(
        "remote template",
        "docx",
        lambda: docx_with_link("attachedTemplate", "https://example.org/a.dotm"),
        RefusalReason.REMOTE_CONTENT,
    ),
    Bad(
        "template on a share",
        "docx",
        lambda: docx_with_link("attachedTemplate", r"file://\\203.0.113.7\a\b.dotm"),
        RefusalReason.REMOTE_CONTENT,
    ),
    Bad(
        "remote object",
        "docx",
        lambda: docx_with_link("oleObject", "mhtml:http://example.org/x.html!x"),
        RefusalReason.REMOTE_CONTENT,
    ),
    Bad("remote frame", "docx", lambda: docx_with_link("frame", "//example.org/f"), RefusalReason.REMOTE_CONTENT),
    Bad("DDE in pieces", "docx", lambda: docx_with_field("DD", "EAUTO c:\\\\windows"), RefusalReason.REMOTE_CONTENT),
    Bad(
        "DDE in a simple field",
        "docx",
        lambda: docx(body='<w:fldSimple w:instr=" DDE cmd /c calc"/>'),
        RefusalReason.REMOTE_CONTENT,
    ),
    Bad(
        "DDE link",
        "xlsx",
        lambda: xlsx((("xl/externalLinks/externalLink1.xml", b"<externalLink><ddeLink/></externalLink>"),)),
        RefusalReason.REMOTE_CONTENT,
    ),
    Bad(
        "OLE object",
        "docx",
        lambda: docx_with_part("word/embeddings/oleObject1.bin", doc()),
        RefusalReason.EMBEDDED_OBJECT,
    ),
    Bad("OLE object renamed", "docx", lambda: docx_with_part("word/media/i.png", doc()), RefusalReason.EMBEDDED_OBJECT),
    Bad("program inside", "docx", lambda: docx_with_part("word/media/i.png", EXE), RefusalReason.EMBEDDED_OBJECT),
    Bad("html chunk", "docx", lambda: docx_with_part("word/a.htm", HTML, "aFChunk"), RefusalReason.EMBEDDED_OBJECT),
    Bad("ActiveX", "docx", lambda: docx_with_part("word/activeX/activeX1.xml", b"<x/>"), RefusalReason.EMBEDDED_OBJECT),
    Bad(
        "macro one zip deep",
        "docx",
        lambda: docx_with_part("word/embeddings/a.xlsx", zipped({"xl/vbaProject.bin": b"x"})),
        RefusalReason.MACRO,
    ),
    Bad("docx with a password", "docx", locked_docx, RefusalReason.ENCRYPTED),
    Bad("docx with a password as doc", "doc", locked_docx, RefusalReason.ENCRYPTED),
    Bad("locked zip entries", "docx", lambda: with_flag_bits(docx(), 1), RefusalReason.ENCRYPTED),
    Bad("path trick", "docx", lambda: docx({"../../etc/cron.d/x": "x"}), RefusalReason.DAMAGED),
    Bad("absolute path", "docx", lambda: docx({"/etc/x": "x"}), RefusalReason.DAMAGED),
    Bad("bad XML", "docx", lambda: docx({"word/styles.xml": "<a><b></a>"}), RefusalReason.DAMAGED),
    Bad(
        "entity bomb",
        "docx",
        lambda: docx({"word/styles.xml": '<!DOCTYPE a [<!ENTITY x "xxxx"><!ENTITY y "&x;&x;">]><a>&y;</a>'}),
        RefusalReason.DAMAGED,
    ),
    Bad(
        "unknown encoding",
        "docx",
        lambda: docx({"word/styles.xml": '<?xml version="1.0" encoding="x-no"?><a/>'}),
        RefusalReason.DAMAGED,
    ),
    Bad("no main part", "docx", lambda: docx({"_rels/.rels": relations()}), RefusalReason.DAMAGED),
    Bad(
        "another main type",
        "docx",
        lambda: docx(content_type=OPEN_XML + "wordprocessingml.template.main+xml"),
        RefusalReason.TYPE_MISMATCH,
    ),
    # old office files
    Bad("doc with VBA", "doc", lambda: doc({"Macros/VBA/dir": noise(100)}), RefusalReason.MACRO),
    Bad("xls with VBA", "xls", lambda: xls(more={"_VBA_PROJECT_CUR/VBA/dir": noise(9)}), RefusalReason.MACRO),
    Bad("xls with an XLM sheet", "xls", lambda: xls(bound_sheet(0), bound_sheet(1)), RefusalReason.MACRO),
    Bad("ppt with VBA", "ppt", lambda: ppt(PPT_MACROS), RefusalReason.MACRO),
    Bad(
        "doc with an object", "doc", lambda: doc({"ObjectPool/_1/\x01Ole10Native": b"x"}), RefusalReason.EMBEDDED_OBJECT
    ),
    Bad("xls with an object", "xls", lambda: xls(more={"MBD0001/CONTENTS": b"x"}), RefusalReason.EMBEDDED_OBJECT),
    Bad("ppt with an object", "ppt", lambda: ppt(PPT_OBJECT), RefusalReason.EMBEDDED_OBJECT),
    Bad("doc with DDE", "doc", lambda: doc(text=b'\x13 DDEAUTO c:\\cmd "/c"\x14'), RefusalReason.REMOTE_CONTENT),
    Bad("doc with a password", "doc", lambda: doc(flags=0x0300), RefusalReason.ENCRYPTED),
    Bad("xls with a password", "xls", lambda: xls(record(0x2F, bytes(54))), RefusalReason.ENCRYPTED),
    Bad("xls 95 with a password", "xls", lambda: xls(record(0x2F, bytes(4)), stream="Book"), RefusalReason.ENCRYPTED),
    Bad("ppt with a password", "ppt", lambda: ppt(edit_length=0x20), RefusalReason.ENCRYPTED),
    Bad("ppt without its user", "ppt", lambda: ppt(with_user=False), RefusalReason.DAMAGED),
    Bad("ppt with a bad edit", "ppt", lambda: ppt(edit_length=0x1D), RefusalReason.DAMAGED),
    Bad("doc without its mark", "doc", lambda: compound({"WordDocument": b"x"}), RefusalReason.DAMAGED),
    Bad("xls without its start", "xls", lambda: compound({"Workbook": b"x"}), RefusalReason.DAMAGED),
    Bad("xls 95 without its start", "xls", lambda: compound({"Book": b"x"}), RefusalReason.DAMAGED),
    Bad("xls 95 without its end", "xls", lambda: compound({"Book": BIFF_START}), RefusalReason.DAMAGED),
    Bad("xls without its end", "xls", lambda: compound({"Workbook": BIFF_START}), RefusalReason.DAMAGED),
    Bad("another compound file", "doc", lambda: compound({"Contents": b"x"}), RefusalReason.TYPE_MISMATCH),
    Bad(
        "a directory that loops",
        "doc",
        lambda: doc().replace(struct.pack("<I", 2), struct.pack("<I", 1)),
        RefusalReason.DAMAGED,
    ),
)

FLAGGED: Final = (
    _odd("script on opening", "pdf", lambda: pdf(change=add_open_action), FileFlag.PDF_JAVASCRIPT),
    _odd("script by name", "pdf", lambda: pdf(change=add_named_script), FileFlag.PDF_JAVASCRIPT),
    _odd("script on a page", "pdf", lambda: pdf(change=add_page_script), FileFlag.PDF_JAVASCRIPT),
    _odd("script in disguise", "pdf", lambda: with_lone(b"<< /S /J#61vaScript /J#53 (x) >>"), FileFlag.PDF_JAVASCRIPT),
    _odd("launch", "pdf", lambda: pdf(change=add_launch), FileFlag.PDF_LAUNCH),
    _odd("embedded file", "pdf", lambda: pdf(change=add_embedded_file), FileFlag.PDF_EMBEDDED_FILE),
    _odd("XFA form", "pdf", lambda: pdf(change=add_form), FileFlag.PDF_XFA),
    _odd("text after the end", "pdf", lambda: pdf() + b"more", FileFlag.TRAILING_DATA),
    _odd("html after the end", "pdf", lambda: pdf() + HTML, FileFlag.TRAILING_DATA, FileFlag.MIXED_CONTENT),
    _odd(
        "blank before a PDF",
        "pdf",
        lambda: b"\r\n" + pdf(),
    ),
    _odd("2,000 pages", "pdf", lambda: pdf(2000)),
    _odd("html after a JPEG", "jpg", lambda: jpg() + HTML, FileFlag.MIXED_CONTENT),
    _odd("JPEG without its end", "jpg", lambda: jpg()[:-2] + bytes(100), FileFlag.POSSIBLY_DAMAGED),
    _odd("PNG without its end", "png", lambda: png()[:-12], FileFlag.POSSIBLY_DAMAGED),
    _odd("PDF without its end", "pdf", lambda: pdf().rstrip()[:-1], FileFlag.POSSIBLY_DAMAGED),
    _odd("lone number", "pdf", lambda: with_lone(b"7")),
    _odd(
        "object under another number",
        "pdf",
        lambda: with_lone(b"7").replace(b"4 0 obj", b"9 0 obj"),
        FileFlag.POSSIBLY_DAMAGED,
    ),
    _odd("number too large", "pdf", lambda: with_lone(b"9" * 19), FileFlag.POSSIBLY_DAMAGED),
    _odd("lone null", "pdf", lambda: with_lone(b"null")),
    _odd("name in bad writing", "pdf", lambda: with_lone(b"/A#ZZ")),
    _odd("long box", "mp4", lambda: mp4() + struct.pack(">I4sQ", 1, b"free", 24) + bytes(8)),
    _odd("box that is none", "mp4", lambda: mp4() + b"\0\0\0\4free", FileFlag.TRAILING_DATA),
    _odd("title in an old encoding", "mp4", lambda: patched(mp4(), b"\xa9too", 22, b"\xbb")),
    _odd("packed end of a zip that is none", "pdf", lambda: pdf() + ZIP_END + bytes(18), FileFlag.TRAILING_DATA),
    _odd("JPEG called png", "png", jpg, FileFlag.EXTENSION_MISMATCH),
    _odd("HEIC called jpg", "jpg", heic, FileFlag.EXTENSION_MISMATCH),
    _odd("PNG of 16 bits", "png", lambda: saved(Image.new("I;16", (600, 500), 30_000), "PNG")),
    _odd("PNG with transparency", "png", lambda: png(1200, 900, "RGBA")),
    _odd("PNG with a palette", "png", lambda: saved(picture().convert("P"), "PNG", transparency=0)),
    _odd("CMYK", "jpg", lambda: saved(picture(mode="CMYK"), "JPEG")),
    _odd("short animation", "png", lambda: animated_png(5)),
    _odd("chart with its workbook", "docx", lambda: docx_with_part("word/embeddings/a.xlsx", xlsx())),
    _odd("hyperlink", "docx", lambda: docx_with_link("hyperlink", "https://example.org/")),
    _odd(
        "linked picture", "docx", lambda: docx_with_link("image", "https://example.org/a.png"), FileFlag.EXTERNAL_LINKS
    ),
    _odd(
        "template on the author's disk",
        "docx",
        lambda: docx_with_link("attachedTemplate", "file:///C:\\Users\\a\\Normal.dotm"),
        FileFlag.EXTERNAL_LINKS,
    ),
    _odd("page number field", "docx", lambda: docx_with_field(" PAGE ", " DDEX")),
    _odd(
        "ppt with empty VBA", "ppt", lambda: ppt(PPT_MACROS.replace(b"\1\0\0\0\2", b"\0\0\0\0\2")), FileFlag.OLD_OFFICE
    ),
    _odd("xls 95", "xls", lambda: xls(stream="Book"), FileFlag.OLD_OFFICE),
    _odd("doc without its last bytes", "doc", lambda: doc()[:-100], FileFlag.OLD_OFFICE, FileFlag.POSSIBLY_DAMAGED),
    _odd("film cut out of a longer one", "mp4", lambda: noisy_film(1)),
    _odd("end of a zip that is none", "pdf", lambda: pdf() + ZIP_END + b"\1" * 16 + bytes(2), FileFlag.TRAILING_DATA),
    _odd("index first", "mp4", lambda: mp4(index_first=True)),
    _odd("bytes after a film", "mp4", lambda: mp4() + b"more", FileFlag.TRAILING_DATA),
)
