"""A running product with its five demo people signed in, each on first use."""

from pathlib import Path
from typing import Final

from tests.product import Page, Product

OFFICER, HEAD, CONSOLIDATOR, LEADER, ADMIN = range(5)
# The page is told sooner than in life that the line is alive, and a stalled sending is given up sooner.
QUICK: Final = "import bot.web.chat as c, bot.web.uploads as u; c._PING_SECONDS = 0.5; u._STALLED_SECONDS = 2.0"


class Site:
    """The product and who is signed in. `neighbour` is an officer of another commune."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self._pages: dict[int, Page] = {}
        self._neighbour: Page | None = None

    @property
    def base(self) -> str:
        return self.product.base

    @property
    def data(self) -> Path:
        return self.product.folder / "data"

    def page(self, who: int = OFFICER) -> Page:
        if who not in self._pages:
            self._pages[who] = Page(self.base).sign_in(self.product.links[who])
        return self._pages[who]

    def invited(self, unit: str = "xa-an-thanh-1", role: str = "can_bo") -> Page:
        """Somebody new who has joined by an invite."""
        code = self.product.command("invite", "--unit", unit, "--role", role, "--name", "Võ Văn Hai").stdout
        return Page(self.base).sign_in(f"{self.base}/in/{code.split('/in/')[1].strip()}")

    def neighbour(self) -> Page:
        if self._neighbour is None:
            self._neighbour = self.invited()
        return self._neighbour
