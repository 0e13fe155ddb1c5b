"""A room as a process carries it: its changes put in order, whatever order they come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.broadcast import Fragment, RoomChanged
from chat.live.feed import RoomFeed

ROOM = 12


def change(start, end):
    return RoomChanged(ROOM, start, end)


@pytest.fixture
def feed():
    feed = RoomFeed(ROOM)
    feed.start(10)
    return feed


def taken(feed):
    return [(event.from_, event.to) for event in feed.take()]


def test_what_comes_in_order_goes_on_at_once(feed):
    feed.offer(change(10, 11))
    feed.offer(change(11, 13))
    assert taken(feed) == [(10, 11), (11, 13)]
    assert feed.version == 13


def test_what_was_taken_is_not_taken_again(feed):
    feed.offer(change(10, 11))
    feed.take()
    assert taken(feed) == []


def test_what_is_old_or_doubled_is_dropped(feed):
    for _ in range(2):
        feed.offer(change(8, 10))
        feed.offer(change(10, 11))
    assert taken(feed) == [(10, 11)]


def test_what_is_ahead_waits_for_the_missing_one(feed):
    feed.offer(change(11, 12))
    assert feed.has_gap
    assert taken(feed) == []
    feed.offer(change(10, 11))
    assert taken(feed) == [(10, 11), (11, 12)]
    assert not feed.has_gap


def test_a_repair_that_reaches_into_what_waits_takes_both(feed):
    feed.offer(change(12, 15))
    feed.offer(change(10, 13))
    assert taken(feed) == [(10, 13), (12, 15)]
    assert feed.version == 15


def test_a_repair_beyond_what_waits_replaces_it(feed):
    feed.offer(change(11, 12))
    feed.offer(change(12, 13))
    feed.offer(change(10, 20))
    assert taken(feed) == [(10, 20)]
    assert not feed.has_gap


def test_of_two_that_wait_from_one_version_the_longer_is_kept(feed):
    feed.offer(change(11, 15))
    feed.offer(change(11, 12))
    feed.offer(change(10, 11))
    assert taken(feed) == [(10, 11), (11, 15)]


def test_what_comes_before_the_version_is_known_waits():
    feed = RoomFeed(ROOM)
    feed.offer(change(10, 11))
    feed.offer(change(9, 10))
    feed.offer(change(12, 13))
    assert (feed.version, feed.has_gap, taken(feed)) == (None, False, [])
    feed.start(10)
    assert taken(feed) == [(10, 11)]
    assert feed.has_gap


def test_a_feed_that_has_begun_goes_on(feed):
    feed.offer(change(10, 12))
    feed.start(11)
    feed.start(99)
    assert feed.version == 12


def test_a_feed_goes_back_with_its_database(feed):
    feed.offer(change(12, 13))
    feed.restart(3)
    assert (feed.version, feed.has_gap) == (3, False)
    feed.offer(change(3, 4))
    assert taken(feed) == [(3, 4)]


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        ({}, {7, 9}),
        ({"members": [Fragment(7, 11, b"")]}, {9}),
        ({"info": b"{}"}, set()),
    ],
)
def test_who_may_type_is_kept_in_mind_until_their_seat_or_the_room_changes(feed, changed, left):
    feed.typists |= {7, 9}
    feed.offer(RoomChanged(ROOM, 10, 11, **changed))
    assert feed.typists == left


spans = st.tuples(st.integers(0, 12), st.integers(1, 6)).map(
    lambda span: change(span[0], span[0] + span[1])
)


@given(st.lists(spans, max_size=30), st.integers(0, 8))
def test_whatever_comes_what_goes_on_leaves_no_gap_and_no_end_before_it(offered, begun):
    feed = RoomFeed(ROOM)
    feed.start(begun)
    at = begun
    for event in offered:
        feed.offer(event)
        for passed in feed.take():
            assert passed.from_ <= at < passed.to
            at = passed.to
        assert feed.version == at
    reachable = begun
    while longer := [e.to for e in offered if e.from_ <= reachable < e.to]:
        reachable = max(longer)
    assert feed.version == reachable


def test_a_feed_remembers_where_it_began():
    feed = RoomFeed(1)
    feed.start(10)
    feed.start(9)
    assert (feed.version, feed.started_at) == (10, 10)
