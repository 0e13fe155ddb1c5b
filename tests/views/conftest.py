"""What tests of pages share."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import Member, make_member


def browser_of(member: Member) -> Client:
    """Return a browser in which ``member`` is signed in."""
    client = Client()
    client.cookies.load(member.cookies)
    # The first page notes the session; what follows is what every page costs.
    client.get("/accounts/profile/")
    return client


@pytest.fixture
def ada() -> Member:
    """A signed-in member."""
    return make_member(display_name="Ada")


@pytest.fixture
def bob() -> Member:
    """Another one."""
    return make_member(display_name="Bob")


@pytest.fixture
def browse() -> Callable[[Member], Client]:
    """Return a browser for a member."""
    return browser_of
