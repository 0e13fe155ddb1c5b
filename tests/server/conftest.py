"""The small site, running."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.small_site import SmallSite


@pytest.fixture(scope="module", params=["on", "off"], ids=["uvloop", "asyncio"])
def small_site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SmallSite]:
    """One process on either event loop, shared by the tests of a module."""
    unsent = tmp_path_factory.mktemp("small") / "unsent"
    closes = unsent.with_name("closes")
    with SmallSite(UVLOOP=request.param, UNSENT=str(unsent), CLOSES=str(closes)) as site:
        yield site
        assert "Traceback" not in site.unexpected(), site.unexpected()


@pytest.fixture
def unsent(small_site: SmallSite) -> Path:
    """Where the small application writes how much is unsent, or how much it sent."""
    path = Path(small_site.settings["UNSENT"])
    path.unlink(missing_ok=True)
    return path
