"""Guests: the rooms they were let into, the people in these, and nothing else."""

import json
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.test import Client

from chat.errors import Forbidden, NotFound
from chat.models import AuditEntry
from chat.services import (
    access,
    blocks,
    guests,
    members,
    mentions,
    messages,
    people,
    reading,
    reports,
    rooms,
)
from tests.api.calling import UNUSED_ID, Caller
from tests.factories import make_member, make_message, make_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(private, owner, site_moderator):
    """A guest in `private`; `room` is public and not theirs."""
    member = make_member(display_name="Gast")
    guests.set_guest(site_moderator.user, member.id, True)
    member.user.refresh_from_db()
    members.invite(owner.user, private.pk, member.id)
    return member


def test_a_guest_takes_part_in_the_rooms_they_were_let_into(private, guest, ada):
    ack = messages.post(guest.user, private.pk, uuid4(), "hello")
    assert reading.history(ada.user, private.pk).messages[-1].id == ack.id
    assert [room.id for room in reading.rooms_of(guest.user)] == [private.pk]


def test_for_a_guest_there_is_no_public_room_but_their_own(room, guest, owner):
    message = make_message(room, owner)
    assert reading.directory(guest.user) == []
    for go in (
        lambda: access.access_room(guest.user, room.pk),
        lambda: access.access_room_by_slug(guest.user, room.slug),
        lambda: access.access_message(guest.user, message.pk),
        lambda: members.join(guest.user, room.pk),
        lambda: reading.history(guest.user, room.pk),
        lambda: reports.report_message(guest.user, message.pk, "spam"),
    ):
        with pytest.raises(NotFound):
            go()
    members.invite(owner.user, room.pk, guest.id)
    assert access.access_room(guest.user, room.pk) == room


def test_a_guest_makes_no_rooms_and_is_seated_in_none_by_coming(guest, settings, ada):
    with pytest.raises(Forbidden):
        rooms.create(guest.user, kind="private", name="Mine")
    welcoming = make_room(owner=ada)
    settings.WELCOME_ROOMS = [welcoming.slug]
    newcomer = make_member(is_guest=True)
    members.welcome(newcomer.user)
    assert reading.rooms_of(newcomer.user) == []


def test_a_guest_knows_of_those_in_their_rooms_and_of_nobody_else(
    private, guest, ada, stranger, owner
):
    found = {person.id for person in reading.people(guest.user)}
    assert {ada.id, owner.id} <= found
    assert stranger.id not in found
    assert reading.people_by_id(guest.user, [ada.id, stranger.id])[0].id == ada.id
    assert people.profile(guest.user, ada.id).id == ada.id
    assert mentions.absent(guest.user, private.pk, [stranger.username]).users == []
    rooms.direct(guest.user, [ada.id])
    for go in (
        lambda: people.profile(guest.user, stranger.id),
        lambda: rooms.direct(guest.user, [stranger.id]),
        lambda: rooms.direct(guest.user, [ada.id, stranger.id]),
        lambda: reports.report_member(guest.user, stranger.id, "spam"),
        lambda: blocks.block(guest.user, stranger.id),
    ):
        with pytest.raises(NotFound):
            go()
    members.leave(ada.user, private.pk)
    rooms.direct(ada.user, [guest.id])
    with pytest.raises(NotFound):
        people.profile(guest.user, make_member().id)


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("GET", "rooms/{}", None),
        ("GET", "rooms/{}/messages", None),
        ("POST", "rooms/{}/messages", {"client_id": str(uuid4()), "body": "hi"}),
        ("POST", "rooms/{}/membership", {}),
        ("DELETE", "rooms/{}/membership", {}),
        ("GET", "rooms/{}/members", None),
        ("GET", "rooms/{}/retention", None),
        ("POST", "rooms/{}/scheduled", {"body": "hi", "due_at": "2999-01-01T00:00:00Z"}),
        ("PUT", "rooms/{}/draft", {"body": "hi"}),
        ("GET", "rooms/{}/held", None),
        ("GET", "rooms/{}/bans", None),
    ],
)
def test_over_http_a_public_room_is_for_a_guest_as_one_that_never_was(
    room, guest, method, path, fields
):
    def ask(room_id):
        body = "" if fields is None else json.dumps(fields)
        answer = Caller(guest).send(method, path.format(room_id), body)
        return answer.status, answer.json.get("code"), answer.json.get("detail")

    assert ask(room.pk) == ask(UNUSED_ID)


def test_pages_of_a_public_room_are_not_there_for_a_guest(room, guest):
    browser = Client()
    browser.cookies[configured.SESSION_COOKIE_NAME] = guest.cookie
    for path in (f"/rooms/{room.slug}/", f"/rooms/{room.slug}/settings/"):
        assert browser.get(path).status_code == 404
    page = browser.get("/rooms/").content.decode()
    assert room.name not in page
    assert "You are a guest here" in page
    assert "/rooms/new/" not in page


def test_moderators_of_the_site_say_who_is_a_guest_and_it_is_kept(
    guest, owner, site_moderator, ada
):
    entry = AuditEntry.objects.filter(verb="member.guest").get()
    assert (entry.actor_id, entry.user_id) == (site_moderator.id, guest.id)
    assert (entry.before, entry.after) == ({"guest": False}, {"guest": True})
    with pytest.raises(Forbidden):
        guests.set_guest(owner.user, ada.id, True)
    with pytest.raises(Forbidden, match="Moderators cannot"):
        guests.set_guest(site_moderator.user, site_moderator.id, True)
    with pytest.raises(NotFound):
        guests.set_guest(site_moderator.user, UNUSED_ID, True)
    guests.set_guest(site_moderator.user, guest.id, False, "One of us")
    guest.user.refresh_from_db()
    assert not guest.user.is_guest
