"""One running product per module."""

from collections.abc import Iterator

import pytest

from tests.product import Product
from tests.web.site import QUICK, Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Product(tmp_path_factory.mktemp("site"), before=QUICK) as product:
        yield Site(product)
        assert "request failed" not in product.log(), product.log()
        assert "turn failed" not in product.log(), product.log()
