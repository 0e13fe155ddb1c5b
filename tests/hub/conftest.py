"""A hub, its guests, and the people of these scenes: ada and bob in a room that ada owns."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from chat.live import hub as hub_module
from chat.live.hub import Hub
from chat.models import Room
from tests.factories import Member, make_member, make_room
from tests.hub.parts import Guests, KeepingDatabase


@pytest.fixture
def ada(transactional_db: None) -> Member:
    """A member of `room`, its owner."""
    return make_member()


@pytest.fixture
def bob(transactional_db: None) -> Member:
    """A plain member of `room`."""
    return make_member()


@pytest.fixture
def eve(transactional_db: None) -> Member:
    """One who is in no room."""
    return make_member()


@pytest.fixture
def room(ada: Member, bob: Member) -> Room:
    """A private room of ada, who owns it, and bob."""
    return make_room("private", [bob], owner=ada)


@pytest_asyncio.fixture
async def hub(ada: Member, monkeypatch: pytest.MonkeyPatch, settings: Any) -> AsyncIterator[Hub]:
    """A hub of its own, alone: what others would tell it by Redis does not come."""
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    monkeypatch.setattr(hub_module, "Database", KeepingDatabase)
    made = Hub()
    made.start()
    yield made
    await made.drain()


@pytest.fixture
def guests(hub: Hub) -> Guests:
    """Who opens sockets."""
    return Guests(hub)


@pytest.fixture
def other(ada: Member, bob: Member) -> Room:
    """Another private room of ada and bob."""
    return make_room("private", [bob], owner=ada)
