"""Rooms, members, messages and people over HTTP: what each operation does and answers."""

from uuid import uuid4

import pytest

from chat.models import Message
from tests.api.calling import Caller, assert_refused
from tests.factories import make_member, make_message, make_moderator, make_room, new_name

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(ada):
    return make_room(owner=ada)


@pytest.fixture
def shared(ada, bob):
    """A room of Ada's that Bob is in."""
    return make_room(members=[bob], owner=ada)


def rooms_of(member):
    return {room["id"]: room for room in Caller(member).get("rooms").json["rooms"]}


def roles_in(room, member):
    members = Caller(member).get(f"rooms/{room.pk}/members").json["members"]
    return {row["user"]: row["role"] for row in members}


# --- people -----------------------------------------------------------------------------------


def test_me_is_the_one_who_asks(ada):
    me = Caller(ada).get("me").json
    assert (me["id"], me["name"], me["moderator"]) == (ada.id, "Ada", False)
    assert Caller(make_moderator()).get("me").json["moderator"]


def test_people_are_found_by_name_and_handle_but_never_oneself(ada, bob):
    found = Caller(ada).get("users", q=bob.username).json["users"]
    assert [(row["id"], row["name"]) for row in found] == [(bob.id, "Bob")]
    assert Caller(ada).get("users", q=ada.username).json["users"] == []


# --- rooms ------------------------------------------------------------------------------------


def test_a_new_room_is_the_makers_own(ada):
    name = new_name("Room")
    row = Caller(ada).post("rooms", kind="private", name=name, topic="Plans").json
    assert (row["name"], row["topic"], row["kind"], row["role"]) == (
        name, "Plans", "private", "owner",
    )  # fmt: skip
    assert rooms_of(ada) == {row["id"]: row}


def test_a_room_of_another_kind_cannot_be_made(ada):
    assert_refused(Caller(ada).post("rooms", kind="direct", name="x"), 400, "invalid")


def test_the_directory_lists_public_rooms_and_says_which_one_is_in(ada, bob, shared):
    hidden = make_room("private", owner=ada)
    listed = {row["id"]: row for row in Caller(bob).get("rooms/directory").json["rooms"]}
    assert hidden.pk not in listed
    assert (listed[shared.pk]["members"], listed[shared.pk]["joined"]) == (2, True)
    query = {"q": shared.name.swapcase()}
    [found] = Caller(make_member()).get("rooms/directory", **query).json["rooms"]
    assert (found["id"], found["joined"]) == (shared.pk, False)


def test_a_room_is_shown_with_ones_own_place_in_it(ada, bob, room):
    own = Caller(ada).get(f"rooms/{room.pk}").json
    assert own["membership"] == rooms_of(ada)[room.pk]
    assert own["info"]["slug"] == room.slug
    assert Caller(bob).get(f"rooms/{room.pk}").json["membership"] is None


def test_a_room_is_changed_in_all_that_is_given(ada, room):
    changed = Caller(ada).patch(
        f"rooms/{room.pk}", name="New", topic="t", slow_mode=5, locked=True, archived=True
    )
    kept = {name: changed.json[name] for name in ("name", "topic", "slow_mode")}
    assert kept == {"name": "New", "topic": "t", "slow_mode": 5}
    assert changed.json["locked"]
    assert changed.json["archived"]
    assert Caller(ada).patch(f"rooms/{room.pk}").json == changed.json  # nothing given


def test_a_room_is_changed_in_nothing_when_a_part_is_refused(ada, bob, shared):
    Caller(ada).patch(f"rooms/{shared.pk}/members/{bob.id}", role="moderator")
    # A moderator may rename a room, but not archive it.
    assert_refused(
        Caller(bob).patch(f"rooms/{shared.pk}", name="Changed", archived=True), 403, "forbidden"
    )
    assert Caller(bob).get(f"rooms/{shared.pk}").json["info"]["name"] == shared.name


def test_a_plain_member_changes_nothing_about_a_room(bob, shared):
    assert_refused(Caller(bob).patch(f"rooms/{shared.pk}", topic="x"), 403, "forbidden")


