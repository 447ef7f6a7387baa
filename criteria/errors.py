"""The one exception of the domain: a "no" that the person can act on. Raised by decision functions, worded by
`handlers.texts.refusals`.
"""

from collections.abc import Mapping
from typing import Final


class Refusal(Exception):
    """A rule said no. `key` names the sentence, `params` fill it (ids, codes, numbers and names of the person's own
    things only).
    """

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key)
        self.key: Final = key
        self.params: Final[Mapping[str, object]] = params
