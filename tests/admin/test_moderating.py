"""What moderators do in the admin happens through the services, and shows on every screen."""

from datetime import timedelta

import msgspec
import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from accounts.models import User
from chat.broadcast import AccessChanged, RoomChanged, SeatChanged, Told
from chat.models import AuditEntry, Membership, Message, Role, Room
from tests.factories import make_member, make_message, make_moderator, make_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(ada):
    return make_room(owner=make_member(), members=[ada])


def changes(events):
    return [event for event in events if isinstance(event, RoomChanged)]


def info(event):
    return msgspec.json.decode(event.info)


def test_deleting_a_message_leaves_a_tombstone_on_every_screen(browser, moderator, ada, announced):
    room = make_room("private", owner=ada)
    message = make_message(room, ada, "an insult")
    assert not room.memberships.filter(user=moderator.user).exists()
    path = f"/admin/chat/message/{message.pk}/delete/"
    assert b'name="reason"' in browser.get(path).content
    with announced() as events:
        browser.post(path, {"post": "yes", "reason": "Rude"})
    [event] = changes(events)
    [fragment] = event.messages
    row = msgspec.json.decode(fragment.json)
    assert (row["id"], row["deleted"], row["body"]) == (message.pk, True, "")
    message.refresh_from_db()
    room.refresh_from_db()
    assert (message.deleted_by, message.version) == (moderator.user, room.version)
    assert [told.texts["en"] for told in events if isinstance(told, Told)] == [
        f"A moderator deleted your message in {room}. The reason: Rude"
    ]
    assert AuditEntry.objects.latest("pk").reason == "Rude"


def test_several_messages_are_deleted_for_one_reason(browser, ada, room, announced):
    found = [make_message(room, ada, f"spam {number}") for number in range(3)]
    with announced() as events:
        told = browser.act("chat/message/", "delete", *found, reason="Spam")
    assert told == "Deleted: 3."
    assert len(changes(events)) == 3
    assert set(AuditEntry.objects.values_list("reason", flat=True)) == {"Spam"}
    assert Message.objects.filter(room=room).exclude(deleted_at=None).count() == 3


def test_what_a_deleted_message_said_stays_readable_for_moderators(browser, ada, room):
    message = make_message(room, ada, "an <i>insult</i>")
    browser.post(f"/admin/chat/message/{message.pk}/delete/", {"post": "yes"})
    page = browser.page(f"chat/message/{message.pk}/change/").content.decode()
    assert "an &lt;i&gt;insult&lt;/i&gt;" in page
    assert "/delete/" not in page


def test_a_message_cannot_be_rewritten(browser, ada, room):
    message = make_message(room, ada, "mine")
    response = browser.post(f"/admin/chat/message/{message.pk}/change/", {"body": "theirs"})
    assert response.status_code == 403
    message.refresh_from_db()
    assert message.body == "mine"


def test_messages_are_pinned_and_unpinned(browser, ada, room, announced):
    message = make_message(room, ada)
    for action, pinned in (("pin", True), ("unpin", False)):
        with announced() as events:
            browser.act("chat/message/", action, message)
        assert len(changes(events)) == 1
        message.refresh_from_db()
        assert message.pinned is pinned


def test_a_room_is_renamed_and_locked_on_every_screen(browser, room, announced):
    with announced() as events:
        browser.change(f"chat/room/{room.pk}/change/", name="Calm", topic="Be kind", locked=True)
    told = [info(event) for event in changes(events)]
    assert (told[-1]["name"], told[-1]["topic"], told[-1]["locked"]) == ("Calm", "Be kind", True)
    room.refresh_from_db()
    assert (room.name, room.locked, room.info_version) == ("Calm", True, room.version)


def test_saving_a_room_as_it_is_takes_no_version(browser, room, announced):
    with announced() as events:
        browser.change(f"chat/room/{room.pk}/change/")
    assert events == []
    assert Room.objects.get(pk=room.pk).version == room.version


@pytest.mark.parametrize(
    ("action", "undo", "field"),
    [("lock", "unlock", "locked"), ("archive", "bring_back", "archived")],
)
def test_rooms_are_locked_and_archived_from_the_list(browser, room, announced, action, undo, field):
    for wanted, expected in ((action, True), (undo, False)):
        with announced() as events:
            browser.act("chat/room/", wanted, room)
        assert info(changes(events)[-1])[field] is expected


def test_an_archived_box_works_both_ways(browser, room):
    path = f"chat/room/{room.pk}/change/"
    browser.change(path, archived=True)
    assert Room.objects.get(pk=room.pk).archived_at is not None
    browser.change(path, archived=False)
    assert Room.objects.get(pk=room.pk).archived_at is None


