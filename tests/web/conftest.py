"""One running product per module."""

from collections.abc import Iterator

import pytest

from tests.product import Product
from tests.web.site import QUICK, Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Product(tmp_path_factory.mktemp("site"), before=QUICK) as product:
        yield Site(product)
        log = [line for line in product.log().splitlines() if "failed" in line or not line.startswith("{")]
        assert not log, "\n".join(log)
