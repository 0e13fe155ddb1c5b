"""Browsing, joining, leaving and opening rooms."""

import pytest
from django.test import Client
from django.urls import reverse

from chat.models import Membership, Room
from tests.factories import make_member, make_room, new_name

pytestmark = pytest.mark.django_db


def is_in(member, room):
    """Tell whether the member has a seat in the room."""
    return Membership.objects.active().filter(user=member.user, room=room).exists()


def names(response):
    """Return the names of the rooms that a directory page lists."""
    return [room["name"] for room in response.context["rooms"]]


def test_the_directory_lists_public_rooms_and_no_others(ada, bob, browse):
    public = make_room(name=new_name("Public"))
    secret = make_room("private", [ada], owner=bob, name=new_name("Secret"))

    listed = names(browse(ada).get("/rooms/"))

    assert public.name in listed
    assert secret.name not in listed


def test_the_directory_finds_words_of_name_and_topic(ada, browse):
    word = new_name("word")
    by_name, by_topic = make_room(name=f"About {word}"), make_room(topic=f"all on {word.upper()}")
    browser = browse(ada)

    assert set(names(browser.get("/rooms/", {"q": word}))) == {by_name.name, by_topic.name}


def test_the_directory_finds_what_has_every_word_and_what_is_called_so_first(ada, browse):
    word = new_name("word")
    topical = make_room(name="A room", topic=f"{word} and cake")
    called = make_room(name=f"{word} eaters", topic="cake above all")
    make_room(name=f"{word} without")
    browser = browse(ada)

    for query in (f"{word} cake", f"#{word.upper()}  CAKE "):
        assert names(browser.get("/rooms/", {"q": query})) == [called.name, topical.name]


@pytest.mark.parametrize("query", ["\0", "%", "'; drop table", "x" * 5000, "<script>", "\ud83d"])
def test_any_query_is_answered(ada, browse, query):
    query = query.encode("utf-8", "surrogatepass")
    response = browse(ada).get("/rooms/", {"q": query})

    assert response.status_code == 200
    assert b"<script>" not in response.content
    assert "\0" not in response.context["query"]  # Postgres refuses it


def test_a_room_that_nobody_knows_is_an_offer_to_open_it(ada, browse):
    page = browse(ada).get("/rooms/", {"q": new_name("nothing")})

    assert reverse("chat:new_room") in page.content.decode().split("No room about")[1]


def test_joining_seats_the_member_and_leads_into_the_room(ada, browse):
    room = make_room()
    browser = browse(ada)
    assert not is_in(ada, room)

    response = browser.post(reverse("chat:join", args=[room.slug]))

    assert response.url == room.get_absolute_url()
    assert is_in(ada, room)


def test_leaving_gives_up_the_seat(ada, browse):
    room = make_room(members=[ada])

    response = browse(ada).post(reverse("chat:leave", args=[room.slug]), follow=True)

    assert not is_in(ada, room)
    assert f"You left {room.name}." in response.content.decode()


def test_the_last_owner_is_told_why_they_cannot_leave(ada, bob, browse):
    room = make_room(owner=ada, members=[bob])

    response = browse(ada).post(reverse("chat:leave", args=[room.slug]), follow=True)

    assert is_in(ada, room)
    assert "A room needs an owner" in response.content.decode()


@pytest.mark.parametrize("verb", ["chat:join", "chat:leave"])
def test_joining_and_leaving_take_a_post_with_a_token(ada, verb):
    room = make_room()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.load(ada.cookies)

    assert strict.get(reverse(verb, args=[room.slug])).status_code == 405
    assert strict.post(reverse(verb, args=[room.slug])).status_code == 403
    assert not is_in(ada, room)


def test_an_archived_room_cannot_be_joined(ada, bob, browse):
    room = make_room(owner=bob)
    browse(bob).post(reverse("chat:room_archive", args=[room.slug]), {"on": "1"})

    response = browse(ada).post(reverse("chat:join", args=[room.slug]), follow=True)

    assert not is_in(ada, room)
    assert "archived" in response.content.decode()


# --- a new room -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["public", "private"])
def test_a_member_opens_a_room_and_owns_it(ada, browse, kind):
    name = new_name("My Room")

    response = browse(ada).post("/rooms/new/", {"kind": kind, "name": name, "topic": "This"})

    room = Room.objects.get(name=name)
    assert response.url == room.get_absolute_url()
    assert (room.kind, room.topic) == (kind, "This")
    assert room.memberships.get(user=ada.user).role == "owner"


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "   "}),
        ("name", {"name": "x" * 61}),
        ("topic", {"topic": "x" * 251}),
        ("kind", {"kind": "direct"}),
        ("kind", {"kind": ""}),
        ("name", {"name": "a\0b"}),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(ada, browse, field, fields):
    form = {"kind": "public", "name": new_name("Room"), "topic": ""} | fields
    before = Room.objects.count()

    response = browse(ada).post("/rooms/new/", form)

    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert Room.objects.count() == before


def test_a_room_may_have_a_name_of_no_letters(ada, browse):
    response = browse(ada).post("/rooms/new/", {"kind": "public", "name": "🎉", "topic": ""})

    assert browse(ada).get(response.url).status_code == 200


def test_the_directory_costs_the_same_however_many_rooms_there_are(
    ada, browse, django_assert_num_queries
):
    for _ in range(5):
        make_room(members=[make_member()])
    browser = browse(ada)

    # The session, the member, the rooms, and which of them the member is in.
    with django_assert_num_queries(4):
        browser.get("/rooms/")
