"""Deleting much at once, and taking a deletion back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.errors import Forbidden, NotFound
from chat.models import AuditEntry, Message
from chat.services import messages, purging, reading
from tests.factories import make_message, make_room
from tests.services.telling import fragment_rows, listening, takes_versions

pytestmark = pytest.mark.django_db


def an_hour_ago():
    return timezone.now() - timedelta(hours=1)


def standing(room, member):
    return Message.objects.filter(room=room, author=member.user, deleted_at=None).count()


def test_a_members_messages_in_a_room_are_deleted_in_bounded_batches(
    room, moderator, ada, bob, monkeypatch
):
    monkeypatch.setattr(purging, "BATCH", 2)
    old = make_message(room, ada)
    Message.objects.filter(pk=old.pk).update(created_at=an_hour_ago() - timedelta(hours=1))
    doomed = [make_message(room, ada) for _ in range(5)]
    kept = make_message(room, bob)
    with listening() as heard:
        count = purging.purge_room(moderator.user, room.pk, ada.id, an_hour_ago(), "Spam")
    assert count == 5
    told = heard.changes_in(room.pk)
    assert [len(event.messages) for event in told] == [2, 2, 1]
    gone = [row for event in told for row in fragment_rows(event.messages)]
    assert {row["id"] for row in gone} == {message.pk for message in doomed}
    assert all(row["deleted"] and row["body"] == "" for row in gone)
    assert Message.objects.filter(pk__in=[old.pk, kept.pk], deleted_at=None).count() == 2
    entries = AuditEntry.objects.filter(verb="message.purge", room=room)
    assert sorted(pk for entry in entries for pk in entry.after["messages"]) == sorted(
        message.pk for message in doomed
    )
    assert {entry.reason for entry in entries} == {"Spam"}


def test_one_call_ends(room, moderator, ada, monkeypatch):
    monkeypatch.setattr(purging, "BATCH", 2)
    monkeypatch.setattr(purging, "AT_ONCE_MAX", 2)
    for _ in range(5):
        make_message(room, ada)
    assert purging.purge_room(moderator.user, room.pk, ada.id, an_hour_ago()) == 2
    assert standing(room, ada) == 3


def test_a_moderator_of_the_site_deletes_everywhere(room, private, site_moderator, ada, bob):
    direct = make_room("direct", [ada, bob])
    for where in (room, private, direct):
        make_message(where, ada)
    make_message(room, bob)
    assert purging.purge_everywhere(site_moderator.user, ada.id, an_hour_ago()) == 3
    assert Message.objects.filter(author=ada.user, deleted_at=None).count() == 0
    assert standing(room, bob) == 1


def test_only_who_looks_after_it_deletes_much(room, private, owner, ada, bob, stranger):
    make_message(room, ada)
    with pytest.raises(Forbidden):
        purging.purge_room(bob.user, room.pk, ada.id, an_hour_ago())
    with pytest.raises(NotFound):
        purging.purge_room(stranger.user, private.pk, ada.id, an_hour_ago())
    with pytest.raises(Forbidden):
        purging.purge_everywhere(owner.user, ada.id, an_hour_ago())
    assert standing(room, ada) == 1


def test_what_a_moderator_deleted_comes_back_as_it_was(room, moderator, ada, bob):
    message = make_message(room, ada, f"hello **@{bob.username}**")
    messages.remove(moderator.user, message.pk)
    with takes_versions(room.pk) as heard:
        messages.restore(moderator.user, message.pk, "A mistake")
    [event] = heard.changes_in(room.pk)
    [row] = fragment_rows(event.messages)
    assert (row["deleted"], row["body"], row["html"]) == (False, message.body, message.html)
    assert row["mentions"] == [bob.id]
    assert not message.edits.exists()
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.reason, entry.message_id) == (
        "message.restore", "A mistake", message.pk,
    )  # fmt: skip
    with takes_versions(room.pk, 0):
        messages.restore(moderator.user, message.pk)


def test_what_was_purged_can_be_restored(room, moderator, ada):
    message = make_message(room, ada, "harmless")
    purging.purge_room(moderator.user, room.pk, ada.id, an_hour_ago())
    messages.restore(moderator.user, message.pk)
    message.refresh_from_db()
    assert (message.body, message.is_tombstone) == ("harmless", False)


def test_a_reply_that_comes_back_counts_in_its_thread_again(room, moderator, ada):
    root = make_message(room, ada)
    reply = make_message(room, ada, thread=root.pk)
    messages.remove(moderator.user, reply.pk)
    messages.restore(moderator.user, reply.pk)
    root.refresh_from_db()
    assert root.reply_count == 1


def test_what_its_author_took_back_stays_away(room, moderator, ada, bob):
    message = make_message(room, ada)
    messages.remove(ada.user, message.pk)
    with pytest.raises(Forbidden, match="author"):
        messages.restore(moderator.user, message.pk)
    other = make_message(room, ada)
    messages.remove(moderator.user, other.pk)
    for actor in (ada, bob):
        with pytest.raises(Forbidden):
            messages.restore(actor.user, other.pk)


def test_what_a_moderator_deleted_is_seen_by_who_may_restore_it_and_what_its_author_did_by_nobody(
    room, owner, moderator, ada, bob
):
    theirs, own = make_message(room, ada, "fools"), make_message(room, ada, "sorry")
    messages.remove(moderator.user, theirs.pk)
    messages.remove(ada.user, own.pk)
    for reader, message, expected in (
        (owner, theirs, ["fools"]),
        (bob, theirs, []),
        (ada, theirs, []),
        (owner, own, []),
    ):
        found = reading.edits_of(reader.user, message.pk)
        assert [edit["body"] for edit in found] == expected
