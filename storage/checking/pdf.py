"""Proves a PDF: a strict open, a count of pages, a walk over every object for active content, no stamp.

Called by `parsers`; the text is read by `pdf_text`.
"""

import re
from pathlib import Path
from typing import Final

import pikepdf

from criteria.files import PDF_PAGES, FileFlag, FileKind, RefusalReason
from storage.checking import pdf_text, secrecy
from storage.checking.findings import Found, Rejected
from storage.checking.sniffing import Look

_ACTIVE: Final = (
    (FileFlag.PDF_JAVASCRIPT, re.compile(rb"/(?:JavaScript|JS)(?![A-Za-z0-9])")),
    (FileFlag.PDF_LAUNCH, re.compile(rb"/Launch(?![A-Za-z0-9])")),
    (FileFlag.PDF_EMBEDDED_FILE, re.compile(rb"/EmbeddedFiles?(?![A-Za-z0-9])")),
    (FileFlag.PDF_XFA, re.compile(rb"/XFA(?![A-Za-z0-9])")),
)
_ANY_ACTIVE: Final = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|XFA)(?![A-Za-z0-9])")


def inspect(path: Path, kind: FileKind, seen: Look) -> Found:
    try:
        with pikepdf.open(path, attempt_recovery=False, suppress_warnings=True) as document:
            if document.is_encrypted:
                raise Rejected(RefusalReason.ENCRYPTED)
            pages = _count_pages(document)
            flags = _active_content(document)
            secrecy.refuse_marked([pdf_text.read(document, path)])
    except pikepdf.PasswordError:
        raise Rejected(RefusalReason.ENCRYPTED) from None
    except (pikepdf.PikepdfError, ValueError):  # ValueError: a number too large for any reader
        raise Rejected(RefusalReason.DAMAGED) from None
    return Found(kind, frozenset(flags) | _ending(seen.tail), pages=pages)


def _count_pages(document: pikepdf.Pdf) -> int:
    pages = len(document.pages)
    if pages == 0:
        raise Rejected(RefusalReason.DAMAGED)
    if pages > PDF_PAGES:
        raise Rejected(RefusalReason.TOO_MANY_PAGES)
    return pages


def _active_content(document: pikepdf.Pdf) -> set[FileFlag]:
    """Every object is read, so one that hides outside the page tree is seen too."""
    flags: set[FileFlag] = set()
    unread = False
    for item in document.objects:
        if not isinstance(item, pikepdf.Object):
            unread |= item is None
            continue
        text = item.stream_dict.unparse(resolved=True) if isinstance(item, pikepdf.Stream) else item.unparse(True)
        if _ANY_ACTIVE.search(text):
            flags.update(flag for flag, pattern in _ACTIVE if pattern.search(text))
    if unread and document.get_warnings():  # an object that is null without a warning was written so
        flags.add(FileFlag.POSSIBLY_DAMAGED)
    return flags


def _ending(tail: bytes) -> frozenset[FileFlag]:
    _, mark, after = tail.rpartition(b"%%EOF")
    if not mark or b"startxref" in after:
        return frozenset({FileFlag.POSSIBLY_DAMAGED})  # the last revision has lost its end mark
    return frozenset({FileFlag.TRAILING_DATA}) if after.strip(b" \t\r\n\x00\x1a") else frozenset()
