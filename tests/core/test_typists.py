"""Who is typing in a room, and when that is told."""

import pytest

from chat.live.typists import TYPING_EXPIRES, TYPING_PAUSE, Typists

ADA, BOB = 7, 9


@pytest.fixture
def typists():
    return Typists()


def test_who_types_is_told_once(typists):
    typists.note(ADA, True, 0)
    assert typists.news(0) == [ADA]
    assert typists.news(5) is None


def test_typing_ends_by_itself(typists):
    typists.note(ADA, True, 0)
    typists.news(0)
    assert typists.now(TYPING_EXPIRES - 0.1) == [ADA]
    assert typists.news(TYPING_EXPIRES) == []
    assert typists.is_quiet


def test_who_goes_on_typing_goes_on_being_told_of(typists):
    typists.note(ADA, True, 0)
    typists.note(ADA, True, 5)
    assert typists.now(5 + TYPING_EXPIRES - 0.1) == [ADA]


def test_who_ceases_is_told_of(typists):
    typists.note(ADA, True, 0)
    typists.news(0)
    typists.note(ADA, False, 2)
    assert typists.news(2) == []


def test_news_come_at_most_once_in_a_while_and_none_is_lost(typists):
    typists.note(ADA, True, 0)
    assert typists.news(0) == [ADA]
    typists.note(BOB, True, 0.5)
    assert typists.news(0.5) is None
    assert typists.news(TYPING_PAUSE) == [ADA, BOB]


def test_who_began_and_ceased_within_the_pause_is_no_news(typists):
    typists.note(ADA, True, 0)
    typists.news(0)
    typists.note(BOB, True, 0.3)
    typists.note(BOB, False, 0.6)
    assert typists.news(5) is None


def test_it_is_quiet_once_everybody_knows(typists):
    assert typists.is_quiet
    typists.note(ADA, True, 0)
    typists.news(0)
    typists.note(ADA, False, 0.5)
    assert not typists.is_quiet
    typists.news(2)
    assert typists.is_quiet
