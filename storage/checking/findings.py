"""The words the parsers share: what a parse found, and how it says no. Used only inside the checking child."""

from dataclasses import dataclass

from criteria.files import FileFlag, FileKind, RefusalReason


@dataclass(frozen=True, slots=True)
class Found:
    """A file that parsed. `thumbnail` says that one was written."""

    kind: FileKind
    flags: frozenset[FileFlag] = frozenset()
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    thumbnail: bool = False


class Rejected(Exception):
    """The file is refused; raised by whichever parser sees it first. `detail` is a code, never content."""

    def __init__(self, reason: RefusalReason, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail
