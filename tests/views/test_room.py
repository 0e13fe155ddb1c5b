"""The chat page as the server sends it."""

import json
import re

import pytest

from chat.models import Membership
from tests.factories import make_member, make_message, make_room, new_name

pytestmark = pytest.mark.django_db


def page_of(response):
    """Return what the page's script starts from, read as the browser reads it."""
    found = re.search(
        r'<script id="page" type="application/json">(.*?)</script>', response.content.decode(), re.S
    )
    return json.loads(found[1])


def seen(response):
    """Return what a response tells: its status, and the page without its one-time token."""
    return response.status_code, re.sub(rb'token" value="\w+"', b"", response.content)


def test_the_page_carries_what_the_browser_needs_to_draw_the_room(ada, bob, browse):
    room = make_room(members=[ada, bob])
    message = make_message(room, bob, "hello")

    page = page_of(browse(ada).get(room.get_absolute_url()))

    me = {"id": ada.id, "username": ada.username, "name": "Ada", "avatar": None}
    assert page["user"] == me | {"moderator": False}
    assert page["room"] == room.pk
    assert [own["id"] for own in page["rooms"]] == [room.pk]
    assert page["rooms"][0]["unread"] == 1
    assert [row["id"] for row in page["history"]["messages"]] == [message.pk]
    assert page["history"]["last_seq"] == 1
    assert {member["user"] for member in page["members"]} >= {ada.id, bob.id}
    wire = {"body": 4000, "frame": 65536, "changes": 300}
    assert page["limits"] == wire | {"reason": 200, "note": 500, "appeal": 1000, "search": 200}
    assert page["urls"]["socket"] == "/ws/chat/"


def test_a_guest_is_not_offered_to_open_a_room(ada, browse):
    guest = make_member(is_guest=True)
    room = make_room("private", [guest], owner=ada)
    pages = [page_of(browse(member).get(room.get_absolute_url())) for member in (guest, ada)]
    assert [page["urls"]["newRoom"] for page in pages] == ["", "/rooms/new/"]


def test_the_address_of_a_message_opens_the_room_around_it(ada, bob, browse):
    room = make_room(members=[ada, bob])
    for number in range(200):
        make_message(room, bob, f"message {number}")

    page = page_of(browse(ada).get(f"{room.get_absolute_url()}60/"))

    assert page["at"] == 60
    seqs = [row["seq"] for row in page["history"]["messages"]]
    assert seqs == list(range(35, 86))


@pytest.mark.parametrize("seq", [0, 2, 10**17])
def test_the_address_of_no_message_is_not_found(ada, browse, seq):
    room = make_room(members=[ada])
    make_message(room, ada, "the only one")
    response = browse(ada).get(f"{room.get_absolute_url()}{seq}/")
    assert response.status_code == 404


def test_the_address_of_a_message_in_a_room_of_others_answers_as_that_of_none(ada, bob, browse):
    room = make_room("private", members=[bob])
    make_message(room, bob, "secret")
    answers = [
        seen(browse(ada).get(address))
        for address in (f"{room.get_absolute_url()}1/", f"/rooms/{new_name('none')}/1/")
    ]
    assert answers[0] == answers[1]


def test_markup_in_a_message_cannot_end_the_data_of_the_page(ada, browse):
    room = make_room(members=[ada])
    body = "</script><script>alert(1)</script><!--"
    make_message(room, ada, body)

    response = browse(ada).get(room.get_absolute_url())

    assert b"<script>alert" not in response.content
    assert page_of(response)["history"]["messages"][0]["body"] == body


def test_a_public_room_is_shown_to_others_with_a_way_in(ada, browse):
    room = make_room(topic=new_name("topic"))

    page = browse(ada).get(room.get_absolute_url()).content.decode()

    assert room.topic in page
    assert "Join this room" in page
    assert 'id="page"' not in page


@pytest.mark.parametrize("where", ["/rooms/{}/", "/rooms/{}/settings/"])
def test_a_private_room_is_not_found_exactly_like_one_that_never_was(ada, bob, browse, where):
    hidden = make_room("private", owner=bob)
    browser = browse(ada)

    real = seen(browser.get(where.format(hidden.slug)))
    none = seen(browser.get(where.format(new_name("never-was"))))

    assert real == none
    assert real[0] == 404


