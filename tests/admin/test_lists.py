"""The admin's lists: search, filters, links, and what a page of them costs."""

import uuid

import pytest
from django.core.management import call_command

from accounts.models import User
from chat.admin import base
from chat.models import Connection, Membership, Message, Room, ServerProcess
from tests.factories import make_member, make_message, make_room, make_token, new_name

pytestmark = pytest.mark.django_db


def test_rooms_are_found_and_filtered(browser, ada, room):
    private = make_room("private", owner=ada)
    assert browser.rows("chat/room/", q=room.name) == [room.pk]
    assert private.pk in browser.rows("chat/room/", kind__exact="private")
    assert room.pk not in browser.rows("chat/room/", kind__exact="private")
    browser.act("chat/room/", "archive", room)
    assert browser.rows("chat/room/", archived="yes") == [room.pk]
    assert room.pk not in browser.rows("chat/room/", archived="no")


def test_a_room_leads_to_its_members_and_messages(browser, ada, room):
    other = make_room(owner=ada)
    mine, _ = make_message(room, ada), make_message(other, ada)
    page = browser.page("chat/room/", q=room.name).content.decode()
    assert f"/admin/chat/message/?room={room.pk}" in page
    assert f"/admin/chat/membership/?room={room.pk}" in page
    assert browser.rows("chat/message/", room=room.pk) == [mine.pk]
    assert room.name in browser.page("chat/message/", room=room.pk).content.decode()
    assert browser.page("chat/room/").context["cl"].queryset.get(pk=room.pk).member_count == 1


def test_a_direct_conversation_is_called_after_its_members(browser, ada):
    direct = make_room("direct", [ada, make_member(display_name="Bob")])
    assert "Ada, Bob" in browser.page("chat/room/", q=direct.slug).content.decode()


def test_messages_are_found_by_words_and_by_author(browser, ada, room):
    bob = make_member()
    word = new_name("word")
    mine = make_message(room, ada, f"a {word} b")
    browser_rows = browser.rows("chat/message/", q=word)
    assert browser_rows == [mine.pk]
    assert browser.rows("chat/message/", q=f"@{ada.username} {word}") == [mine.pk]
    assert browser.rows("chat/message/", q=f"@{bob.username} {word}") == []
    browser.post(f"/admin/chat/message/{mine.pk}/delete/", {"post": "yes"})
    assert browser.rows("chat/message/", room=room.pk, deleted="no") == []
    assert browser.rows("chat/message/", room=room.pk, deleted="yes") == [mine.pk]


def test_members_are_found_and_filtered(browser, ada):
    assert browser.rows("accounts/user/", q=ada.username) == [ada.id]
    browser.act("accounts/user/", "ban", ada.user)
    assert browser.rows("accounts/user/", banned="yes") == [ada.id]
    assert ada.id not in browser.rows("accounts/user/", banned="no")


def test_memberships_are_filtered_by_who_is_present_and_muted(browser, ada, room):
    seat = Membership.objects.get(room=room)
    assert browser.rows("chat/membership/", room=room.pk, present="yes") == [seat.pk]
    assert browser.rows("chat/membership/", user=ada.id, present="no") == []
    assert browser.rows("chat/membership/", room=room.pk, muted="yes") == []


@pytest.mark.parametrize("value", ["x", "-1", "9" * 30, "٣", ""])
def test_a_link_that_makes_no_sense_lists_everything(browser, room, value):
    assert browser.rows("chat/membership/", room=value)


def test_presence_shows_processes_and_their_connections(browser, ada):
    process = ServerProcess.objects.create(host="web.1", pid=7)
    connection = Connection.objects.create(id=uuid.uuid4(), process=process, user=ada.user)
    assert browser.rows("chat/connection/", q=ada.username) == [connection.pk]
    assert browser.rows("chat/connection/", process=str(process.pk)) == [connection.pk]
    page = browser.page("chat/serverprocess/").content.decode()
    assert f"process={process.pk}" in page
    for path in (f"chat/connection/{connection.pk}", f"chat/serverprocess/{process.pk}"):
        browser.page(f"{path}/change/")
        assert browser.post(f"/admin/{path}/change/", {"host": "x"}).status_code == 403


def test_nothing_that_a_member_wrote_is_html_here(browser, ada, room):
    evil = "<img src=x onerror=alert(1)>"
    member = make_member(display_name=evil)
    there = make_room(owner=member, name=evil, topic=evil)
    message = make_message(there, member, evil)
    seat = Membership.objects.get(room=there)
    for path in (
        "chat/room/", "chat/message/", "chat/membership/", "accounts/user/",
        f"chat/room/{there.pk}/change/", f"chat/message/{message.pk}/change/",
        f"chat/membership/{seat.pk}/change/", f"accounts/user/{member.id}/change/",
    ):  # fmt: skip
        page = browser.page(path).content.decode()
        assert "<img src=x" not in page, path
        assert "&lt;img src=x" in page, path


def test_more_than_can_be_done_at_once_is_said(browser, ada, room, monkeypatch):
    monkeypatch.setattr(base, "AT_ONCE_MAX", 2)
    found = [make_message(room, ada) for _ in range(3)]
    told = browser.act("chat/message/", "pin", *found)
    assert "Only the first 2 were done." in told
    assert Message.objects.filter(pinned=True).count() == 2


def test_what_takes_long_ends_in_between_and_is_said(browser, ada, room, monkeypatch):
    monkeypatch.setattr(base, "AT_ONCE_TIME", -1)
    found = [make_message(room, ada) for _ in range(3)]
    told = browser.act("chat/message/", "pin", *found)
    assert "It takes long: 2 were not begun." in told
    assert "Pinned: 1." in told
    assert Message.objects.filter(pinned=True).count() == 1


@pytest.fixture
def seeded(db):
    call_command("seed", members=120, rooms=60, rooms_per_member=5, messages=600, yes=True)
    process = ServerProcess.objects.create(host="web.1", pid=7)
    users = list(User.objects.all()[:60])
    Connection.objects.bulk_create(
        Connection(id=uuid.uuid4(), process=process, user=user) for user in users
    )
    for _ in users:
        make_token(make_member())
    return Room.objects.order_by("-last_seq").first()


# Session, user, permissions of the user and of the group; saved views; rows, and how many there are
# unless all are on the page; and what filters look up.
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("chat/room/", 8),
        ("chat/message/", 7),
        ("chat/membership/", 7),
        ("accounts/user/", 7),
        ("chat/connection/", 8),
        ("chat/serverprocess/", 7),
        ("chat/auditentry/", 6),
        ("chat/sanction/", 6),
        ("chat/report/", 6),
        ("chat/filter/", 6),
        ("chat/heldmessage/", 6),
    ],
)
def test_a_list_costs_the_same_however_many_rows_it_has(
    browser, seeded, path, queries, django_assert_num_queries
):
    browser.page("")  # the session is noted once in a while
    with django_assert_num_queries(queries):
        browser.page(path)


def test_the_list_of_tokens_costs_the_same_however_many_there_are(
    superuser, seeded, django_assert_num_queries
):
    superuser.page("")
    with django_assert_num_queries(5):
        superuser.page("accounts/apitoken/")


def test_pages_of_single_rows_cost_little(browser, seeded, django_assert_max_num_queries):
    browser.page("")
    message = Message.objects.filter(room=seeded).latest("pk")
    seat = Membership.objects.filter(room=seeded).latest("pk")
    for path in (
        f"chat/room/{seeded.pk}", f"chat/message/{message.pk}",
        f"chat/membership/{seat.pk}", f"accounts/user/{seat.user_id}",
    ):  # fmt: skip
        with django_assert_max_num_queries(12):
            browser.page(f"{path}/change/")


def test_no_page_holds_a_list_of_all_rooms_or_members(browser, superuser, seeded):
    seat = Membership.objects.filter(room=seeded).latest("pk")
    for visitor in (browser, superuser):
        for path in (f"chat/membership/{seat.pk}/change/", f"accounts/user/{seat.user_id}/change/"):
            assert visitor.page(path).content.decode().count("<option") < 20
