"""What tests of accounts share."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_earlier_tries() -> Iterator[None]:
    """Forget how often this address signed in or up: the limits count across tests."""
    cache.clear()
    yield
    cache.clear()
