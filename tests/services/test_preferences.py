"""How a member wants their rooms: told of what, in which order, favourites first."""

from datetime import timedelta

import msgspec
import pytest
from django.utils import timezone

from chat.broadcast import SeatsArranged
from chat.errors import Forbidden, Invalid, NotFound, TooLarge
from chat.models import Membership
from chat.services import members, preferences, reading
from chat.services.preferences import ARRANGED_MAX, UNTIL_MAX
from tests.factories import make_room
from tests.services.telling import listening, takes_versions

NOBODY = 2**62


def row_of(member, room):
    return reading.rooms_of(member.user, room.pk)[0]


def told(heard):
    """Return the seats that a member's sockets are told of."""
    return [(event.user, msgspec.json.decode(event.json)) for event in heard.of(SeatsArranged)]


def test_a_favourite_is_ones_own_affair_and_ones_other_devices_are_told(room, ada, bob):
    with takes_versions(room.pk, 0) as heard:
        preferences.set_favourite(ada.user, room.pk, True)
    assert row_of(ada, room).favourite
    assert not row_of(bob, room).favourite
    [(user, [seat])] = told(heard)
    assert user == ada.id
    assert (seat["room"], seat["favourite"], seat["notify"]) == (room.pk, True, "all")
    preferences.set_favourite(ada.user, room.pk, False)
    assert not row_of(ada, room).favourite


def test_rooms_stand_in_the_order_that_one_gave_them_and_the_others_have_no_place(
    room, private, ada
):
    third = make_room(members=[ada])
    preferences.arrange(ada.user, [private.pk, room.pk, third.pk])
    with listening() as heard:
        preferences.arrange(ada.user, [private.pk, third.pk])
    places = {row.id: row.place for row in reading.rooms_of(ada.user)}
    assert places == {private.pk: 0, third.pk: 1, room.pk: None}
    [(user, seats)] = told(heard)
    assert (user, {seat["room"]: seat["place"] for seat in seats}) == (
        ada.id,
        {third.pk: 1, room.pk: None},
    )


def test_an_order_that_is_the_present_one_tells_nobody(room, ada):
    preferences.arrange(ada.user, [room.pk])
    with listening() as heard:
        preferences.arrange(ada.user, [room.pk])
    assert heard.events == []


def test_one_arranges_nothing_but_ones_own_rooms_each_once(room, private, ada, stranger):
    with pytest.raises(NotFound):
        preferences.arrange(stranger.user, [private.pk])
    with pytest.raises(NotFound):
        preferences.arrange(ada.user, [room.pk, NOBODY])
    with pytest.raises(Invalid, match="^rooms:"):
        preferences.arrange(ada.user, [room.pk, room.pk])
    assert row_of(ada, room).place is None


def test_no_more_rooms_are_arranged_than_the_limit(ada):
    with pytest.raises(NotFound):  # as many are read
        preferences.arrange(ada.user, range(1, ARRANGED_MAX + 1))
    with pytest.raises(TooLarge, match="^rooms:"):
        preferences.arrange(ada.user, range(ARRANGED_MAX + 1))


def test_a_room_is_quiet_until_then_and_no_longer(room, ada):
    until = timezone.now() + timedelta(hours=8)
    preferences.be_quiet(ada.user, room.pk, until)
    assert row_of(ada, room).quiet_until is not None
    preferences.be_quiet(ada.user, room.pk, None)
    assert row_of(ada, room).quiet_until is None
    Membership.objects.filter(room=room, user=ada.user).update(
        quiet_until=timezone.now() - timedelta(seconds=1)
    )
    assert row_of(ada, room).quiet_until is None


@pytest.mark.parametrize(
    "ahead", [timedelta(0), timedelta(seconds=-1), UNTIL_MAX + timedelta(minutes=1)]
)
def test_a_room_is_not_quiet_until_yesterday_or_for_ever(room, ada, ahead):
    with pytest.raises(Invalid, match="^quiet_until:"):
        preferences.be_quiet(ada.user, room.pk, timezone.now() + ahead)
    preferences.be_quiet(ada.user, room.pk, timezone.now() + UNTIL_MAX)


@pytest.mark.parametrize(
    "verb",
    [
        lambda user, room: preferences.set_favourite(user, room, True),
        lambda user, room: preferences.be_quiet(user, room, None),
        lambda user, room: preferences.set_notify(user, room, "all"),
    ],
)
def test_a_stranger_prefers_nothing(room, private, stranger, verb):
    with pytest.raises(Forbidden):
        verb(stranger.user, room.pk)
    for room_id in (private.pk, NOBODY):
        with pytest.raises(NotFound):
            verb(stranger.user, room_id)


def test_a_favourite_stays_one_for_who_leaves_and_comes_back(room, ada):
    preferences.set_favourite(ada.user, room.pk, True)
    members.leave(ada.user, room.pk)
    members.join(ada.user, room.pk)
    assert row_of(ada, room).favourite
