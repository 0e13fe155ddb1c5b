"""Settings of a room, and who may change what."""

import pytest
from django.urls import reverse

from chat.models import Membership
from chat.services import retention
from tests.factories import make_member, make_moderator, make_room, new_name

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(ada, bob):
    """A room that Ada owns and Bob is in."""
    return make_room(owner=ada, members=[bob])


def url(room, name="chat:room_settings", *args):
    """Return an address of the room's settings."""
    return reverse(name, args=[room.slug, *args])


def role_of(member, room):
    """Return the member's role in the room, or None."""
    seat = Membership.objects.active().filter(user=member.user, room=room).first()
    return seat and seat.role


def test_the_owner_changes_name_topic_and_slow_mode(ada, room, browse):
    name = new_name("Renamed")

    browse(ada).post(url(room), {"name": name, "topic": "New", "slow_mode": "30"})

    room.refresh_from_db()
    assert (room.name, room.topic, room.slow_mode) == (name, "New", 30)


def test_the_owner_chooses_who_may_call_everybody(ada, room, browse):
    fields = {"name": room.name, "topic": "", "slow_mode": "0"}
    browse(ada).post(url(room), {**fields, "callers": "members"})
    room.refresh_from_db()
    assert room.callers == "members"
    browse(ada).post(url(room), fields)
    room.refresh_from_db()
    assert room.callers == "members"
    assert browse(ada).post(url(room), {**fields, "callers": "nobody"}).status_code == 400


def test_a_slow_mode_that_was_set_elsewhere_survives_saving(ada, room, browse):
    type(room).objects.filter(pk=room.pk).update(slow_mode=7)

    browse(ada).post(url(room), {"name": room.name, "topic": "", "slow_mode": "7"})

    room.refresh_from_db()
    assert room.slow_mode == 7


def test_the_owner_says_how_long_messages_are_kept(ada, room, browse):
    browser, path = browse(ada), url(room, "chat:room_retention")
    page = browser.post(path, {"days": "30"}, follow=True).content.decode()
    assert "Messages in this room are removed after 30 days." in page
    assert 'name="days" value="30"' in page
    browser.post(path, {"days": ""})
    room.refresh_from_db()
    assert room.retention_days is None


@pytest.mark.parametrize("days", ["0", "91", "x"])
def test_that_is_no_longer_than_on_the_site_and_told_at_the_field(ada, room, browse, days):
    retention.set_for_site(make_moderator().user, 90)
    response = browse(ada).post(url(room, "chat:room_retention"), {"days": days})
    assert response.status_code == 400
    assert response.context["retention_form"].errors["days"]
    room.refresh_from_db()
    assert room.retention_days is None


def test_nobody_but_an_owner_says_how_long(ada, bob, room, browse):
    browse(ada).post(url(room, "chat:room_role", bob.id), {"role": "moderator"})
    browser = browse(bob)
    assert b'name="days"' not in browser.get(url(room)).content
    response = browser.post(url(room, "chat:room_retention"), {"days": "30"})
    assert response.status_code == 403
    assert b"Only owners" in response.content
    room.refresh_from_db()
    assert room.retention_days is None


def test_a_plain_member_sees_no_form_and_is_refused_without_one(bob, room, browse):
    browser = browse(bob)
    assert b'name="topic"' not in browser.get(url(room)).content

    response = browser.post(url(room), {"name": "Taken", "topic": "", "slow_mode": "0"})

    assert response.status_code == 403
    assert b"Only owners and moderators" in response.content
    room.refresh_from_db()
    assert room.name != "Taken"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("chat:room_lock", {"on": "1"}),
        ("chat:room_archive", {"on": "1"}),
        ("chat:room_invite", {}),
        ("chat:room_remove", {}),
        ("chat:room_role", {"role": "owner"}),
    ],
)
def test_a_plain_member_is_told_that_only_those_in_charge_may(bob, room, browse, name, fields):
    other = make_member()
    args = [other.id] if name in ("chat:room_remove", "chat:room_role") else []

    response = browse(bob).post(
        url(room, name, *args), fields | {"handle": other.username}, follow=True
    )

    assert "Only owners" in response.content.decode()
    room.refresh_from_db()
    assert room.is_writable
    assert role_of(bob, room) == "member"


