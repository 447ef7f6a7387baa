"""Proves a new office file (docx, xlsx, pptx): its parts agree, and nothing in it runs, calls home or is secret.

Called by `parsers`; the zip itself is read by `packages`, what its parts say by `office_text`.
"""

import posixpath
import re
import xml.sax
from pathlib import Path
from typing import Final
from urllib.parse import unquote
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

from criteria.files import KINDS, FileFlag, FileKind, RefusalReason
from storage.checking import office_text, packages, secrecy
from storage.checking.findings import Found, Rejected
from storage.checking.office_text import local
from storage.checking.sniffing import OLE_MAGIC

TYPES_PART: Final = "[content_types].xml"
ROOT_RELATIONS: Final = "_rels/.rels"

_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
_MAIN_TYPES: Final = {
    _OPEN_XML + "wordprocessingml.document.main+xml": "docx",
    _OPEN_XML + "spreadsheetml.sheet.main+xml": "xlsx",
    _OPEN_XML + "presentationml.presentation.main+xml": "pptx",
}
_MACRO_TYPE: Final = re.compile(r"macroenabled|vbaproject|vbadata|macrosheet", re.I)
_MACRO_PART: Final = re.compile(r"(^|/)vba(project|data)[^/]*$|(^|/)macrosheets/", re.I)
_OBJECT_PART: Final = re.compile(r"(^|/)oleobject[^/]*$|(^|/)activex/", re.I)
_MACRO_RELATIONS: Final = frozenset({"vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet"})
_OBJECT_RELATIONS: Final = frozenset({"oleobject", "control", "activexcontrolbinary", "afchunk"})
_PASSIVE_LINKS: Final = frozenset(
    {"image", "video", "audio", "media", "externallinkpath", "xlpathmissing", "xlstartup", "xllibrary"}
)
_PROGRAMS: Final = (b"MZ", b"\x7fELF", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_LOCAL: Final = re.compile(r"(file:/{0,3})?[a-z]:[\\/]|(?![a-z][a-z0-9+.-]*:|[\\/]{2}).", re.I | re.S)
_DDE: Final = re.compile(r"\bDDE(AUTO)?\b", re.I)
_FIELD_PARTS: Final = re.compile(r"^word/[^/]+\.xml$", re.I)
_PROPERTY_PARTS: Final = "docprops/"


class _Contents:
    """What the package says about itself, gathered while its parts are read; raises at the first forbidden thing."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.defaults: dict[str, str] = {}
        self.overrides: dict[str, str] = {}
        self.main = ""
        self.linked = False
        self.gathered = office_text.Gathered()
        self._parser: xml.sax.xmlreader.IncrementalParser | None = None

    def begin(self, name: str, first: bytes) -> None:
        lower = name.lower()
        self.names.add(lower)
        if _MACRO_PART.search(lower):
            raise Rejected(RefusalReason.MACRO)
        if _OBJECT_PART.search(lower) or first.startswith((OLE_MAGIC, *_PROGRAMS)):
            raise Rejected(RefusalReason.EMBEDDED_OBJECT)
        self._parser = None
        if lower.endswith((".xml", ".rels")):
            self._parser = create_parser(forbid_dtd=True)
            self._parser.setContentHandler(self._handler(lower))

    def feed(self, chunk: bytes) -> None:
        if self._parser is not None:
            self._parser.feed(chunk)

    def end(self) -> None:
        if self._parser is not None:
            self._parser.close()

    def _handler(self, lower: str) -> ContentHandler:
        if lower == TYPES_PART:
            return _Types(self)
        if lower.endswith(".rels"):
            return _Relations(self, lower)
        if lower.startswith(_PROPERTY_PARTS):
            return office_text.Properties(self.gathered)
        return _Fields(self.gathered) if _FIELD_PARTS.match(lower) else _Elements(self.gathered)

    def main_type(self) -> str:
        extension = self.main.rpartition(".")[2]
        return self.overrides.get(self.main) or self.defaults.get(extension, "")


class _Types(ContentHandler):
    def __init__(self, contents: _Contents) -> None:
        super().__init__()
        self._contents = contents

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        declared = attrs.get("ContentType", "")
        if _MACRO_TYPE.search(declared):
            raise Rejected(RefusalReason.MACRO)
        match local(name):
            case "Default":
                self._contents.defaults[attrs.get("Extension", "").lower()] = declared
            case "Override":
                self._contents.overrides[attrs.get("PartName", "").lstrip("/").lower()] = declared


class _Relations(ContentHandler):
    def __init__(self, contents: _Contents, part: str) -> None:
        super().__init__()
        self._contents = contents
        self._is_root = part == ROOT_RELATIONS

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        if local(name) != "Relationship":
            return
        kind = attrs.get("Type", "").rpartition("/")[2].lower()
        target = attrs.get("Target", "")
        if kind in _MACRO_RELATIONS:
            raise Rejected(RefusalReason.MACRO)
        if attrs.get("TargetMode", "").lower() == "external":
            self._outside(kind, target)
        elif kind in _OBJECT_RELATIONS:
            raise Rejected(RefusalReason.EMBEDDED_OBJECT)
        elif self._is_root and kind == "officedocument":
            self._contents.main = posixpath.normpath(unquote(target).lstrip("/")).lower()

    def _outside(self, kind: str, target: str) -> None:
        if kind == "hyperlink":
            return  # followed only when a reader clicks
        if kind not in _PASSIVE_LINKS and not _LOCAL.match(unquote(target).strip()):
            raise Rejected(RefusalReason.REMOTE_CONTENT)
        self._contents.linked = True


class _Elements(office_text.Lines):
    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        if local(name) == "ddeLink":
            raise Rejected(RefusalReason.REMOTE_CONTENT)
        super().startElement(name, attrs)


class _Fields(office_text.Lines):
    """Field codes of a text, put together again: a word may be spread over many runs."""

    def __init__(self, gathered: office_text.Gathered) -> None:
        super().__init__(gathered)
        self._code: list[str] = []
        self._inside = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        this = local(name)
        self._inside = this == "instrText"
        if this == "fldSimple":
            self._refuse_dde(attrs.get("w:instr", ""))
        elif this == "fldChar" and attrs.get("w:fldCharType") == "begin":
            self._flush()
        super().startElement(name, attrs)

    def endElement(self, name: str) -> None:
        self._inside = False
        super().endElement(name)

    def characters(self, content: str) -> None:
        if self._inside:
            self._code.append(content)
        super().characters(content)

    def endDocument(self) -> None:
        self._flush()

    def _flush(self) -> None:
        self._refuse_dde("".join(self._code))
        self._code.clear()

    def _refuse_dde(self, code: str) -> None:
        if _DDE.match(code.strip()):
            raise Rejected(RefusalReason.REMOTE_CONTENT)


def inspect(path: Path, claimed: FileKind) -> Found:
    opened: list[_Contents] = []

    def open_one() -> _Contents:
        opened.append(_Contents())
        return opened[-1]

    try:
        with path.open("rb") as file:
            contents = packages.read(file, packages.Budget(path.stat().st_size), open_one)
    except (*packages.BROKEN, xml.sax.SAXException, DefusedXmlException, LookupError):
        raise Rejected(RefusalReason.DAMAGED) from None  # LookupError: an encoding nobody knows
    if TYPES_PART not in contents.names:
        raise Rejected(RefusalReason.TYPE_MISMATCH)
    if contents.main not in contents.names:
        raise Rejected(RefusalReason.DAMAGED)
    kind = KINDS.get(_MAIN_TYPES.get(contents.main_type().strip().lower(), ""))
    if kind is None or kind.code != claimed.code:
        raise Rejected(RefusalReason.TYPE_MISMATCH)
    secrecy.refuse_marked(contents.gathered.text() for contents in opened)
    return Found(kind, frozenset({FileFlag.EXTERNAL_LINKS}) if contents.linked else frozenset())
