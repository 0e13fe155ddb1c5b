"""The client's rule, frame by frame, and for generated histories."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.client_state import HOLD, SEND_PATIENCE, ClientState
from tests.faults.toy_site import ToyClient, ToySite, changes_frame

ROOM = 1


def a_room(*, cold: bool = True) -> tuple[ToySite, ToyClient, ToyClient]:
    """Ada (user 7) speaks, Bob (user 9) listens; both are members of room 1."""
    site = ToySite()
    ada, bob = site.client("ada", 7), site.client("bob", 9, cold=cold)
    site.join(7, ROOM)
    site.join(9, ROOM)
    return site, ada, bob


def bodies(client: ToyClient) -> list[str]:
    """What a client shows, in order."""
    rows = client.state.rooms[ROOM].messages.values()
    return [row["body"] for row in sorted(rows, key=lambda row: row["seq"])]


def test_a_frame_in_order_is_applied() -> None:
    _, ada, bob = a_room()
    ada.send(ROOM, "hi")
    assert bodies(bob) == ["hi"]


def test_an_old_frame_is_ignored() -> None:
    site, ada, bob = a_room()
    ada.send(ROOM, "hi")
    local = bob.state.rooms[ROOM].local
    bob.get(changes_frame(ROOM, local - 1, local, []))
    assert (bodies(bob), bob.state.rooms[ROOM].local) == (["hi"], local)


def test_a_frame_ahead_is_held_for_the_missing_one() -> None:
    site, ada, bob = a_room()
    late = []
    site.tamper = lambda client, frame: late.append(frame) or [] if client == "bob" else [frame]
    ada.send(ROOM, "one")
    ada.send(ROOM, "two")
    bob.get(late[1])
    assert bodies(bob) == []
    bob.get(late[0])
    assert bodies(bob) == ["one", "two"]
    assert not bob.state.behind()


def test_a_gap_that_stays_is_synced_after_the_hold() -> None:
    site, ada, bob = a_room()
    site.tamper = lambda client, frame: [] if client == "bob" else [frame]
    ada.send(ROOM, "lost")
    site.tamper = lambda client, frame: [frame]
    ada.send(ROOM, "seen")
    site.wait(HOLD * 0.9)
    assert bodies(bob) == []
    site.wait(HOLD * 0.2)
    assert bodies(bob) == ["lost", "seen"]


def test_a_room_told_to_lag_is_synced_at_once() -> None:
    site, ada, bob = a_room()
    site.tamper = lambda client, frame: [] if client == "bob" else [frame]
    ada.send(ROOM, "lost")
    bob.get({"type": "lagged", "rooms": [ROOM]})
    assert bodies(bob) == ["lost"]


def test_a_long_absence_is_made_up_page_by_page() -> None:
    site, ada, bob = a_room()
    bob.disconnect()
    for number in range(12):
        ada.send(ROOM, str(number))
    bob.connect()
    assert bodies(bob) == [str(number) for number in range(12)]


def test_a_very_long_absence_is_a_reset_that_forgets_the_cache() -> None:
    site, ada, bob = a_room()
    ada.send(ROOM, "old")
    bob.disconnect()
    for number in range(40):
        ada.send(ROOM, str(number))
    bob.connect()
    assert bodies(bob) == ["35", "36", "37", "38", "39"]
    assert bob.state.rooms[ROOM].base == site.rooms[ROOM].version


def test_another_epoch_throws_the_cache_away() -> None:
    site, ada, bob = a_room()
    ada.send(ROOM, "hi")
    bob.disconnect()
    bob.state.rooms[ROOM].messages[999] = {"seq": 99, "body": "of another database", "version": 1}
    bob.state.epoch = "another"
    bob.connect()
    assert bodies(bob) == ["hi"]


def test_a_room_joined_again_starts_from_its_event() -> None:
    site, ada, bob = a_room()
    ada.send(ROOM, "before")
    site.leave(9, ROOM)
    assert ROOM not in bob.state.rooms
    ada.send(ROOM, "meanwhile")
    site.join(9, ROOM)
    ada.send(ROOM, "after")
    assert bodies(bob) == ["after"]


def test_the_answer_to_a_sync_of_an_earlier_stay_is_ignored() -> None:
    site, ada, bob = a_room()
    bob.state._sync([bob.state.rooms[ROOM]], site.now)
    ref = bob.state.take_output()[0]["ref"]
    answer = {**changes_frame(ROOM, 0, 99, []), "ref": ref}
    site.leave(9, ROOM)
    site.join(9, ROOM)
    bob.get(answer)
    assert bob.state.rooms[ROOM].local == site.rooms[ROOM].version


def test_a_room_missing_in_hello_is_forgotten() -> None:
    site, ada, bob = a_room()
    bob.disconnect()
    site.leave(9, ROOM)
    bob.connect()
    assert bob.state.rooms == {}


def test_sends_leave_in_order_and_one_at_a_time() -> None:
    site, ada, _ = a_room()
    ada.disconnect()
    for body in ("one", "two", "three"):
        ada.send(ROOM, body)
    ada.connect()
    assert bodies(ada) == ["one", "two", "three"]
    assert len(ada.state.outbox) == 0


def test_a_send_without_an_answer_is_repeated_with_its_client_id() -> None:
    site, ada, bob = a_room()
    ada.recorder.sent(ROOM, "one-id", "hi", site.now)
    ada.state.send(ROOM, "one-id", "hi", site.now)
    ada.state.take_output()  # the server never saw it
    site.wait(SEND_PATIENCE)
    assert bodies(bob) == ["hi"]
    assert ada.recorder.sends["one-id"].tries == 2


def test_a_send_whose_ack_was_lost_is_stored_once() -> None:
    site, ada, bob = a_room()
    ada.recorder.sent(ROOM, "one-id", "hi", site.now)
    ada.state.send(ROOM, "one-id", "hi", site.now)
    frame = ada.state.take_output()[0]
    site.post(7, ROOM, frame["client_id"], frame["body"])  # and the ack went nowhere
    ada.disconnect()
    ada.connect()
    assert bodies(bob) == ["hi"]
    assert ada.recorder.sends["one-id"].outcome == "ok"


def test_a_send_that_is_unavailable_waits_and_is_tried_again() -> None:
    site, ada, _ = a_room()
    pending = ada.state.send(ROOM, "id", "hi", site.now)
    ref = ada.state.take_output()[0]["ref"]
    ada.state.received({"type": "error", "ref": ref, "code": "unavailable"}, site.now)
    assert ada.state.take_output() == []
    assert ada.state.next_time() <= pending.not_before
    ada.state.tick(pending.not_before)
    assert ada.state.take_output()[0]["client_id"] == "id"


def test_a_send_that_is_refused_leaves_the_outbox() -> None:
    site, ada, _ = a_room()
    ada.recorder.sent(ROOM, "id", "hi", site.now)
    ada.state.send(ROOM, "id", "hi", site.now)
    ref = ada.state.take_output()[0]["ref"]
    ada.state.received({"type": "error", "ref": ref, "code": "forbidden"}, site.now)
    assert (len(ada.state.outbox), ada.recorder.sends["id"].outcome) == (0, "fail")


def test_silence_is_answered_with_a_ping_and_then_with_an_end() -> None:
    _, ada, _ = a_room()
    now = ada.site.now
    ada.state.tick(now + 25)
    assert ada.state.take_output() == [{"type": "ping"}]
    assert not ada.state.dead(now + 49)
    assert ada.state.dead(now + 50)


def test_after_4401_and_4403_the_client_stops() -> None:
    for code, stops in ((4401, True), (4403, True), (1000, False), (1006, False), (4412, False)):
        _, ada, _ = a_room()
        ada.disconnect(code)
        assert ada.state.stopped is stops


def test_the_pause_before_a_reconnect_grows_to_its_limit() -> None:
    state, chance = ClientState(observer=None), random.Random(1)  # type: ignore[arg-type]
    pauses = []
    for _ in range(10):
        pauses.append(state.back_off(1006, chance))
        state.closed(1006, 0)
    assert 0.25 <= pauses[0] <= 0.5
    assert 10 <= pauses[-1] <= 20


VERBS = st.lists(
    st.tuples(
        st.sampled_from(["send", "edit", "delete", "react", "rename", "leave", "join"]),
        st.sampled_from(["ada", "bob", "eve"]),
        st.integers(0, 10),
    ),
    max_size=60,
)


def act(site: ToySite, verb: str, client: ToyClient, number: int) -> None:
    """One step of a generated history; steps that make no sense do nothing."""
    room = site.rooms[ROOM]
    member = room.members.get(client.user, {"role": None})["role"] is not None
    if verb == "join" and not member:
        site.join(client.user, ROOM)
    elif verb == "leave" and member:
        site.leave(client.user, ROOM)
    elif verb == "rename":
        site.rename(ROOM, f"name {number}")
    elif verb == "send" and member:
        client.send(ROOM, f"body {site.next_id()}")
    elif verb in ("edit", "delete", "react") and member and room.messages and client.state.greeted:
        message = list(room.messages)[number % len(room.messages)]
        fields = {"edit": {"body": f"edit {number}"}, "react": {"emoji": "👍", "on": number > 4}}
        client.command(verb, message, ROOM, **fields.get(verb, {}))


@settings(max_examples=150, deadline=None)
@given(VERBS, st.randoms(use_true_random=False), st.booleans())
def test_whatever_happens_to_frames_everyone_ends_in_the_same_state(
    verbs: list[tuple[str, str, int]], chance: random.Random, cold: bool
) -> None:
    site = ToySite()
    clients = {
        name: site.client(name, user, cold=cold)
        for user, name in enumerate(("ada", "bob", "eve"), start=1)
    }
    for client in clients.values():
        site.join(client.user, ROOM)
    late = []

    def tamper(name: str, frame: dict) -> list[dict]:
        """Lose a third, double a third, swap some with an earlier one."""
        kept = [frame] * chance.choice([0, 1, 2])
        if late and chance.random() < 0.3:
            kept.append(late.pop()) if late[-1]["room"] == frame["room"] else None
        if chance.random() < 0.2:
            late.append(frame)
        return kept

    site.tamper = tamper
    for verb, name, number in verbs:
        act(site, verb, clients[name], number)
        if chance.random() < 0.1:
            clients[name].disconnect()
            clients[name].connect()
    site.tamper = lambda name, frame: [frame]
    site.rename(ROOM, "the end")
    site.wait(2 * HOLD)
    fresh = {client.name: client for client in clients.values()}
    for name, client in fresh.items():
        assert_same_as_stored(site, name, client)


def assert_same_as_stored(site: ToySite, name: str, client: ToyClient) -> None:
    """A client's room is the stored one, for whatever changed since the client's base."""
    stored, held = site.rooms[ROOM], client.state.rooms.get(ROOM)
    member = stored.members[client.user]["role"] is not None
    assert (held is not None) == member, name
    if held is None:
        return
    assert held.local == stored.version
    assert held.info == stored.info
    for mine, theirs in ((held.messages, stored.messages), (held.members, stored.members)):
        assert all(mine[key] == theirs[key] for key in mine)
        newer = {key for key, row in theirs.items() if row["version"] > held.base}
        assert newer <= set(mine)
