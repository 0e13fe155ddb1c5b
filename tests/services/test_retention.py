"""Retention: what is old enough is removed for good, in order, and everybody's screens agree."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from chat.broadcast import RoomTold
from chat.errors import Forbidden, Invalid, NotFound
from chat.models import (
    AuditEntry,
    Mention,
    Message,
    MessageEdit,
    Pin,
    Reaction,
    Report,
    Room,
    SiteState,
)
from chat.models.room import RETENTION_MAX
from chat.services import messages, reading, reports, retention
from tests.factories import make_history, make_message
from tests.services.telling import (
    fragment_rows,
    listening,
    stored_messages,
    takes_versions,
)

pytestmark = pytest.mark.django_db


def days_later(days):
    return time_machine.travel(timezone.now() + timedelta(days=days, minutes=1))


def all_expired():
    """Remove all that is over, as the process with the lease does in a while."""
    removed = 0
    while count := retention.expire():
        removed += count
    return removed


def gone_in(room):
    return list(
        Message.objects.filter(room=room, deleted_at__isnull=False)
        .order_by("seq")
        .values_list("seq", flat=True)
    )


def test_nothing_is_removed_where_nobody_said_so(room, ada):
    make_message(room, ada)
    with days_later(5000):
        assert retention.expire() == 0


def test_what_is_older_than_a_rooms_days_is_removed_and_the_rest_stays(room, private, owner, ada):
    make_message(room, ada, "old")
    make_message(private, ada, "old elsewhere")
    retention.set_for_room(owner.user, room.pk, 30)
    with days_later(29):
        assert retention.expire() == 0
        make_message(room, ada, "young")
    with days_later(30), takes_versions(room.pk) as heard:
        assert retention.expire() == 1
        assert retention.expire() == 0
    assert gone_in(room) == [1]
    assert gone_in(private) == []
    [changed] = heard.changes_in(room.pk)
    [row] = fragment_rows(changed.messages)
    assert row == stored_messages(room.pk)[row["id"]]
    assert (row["deleted"], row["body"], row["html"]) == (True, "", "")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor, entry.room_id) == ("message.expire", None, room.pk)
    assert entry.after == {"messages": 1, "up_to": 1}


def test_the_site_says_how_long_where_a_room_says_nothing(
    room, private, direct, owner, ada, site_moderator
):
    for where in (room, private, direct):
        make_message(where, ada)
    retention.set_for_site(site_moderator.user, 90)
    retention.set_for_room(owner.user, private.pk, 10)
    with days_later(10):
        all_expired()
        assert [gone_in(where) for where in (room, private, direct)] == [[], [1], []]
    with days_later(90):
        all_expired()
        assert [gone_in(where) for where in (room, private, direct)] == [[1], [1], [1]]


def test_nothing_of_what_was_said_stays_but_in_reports(room, owner, ada, bob):
    root = make_message(room, ada, f"secret @{bob.username}")
    make_message(room, bob, "a secret reply", thread=root.pk)
    messages.react(bob.user, root.pk, "👍", True)
    messages.pin(owner.user, root.pk, True)
    messages.edit(ada.user, root.pk, f"an edited secret @{bob.username}")
    deleted = make_message(room, ada, "a deleted secret")
    messages.remove(owner.user, deleted.pk)
    reports.report_message(bob.user, root.pk, "spam")
    retention.set_for_room(owner.user, room.pk, 1)
    with days_later(1):
        all_expired()
    assert gone_in(room) == [1, 2, 3]
    assert not Message.objects.filter(room=room, body__contains="secret").exists()
    assert not Message.objects.filter(room=room, html__contains="secret").exists()
    for kind in (MessageEdit, Reaction, Mention, Pin):
        assert not kind.objects.filter(message__room=room).exists(), kind
    root.refresh_from_db()
    assert (root.reply_count, root.pinned) == (0, False)
    assert "secret" in Report.objects.get().said
    with pytest.raises(Forbidden, match="not kept"):
        messages.restore(owner.user, deleted.pk)


def test_a_thread_whose_beginning_is_old_goes_on(room, owner, ada):
    root = make_message(room, ada)
    retention.set_for_room(owner.user, room.pk, 10)
    with days_later(9):
        make_message(room, ada, "young", thread=root.pk)
    with days_later(10):
        all_expired()
    root.refresh_from_db()
    assert root.is_tombstone
    assert root.reply_count == 1


def test_many_go_in_batches_of_one_version_each_and_sync_stays_right(
    room, owner, ada, bob, monkeypatch
):
    monkeypatch.setattr(retention, "BATCH", 20)
    make_history(room, [ada, bob], 50)
    since = Room.objects.get(pk=room.pk).version
    shown = stored_messages(room.pk)
    retention.set_for_room(owner.user, room.pk, 1)
    with days_later(1), listening() as heard:
        assert all_expired() == 50
    steps = [(change.from_, change.to) for change in heard.changes_in(room.pk)]
    assert steps == [(since, since + 1), (since + 1, since + 2), (since + 2, since + 3)]
    for change in heard.changes_in(room.pk):
        shown |= {row["id"]: row for row in fragment_rows(change.messages)}
    assert shown == stored_messages(room.pk)
    # One who was away syncs the same, version by version.
    synced = reading.sync(ada.user, {room.pk: since})[room.pk]
    assert {row["id"] for row in fragment_rows(synced.event.messages)} == set(shown)
    assert Room.objects.get(pk=room.pk).last_seq == 50
    assert gone_in(room) == list(range(1, 51))


def test_a_batch_costs_the_same_however_many_messages(
    room, owner, ada, django_assert_max_num_queries
):
    make_history(room, [ada], 100)
    retention.set_for_room(owner.user, room.pk, 1)
    with days_later(1), django_assert_max_num_queries(30):
        assert retention.expire() == 100


def test_what_somebody_deleted_before_takes_no_version(room, owner, ada):
    gone = make_message(room, ada, "gone")
    messages.remove(ada.user, gone.pk)
    retention.set_for_room(owner.user, room.pk, 1)
    with days_later(1), takes_versions(room.pk, 0):
        assert retention.expire() == 1
        assert retention.expire() == 0
    assert not MessageEdit.objects.filter(message=gone).exists()


def test_it_is_told_to_the_room_and_kept_in_the_trail(room, owner, ada):
    assert retention.in_words(retention.days_of(room)) == "Messages in this room are kept."
    with listening() as heard:
        retention.set_for_room(owner.user, room.pk, 30, "Law")
    [told] = heard.of(RoomTold)
    assert (told.room, told.about) == (room.pk, "retention")
    assert told.texts["en"] == "Messages in this room are removed after 30 days."
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor_id, entry.reason) == ("retention.set", owner.id, "Law")
    assert (entry.before, entry.after) == ({"days": None}, {"days": 30})
    with listening() as heard:
        retention.set_for_room(owner.user, room.pk, 30)
    assert not heard.of(RoomTold)


def test_owners_say_how_long_and_no_longer_than_the_site(
    room, private, direct, owner, moderator, ada, stranger, site_moderator
):
    for who in (moderator, ada):
        with pytest.raises(Forbidden):
            retention.set_for_room(who.user, room.pk, 30)
    with pytest.raises(NotFound):
        retention.set_for_room(stranger.user, private.pk, 30)
    with pytest.raises(Forbidden):
        retention.set_for_room(ada.user, direct.pk, 30)
    with pytest.raises(Forbidden):
        retention.set_for_site(owner.user, 30)
    retention.set_for_site(site_moderator.user, 30)
    with pytest.raises(Forbidden, match="30 days at most"):
        retention.set_for_room(owner.user, room.pk, 31)
    retention.set_for_room(owner.user, room.pk, 29)
    retention.set_for_room(site_moderator.user, room.pk, 31)
    retention.set_for_room(owner.user, room.pk, None)
    room.refresh_from_db()
    assert retention.days_of(room) == 30


@pytest.mark.parametrize("days", [0, -1, RETENTION_MAX + 1])
def test_a_time_has_its_limits(room, owner, site_moderator, days):
    retention.set_for_room(owner.user, room.pk, RETENTION_MAX)
    with pytest.raises(Invalid, match="retention_days"):
        retention.set_for_room(owner.user, room.pk, days)
    with pytest.raises(Invalid):
        retention.set_for_site(site_moderator.user, days)
    assert SiteState.current().retention_days is None
