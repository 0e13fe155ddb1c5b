"""What sockets hear of blocks, statuses and one's own list."""

from uuid import uuid4

from chat.models import Room
from tests.factories import Member, make_room
from tests.live.conftest import Browse, Connect


def say(client, room: Room, body: str):
    """Post and return the ack."""
    return client.acked("send", room=room.pk, client_id=str(uuid4()), body=body)


def test_both_lose_their_conversation_with_a_block_and_get_it_back(
    connect: Connect, browse: Browse, ada: Member, bob: Member
) -> None:
    direct = make_room("direct", [ada, bob])
    sockets = connect(ada), connect(bob)
    assert browse(ada).put(f"/api/v1/users/{bob.id}/block").is_success
    for socket in sockets:
        assert socket.expect("room") == {"type": "room", "left": direct.pk}
        refused = socket.refused("send", room=direct.pk, client_id=str(uuid4()), body="hello?")
        assert refused["code"] == "not_found"
    assert all(room["id"] != direct.pk for room in connect(bob).hello["rooms"])
    assert browse(ada).delete(f"/api/v1/users/{bob.id}/block").is_success
    for socket in sockets:
        assert socket.expect("room")["joined"]["id"] == direct.pk
    ack = say(sockets[0], direct, "again")
    sockets[1].message(direct.pk, id=ack["id"])


def test_a_mention_of_one_who_blocked_is_for_all_sockets_but_theirs(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    assert browse(ada).put(f"/api/v1/users/{bob.id}/block").is_success
    author, named, other = connect(bob), connect(ada), connect(bob)
    ack = say(author, room, f"@{ada.username} hello")
    for socket in (author, other):
        assert socket.message(room.pk, id=ack["id"])["mentions"] == [ada.id]
    assert named.message(room.pk, id=ack["id"])["mentions"] == []
    synced = named.ask("sync", rooms={str(room.pk): ack["version"] - 1})
    assert [row["mentions"] for row in synced["messages"]] == [[]]


def test_ones_own_list_is_the_same_on_all_devices(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    desk, phone, other = connect(ada), connect(ada), connect(bob)
    mine = f"/api/v1/rooms/{room.pk}/membership"
    assert browse(ada).patch(mine, json={"favourite": True, "notify": "mentions"}).is_success
    for socket in (desk, phone):
        socket.expect("seats")
        [seat] = socket.expect("seats")["seats"]
        assert (seat["room"], seat["favourite"]) == (room.pk, True)
    fence = say(desk, room, "fence")
    other.message(room.pk, id=fence["id"])
    assert other.seen("seats") == []
    [row] = [row for row in connect(ada).hello["rooms"] if row["id"] == room.pk]
    assert (row["favourite"], row["notify"]) == (True, "mentions")


def test_a_status_is_told_in_the_rooms_of_its_member(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    watcher = connect(bob)
    assert browse(ada).patch("/api/v1/me", json={"status": "away", "status_emoji": "🌴"}).is_success
    row = watcher.member(room.pk, ada.id)
    assert (row["status"], row["status_emoji"]) == ("away", "🌴")
