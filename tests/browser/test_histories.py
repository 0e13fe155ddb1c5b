"""The random histories of the services, told to the browser's store: it ends in the same state."""

import json
import random
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

from chat import rows
from chat.live import frames
from chat.services import reading
from tests.services.histories import (
    OFTEN,
    PEOPLE,
    ROOMS,
    VERBS,
    Snapshot,
    World,
    room_now,
    snapshot,
)

pytestmark = pytest.mark.django_db

HISTORIES = 12
STEPS = 30
DELIVERIES = 25  # of each history
INFO = ("slug", "name", "topic", "locked", "archived", "slow_mode")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short histories, that need several pages all the same, and sometimes a new beginning."""
    monkeypatch.setattr(reading, "CHANGES_MAX", 6)
    monkeypatch.setattr(reading, "BEHIND_MAX", 20)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_any_history_delivered_in_any_way_ends_in_what_a_fresh_reading_gives(
    module_page: Page, seed: int
) -> None:
    chance = random.Random(seed)
    world = World()
    before = {room: (snapshot(room), room_row(world, room)) for room in world.rooms}
    told: dict[int, list[Any]] = {room: [] for room in world.rooms}
    for _ in range(STEPS):
        verb = chance.choice(OFTEN + list(VERBS))
        step = (verb, chance.choice([0, *range(PEOPLE)]), chance.choice([0, 0, *range(ROOMS)]))
        for event in world.take((*step, chance.randrange(25))):
            told[event.room].append(json.loads(frames.changes(event)))
    room = max(world.rooms, key=lambda each: len(told[each]))
    (start, row), end = before[room], snapshot(room)
    assert told[room], "nothing happened"
    recorded = {
        "row": row,
        "start": held(start),
        "frames": told[room],
        "pages": {str(v): page(room, v) for v in range(start.version, end.version + 1)},
        # A store that began anew has the newest page alone.
        "end": {
            **held(end),
            "row": {"version": end.version, "last_seq": len(end.messages)}
            | {name: end.info[name] for name in INFO},
            "info": end.info,
            "mayLack": end.version - start.version > reading.BEHIND_MAX,
        },
    }
    module_page.evaluate(
        "async ([recorded, deliveries]) => {"
        " const { deliver } = await import('/modules/recorded.js');"
        " for (let seed = 1; seed <= deliveries; seed += 1) deliver(recorded, seed); }",
        [recorded, DELIVERIES],
    )


def room_row(world: World, room: int) -> dict[str, Any]:
    """The room as hello tells the first person of it."""
    [row] = reading.rooms_of(world.people[0], room)
    return json.loads(rows.encode(row))


def held(of: Snapshot) -> dict[str, Any]:
    """The messages and members of a snapshot, as JSON has them."""
    return msgspec.to_builtins(
        {"messages": list(of.messages.values()), "members": list(of.members.values())}
    )


def page(room: int, since: int) -> dict[str, Any]:
    """What ``sync`` from a version is answered with now."""
    changes = reading.changes_in(room_now(room), since)
    return json.loads(frames.changes(changes.event, more=changes.more, reset=changes.reset))