@pytest.mark.parametrize(
    "verb",
    ["join", "leave", "notify", "settings/lock", "settings/archive", "settings/invite",
     "settings/members/1/remove", "settings/members/1/role"],
)  # fmt: skip
def test_no_button_tells_a_private_room_from_none(ada, bob, browse, verb):
    hidden = make_room("private", owner=bob)
    browser = browse(ada)
    fields = {"on": "1", "notify": "all", "handle": bob.username, "role": "owner"}

    real = seen(browser.post(f"/rooms/{hidden.slug}/{verb}/", fields))
    none = seen(browser.post(f"/rooms/{new_name('never-was')}/{verb}/", fields))

    assert real == none
    assert real[0] == 404


def test_the_direct_conversation_of_others_is_not_found(ada, bob, browse):
    room = make_room("direct", [ada, bob])

    assert browse(make_member()).get(room.get_absolute_url()).status_code == 404


def test_the_page_costs_the_same_however_much_was_said(ada, bob, browse, django_assert_num_queries):
    room = make_room(members=[ada, bob])
    browser = browse(ada)
    browser.get(room.get_absolute_url())
    for _ in range(20):
        make_message(room, bob, f"hi @{ada.username}")

    # The session, the member; the room; own rooms; the members and the room they are in;
    # a page of history with the room, mentions, reactions.
    with django_assert_num_queries(10):
        browser.get(room.get_absolute_url())


def test_the_newest_messages_can_be_read_before_the_scripts_are_there(ada, bob, browse):
    room = make_room(owner=ada, members=[bob])
    make_message(room, bob, "**first** <b>of</b> two")
    make_message(room, bob, "second")
    root = make_message(room, ada, "third")
    make_message(room, ada, "in a thread alone", thread=root.pk)

    shell = browse(ada).get(room.get_absolute_url()).content.decode().split("</main>")[0]

    assert shell.count('class="message"') == 3
    assert shell.count("message__head") == 2  # who says two things is named once
    assert "<strong>first</strong> &lt;b&gt;of&lt;/b&gt; two" in shell
    assert "in a thread alone" not in shell


def test_what_is_unread_can_be_read_at_once_too_below_its_line(ada, bob, browse):
    room = make_room(owner=ada, members=[bob])
    make_message(room, bob, "read before")
    make_message(room, ada, "read by writing")
    make_message(room, bob, "first unread")
    make_message(room, bob, "last unread")

    shell = browse(ada).get(room.get_absolute_url()).content.decode().split("</main>")[0]

    above, below = shell.split("timeline__unread")
    assert above.index("read before") < above.index("read by writing")
    assert below.index("first unread") < below.index("last unread")
    assert below.count("message__head") == 1
    assert "timeline__day" in above
    assert "timeline__day" not in below


@pytest.mark.parametrize(
    ("read", "first", "last", "has_line", "goes_on"),
    [
        (75, 61, 80, True, False),  # as many of those before as there is room for
        (40, 41, 60, True, True),  # the line is among the newest, which do not all fit
        (30, 31, 50, True, True),
        (29, 61, 80, False, False),  # beyond the newest: the scripts begin at the end then
    ],
)
def test_much_that_is_unread_is_drawn_from_where_the_scripts_begin(
    ada, bob, browse, read, first, last, has_line, goes_on
):
    room = make_room(owner=ada, members=[bob])
    for number in range(1, 81):
        make_message(room, bob, f"message {number}.")
    Membership.objects.filter(room=room, user=ada.user).update(read_seq=read)

    shell = browse(ada).get(room.get_absolute_url()).content.decode().split("</main>")[0]

    drawn = [int(number) for number in re.findall(r"message (\d+)\.", shell)]
    assert drawn == list(range(first, last + 1))
    assert ("timeline__unread" in shell) == has_line
    assert ("data-goes-on" in shell) == goes_on
