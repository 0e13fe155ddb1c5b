"""Questions to the database from the event loop: several at a time, none of them for ever."""

import threading

import pytest
from django.conf import settings

from chat.errors import Unavailable
from chat.live import database as database_module
from chat.live.database import Database


@pytest.fixture
def database():
    made = Database()
    yield made
    made.close()


async def test_what_nobody_waits_for_any_more_is_not_asked_later(database, monkeypatch):
    """Or all that was given up while a database stood still would be done in a heap after it."""
    stands_still, asked = threading.Event(), []
    monkeypatch.setattr(database_module, "ANSWER_TIMEOUT", 0.05)
    for _ in range(settings.DATABASE_THREADS):
        with pytest.raises(Unavailable):
            await database(stands_still.wait)
    with pytest.raises(Unavailable):
        await database(asked.append, "given up")
    monkeypatch.undo()
    stands_still.set()
    for number in range(settings.DATABASE_THREADS):
        await database(asked.append, number)
    assert asked == list(range(settings.DATABASE_THREADS))
