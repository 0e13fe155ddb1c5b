"""Scheduled messages: posted once when their time has come, late rather than never."""

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest
import time_machine
from django.utils import timezone

from chat.broadcast import Own
from chat.errors import Forbidden, Invalid, NotFound, TooLarge
from chat.models import Lease, Message, ScheduledMessage
from chat.models.message import BODY_MAX
from chat.models.scheduled import SCHEDULED_AHEAD, SCHEDULED_MAX
from chat.services import bans, members, messages, rooms, scheduled
from tests.factories import make_message
from tests.services.telling import listening, takes_versions

LEASE = timedelta(seconds=15)


def later(**how):
    return timezone.now() + timedelta(**(how or {"hours": 1}))


def when_due():
    """Be at a time when all that these tests schedule is due."""
    return time_machine.travel(later(hours=2), tick=True)


def bodies_in(room):
    return list(Message.objects.filter(room=room).order_by("seq").values_list("body", flat=True))


def states_of(member):
    return [(row.state, row.failure) for row in scheduled.scheduled_of(member.user)]


# --- making, changing, cancelling -------------------------------------------------------------


def test_a_scheduled_message_is_listed_and_told_to_its_author_alone(room, ada, bob):
    with listening() as heard:
        row = scheduled.schedule(ada.user, room.pk, " good morning ", later())
    assert scheduled.scheduled_of(ada.user) == [row]
    assert (row.body, row.state, row.failure) == ("good morning", "waiting", "")
    assert scheduled.scheduled_of(bob.user) == []
    [told] = heard.of(Own)
    assert (told.user, told.kind) == (ada.id, "scheduled")
    assert msgspec.json.decode(told.row)["id"] == row.id
    assert bodies_in(room) == []


def test_text_and_time_can_be_changed(room, ada):
    row = scheduled.schedule(ada.user, room.pk, "tomorow", later())
    due_at = later(hours=3)
    with listening() as heard:
        changed = scheduled.change(ada.user, row.id, body="tomorrow")
        changed = scheduled.change(ada.user, row.id, due_at=due_at)
    assert (changed.body, changed.due_at) == ("tomorrow", f"{due_at:%FT%T}.{due_at:%f}"[:-3] + "Z")
    assert len(heard.of(Own)) == 2


def test_a_cancelled_message_is_gone_and_never_posted(room, ada):
    row = scheduled.schedule(ada.user, room.pk, "no", later())
    with listening() as heard:
        assert scheduled.cancel(ada.user, row.id).state == "gone"
    assert msgspec.json.decode(heard.of(Own)[0].row)["state"] == "gone"
    with when_due():
        scheduled.send_due()
    assert bodies_in(room) == []
    with pytest.raises(NotFound):
        scheduled.cancel(ada.user, row.id)


def test_nobody_changes_or_cancels_what_somebody_else_scheduled(room, ada, bob):
    row = scheduled.schedule(ada.user, room.pk, "mine", later())
    with pytest.raises(NotFound):
        scheduled.change(bob.user, row.id, body="yours")
    with pytest.raises(NotFound):
        scheduled.cancel(bob.user, row.id)


def test_what_is_being_sent_can_neither_be_changed_nor_cancelled(room, ada):
    row = scheduled.schedule(ada.user, room.pk, "on its way", later())
    ScheduledMessage.objects.filter(pk=row.id).update(state="sending")
    with pytest.raises(Forbidden, match="being sent"):
        scheduled.cancel(ada.user, row.id)
    with pytest.raises(Forbidden, match="being sent"):
        scheduled.change(ada.user, row.id, body="too late")


def test_a_time_is_to_come_and_not_too_far_away(room, ada):
    with time_machine.travel(timezone.now(), tick=False):
        scheduled.schedule(ada.user, room.pk, "soon", later(milliseconds=1))
        furthest = scheduled.schedule(ada.user, room.pk, "far", timezone.now() + SCHEDULED_AHEAD)
        for due_at in (timezone.now(), later(days=-1)):
            with pytest.raises(Invalid, match="still to come"):
                scheduled.schedule(ada.user, room.pk, "late", due_at)
            with pytest.raises(Invalid, match="still to come"):
                scheduled.change(ada.user, furthest.id, due_at=due_at)
        beyond = timezone.now() + SCHEDULED_AHEAD + timedelta(seconds=1)
        with pytest.raises(Invalid, match="366 days"):
            scheduled.schedule(ada.user, room.pk, "too far", beyond)


