"""Run inside the site's environment: times each way to read, prints the medians in µs as JSON.

python -m benchmarks.workloads.reading_probe SESSIONS
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

from accounts.models import User  # noqa: E402  (needs django.setup)
from chat.models import Membership, Room  # noqa: E402
from chat.services import reading  # noqa: E402

CALLS = 100
BEHIND = 200  # versions


def median_us(call: Callable[[int], object]) -> float:
    """Return the median time of ``call(number)``, after a few calls that are not counted."""
    times = []
    for number in range(CALLS + 5):
        began = time.perf_counter()
        call(number)
        times.append(time.perf_counter() - began)
    return statistics.median(times[5:]) * 1e6


def probe(members: list[dict]) -> dict[str, float]:
    """Time the calls for members in turn."""
    ids = [member["id"] for member in members]
    users = User.objects.in_bulk(ids)
    Membership.objects.filter(user__in=ids).update(read_seq=0)
    seats = [(users[member["id"]], member["rooms"][0]) for member in members]
    rooms = Room.objects.in_bulk([room for _, room in seats])

    def seat(number: int) -> tuple[User, Room]:
        user, room = seats[number % len(seats)]
        return user, rooms[room]

    def middle(number: int) -> object:
        user, room = seat(number)
        return reading.history(user, room.pk, before=max(2, room.last_seq // 2 + number))

    def sync(number: int, ahead: int) -> object:
        user, room = seat(number)
        return reading.sync(user, {room.pk: room.version + ahead})

    return {
        "history": median_us(lambda n: reading.history(seat(n)[0], seat(n)[1].pk)),
        "history_middle": median_us(middle),
        "rooms": median_us(lambda n: reading.rooms_of(seat(n)[0])),
        "sync": median_us(lambda n: sync(n, -BEHIND)),
        "sync_reset": median_us(lambda n: sync(n, 1)),  # beyond the room's version
    }


if __name__ == "__main__":
    print(json.dumps(probe(json.loads(Path(sys.argv[1]).read_text())["members"])))
