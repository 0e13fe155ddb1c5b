"""Things looked at in turn."""

import pytest

from chat.live.wheel import Wheel

THINGS = range(100)


@pytest.fixture
def wheel():
    wheel = Wheel(3)
    for thing in THINGS:
        wheel.add(thing)
    return wheel


def test_in_a_round_each_thing_has_its_turn_once(wheel):
    for _ in range(2):
        assert sorted(thing for _ in range(3) for thing in wheel.turn()) == list(THINGS)


def test_a_turn_is_a_part_of_the_things(wheel):
    assert all(20 <= len(wheel.turn()) <= 50 for _ in range(3))


def test_what_was_taken_out_has_no_turn(wheel):
    wheel.discard(7)
    wheel.discard(1000)
    assert sorted(thing for _ in range(3) for thing in wheel.turn()) == [
        thing for thing in THINGS if thing != 7
    ]
