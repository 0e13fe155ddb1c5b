"""What is kept at hand: a room's pins, and what members save for themselves."""

import pytest

from chat.errors import Invalid, NotFound
from chat.models import Message, Pin
from chat.models.pin import PINS_MAX
from chat.models.saved import SAVED_MAX
from chat.services import members, messages
from chat.services.pins import pins_of
from chat.services.saved import save, saved_by, saved_ids
from tests.factories import make_history, make_message, make_room
from tests.services.telling import stored_message, takes_versions

NOBODY = 2**62


def pinned(member, room):
    return [pin.message.id for pin in pins_of(member.user, room.pk).pins]


# --- pins -------------------------------------------------------------------------------------


def test_pins_are_listed_with_who_pinned_them_the_newest_first(room, ada, owner, moderator):
    one, two = make_message(room, ada), make_message(room, ada)
    messages.pin(owner.user, two.pk, True)
    messages.pin(moderator.user, one.pk, True)
    found = pins_of(ada.user, room.pk)
    assert [(pin.message.id, pin.pinned_by.id) for pin in found.pins] == [
        (one.pk, moderator.id),
        (two.pk, owner.id),
    ]
    assert found.most == PINS_MAX


def test_what_is_unpinned_or_deleted_is_no_longer_listed(room, ada, owner):
    one, two = make_message(room, ada), make_message(room, ada)
    for message in (one, two):
        messages.pin(owner.user, message.pk, True)
    messages.pin(owner.user, one.pk, False)
    messages.remove(ada.user, two.pk)
    assert pinned(ada, room) == []
    assert not Pin.objects.filter(room=room).exists()


def test_a_room_takes_so_many_pins_and_not_one_more(room, private, ada, owner):
    make_history(room, [ada], PINS_MAX + 1)
    *most, last = Message.objects.filter(room=room).order_by("seq")
    for message in most:
        messages.pin(owner.user, message.pk, True)
    with takes_versions(room.pk, 0), pytest.raises(Invalid, match=f"at most {PINS_MAX}"):
        messages.pin(owner.user, last.pk, True)
    assert not stored_message(last.pk)["pinned"]
    messages.pin(owner.user, most[0].pk, True)  # it is already
    messages.pin(owner.user, make_message(private, ada).pk, True)  # each room has its own
    messages.pin(owner.user, most[0].pk, False)
    messages.pin(owner.user, last.pk, True)
    assert pinned(ada, room)[0] == last.pk


def test_pins_cost_the_same_however_many_there_are(room, ada, owner, django_assert_num_queries):
    make_history(room, [ada], 10)
    for message in Message.objects.filter(room=room):
        messages.pin(owner.user, message.pk, True)
    with django_assert_num_queries(5):
        assert len(pins_of(ada.user, room.pk).pins) == 10


def test_pins_of_a_hidden_room_are_hidden(private, stranger):
    for room_id in (private.pk, NOBODY):
        with pytest.raises(NotFound):
            pins_of(stranger.user, room_id)


# --- saved ------------------------------------------------------------------------------------


def test_what_one_saves_is_ones_own_and_the_newest_comes_first(room, direct, ada, bob):
    ours, between_us = make_message(room, bob), make_message(direct, bob)
    with takes_versions(room.pk, 0):  # nobody is told
        for message in (ours, between_us, ours):
            save(ada.user, message.pk, True)
    kept = saved_by(ada.user)
    assert [(one.message.id, one.room_name) for one in kept.saved] == [
        (between_us.pk, bob.name),
        (ours.pk, room.name),
    ]
    assert kept.most == SAVED_MAX
    assert saved_ids(ada.user).ids == [between_us.pk, ours.pk]
    assert saved_by(bob.user).saved == []


def test_what_is_saved_no_longer_is_gone(room, ada):
    message = make_message(room, ada)
    save(ada.user, message.pk, True)
    for _ in range(2):
        save(ada.user, message.pk, False)
    assert saved_by(ada.user).saved == []


def test_what_was_deleted_or_may_no_longer_be_read_is_not_shown(room, private, owner, ada, bob):
    gone, hidden = make_message(room, bob), make_message(private, bob)
    for message in (gone, hidden):
        save(ada.user, message.pk, True)
    messages.remove(bob.user, gone.pk)
    members.remove(owner.user, private.pk, ada.id)
    assert saved_by(ada.user).saved == []
    assert saved_ids(ada.user).ids == []


def test_a_hidden_message_cannot_be_saved(private, ada, stranger):
    for message_id in (make_message(private, ada).pk, NOBODY):
        with pytest.raises(NotFound):
            save(stranger.user, message_id, True)


def test_a_tombstone_cannot_be_saved(room, ada):
    message = make_message(room, ada)
    messages.remove(ada.user, message.pk)
    with pytest.raises(NotFound):
        save(ada.user, message.pk, True)


def test_one_saves_so_many_and_not_one_more(ada):
    room = make_room(owner=ada)
    make_history(room, [ada], SAVED_MAX + 1)
    *most, last = Message.objects.filter(room=room).order_by("seq")
    for message in most:
        save(ada.user, message.pk, True)
    with pytest.raises(Invalid, match=f"at most {SAVED_MAX}"):
        save(ada.user, last.pk, True)
    save(ada.user, most[0].pk, True)  # it is already
    save(ada.user, most[0].pk, False)
    save(ada.user, last.pk, True)
    assert len(saved_ids(ada.user).ids) == SAVED_MAX