def test_a_direct_conversation_is_made_once_for_its_members(ada, bob):
    row = Caller(ada).post("direct", users=[bob.id]).json
    assert row["name"] == "Bob"
    assert [person["id"] for person in row["with"]] == [bob.id]
    assert Caller(bob).post("direct", users=[ada.id]).json["id"] == row["id"]


@pytest.mark.parametrize("users", [[], [2**63], list(range(1, 20))])
def test_a_direct_conversation_with_nobody_or_too_many_is_refused(ada, users):
    answer = Caller(ada).post("direct", users=users)
    assert (answer.status, answer.json["code"]) in {(400, "invalid"), (404, "not_found")}


def test_a_read_position_moves_on_and_never_back(ada, bob, shared):
    for _ in range(3):
        make_message(shared, ada)
    path = f"rooms/{shared.pk}/read"
    assert rooms_of(bob)[shared.pk]["unread"] == 3
    for seq, unread in ((2, 1), (1, 1), (-(10**30), 1), (10**30, 0)):
        assert Caller(bob).post(path, seq=seq).status == 200
        assert rooms_of(bob)[shared.pk]["unread"] == unread


# --- members ----------------------------------------------------------------------------------


def test_joining_gives_a_seat_once_and_leaving_gives_it_up(ada, bob, room):
    path = f"rooms/{room.pk}/membership"
    assert bob.id not in roles_in(room, ada)
    joined = Caller(bob).post(path).json
    assert joined == rooms_of(bob)[room.pk]
    assert Caller(bob).post(path).json["version"] == joined["version"]
    assert Caller(bob).delete(path).json == {"room": room.pk, "version": joined["version"] + 1}
    assert roles_in(room, ada)[bob.id] is None
    assert room.pk not in rooms_of(bob)
    assert_refused(Caller(bob).delete(path), 403, "forbidden")


def test_a_private_room_is_entered_by_invitation_only(ada, bob):
    room = make_room("private", owner=ada)
    assert_refused(Caller(bob).post(f"rooms/{room.pk}/membership"), 404, "not_found")
    assert Caller(ada).post(f"rooms/{room.pk}/members", user=bob.id).status == 200
    assert roles_in(room, bob)[bob.id] == "member"


def test_nobody_who_does_not_exist_is_invited(ada, room):
    for user in (0, 2**63, 10**40):
        answer = Caller(ada).post(f"rooms/{room.pk}/members", user=user)
        assert_refused(answer, 404, "not_found")


def test_what_to_be_told_of_is_ones_own_choice(bob, shared):
    path = f"rooms/{shared.pk}/membership"
    assert Caller(bob).patch(path, notify="nothing").json["notify"] == "nothing"
    assert_refused(Caller(bob).patch(path, notify="loud"), 400, "invalid")


def test_an_owner_gives_roles_mutes_and_removes(ada, bob, shared):
    path = f"rooms/{shared.pk}/members/{bob.id}"
    caller = Caller(ada)
    assert caller.patch(path, role="moderator").status == 200
    assert roles_in(shared, ada)[bob.id] == "moderator"
    muted = caller.patch(path, role="member", muted_until="2999-01-01T00:00:00Z")
    assert muted.status == 200
    post = {"client_id": str(uuid4()), "body": "hi"}
    assert_refused(Caller(bob).post(f"rooms/{shared.pk}/messages", **post), 403, "forbidden")
    assert caller.patch(path, muted_until=None).status == 200
    assert Caller(bob).post(f"rooms/{shared.pk}/messages", **post).status == 200
    assert caller.delete(path).status == 200
    assert roles_in(shared, ada)[bob.id] is None


def test_a_member_is_changed_in_nothing_when_nothing_or_nonsense_is_given(ada, bob, shared):
    path = f"rooms/{shared.pk}/members/{bob.id}"
    assert_refused(Caller(ada).patch(path), 400, "invalid")
    assert_refused(Caller(ada).patch(path, role=None), 400, "invalid")
    assert_refused(Caller(ada).patch(path, role="king"), 400, "invalid")
    assert_refused(Caller(bob).patch(path, role="owner"), 403, "forbidden")


