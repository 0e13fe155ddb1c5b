"""Who is online, as one process knows it."""

from uuid import uuid4

import pytest

from chat.live.presence import OFFLINE_AFTER, Difference, Roster

ADA, BOB = 7, 9
NOTHING = Difference(set(), set(), set())


@pytest.fixture
def roster():
    return Roster()


def online(*users):
    return Difference(set(users), set(), set())


def away(*users):
    return Difference(set(), set(users), set())


def offline(*users):
    return Difference(set(), set(), set(users))


def come(roster, user=ADA, *, visible=True, now=0.0):
    socket = uuid4()
    roster.seen(user, socket, visible, now)
    return socket


def test_a_first_socket_is_told_once(roster):
    come(roster)
    assert roster.differences(0) == online(ADA)
    assert roster.differences(1) == NOTHING


def test_a_second_socket_is_no_news(roster):
    come(roster)
    roster.differences(0)
    come(roster, now=1)
    assert roster.differences(1) == NOTHING


def test_who_looks_elsewhere_with_all_sockets_is_away(roster):
    one, two = come(roster), come(roster)
    roster.differences(0)
    roster.seen(ADA, one, False, 1)
    assert roster.differences(1) == NOTHING
    roster.seen(ADA, two, False, 2)
    assert roster.differences(2) == away(ADA)
    roster.seen(ADA, one, True, 3)
    assert roster.differences(3) == online(ADA)


def test_who_comes_hidden_is_away(roster):
    come(roster, visible=False)
    assert roster.differences(0) == away(ADA)


def test_who_goes_is_offline_after_a_while(roster):
    socket = come(roster)
    roster.differences(0)
    roster.gone(ADA, socket, 10)
    assert roster.differences(10 + OFFLINE_AFTER - 0.1) == NOTHING
    assert roster.differences(10 + OFFLINE_AFTER) == offline(ADA)
    assert roster.differences(99) == NOTHING


def test_a_page_that_is_loaded_anew_does_not_flicker(roster):
    socket = come(roster)
    roster.differences(0)
    roster.gone(ADA, socket, 10)
    assert roster.differences(11) == NOTHING
    come(roster, now=12)
    assert roster.differences(99) == NOTHING


def test_the_last_of_several_sockets_counts(roster):
    one, two = come(roster), come(roster)
    roster.differences(0)
    roster.gone(ADA, one, 10)
    assert roster.differences(50) == NOTHING
    roster.gone(ADA, two, 60)
    assert roster.differences(60 + OFFLINE_AFTER) == offline(ADA)


def test_a_socket_that_went_twice_or_never_came_changes_nothing(roster):
    socket = come(roster)
    roster.differences(0)
    roster.gone(BOB, uuid4(), 1)
    roster.gone(ADA, uuid4(), 1)
    assert roster.differences(99) == NOTHING
    roster.gone(ADA, socket, 100)
    roster.gone(ADA, socket, 103)
    assert roster.differences(100 + OFFLINE_AFTER) == offline(ADA)


def test_who_came_and_went_unseen_is_never_told(roster):
    roster.gone(ADA, come(roster), 0)
    assert roster.differences(99) == NOTHING


# --- elsewhere ------------------------------------------------------------------------------------


def test_who_is_on_another_process_is_online_or_away(roster):
    roster.heard({ADA: True, BOB: False}, None, 0)
    assert roster.differences(0) == Difference({ADA}, {BOB}, set())


def test_who_is_here_hidden_and_there_visible_is_online(roster):
    come(roster, visible=False)
    roster.heard({ADA: True}, [ADA], 0)
    assert roster.differences(0) == online(ADA)
    roster.heard({}, [ADA], 1)
    assert roster.differences(1) == away(ADA)


def test_who_moves_to_another_process_does_not_flicker(roster):
    socket = come(roster)
    roster.differences(0)
    roster.gone(ADA, socket, 1)
    roster.heard({ADA: True}, [ADA], 2)
    assert roster.differences(99) == NOTHING


def test_what_was_asked_of_some_says_nothing_of_others(roster):
    roster.heard({ADA: True, BOB: True}, None, 0)
    roster.differences(0)
    roster.heard({}, [BOB], 1)
    assert roster.differences(1 + OFFLINE_AFTER) == offline(BOB)


def test_what_was_asked_of_everybody_takes_with_it_who_is_no_longer_there(roster):
    roster.heard({ADA: True, BOB: True}, None, 0)
    roster.differences(0)
    roster.heard({BOB: True}, None, 1)
    # Heard again meanwhile: the time since Ada went does not begin anew.
    roster.heard({BOB: True}, None, 1 + OFFLINE_AFTER - 1)
    assert roster.differences(1 + OFFLINE_AFTER) == offline(ADA)


# --- what is written and what was told ------------------------------------------------------------


def test_what_is_to_be_written_is_what_opened_turned_and_closed(roster):
    one, two = come(roster), come(roster, BOB)
    roster.seen(ADA, one, False, 1)
    roster.gone(BOB, two, 2)
    assert roster.opened == {one: (ADA, False)}
    assert roster.closed == {two: BOB}
    assert roster.local_sockets() == {one: (ADA, False)}


def test_a_socket_seen_as_before_is_not_written_again(roster):
    socket = come(roster)
    roster.opened = {}
    roster.seen(ADA, socket, True, 1)
    assert roster.opened == {}


def test_a_newcomer_is_shown_who_came_a_moment_ago(roster):
    come(roster)
    come(roster, BOB, visible=False)
    assert roster.show([ADA, BOB]) == ([ADA], [BOB])


def test_one_who_goes_before_the_others_were_told_is_offline_for_who_saw_them(roster):
    socket = come(roster)
    roster.show([ADA])
    roster.gone(ADA, socket, 0)
    assert roster.differences(0).offline == {ADA}


def test_a_newcomer_is_shown_what_the_others_were_told(roster):
    come(roster)
    come(roster, BOB, visible=False)
    roster.differences(0)
    assert roster.show([BOB, 11, ADA]) == ([ADA], [BOB])
    assert roster.show([11]) == ([], [])


def test_a_difference_is_narrowed_to_the_members_of_a_room():
    difference = Difference({1, 2}, {3}, {4, 5})
    assert difference.among([2, 5, 6]) == ([2], [], [5])