def test_a_body_is_as_long_as_a_message_may_be(room, ada):
    scheduled.schedule(ada.user, room.pk, "x" * BODY_MAX, later())
    with pytest.raises(TooLarge):
        scheduled.schedule(ada.user, room.pk, "x" * (BODY_MAX + 1), later())
    with pytest.raises(Invalid):
        scheduled.schedule(ada.user, room.pk, " ", later())


def test_one_schedules_so_many_and_no_more(room, ada, bob):
    ScheduledMessage.objects.bulk_create(
        ScheduledMessage(author=ada.user, room=room, body="hi", due_at=later())
        for _ in range(SCHEDULED_MAX - 1)
    )
    last = scheduled.schedule(ada.user, room.pk, "the last", later())
    with pytest.raises(Invalid, match=f"At most {SCHEDULED_MAX}"):
        scheduled.schedule(ada.user, room.pk, "one more", later())
    scheduled.schedule(bob.user, room.pk, "somebody else's", later())
    scheduled.cancel(ada.user, last.id)
    scheduled.schedule(ada.user, room.pk, "one more", later())


def test_one_schedules_only_where_one_is(room, private, ada, stranger):
    with pytest.raises(NotFound):
        scheduled.schedule(stranger.user, private.pk, "hi", later())
    with pytest.raises(Forbidden):
        scheduled.schedule(stranger.user, room.pk, "hi", later())
    elsewhere = make_message(private, ada)
    with pytest.raises(NotFound, match="no such message"):
        scheduled.schedule(ada.user, room.pk, "hi", later(), reply_to=elsewhere.pk)


# --- posting ----------------------------------------------------------------------------------


def test_what_is_due_is_posted_as_any_message_and_is_gone_from_the_list(room, ada, bob):
    answered = make_message(room, bob, "when?")
    scheduled.schedule(ada.user, room.pk, f"now @{bob.username}", later(), reply_to=answered.pk)
    scheduled.schedule(ada.user, room.pk, "much later", later(days=3))
    with when_due(), takes_versions(room.pk) as heard:
        assert scheduled.send_due() == 1
    assert bodies_in(room) == ["when?", f"now @{bob.username}"]
    posted = Message.objects.get(room=room, author=ada.user)
    assert (posted.reply_to_id, posted.mentions.get().user_id) == (answered.pk, bob.id)
    assert [row.body for row in scheduled.scheduled_of(ada.user)] == ["much later"]
    assert [msgspec.json.decode(told.row)["state"] for told in heard.of(Own)] == ["gone"]


def test_nothing_is_posted_before_its_time(room, ada):
    scheduled.schedule(ada.user, room.pk, "later", later())
    assert scheduled.send_due() == 0
    assert bodies_in(room) == []


def test_what_is_overdue_is_posted_late_in_the_order_it_was_due(room, ada, bob):
    scheduled.schedule(ada.user, room.pk, "second", later(minutes=30))
    scheduled.schedule(bob.user, room.pk, "first", later(minutes=20))
    with time_machine.travel(later(days=40)):
        scheduled.send_due()
    assert bodies_in(room) == ["first", "second"]


def test_one_who_dies_after_the_commit_leaves_nothing_to_be_posted_twice(room, ada):
    row = scheduled.schedule(ada.user, room.pk, "once", later())
    stored = ScheduledMessage.objects.get(pk=row.id)
    # As the process leaves it that dies between the post and the end of its work.
    ScheduledMessage.objects.filter(pk=row.id).update(state="sending")
    messages.post(ada.user, room.pk, stored.client_id, stored.body)
    with when_due():
        scheduled.send_due()
    assert bodies_in(room) == ["once"]
    assert scheduled.scheduled_of(ada.user) == []


def test_one_who_dies_before_the_commit_leaves_it_to_be_posted(room, ada):
    row = scheduled.schedule(ada.user, room.pk, "still", later())
    ScheduledMessage.objects.filter(pk=row.id).update(state="sending")
    with when_due():
        scheduled.send_due()
    assert bodies_in(room) == ["still"]


