"""GET rooms/{id}/messages: pages, limits and anchors, and what they cost."""

import pytest
from django.core.management import call_command

from chat.models import Room
from tests.api.calling import Caller, assert_refused
from tests.factories import Member, make_member, make_message, make_room, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(room):
    return f"rooms/{room.pk}/messages"


@pytest.fixture
def ten(room, ada):
    return [make_message(room, ada, f"message {number}") for number in range(1, 11)]


def seqs(answer):
    assert answer.status == 200, answer
    return [message["seq"] for message in answer.json["messages"]]


def test_without_an_anchor_the_newest_come_ascending(ada, path, ten):
    assert seqs(Caller(ada).get(path, limit=3)) == [8, 9, 10]


def test_a_page_says_where_the_room_stood(ada, room, path, ten):
    page = Caller(ada).get(path).json
    room.refresh_from_db()
    assert (page["version"], page["last_seq"]) == (room.version, 10)


def test_a_message_is_the_row_of_the_protocol(ada, room, path):
    message = make_message(room, ada, "hi **all**")
    [row] = Caller(ada).get(path).json["messages"]
    assert row == {
        "id": message.pk, "room": room.pk, "seq": 1, "version": message.version, "author": ada.id,
        "client_id": str(message.client_id), "body": "hi **all**",
        "html": "<p>hi <strong>all</strong></p>", "created_at": row["created_at"],
        "edited_at": None, "deleted": False, "reply_to": None, "thread": None, "pinned": False,
        "mentions": [], "attachments": [], "reactions": [],
    }  # fmt: skip
    assert row["created_at"].endswith("Z")


def test_before_comes_the_page_just_before(ada, path, ten):
    assert seqs(Caller(ada).get(path, before=5, limit=2)) == [3, 4]


def test_after_comes_the_page_just_after(ada, path, ten):
    assert seqs(Caller(ada).get(path, after=5, limit=2)) == [6, 7]


def test_around_holds_the_message_and_half_the_limit_on_each_side(ada, path, ten):
    assert seqs(Caller(ada).get(path, around=5, limit=4)) == [3, 4, 5, 6, 7]


def test_fifty_come_by_default(ada, room, path):
    for _ in range(51):
        make_message(room, ada)
    assert len(seqs(Caller(ada).get(path))) == 50


def test_more_than_two_hundred_is_taken_as_two_hundred(ada, seeded):
    member, room = seeded
    for limit in (200, 201, 10**30):
        assert len(seqs(Caller(member).get(f"rooms/{room.pk}/messages", limit=limit))) == 200


@pytest.mark.parametrize(
    "limit", ["0", "-1", "", "ten", "1.5", "5.0", "1_0", " 5", "+5", "٣", "NaN", "-" + "9" * 30]
)
def test_any_other_limit_is_invalid(ada, path, limit):
    answer = Caller(ada).get(path, limit=limit)
    assert_refused(answer, 400, "invalid")
    assert answer.json["detail"].startswith("limit:")


@pytest.mark.parametrize("anchors", ["before after", "after around", "before after around"])
def test_two_anchors_are_invalid(ada, path, anchors):
    answer = Caller(ada).get(path, **dict.fromkeys(anchors.split(), 5))
    assert_refused(answer, 400, "invalid")


@pytest.mark.parametrize("anchor", ["before", "after", "around"])
def test_an_anchor_that_is_no_number_is_invalid(ada, path, anchor):
    answer = Caller(ada).get(path, **{anchor: "newest"})
    assert_refused(answer, 400, "invalid")
    assert answer.json["detail"].startswith(f"{anchor}:")


@pytest.mark.parametrize("digits", [10, 19, 20, 100, 3000])
def test_an_anchor_beyond_all_messages_is_a_page_like_any_other(ada, path, ten, digits):
    far = "9" * digits
    assert seqs(Caller(ada).get(path, before=far, limit=1)) == [10]
    assert seqs(Caller(ada).get(path, after=far)) == []
    assert seqs(Caller(ada).get(path, around=far, limit=2)) == [9, 10]


def test_anyone_reads_a_public_room_without_joining(room, path, ten):
    stranger = make_member()
    assert not room.memberships.filter(user=stranger.user).exists()
    assert len(seqs(Caller(stranger).get(path))) == 10


def test_a_deleted_message_is_a_tombstone(ada, path, ten):
    Caller(ada).delete(f"messages/{ten[-1].pk}")
    gone = Caller(ada).get(path, limit=1).json["messages"][0]
    assert gone["deleted"]
    assert (gone["body"], gone["html"], gone["reactions"]) == ("", "", [])


@pytest.fixture
def seeded(db):
    """A member of five rooms, each with 200 members and 1,000 messages; and one of the rooms."""
    call_command("seed", members=200, rooms=5, rooms_per_member=5, messages=5_000, yes=True)
    room = Room.objects.latest("pk")
    seat = room.memberships.select_related("user").latest("pk")
    return Member(seat.user, sign_in(seat.user)), room


def test_a_page_of_a_big_room_takes_few_queries(seeded, django_assert_num_queries):
    member, room = seeded
    caller = Caller(member)
    caller.get("me")  # the session is noted once in a while
    # session, member, room; messages, mentions, reactions
    with django_assert_num_queries(6):
        assert len(seqs(caller.get(f"rooms/{room.pk}/messages", before=500, limit=200))) == 200
    # …and messages, mentions, reactions once more, for the other side
    with django_assert_num_queries(9):
        caller.get(f"rooms/{room.pk}/messages", around=500)


def test_the_list_of_rooms_takes_few_queries(seeded, django_assert_num_queries):
    member, _ = seeded
    others = [make_member() for _ in range(5)]
    for other in others:
        make_room("direct", [member, other])
    caller = Caller(member)
    caller.get("me")
    # session, member; rooms with counts, the others in direct rooms
    with django_assert_num_queries(4):
        assert len(caller.get("rooms").json["rooms"]) == 10


def test_the_members_of_a_big_room_take_few_queries(seeded, django_assert_num_queries):
    member, room = seeded
    caller = Caller(member)
    caller.get("me")
    with django_assert_num_queries(4):
        assert len(caller.get(f"rooms/{room.pk}/members").json["members"]) == 200


def test_the_directory_takes_few_queries(seeded, django_assert_num_queries):
    member, _ = seeded
    caller = Caller(member)
    caller.get("me")
    with django_assert_num_queries(4):
        assert len(caller.get("rooms/directory").json["rooms"]) == 5
