"""Forwarding: a copy elsewhere, with its author's name and nothing of a private room."""

from uuid import uuid4

import pytest

from chat.errors import Forbidden, NotFound
from chat.models import Mention
from chat.rows import encode
from chat.services import members, messages, reading, rooms
from chat.services.forwarding import forward
from tests.factories import make_message, make_room
from tests.services.telling import stored_message, takes_versions

NOBODY = 2**62


@pytest.fixture
def there(ada):
    """A private room of Ada's alone."""
    return make_room("private", owner=ada)


def test_a_copy_tells_who_said_it_and_where_if_that_is_public(room, there, ada, bob):
    message = make_message(room, bob, "hi **all**")
    with takes_versions(there.pk):
        ack = forward(ada.user, message.pk, there.pk, uuid4())
    row, original = stored_message(ack.id), stored_message(message.pk)
    assert (row["author"], row["body"], row["html"]) == (ada.id, message.body, original["html"])
    assert row["forwarded"] == {
        "user": bob.id, "name": bob.name, "at": original["created_at"],
        "room": room.pk, "room_name": room.name, "slug": room.slug, "seq": message.seq,
    }  # fmt: skip


@pytest.mark.parametrize("source", ["private", "direct"])
def test_a_copy_tells_nothing_of_a_private_room(source, room, ada, bob, request):
    source = request.getfixturevalue(source)
    message = make_message(source, bob, "between us")
    ack = forward(ada.user, message.pk, room.pk, uuid4())
    row = stored_message(ack.id)
    assert set(row["forwarded"]) == {"user", "name", "at"}
    assert (row["reply_to"], row["thread"]) == (None, None)
    for told in filter(None, (source.slug, source.name)):
        assert told not in encode(row).decode()


def test_a_copy_of_a_copy_names_the_first_author(room, there, ada, bob):
    message = make_message(room, bob)
    once = forward(ada.user, message.pk, there.pk, uuid4())
    twice = forward(ada.user, once.id, room.pk, uuid4())
    assert stored_message(twice.id)["forwarded"] == stored_message(once.id)["forwarded"]


def test_a_copy_calls_nobody(room, private, ada, bob):
    message = make_message(private, ada, f"@{bob.username} knows")
    ack = forward(ada.user, message.pk, room.pk, uuid4())
    assert stored_message(ack.id)["mentions"] == []
    assert not Mention.objects.filter(message=ack.id).exists()


def test_forwarding_again_with_the_same_client_id_stores_nothing_more(room, there, ada):
    message, client_id = make_message(room, ada), uuid4()
    ack = forward(ada.user, message.pk, there.pk, client_id)
    assert forward(ada.user, message.pk, there.pk, client_id) == ack


def test_a_copy_is_somebody_elses_word_and_cannot_be_edited(room, there, ada, bob):
    ack = forward(ada.user, make_message(room, bob).pk, there.pk, uuid4())
    with takes_versions(there.pk, 0), pytest.raises(Forbidden, match="forwarded"):
        messages.edit(ada.user, ack.id, "what I wish had been said")


def test_a_deleted_copy_tells_nothing(room, there, ada):
    ack = forward(ada.user, make_message(room, ada).pk, there.pk, uuid4())
    messages.remove(ada.user, ack.id)
    assert "forwarded" not in stored_message(ack.id)


def test_a_copy_outlives_what_it_was_copied_from(room, there, ada, bob):
    message = make_message(room, bob, "said once")
    ack = forward(ada.user, message.pk, there.pk, uuid4())
    messages.remove(bob.user, message.pk)
    assert stored_message(ack.id)["body"] == "said once"


def test_what_one_may_not_read_cannot_be_forwarded(private, ada, stranger):
    own = make_room(owner=stranger)
    refusals = set()
    for message_id in (make_message(private, ada).pk, NOBODY):
        with takes_versions(own.pk, 0), pytest.raises(NotFound) as refused:
            forward(stranger.user, message_id, own.pk, uuid4())
        refusals.add(str(refused.value))
    assert len(refusals) == 1


def test_a_tombstone_cannot_be_forwarded(room, there, ada):
    message = make_message(room, ada)
    messages.remove(ada.user, message.pk)
    with takes_versions(there.pk, 0), pytest.raises(NotFound):
        forward(ada.user, message.pk, there.pk, uuid4())


def test_into_a_room_one_does_not_know_nothing_is_forwarded(room, private, stranger):
    members.join(stranger.user, room.pk)
    message = make_message(room, stranger)
    for room_id in (private.pk, NOBODY):
        with pytest.raises(NotFound):
            forward(stranger.user, message.pk, room_id, uuid4())
    assert reading.versions_of([private.pk])[private.pk] == private.version


@pytest.mark.parametrize(
    "close",
    [
        lambda owner, room, ada: rooms.lock(owner.user, room.pk, True),
        lambda owner, room, ada: rooms.archive(owner.user, room.pk, True),
        lambda owner, room, ada: members.leave(ada.user, room.pk),
    ],
    ids=["locked", "archived", "left"],
)
def test_into_a_room_one_may_not_write_to_nothing_is_forwarded(room, there, owner, ada, close):
    message = make_message(there, ada)
    close(owner, room, ada)
    with takes_versions(room.pk, 0), pytest.raises(Forbidden):
        forward(ada.user, message.pk, room.pk, uuid4())