def test_a_message_into_a_room_left_meanwhile_fails_and_tells_its_author(room, private, ada):
    for where in (room, private):
        scheduled.schedule(ada.user, where.pk, "goodbye", later())
        members.leave(ada.user, where.pk)
    with when_due(), listening() as heard:
        scheduled.send_due()
    assert states_of(ada) == [
        ("failed", "You are not a member of this room."),
        ("failed", "There is no such room."),
    ]
    told = [msgspec.json.decode(event.row) for event in heard.of(Own)]
    assert [row["state"] for row in told] == ["failed", "failed"]
    with when_due():
        assert scheduled.send_due() == 0
    assert bodies_in(room) == []


@pytest.mark.parametrize("closed", ["locked", "muted", "banned"])
def test_a_message_that_its_author_may_not_write_fails_with_the_reason(room, owner, ada, closed):
    scheduled.schedule(ada.user, room.pk, "hi", later())
    if closed == "locked":
        rooms.lock(owner.user, room.pk, True)
    elif closed == "muted":
        members.mute(owner.user, room.pk, ada.id, later(days=1))
    else:
        ada.user.banned_at = timezone.now()
        ada.user.save()
    with when_due():
        scheduled.send_due()
    [(state, failure)] = states_of(ada)
    assert state == "failed"
    assert closed in failure
    assert bodies_in(room) == []


def test_a_failed_message_is_sent_once_its_author_asks_again(room, owner, ada):
    row = scheduled.schedule(ada.user, room.pk, "hi", later())
    rooms.lock(owner.user, room.pk, True)
    with when_due():
        scheduled.send_due()
        rooms.lock(owner.user, room.pk, False)
        assert scheduled.change(ada.user, row.id, body="hi again").failure == ""
        scheduled.send_due()
    assert bodies_in(room) == ["hi again"]


def test_one_that_fails_does_not_keep_the_others(room, private, ada, bob):
    scheduled.schedule(ada.user, private.pk, "fails", later(minutes=1))
    scheduled.schedule(bob.user, room.pk, "arrives", later(minutes=2))
    members.leave(ada.user, private.pk)
    with when_due():
        scheduled.send_due()
    assert bodies_in(room) == ["arrives"]


def test_slow_mode_makes_a_scheduled_message_wait_its_turn(room, owner, ada):
    rooms.update(owner.user, room.pk, slow_mode=600)
    scheduled.schedule(ada.user, room.pk, "one", later(minutes=1))
    scheduled.schedule(ada.user, room.pk, "two", later(minutes=2))
    with when_due():
        scheduled.send_due()
        assert bodies_in(room) == ["one"]
        assert states_of(ada) == [("waiting", "")]
    with time_machine.travel(later(hours=3)):
        scheduled.send_due()
    assert bodies_in(room) == ["one", "two"]


def test_a_banned_member_posts_nothing(room, ada, site_moderator):
    scheduled.schedule(ada.user, room.pk, "hi", later())
    bans.ban(site_moderator.user, ada.id, "spam")
    with when_due():
        scheduled.send_due()
    assert bodies_in(room) == []


# --- the lease --------------------------------------------------------------------------------


def test_of_several_processes_one_has_the_lease_and_keeps_it(db):
    first, second = uuid4(), uuid4()
    assert Lease.take("work", first, LEASE)
    assert not Lease.take("work", second, LEASE)
    assert Lease.take("work", first, LEASE)
    assert Lease.take("other work", second, LEASE)


def test_the_lease_of_a_dead_process_passes_to_another(db):
    first, second = uuid4(), uuid4()
    assert Lease.take("work", first, -LEASE)
    assert Lease.take("work", second, LEASE)
    assert not Lease.take("work", first, LEASE)


def test_a_lease_given_up_is_free_at_once_but_only_its_holder_gives_it_up(db):
    first, second = uuid4(), uuid4()
    Lease.take("work", first, LEASE)
    Lease.give_up("work", second)
    assert not Lease.take("work", second, LEASE)
    Lease.give_up("work", first)
    assert Lease.take("work", second, LEASE)
