"""Refuses a document that is stamped secret, by its text or its properties. Called by the parsers, in the child.

The text goes no further than here: only the level of the mark leaves, as the refusal's detail.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from criteria.files import RefusalReason
from criteria.secrets import MARK_LEVELS, find_mark, find_stamp
from storage.checking.findings import Rejected


@dataclass(frozen=True, slots=True)
class Text:
    """What a parser read: groups of lines that follow each other (a page, a part), and what the properties say."""

    groups: list[list[str]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)


def refuse_marked(texts: Iterable[Text]) -> None:
    found = {
        level
        for text in texts
        for level in (*map(find_stamp, text.groups), *map(find_mark, text.titles))
        if level is not None
    }
    for level in MARK_LEVELS:
        if level in found:
            raise Rejected(RefusalReason.SECRET, level)
