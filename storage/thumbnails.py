"""Small pictures of stored photos, by the hash of the original. A cache: losing one loses nothing. Made by the
checker, served by the web pages.
"""

from pathlib import Path
from typing import Final


class Thumbnails:
    """The thumbnail folder."""

    def __init__(self, root: Path) -> None:
        self.root: Final = root

    def prepare(self) -> None:
        """Create the folder; raises OSError where that is not allowed."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)

    def path(self, sha256: str) -> Path:
        """Where the thumbnail of these bytes lies, if there is one."""
        return self.root / sha256[:2] / f"{sha256}.webp"

    def keep(self, draft: Path, sha256: str) -> None:
        """Take over what the checker wrote."""
        target = self.path(sha256)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        if draft.exists():
            draft.replace(target)
