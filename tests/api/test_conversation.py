"""Threads, pins, saved messages, forwarding and emoji over HTTP."""

from uuid import uuid4

import pytest

from chat.models import CustomEmoji
from chat.models.message import BODY_MAX
from chat.services import messages
from chat.services.reading import EDITS_MAX
from tests.api.calling import Caller, assert_refused
from tests.factories import make_message, make_room

pytestmark = pytest.mark.django_db


def test_a_thread_is_written_read_and_followed(ada, bob, room):
    root = make_message(room, ada, "lunch?")
    fields = {"client_id": str(uuid4()), "body": "yes", "thread": root.pk, "in_room": True}
    ack = Caller(bob).post(f"rooms/{room.pk}/messages", **fields).json
    [own] = Caller(ada).get("threads").json["threads"]
    assert (own["root"]["id"], own["standing"]["unread"]) == (root.pk, 1)
    assert (own["author"]["name"], own["version"]) == ("Ada", ack["version"])
    thread = Caller(ada).get(f"messages/{root.pk}/thread").json
    assert [(row["id"], row["in_room"]) for row in thread["messages"]] == [(ack["id"], True)]
    read = Caller(ada).post(f"messages/{root.pk}/thread/read", seq=ack["seq"])
    assert read.json == {"message": root.pk}
    follow = Caller(ada).post(f"messages/{root.pk}/thread/follow", on=False)
    assert follow.status == 200
    standing = Caller(ada).get(f"messages/{root.pk}/thread").json["standing"]
    assert standing == {"following": False, "read_seq": ack["seq"], "unread": 0}
    assert Caller(ada).get("threads").json == {"threads": []}


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": "x"}, {"before": "x"}])
def test_a_page_of_a_thread_that_cannot_be_is_refused(ada, room, query):
    root = make_message(room, ada)
    answer = Caller(ada).get(f"messages/{root.pk}/thread", **query)
    assert_refused(answer, 400, "invalid")


def test_a_thread_on_a_deleted_message_is_refused_in_words(ada, room):
    root = make_message(room, ada)
    messages.remove(ada.user, root.pk)
    fields = {"client_id": str(uuid4()), "body": "yes", "thread": root.pk}
    answer = Caller(ada).post(f"rooms/{room.pk}/messages", **fields)
    assert_refused(answer, 404, "not_found")
    assert "was deleted" in answer.json["detail"]


def test_pins_are_listed(ada, bob, room):
    message = make_message(room, bob)
    assert Caller(ada).post(f"messages/{message.pk}/pin", on=True).status == 200
    [pin] = Caller(bob).get(f"rooms/{room.pk}/pins").json["pins"]
    assert (pin["message"]["id"], pin["pinned_by"]["name"]) == (message.pk, "Ada")


def test_messages_are_saved_and_listed_for_oneself(ada, bob, room):
    message = make_message(room, bob)
    path = f"messages/{message.pk}/saved"
    assert Caller(ada).post(path, on=True).json == {"message": message.pk}
    [saved] = Caller(ada).get("saved").json["saved"]
    assert (saved["message"]["id"], saved["author"]["name"]) == (message.pk, "Bob")
    assert (saved["slug"], saved["room_name"]) == (room.slug, room.name)
    assert Caller(ada).get("saved/ids").json == {"ids": [message.pk]}
    assert Caller(bob).get("saved").json["saved"] == []
    Caller(ada).post(path, on=False)
    assert Caller(ada).get("saved/ids").json == {"ids": []}


def test_a_message_is_forwarded_to_a_room_one_is_in(ada, bob, room):
    elsewhere = make_room("private", owner=ada)
    message = make_message(room, bob, "news")
    path = f"messages/{message.pk}/forward"
    fields = {"room": elsewhere.pk, "client_id": str(uuid4())}
    ack = Caller(ada).post(path, **fields).json
    assert Caller(ada).post(path, **fields).json == ack
    [row] = Caller(ada).get(f"rooms/{elsewhere.pk}/messages").json["messages"]
    assert (row["id"], row["forwarded"]["name"]) == (ack["id"], "Bob")
    assert_refused(Caller(bob).post(path, **fields), 404, "not_found")


def test_of_many_edits_the_newest_are_shown(ada, room):
    message = make_message(room, ada, "0")
    for number in range(1, EDITS_MAX + 2):
        messages.edit(ada.user, message.pk, str(number))
    edits = Caller(ada).get(f"messages/{message.pk}/edits").json["edits"]
    assert [edit["body"] for edit in edits] == [str(n) for n in range(1, EDITS_MAX + 1)]


def test_emoji_are_listed_with_their_pictures(ada):
    CustomEmoji.objects.all().delete()
    CustomEmoji.objects.create(name="party", picture=b"RIFF")
    [row] = Caller(ada).get("emoji").json["emoji"]
    assert row == {"name": "party", "url": "/emoji/party.webp"}
    client = Caller(ada).client
    picture = client.get(row["url"])
    assert (picture.content, picture["Content-Type"]) == (b"RIFF", "image/webp")
    assert client.get(row["url"], headers={"If-None-Match": picture["ETag"]}).status_code == 304
    assert client.get("/emoji/none.webp").status_code == 404
    assert Caller().client.get(row["url"]).status_code == 404


def test_a_long_message_is_forwarded_whole(ada, room):
    message = make_message(room, ada, "x" * BODY_MAX)
    fields = {"room": room.pk, "client_id": str(uuid4())}
    assert Caller(ada).post(f"messages/{message.pk}/forward", **fields).status == 200
