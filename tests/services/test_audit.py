"""The audit trail: every moderating verb writes it with what it changes, and nobody rewrites it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from chat.errors import Forbidden, Invalid, NotFound, TooLarge
from chat.models import AuditEntry, Role
from chat.models.audit import AppendOnlyError, Verb
from chat.services import audit, bans, links, members, messages, rooms
from tests.factories import make_message

pytestmark = pytest.mark.django_db


def trail(**wanted):
    """Return what the trail says, oldest first."""
    return list(AuditEntry.objects.filter(**wanted).order_by("pk"))


def last():
    entry = AuditEntry.objects.latest("pk")
    return entry.verb, entry.actor_id, entry.user_id, entry.room_id, entry.reason


def test_a_moderators_deletion_is_written_and_an_authors_own_is_not(room, moderator, ada, bob):
    theirs, own = make_message(room, ada), make_message(room, bob)
    before = len(trail())
    messages.remove(bob.user, own.pk)
    assert len(trail()) == before
    messages.remove(moderator.user, theirs.pk, "Spam")
    assert last() == (Verb.DELETE_MESSAGE, moderator.id, ada.id, room.pk, "Spam")
    assert trail()[-1].message_id == theirs.pk
    messages.remove(moderator.user, theirs.pk, "Spam")
    assert len(trail()) == before + 1, "what changes nothing is not written"


def test_what_happens_to_a_room_is_written_with_what_it_was_before(room, owner):
    rooms.update(owner.user, room.pk, name="Calm", slow_mode=30, reason="Too loud")
    assert last() == (Verb.CHANGE_ROOM, owner.id, None, room.pk, "Too loud")
    entry = trail()[-1]
    assert entry.before == {"name": room.name, "slow_mode": 0}
    assert entry.after == {"name": "Calm", "slow_mode": 30}
    for verb, on, expected in (
        (rooms.lock, True, Verb.LOCK_ROOM),
        (rooms.lock, False, Verb.UNLOCK_ROOM),
        (rooms.archive, True, Verb.ARCHIVE_ROOM),
        (rooms.archive, False, Verb.RESTORE_ROOM),
    ):
        verb(owner.user, room.pk, on, "Why")
        assert last() == (expected, owner.id, None, room.pk, "Why")


def test_what_happens_to_a_member_is_written(room, owner, moderator, ada, site_moderator):
    until = timezone.now() + timedelta(hours=1)
    members.set_role(owner.user, room.pk, ada.id, Role.MODERATOR, "Helps")
    assert last() == (Verb.CHANGE_ROLE, owner.id, ada.id, room.pk, "Helps")
    assert (trail()[-1].before, trail()[-1].after) == ({"role": "member"}, {"role": "moderator"})
    members.mute(owner.user, room.pk, ada.id, until, "Rude")
    assert last() == (Verb.MUTE, owner.id, ada.id, room.pk, "Rude")
    members.mute(owner.user, room.pk, ada.id, None)
    assert last() == (Verb.UNMUTE, owner.id, ada.id, room.pk, "")
    members.remove(owner.user, room.pk, ada.id, "Left the firm")
    assert last() == (Verb.REMOVE_MEMBER, owner.id, ada.id, room.pk, "Left the firm")
    bans.ban(site_moderator.user, ada.id, "Spam")
    assert last() == (Verb.BAN, site_moderator.id, ada.id, None, "Spam")
    bans.unban(site_moderator.user, ada.id, "Sorry")
    assert last() == (Verb.UNBAN, site_moderator.id, ada.id, None, "Sorry")


def test_join_links_are_written_without_what_leads_in(room, owner, moderator):
    link, secret = links.create(owner.user, room.pk, expires_in=3600, uses_max=3)
    assert last() == (Verb.MAKE_LINK, owner.id, None, room.pk, "")
    made = trail()[-1].after
    assert (made["link"], made["uses_max"]) == (link.pk, 3)
    assert secret not in str(made)
    links.revoke(moderator.user, room.pk, link.pk)
    assert last() == (Verb.REVOKE_LINK, moderator.id, None, room.pk, "")
    before = len(trail())
    links.revoke(moderator.user, room.pk, link.pk)
    assert len(trail()) == before


def test_a_rooms_trail_is_for_who_looks_after_it_and_is_read_page_by_page(
    room, private, owner, moderator, ada, stranger, monkeypatch
):
    monkeypatch.setattr(audit, "TRAIL_PAGE", 2)
    for on in (True, False, True):
        rooms.lock(owner.user, room.pk, on)
    newest = audit.trail_of(moderator.user, room.pk)
    assert [entry.verb for entry in newest] == [Verb.LOCK_ROOM, Verb.UNLOCK_ROOM]
    rest = audit.trail_of(moderator.user, room.pk, newest[-1].pk)
    assert [entry.verb for entry in rest] == [Verb.LOCK_ROOM, Verb.CHANGE_ROLE]
    with pytest.raises(Forbidden):
        audit.trail_of(ada.user, room.pk)
    with pytest.raises(NotFound):
        audit.trail_of(stranger.user, private.pk)


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_refused_outside_the_transaction_of_what_it_tells_of():
    with pytest.raises(RuntimeError, match="transaction"):
        audit.record(None, Verb.LOCK_ROOM)
    assert not AuditEntry.objects.exists()


def test_what_is_undone_is_not_in_the_trail(room, owner, ada, bob):
    before = len(trail())
    members.remove(owner.user, room.pk, ada.id)
    assert len(trail()) == before + 1
    sid = transaction.savepoint()
    members.remove(owner.user, room.pk, bob.id)
    transaction.savepoint_rollback(sid)
    with pytest.raises(Forbidden):
        members.remove(bob.user, room.pk, owner.id)
    assert len(trail()) == before + 1


@pytest.mark.parametrize(("reason", "error"), [("x" * 201, TooLarge), ("a\x00b", Invalid)])
def test_a_reason_that_cannot_be_kept_stops_the_change(room, owner, ada, reason, error):
    with pytest.raises(error, match="reason"):
        members.remove(owner.user, room.pk, ada.id, reason)
    assert members.check_is_member(ada.user, room.pk) is None


def test_an_entry_is_never_changed_or_deleted(room, owner):
    rooms.lock(owner.user, room.pk, True)
    entry = AuditEntry.objects.latest("pk")
    with pytest.raises(AppendOnlyError):
        entry.save()
    with pytest.raises(AppendOnlyError):
        entry.delete()
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.all().delete()
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.update(reason="")


def statements():
    yield "UPDATE chat_auditentry SET reason = 'another'"
    if connection.vendor == "postgresql":  # SQLite has only this way to empty a database
        yield "DELETE FROM chat_auditentry"


def test_the_database_refuses_as_well(room, owner):
    rooms.lock(owner.user, room.pk, True)
    for statement in statements():
        with (
            pytest.raises(DatabaseError, match="written once"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