def test_a_room_is_locked_and_opened_again(ada, room, browse):
    browser = browse(ada)

    browser.post(url(room, "chat:room_lock"), {"on": "1"})
    room.refresh_from_db()
    assert room.locked

    browser.post(url(room, "chat:room_lock"), {"on": "0"})
    room.refresh_from_db()
    assert not room.locked


def test_a_room_is_archived_and_brought_back(ada, room, browse):
    browser = browse(ada)

    browser.post(url(room, "chat:room_archive"), {"on": "1"})
    room.refresh_from_db()
    assert room.archived_at is not None

    browser.post(url(room, "chat:room_archive"), {"on": "0"})
    room.refresh_from_db()
    assert room.archived_at is None


def test_the_owner_invites_by_handle_however_it_is_typed(ada, room, browse):
    guest = make_member()

    browse(ada).post(url(room, "chat:room_invite"), {"handle": f" @{guest.username.upper()} "})

    assert role_of(guest, room) == "member"


def test_inviting_nobody_is_told_at_the_field(ada, room, browse):
    response = browse(ada).post(url(room, "chat:room_invite"), {"handle": new_name("nobody")})

    assert response.context["invite_form"].errors["handle"] == ["Nobody here has this handle."]


def test_an_invitation_opens_a_private_room(ada, bob, browse):
    room = make_room("private", owner=ada)
    browser = browse(bob)
    assert browser.get(room.get_absolute_url()).status_code == 404

    browse(ada).post(url(room, "chat:room_invite"), {"handle": bob.username})

    assert browser.get(room.get_absolute_url()).status_code == 200


def test_the_owner_removes_a_member(ada, bob, room, browse):
    browse(ada).post(url(room, "chat:room_remove", bob.id))

    assert role_of(bob, room) is None


@pytest.mark.parametrize("role", ["moderator", "owner", "member"])
def test_the_owner_gives_roles(ada, bob, room, browse, role):
    browse(ada).post(url(room, "chat:room_role", bob.id), {"role": role})

    assert role_of(bob, room) == role


def test_a_made_up_role_is_refused_in_words(ada, bob, room, browse):
    response = browse(ada).post(
        url(room, "chat:room_role", bob.id), {"role": "emperor"}, follow=True
    )

    assert "Owner, moderator or member." in response.content.decode()
    assert role_of(bob, room) == "member"


def test_a_number_that_no_table_holds_is_nobodys(ada, room, browse):
    path = f"/rooms/{room.slug}/settings/members/{'9' * 30}/remove/"
    assert browse(ada).post(path).status_code == 404


@pytest.mark.parametrize("notify", ["all", "mentions", "nothing"])
def test_a_member_chooses_what_to_be_told_of(bob, room, browse, notify):
    browse(bob).post(url(room, "chat:room_notify"), {"notify": notify})

    assert room.memberships.get(user=bob.user).notify == notify


def test_a_moderator_of_the_site_may_lock_without_being_in_the_room(room, browse):
    browse(make_moderator()).post(url(room, "chat:room_lock"), {"on": "1"})

    room.refresh_from_db()
    assert room.locked


def test_a_direct_conversation_has_no_doors_to_close(ada, bob, browse):
    page = browse(ada).get(url(make_room("direct", [ada, bob]))).content.decode()

    assert "<h1>Bob</h1>" in page
    assert "Closing doors" not in page


def test_settings_cost_the_same_however_many_are_in(ada, room, browse, django_assert_num_queries):
    for _ in range(5):
        browse(ada).post(url(room, "chat:room_invite"), {"handle": make_member().username})
    browser = browse(ada)

    # The session, the member, the room (by its address, again, and for the members), the members,
    # one's own seat, the links with room and seat once more, and how long messages are kept, at
    # most and now.
    with django_assert_num_queries(12):
        browser.get(url(room))
