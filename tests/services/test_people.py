"""What members say of themselves: status, do-not-disturb, last seen, how far they have read."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import STATUS_MAX, User
from chat.errors import Forbidden, Invalid, NotFound, TooLarge
from chat.models import Membership
from chat.services import blocks, members, messages, people, presence
from chat.services.people import SEEN_BY_MAX
from chat.services.preferences import UNTIL_MAX
from chat.services.presence import Process
from tests.factories import make_history, make_member, make_message, make_room
from tests.services.telling import fragment_rows, takes_versions

NOBODY = 2**62
SOON = timedelta(hours=1)


def in_an_hour():
    return timezone.now() + SOON


# --- status and do-not-disturb ----------------------------------------------------------------


def test_a_status_shows_in_every_room_and_on_the_profile(room, ada, bob):
    with takes_versions(room.pk) as heard:
        people.set_status(ada.user, "  on the\ntrain ", "🚂", in_an_hour())
    [row] = fragment_rows(heard.changes_in(room.pk)[0].members)
    assert (row["status"], row["status_emoji"]) == ("on the train", "🚂")
    assert row["status_until"] is not None
    profile = people.profile(bob.user, ada.id)
    assert (profile.status, profile.status_emoji) == ("on the train", "🚂")


def test_a_status_whose_time_has_passed_is_none(room, ada, bob):
    people.set_status(ada.user, "on the train", "🚂", in_an_hour())
    User.objects.filter(pk=ada.id).update(status_until=timezone.now() - timedelta(seconds=1))
    profile = people.profile(bob.user, ada.id)
    assert (profile.status, profile.status_emoji, profile.status_until) == ("", "", None)


def test_a_status_is_cleared_with_its_time(ada, bob):
    user = people.set_status(ada.user, "on the train", "🚂", in_an_hour())
    people.set_status(user, "", "", in_an_hour())
    profile = people.profile(bob.user, ada.id)
    assert (profile.status, profile.status_emoji, profile.status_until) == ("", "", None)


def test_a_status_reaches_to_its_edge(ada):
    people.set_status(ada.user, "x" * STATUS_MAX, "", timezone.now() + UNTIL_MAX)


@pytest.mark.parametrize(
    ("text", "emoji", "ahead", "refusal", "field"),
    [
        ("x" * (STATUS_MAX + 1), "", None, TooLarge, "status"),
        ("a\0b", "", None, Invalid, "status"),
        ("hi", "train", None, Invalid, "emoji"),
        ("hi", "🚂" * 40, None, Invalid, "emoji"),
        ("hi", "", timedelta(0), Invalid, "status_until"),
        ("hi", "", UNTIL_MAX + SOON, Invalid, "status_until"),
    ],
)
def test_a_status_that_is_none_is_refused_by_name(room, ada, text, emoji, ahead, refusal, field):
    until = None if ahead is None else timezone.now() + ahead
    with takes_versions(room.pk, 0), pytest.raises(refusal, match=f"^{field}:"):
        people.set_status(ada.user, text, emoji, until)


def test_who_is_not_to_be_disturbed_is_seen_to_be(room, ada, bob):
    with takes_versions(room.pk) as heard:
        user = people.do_not_disturb(ada.user, in_an_hour())
    [row] = fragment_rows(heard.changes_in(room.pk)[0].members)
    assert row["dnd_until"] == people.profile(bob.user, ada.id).dnd_until is not None
    assert user.is_undisturbed
    assert not people.do_not_disturb(user, None).is_undisturbed


def test_what_stays_as_it_was_is_no_change(room, ada):
    user = people.set_status(ada.user, "here")
    with takes_versions(room.pk, 0):
        people.set_status(user, "here")
        people.do_not_disturb(user, None)


def test_nobody_is_undisturbed_since_yesterday(ada):
    with pytest.raises(Invalid, match="^dnd_until:"):
        people.do_not_disturb(ada.user, timezone.now() - SOON)


# --- last seen --------------------------------------------------------------------------------


@pytest.fixture
def process(db):
    process = Process(uuid4(), "host", 1)
    presence.beat(process)
    return process


def come_and_go(process, member):
    socket = uuid4()
    presence.store(process, {socket: (member.id, True)})
    presence.store(process, {}, [socket])


def test_when_one_was_here_last_is_told_of_those_who_allow_it(process, ada, bob):
    people.share(ada.user, last_seen=True)
    for member in (ada, bob):
        come_and_go(process, member)
    assert people.profile(bob.user, ada.id).last_seen is not None
    assert people.profile(ada.user, bob.id).last_seen is None
    bob.user.refresh_from_db()
    assert bob.user.last_seen_at is None  # it is not even kept


def test_who_is_here_was_not_seen_last(process, ada, bob):
    people.share(ada.user, last_seen=True)
    come_and_go(process, ada)
    presence.store(process, {uuid4(): (ada.id, False)})
    profile = people.profile(bob.user, ada.id)
    assert (profile.presence, profile.last_seen) == ("away", None)
    presence.store(process, {uuid4(): (ada.id, True)})
    assert people.profile(bob.user, ada.id).presence == "online"


def test_who_was_on_a_process_that_ended_was_seen_at_its_last_beat(process, ada, bob):
    people.share(ada.user, last_seen=True)
    presence.store(process, {uuid4(): (ada.id, True)})
    presence.leave(process.id)
    profile = people.profile(bob.user, ada.id)
    assert profile.presence == "offline"
    assert profile.last_seen is not None


def test_who_no_longer_allows_it_is_forgotten(process, ada, bob):
    people.share(ada.user, last_seen=True)
    come_and_go(process, ada)
    assert people.share(ada.user, last_seen=False).last_seen_at is None
    people.share(ada.user, last_seen=True)
    assert people.profile(bob.user, ada.id).last_seen is None


def test_two_who_are_apart_are_not_told(process, ada, bob):
    people.share(ada.user, last_seen=True)
    come_and_go(process, ada)
    blocks.block(bob.user, ada.id)
    assert people.profile(bob.user, ada.id).last_seen is None


def test_there_is_no_profile_of_one_who_is_not_here(ada, bob):
    User.objects.filter(pk=bob.id).update(is_active=False)
    for user_id in (bob.id, NOBODY):
        with pytest.raises(NotFound):
            people.profile(ada.user, user_id)


# --- seen by ----------------------------------------------------------------------------------


def names(found):
    return {row.id for row in found}


def test_who_has_read_a_message_is_told_in_its_room(room, ada, bob, moderator):
    message = make_message(room, ada)
    assert people.seen_by(ada.user, message.pk) == []
    members.mark_read(bob.user, room.pk, message.seq)
    assert names(people.seen_by(ada.user, message.pk)) == {bob.id}
    assert names(people.seen_by(moderator.user, message.pk)) == {bob.id}
    assert people.seen_by(bob.user, message.pk) == []


def test_seen_is_shared_both_ways_or_not_at_all(room, ada, bob, moderator):
    message = make_message(room, ada)
    for reader in (bob, moderator):
        members.mark_read(reader.user, room.pk, message.seq)
    hidden = people.share(bob.user, reading=False)
    assert names(people.seen_by(ada.user, message.pk)) == {moderator.id}
    with pytest.raises(Forbidden, match="do not share"):
        people.seen_by(hidden, message.pk)


def test_who_joined_later_has_not_seen_what_counts_as_read(room, ada, stranger):
    message = make_message(room, ada)
    members.join(stranger.user, room.pk)
    assert people.seen_by(ada.user, message.pk) == []


def test_two_who_are_apart_do_not_see_each_other_read(room, ada, bob):
    message = make_message(room, ada)
    members.mark_read(bob.user, room.pk, message.seq)
    blocks.block(bob.user, ada.id)
    assert people.seen_by(ada.user, message.pk) == []


def test_who_has_read_is_told_in_rooms_of_fifty_and_not_of_fifty_one(ada):
    room = make_room(owner=ada)
    Membership.objects.bulk_create(
        Membership(room=room, user=user)
        for user in User.objects.bulk_create(
            User(username=f"crowd-{room.pk}-{number}") for number in range(SEEN_BY_MAX - 1)
        )
    )
    message = make_message(room, ada)
    assert people.seen_by(ada.user, message.pk) == []
    members.join(make_member().user, room.pk)
    with pytest.raises(Forbidden, match="up to 50"):
        people.seen_by(ada.user, message.pk)


def test_a_stranger_is_not_told_who_has_read(room, private, ada, stranger):
    shown, hidden = make_message(room, ada), make_message(private, ada)
    with pytest.raises(Forbidden):
        people.seen_by(stranger.user, shown.pk)
    with pytest.raises(NotFound):
        people.seen_by(stranger.user, hidden.pk)


def test_nobody_has_seen_what_was_deleted(room, ada):
    message = make_message(room, ada)
    messages.remove(ada.user, message.pk)
    with pytest.raises(NotFound):
        people.seen_by(ada.user, message.pk)


def test_old_history_was_seen_by_those_who_were_there(room, ada, bob):
    make_history(room, [ada], 3)
    members.mark_read(bob.user, room.pk, 2)
    seen = [
        names(people.seen_by(ada.user, message.pk)) for message in room.messages.order_by("seq")
    ]
    assert seen == [{bob.id}, {bob.id}, set()]