# --- messages ---------------------------------------------------------------------------------


def test_a_message_is_posted_once_however_often_it_is_sent(ada, room):
    fields = {"client_id": str(uuid4()), "body": "hi"}
    path = f"rooms/{room.pk}/messages"
    ack = Caller(ada).post(path, **fields).json
    assert Caller(ada).post(path, **fields | {"body": "another"}).json == ack
    [message] = Caller(ada).get(path).json["messages"]
    assert (message["id"], message["seq"], message["version"]) == (
        ack["id"], ack["seq"], ack["version"],
    )  # fmt: skip
    assert message["body"] == "hi"


def test_replies_name_their_message(ada, room):
    first = make_message(room, ada)
    fields = {"client_id": str(uuid4()), "body": "yes", "reply_to": first.pk, "thread": first.pk}
    ack = Caller(ada).post(f"rooms/{room.pk}/messages", **fields).json
    stored = Message.objects.get(pk=ack["id"])
    assert (stored.reply_to_id, stored.thread_id) == (first.pk, first.pk)


def test_an_edit_keeps_what_was_said_before(ada, bob, shared):
    message = make_message(shared, bob, "first")
    path = f"messages/{message.pk}"
    assert Caller(bob).patch(path, body="second").status == 200
    [earlier] = Caller(ada).get(f"{path}/edits").json["edits"]
    assert earlier["body"] == "first"
    assert_refused(Caller(ada).patch(path, body="mine"), 403, "forbidden")


def test_a_message_is_deleted_by_its_author_or_the_owner_but_nobody_else(ada, bob, shared):
    message = make_message(shared, bob)
    other = make_member()
    Caller(other).post(f"rooms/{shared.pk}/membership")
    assert_refused(Caller(other).delete(f"messages/{message.pk}"), 403, "forbidden")
    ack = Caller(ada).delete(f"messages/{message.pk}").json
    assert Caller(bob).delete(f"messages/{message.pk}").json == ack  # already gone
    assert_refused(Caller(bob).patch(f"messages/{message.pk}", body="x"), 404, "not_found")


def test_a_moderator_of_the_site_deletes_in_rooms_they_are_not_in(bob):
    room = make_room("private", owner=bob)
    message = make_message(room, bob)
    assert Caller(make_moderator()).delete(f"messages/{message.pk}").status == 200


def test_reactions_come_and_go(ada, bob, shared):
    message = make_message(shared, bob)
    path = f"messages/{message.pk}/reactions"
    assert Caller(ada).post(path, emoji="👍", on=True).status == 200
    [row] = Caller(ada).get(f"rooms/{shared.pk}/messages").json["messages"]
    assert row["reactions"] == [{"emoji": "👍", "users": [ada.id]}]
    assert Caller(ada).post(path, emoji="👍", on=False).status == 200
    assert_refused(Caller(ada).post(path, emoji="thumbs", on=True), 400, "invalid")


def test_owners_pin_messages_and_others_do_not(ada, bob, shared):
    path = f"messages/{make_message(shared, bob).pk}/pin"
    assert_refused(Caller(bob).post(path, on=True), 403, "forbidden")
    assert Caller(ada).post(path, on=True).status == 200
    assert Caller(ada).get(f"rooms/{shared.pk}/messages").json["messages"][0]["pinned"]


def test_one_who_has_not_joined_writes_nothing_in_a_public_room(ada, room):
    message = make_message(room, ada)
    stranger = Caller(make_member())
    post = {"client_id": str(uuid4()), "body": "hi"}
    for answer in (
        stranger.post(f"rooms/{room.pk}/messages", **post),
        stranger.post(f"rooms/{room.pk}/read", seq=1),
        stranger.patch(f"messages/{message.pk}", body="x"),
        stranger.delete(f"messages/{message.pk}"),
        stranger.post(f"messages/{message.pk}/reactions", emoji="👍", on=True),
        stranger.post(f"messages/{message.pk}/pin", on=True),
        stranger.patch(f"rooms/{room.pk}", topic="x"),
    ):
        assert_refused(answer, 403, "forbidden")