def test_a_refusal_is_shown_and_changes_nothing(browser, ada):
    direct = make_room("direct", [ada, make_member()])
    told = browser.change(f"chat/room/{direct.pk}/change/", locked=True, archived=True)
    assert "One cannot archive a direct conversation." in told
    assert not Room.objects.get(pk=direct.pk).locked


def test_a_direct_conversation_is_locked_but_has_no_name_to_change(browser, ada):
    direct = make_room("direct", [ada, make_member()])
    browser.change(f"chat/room/{direct.pk}/change/", locked=True, name="Renamed")
    direct.refresh_from_db()
    assert (direct.name, direct.locked) == ("", True)


def test_one_refused_row_keeps_none_of_the_others(browser, ada, room):
    direct = make_room("direct", [ada, make_member()])
    told = browser.act("chat/room/", "archive", direct, room)
    assert "One cannot archive a direct conversation." in told
    assert "Archived: 1." in told
    assert Room.objects.get(pk=room.pk).archived_at is not None


def test_a_member_is_removed_from_a_room_on_every_screen(browser, ada, room, announced):
    seat = Membership.objects.get(room=room, user=ada.user)
    with announced() as events:
        assert "Removed: 1." in browser.act("chat/membership/", "remove", seat)
    assert SeatChanged(room.pk, ada.id) in events
    seat.refresh_from_db()
    assert seat.left_at is not None


def test_a_member_gets_another_role_and_is_muted(browser, ada, room, announced):
    seat = Membership.objects.get(room=room, user=ada.user)
    until = timezone.now() + timedelta(days=1)
    path = f"chat/membership/{seat.pk}/change/"
    with announced() as events:
        browser.change(path, role=Role.MODERATOR, muted_until=until)
    assert len(changes(events)) == 2
    seat.refresh_from_db()
    assert seat.role == Role.MODERATOR
    assert abs(seat.muted_until - until) < timedelta(seconds=2)
    assert "May write again: 1." in browser.act("chat/membership/", "unmute", seat)
    seat.refresh_from_db()
    assert seat.muted_until is None


def test_the_last_owner_stays_owner(browser, room):
    seat = Membership.objects.get(room=room, role=Role.OWNER)
    told = browser.change(f"chat/membership/{seat.pk}/change/", role=Role.MEMBER)
    assert "A room needs an owner" in told


def test_a_member_is_banned_with_a_reason_and_let_back_in(browser, ada, announced):
    with announced() as events:
        assert "Banned: 1." in browser.act("accounts/user/", "ban", ada.user, reason="Spam")
    assert AccessChanged([ada.id]) in events
    ada.user.refresh_from_db()
    assert ada.user.banned_at is not None
    assert ada.user.ban_reason == "Spam"
    assert "Let back in: 1." in browser.act("accounts/user/", "unban", ada.user)
    ada.user.refresh_from_db()
    assert ada.user.banned_at is None


def test_a_ban_is_a_box_on_the_members_page(browser, ada):
    path = f"accounts/user/{ada.id}/change/"
    browser.change(path, banned=True, reason="Rude")
    assert User.objects.get(pk=ada.id).ban_reason == "Rude"
    browser.change(path, banned=False)
    stored = User.objects.get(pk=ada.id)
    assert (stored.banned_at, stored.ban_reason) == (None, "")


def test_moderators_are_not_banned(browser):
    other = make_moderator()
    told = browser.act("accounts/user/", "ban", other.user)
    assert "Moderators cannot be banned." in told
    assert User.objects.get(pk=other.id).banned_at is None


def test_a_name_that_a_superuser_changes_shows_in_all_rooms(superuser, ada, room, announced):
    with announced() as events:
        superuser.change(f"accounts/user/{ada.id}/change/", display_name="Countess")
    [event] = changes(events)
    [fragment] = event.members
    assert msgspec.json.decode(fragment.json)["name"] == "Countess"


def test_an_account_that_a_superuser_makes_can_be_used(superuser):
    fields = {"username": "new-person", "usable_password": "true"}
    fields |= dict.fromkeys(("password1", "password2"), "correct-horse-battery")
    superuser.post("/admin/accounts/user/add/", fields)
    assert User.objects.get(username="new-person").check_password("correct-horse-battery")


def test_what_was_done_is_in_the_log(browser, moderator, room):
    browser.act("chat/room/", "lock", room)
    entry = LogEntry.objects.get(user=moderator.user)
    assert (entry.object_id, entry.change_message) == (str(room.pk), "Locked")


def test_a_member_is_made_a_guest_and_a_member_again(browser, ada):
    assert "Guests now: 1." in browser.act(
        "accounts/user/", "make_guests", ada.user, reason="Trial"
    )
    ada.user.refresh_from_db()
    assert ada.user.is_guest
    assert browser.rows("accounts/user/", guest="yes") == [ada.id]
    browser.change(f"accounts/user/{ada.id}/change/", guest=False)
    ada.user.refresh_from_db()
    assert not ada.user.is_guest
