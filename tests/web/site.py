"""A running product with its five demo people signed in, each on first use."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.ids import RandomIds
from criteria.people import Role
from handlers import acts
from storage.database import Database
from tests.app.console import Console, Ended
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

    def command(self, *words: str) -> Ended:
        """A command beside the running server, in this process for speed."""
        return Console(self.product.folder, self.product.env)(*words)

    def page(self, who: int = OFFICER) -> Page:
        if who not in self._pages:
            self._pages[who] = Page(self.base).sign_in(self.product.links[who])
        return self._pages[who]

    def invite(self, unit: str = "xa-an-thanh-1", role: str = "can_bo", phone: str | None = None) -> str:
        """An invite's code, made beside the running server as the command line does, only quicker."""

        async def make() -> str:
            db = Database(f"sqlite+aiosqlite:///{self.data / 'kiemchung.db'}", serving=False)
            try:
                given = {"unit": unit, "role": Role(role), "name": "Võ Văn Hai", "phone": phone}
                real = datetime.now(UTC)
                return await db.write(lambda tx: acts.invite(tx, RandomIds(), **given, real=real)[0])  # type: ignore[arg-type]
            finally:
                await db.close()

        return asyncio.run(make())

    def invited(self, unit: str = "xa-an-thanh-1", role: str = "can_bo") -> Page:
        """Somebody new who has joined by an invite."""
        return Page(self.base).sign_in(f"{self.base}/in/{self.invite(unit, role)}")

    def neighbour(self) -> Page:
        if self._neighbour is None:
            self._neighbour = self.invited()
        return self._neighbour
