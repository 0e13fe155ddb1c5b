"""Polls: asking, voting, closing."""

from uuid import uuid4

import pytest

from chat.errors import Forbidden, Invalid, NotFound, TooLarge
from chat.models import Poll, PollVote
from chat.models.poll import NAMED_VOTERS_MAX, OPTION_MAX, OPTIONS_MAX, QUESTION_MAX
from chat.services import messages, polls, reading, rooms
from tests.factories import make_member, make_message, make_room
from tests.services.telling import fragment_rows, listening, stored_message, takes_versions


@pytest.fixture
def lunch(room, ada):
    return polls.ask(ada.user, room.pk, uuid4(), "Lunch?", ["Pizza", "Salad", "Soup"]).id


def votes_in(message_id):
    return [option["votes"] for option in stored_message(message_id)["poll"]["options"]]


def test_a_poll_is_a_message_told_as_it_is_stored(room, ada, bob):
    with takes_versions(room.pk) as heard:
        ack = polls.ask(ada.user, room.pk, uuid4(), " Lunch? ", ["Pizza", " A  salad "])
    [changed] = heard.changes_in(room.pk)
    [row] = fragment_rows(changed.messages)
    assert row == stored_message(ack.id)
    assert row["body"] == "Lunch?"
    assert row["poll"] == {
        "options": [
            {"text": "Pizza", "votes": 0, "users": []},
            {"text": "A salad", "votes": 0, "users": []},
        ],
        "multiple": False,
        "closed": False,
        "voters": 0,
    }
    assert reading.history(bob.user, room.pk).messages[-1].poll.options[0].text == "Pizza"


def test_a_poll_sent_again_is_stored_once(room, ada):
    client_id = uuid4()
    first = polls.ask(ada.user, room.pk, client_id, "Lunch?", ["a", "b"])
    with takes_versions(room.pk, 0):
        assert polls.ask(ada.user, room.pk, client_id, "Lunch?", ["a", "b"]) == first
    assert Poll.objects.filter(message__room=room).count() == 1


def test_a_vote_shows_live_to_everybody(room, lunch, ada, bob):
    with takes_versions(room.pk) as heard:
        polls.vote(bob.user, lunch, [1])
    [row] = fragment_rows(heard.changes_in(room.pk)[0].messages)
    assert row == stored_message(lunch)
    assert row["poll"]["options"][1] == {"text": "Salad", "votes": 1, "users": [bob.id]}
    assert row["poll"]["voters"] == 1


def test_another_vote_takes_the_place_of_the_first_and_none_takes_it_back(lunch, bob):
    polls.vote(bob.user, lunch, [1])
    polls.vote(bob.user, lunch, [2])
    assert votes_in(lunch) == [0, 0, 1]
    assert polls.choice_of(bob.user, lunch) == [2]
    polls.vote(bob.user, lunch, [])
    assert votes_in(lunch) == [0, 0, 0]


def test_the_same_vote_again_changes_nothing(room, lunch, bob):
    polls.vote(bob.user, lunch, [1])
    with takes_versions(room.pk, 0):
        polls.vote(bob.user, lunch, [1, 1])


def test_several_options_can_be_chosen_where_the_poll_lets_one(room, ada, bob, lunch):
    several = polls.ask(ada.user, room.pk, uuid4(), "When?", ["Mon", "Tue"], multiple=True).id
    polls.vote(bob.user, several, [0, 1])
    assert votes_in(several) == [1, 1]
    assert stored_message(several)["poll"]["voters"] == 1
    with pytest.raises(Invalid, match="only one"):
        polls.vote(bob.user, lunch, [0, 1])


def test_there_is_no_voting_for_what_is_no_option(lunch, bob):
    for option in (-1, 3):
        with pytest.raises(Invalid, match="no such option"):
            polls.vote(bob.user, lunch, [option])


def test_a_poll_closed_while_one_votes_says_so_and_counts_nothing(room, lunch, ada, bob):
    polls.vote(bob.user, lunch, [0])
    with takes_versions(room.pk):
        polls.close(ada.user, lunch)
    with pytest.raises(Forbidden, match="This poll is closed. Your vote was not counted."):
        polls.vote(bob.user, lunch, [1])
    assert votes_in(lunch) == [1, 0, 0]
    assert stored_message(lunch)["poll"]["closed"]
    with takes_versions(room.pk, 0):
        polls.close(ada.user, lunch)


