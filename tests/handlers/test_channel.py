"""What was heard, kept as JSON until its turn has succeeded."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.channel import Body, BytesDelayed, BytesRefused, BytesStored, Inbound, Said, decode, encode

BODIES = st.one_of(*(st.builds(kind) for kind in get_args(Body)))


@given(st.builds(Inbound, body=BODIES))
def test_every_body_comes_back(inbound: Inbound) -> None:
    assert decode(encode(inbound)) == inbound
    assert inbound.background is isinstance(inbound.body, BytesStored | BytesRefused | BytesDelayed)


@pytest.mark.parametrize("raw", ["{}", '{"kind":"Gone","body":{}}', '{"kind":"Said","body":{"text":"a","x":1}}'])
def test_anything_else_is_an_error(raw: str) -> None:
    with pytest.raises((KeyError, TypeError)):
        decode(raw)


def test_letters_stay_readable() -> None:
    assert "Chào đồng chí" in encode(Inbound("web", "1", "1", Said("Chào đồng chí")))