def test_its_author_and_who_looks_after_the_room_close_a_poll(
    room, lunch, ada, bob, moderator, site_moderator
):
    with pytest.raises(Forbidden, match="Only its author"):
        polls.close(bob.user, lunch)
    for closer in (moderator, site_moderator):
        message = polls.ask(ada.user, room.pk, uuid4(), "?", ["a", "b"]).id
        polls.close(closer.user, message)
        assert stored_message(message)["poll"]["closed"]


def test_who_is_not_in_the_room_does_not_vote(room, private, ada, lunch, stranger):
    hidden = polls.ask(ada.user, private.pk, uuid4(), "?", ["a", "b"]).id
    with pytest.raises(Forbidden):
        polls.vote(stranger.user, lunch, [0])
    for act in (
        lambda: polls.vote(stranger.user, hidden, [0]),
        lambda: polls.close(stranger.user, hidden),
        lambda: polls.choice_of(stranger.user, hidden),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_locked_room_takes_no_votes(room, owner, lunch, ada, bob):
    rooms.lock(owner.user, room.pk, True)
    with pytest.raises(Forbidden, match="locked"):
        polls.vote(bob.user, lunch, [0])
    with pytest.raises(Forbidden, match="locked"):
        polls.close(ada.user, lunch)
    polls.close(owner.user, lunch)


def test_a_message_that_is_no_poll_takes_no_votes(room, ada, bob):
    message = make_message(room, ada)
    for act in (
        lambda: polls.vote(bob.user, message.pk, [0]),
        lambda: polls.close(ada.user, message.pk),
        lambda: polls.choice_of(bob.user, message.pk),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_deleted_poll_leaves_nothing(lunch, ada, bob):
    polls.vote(bob.user, lunch, [0])
    messages.remove(ada.user, lunch)
    assert "poll" not in stored_message(lunch)
    assert not PollVote.objects.filter(poll=lunch).exists()
    with pytest.raises(NotFound):
        polls.vote(bob.user, lunch, [0])


def test_question_and_options_are_as_long_as_they_may_be(room, ada):
    longest = ["x" * OPTION_MAX, "y"]
    polls.ask(ada.user, room.pk, uuid4(), "q" * QUESTION_MAX, longest)
    polls.ask(ada.user, room.pk, uuid4(), "q", [str(number) for number in range(OPTIONS_MAX)])
    for question, options, error in (
        ("q" * (QUESTION_MAX + 1), ["a", "b"], TooLarge),
        (" ", ["a", "b"], Invalid),
        ("q", ["x" * (OPTION_MAX + 1), "y"], TooLarge),
        ("q", ["a"], Invalid),
        ("q", [str(number) for number in range(OPTIONS_MAX + 1)], Invalid),
        ("q", ["a", " "], Invalid),
        ("q", ["same", "Same "], Invalid),
        ("q", ["a\x00", "b"], Invalid),
    ):
        with pytest.raises(error):
            polls.ask(ada.user, room.pk, uuid4(), question, options)
    assert room.messages.count() == 2


def test_voters_are_named_up_to_a_number_and_counted_past_it(owner):
    room = make_room(owner=owner)
    poll = polls.ask(owner.user, room.pk, uuid4(), "?", ["a", "b"]).id
    voters = [make_member() for _ in range(NAMED_VOTERS_MAX)]
    PollVote.objects.bulk_create(
        PollVote(poll_id=poll, user=voter.user, option=0) for voter in voters[1:]
    )
    polls.vote(owner.user, poll, [1])
    assert len(stored_message(poll)["poll"]["options"][0]["users"]) == NAMED_VOTERS_MAX - 1
    PollVote.objects.create(poll_id=poll, user=voters[0].user, option=0)
    polls.vote(owner.user, poll, [0])
    told = stored_message(poll)["poll"]
    assert (told["voters"], told["options"][0]) == (
        NAMED_VOTERS_MAX + 1,
        {"text": "a", "votes": NAMED_VOTERS_MAX + 1, "users": []},
    )
    assert polls.choice_of(owner.user, poll) == [0]


def test_a_poll_may_call_and_mention_in_its_question(room, owner, ada):
    with listening():
        message = polls.ask(owner.user, room.pk, uuid4(), "@room lunch?", ["a", "b"]).id
    assert stored_message(message)["call"] == "room"
