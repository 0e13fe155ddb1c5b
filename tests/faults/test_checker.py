"""The judge is proved first: every seeded bug is found, and named by the right invariant."""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.checker import Violation, check
from tests.faults.client_state import HOLD
from tests.faults.history import (
    Arrived,
    Dump,
    Greeted,
    History,
    Looked,
    Measured,
    Moved,
    Opened,
    Passed,
    Revoked,
)
from tests.faults.toy_site import ToyClient, ToySite

ROOM = 1


class Conversation:
    """Ada, Bob and Cid are in room 1, Eve is not. `story` is what they do while a bug is in."""

    def __init__(self) -> None:
        self.site = ToySite(rooms=2)
        self.ada, self.bob, self.cid, self.eve = (
            self.site.client(name, user)
            for user, name in enumerate(("ada", "bob", "cid", "eve"), start=1)
        )
        for client in (self.ada, self.bob, self.cid):
            self.site.join(client.user, ROOM)
        self.site.join(self.eve.user, 2)
        self.ada.send(ROOM, "before")

    def story(self) -> None:
        """Some of everything, some of it by people who come and go."""
        first = next(iter(self.site.rooms[ROOM].messages))
        self.ada.send(ROOM, "one")
        self.bob.send(ROOM, "two")
        self.ada.command("edit", first, ROOM, "changed", body="changed")
        self.bob.command("react", first, ROOM, "👍 on", emoji="👍", on=True)
        self.cid.disconnect()
        self.ada.send(ROOM, "three")
        self.cid.connect()
        self.site.rename(ROOM, "renamed")

    def ending(self) -> None:
        """Enough traffic that a gap shows, then rest."""
        self.ada.send(ROOM, "regretted")
        self.ada.command("delete", max(self.site.rooms[ROOM].messages), ROOM)
        self.ada.send(ROOM, "last")
        self.site.heal()
        self.site.wait(2 * HOLD)

    def judge(self) -> list[Violation]:
        """What the checker says of it all."""
        return check(*self.site.end())


def invariants(violations: list[Violation]) -> set[str]:
    return {violation.invariant for violation in violations}


def whole_story() -> Conversation:
    told = Conversation()
    told.story()
    told.ending()
    return told


def test_a_run_without_a_bug_has_no_violation() -> None:
    assert whole_story().judge() == []


def test_a_history_says_the_same_after_a_way_through_a_file(tmp_path: Path) -> None:
    history, dump = whole_story().site.end()
    history.save(tmp_path / "history")
    dump.save(tmp_path / "dump")
    loaded, dump_loaded = History.load(tmp_path / "history"), Dump.load(tmp_path / "dump")
    assert loaded.facts == history.facts
    assert check(loaded, dump_loaded) == []


# --- the hub fails at its promise (the clients heal it all, so P1 alone can see it)


def to_bob(bug: Callable[[dict], list[dict]]) -> Callable[[str, dict], list[dict]]:
    return lambda client, frame: bug(frame) if client == "bob" else [frame]


def test_a_dropped_frame_is_P1() -> None:
    told = Conversation()
    told.site.tamper = to_bob(lambda frame: [])
    told.ada.send(ROOM, "dropped")
    told.site.tamper = to_bob(lambda frame: [frame])
    told.ending()
    violations = told.judge()
    assert invariants(violations) == {"P1"}
    assert violations[0].client == "bob"


def test_a_doubled_frame_is_P1() -> None:
    told = Conversation()
    told.site.tamper = to_bob(lambda frame: [frame, frame])
    told.story()
    told.ending()
    assert invariants(told.judge()) == {"P1"}


def test_two_swapped_frames_are_P1() -> None:
    told = Conversation()
    held: list[dict] = []

    def swap(frame: dict) -> list[dict]:
        if not held:
            held.append(frame)
            return []
        return [frame, held[0]] if len(held) == 1 and not held.append(frame) else [frame]

    told.site.tamper = to_bob(swap)
    told.story()
    told.ending()
    assert invariants(told.judge()) == {"P1"}


def test_a_frame_before_hello_is_P1() -> None:
    told = whole_story()
    history, dump = told.site.end()
    history.facts = [
        fact for fact in history.facts if not (isinstance(fact, Greeted) and fact.client == "cid")
    ]
    assert "P1" in invariants(check(history, dump))


def test_a_gap_after_lagged_is_allowed() -> None:
    told = Conversation()
    told.site.tamper = to_bob(lambda frame: [])
    told.story()
    told.site.tamper = to_bob(lambda frame: [frame])
    told.bob.get({"type": "lagged", "rooms": [ROOM]})
    told.ending()
    assert told.judge() == []


# --- rows


def test_a_row_lost_on_the_way_is_I3() -> None:
    told = Conversation()
    told.site.tamper = to_bob(lambda frame: [{**frame, "messages": []}])
    told.ada.send(ROOM, "lost")
    told.site.tamper = to_bob(lambda frame: [frame])
    told.ending()
    violations = told.judge()
    assert {"I3", "I10"} <= invariants(violations)
    assert violations[0].text.startswith("is at version")


def test_a_changed_row_is_I2() -> None:
    def worsen(frame: dict) -> list[dict]:
        frame = copy.deepcopy(frame)
        for row in frame["messages"]:
            row["body"] = "what nobody wrote"
        return [frame]

    told = Conversation()
    told.site.tamper = to_bob(worsen)
    told.story()
    told.site.tamper = to_bob(lambda frame: [frame])
    told.ending()
    violations = told.judge()
    assert violations[0].invariant == "I2"
    assert "body" in violations[0].text


def test_an_invented_row_is_I2() -> None:
    def invent(frame: dict) -> list[dict]:
        rows = [{**row, "id": row["id"] + 500} for row in frame["messages"]]
        return [{**frame, "messages": frame["messages"] + rows}]

    told = Conversation()
    told.site.tamper = to_bob(invent)
    told.ada.send(ROOM, "and its ghost")
    told.site.tamper = to_bob(lambda frame: [frame])
    told.ending()
    violations = told.judge()
    assert violations[0].invariant == "I2"
    assert "is not in the database" in violations[0].text


def test_a_row_ahead_of_its_frame_is_I4() -> None:
    told = Conversation()
    told.site.tamper = to_bob(
        lambda frame: [{**frame, "to": frame["to"] - 1, "from": frame["from"] - 1}, frame]
    )
    told.bob.state.rooms[ROOM].local -= 1
    told.ada.send(ROOM, "early")
    told.site.tamper = to_bob(lambda frame: [frame])
    told.ending()
    assert "I4" in invariants(told.judge())


def test_a_frame_that_begins_before_the_client_did_is_no_violation() -> None:
    """It may hold rows that the client, beginning later, never had."""
    told = whole_story()
    history, dump = told.site.end()
    begun = next(f for f in history.facts if type(f).__name__ == "Started" and f.client == "bob")
    steps = [f for f in history.facts if type(f).__name__ == "Applied" and f.client == "bob"]
    begun.base = steps[1].start
    steps[1].rows = [*steps[0].rows, *steps[1].rows]
    history.facts.remove(steps[0])
    assert "I4" not in invariants(check(history, dump))
    begun.base -= 1
    assert "I4" in invariants(check(history, dump))


def test_a_step_over_a_hole_is_I3() -> None:
    told = whole_story()
    history, dump = told.site.end()
    steps = [f for f in history.facts if type(f).__name__ == "Applied" and f.client == "bob"]
    history.facts.remove(steps[2])
    assert "I3" in invariants(check(history, dump))


# --- the tail


def test_a_lost_tail_is_I7() -> None:
    told = Conversation()
    told.story()
    told.site.tamper = to_bob(lambda frame: [])
    told.ending()
    violations = told.judge()
    assert invariants(violations) == {"I7"}
    assert violations[0].client == "bob"


def test_a_tail_healed_too_late_is_I7() -> None:
    told = Conversation()
    told.site.tamper = to_bob(lambda frame: [])
    told.ending()
    told.site.wait(30)
    told.bob.get({"type": "lagged", "rooms": [ROOM]})
    violations = told.judge()
    assert invariants(violations) == {"I7"}
    assert "30" in violations[0].text


def test_a_room_that_a_member_does_not_have_is_I7() -> None:
    told = whole_story()
    told.bob.get({"type": "room", "left": ROOM})
    assert invariants(told.judge()) == {"I7"}


# --- what is stored


def test_an_acked_message_that_is_not_stored_is_I1() -> None:
    told = Conversation()
    real = told.site.post
    told.site.post = lambda user, room, client_id, body: {  # type: ignore[method-assign]
        "type": "ack", "room": room, "version": 7, "seq": 3, "id": 44,
    }  # fmt: skip
    told.ada.send(ROOM, "acked and gone")
    told.site.post = real  # type: ignore[method-assign]
    told.ending()
    assert told.judge()[0].invariant == "I1"


def test_an_ack_before_the_commit_is_I1() -> None:
    told = whole_story()
    told.site.history.add(
        Looked(at=told.site.now, client="ada", room=ROOM, client_id="x", version=5, found=False)
    )
    assert invariants(told.judge()) == {"I1"}


def test_an_ack_with_another_messages_numbers_is_I1() -> None:
    told = whole_story()
    next(iter(told.ada.recorder.sends.values())).seq = 99
    assert "I1" in invariants(told.judge())


@pytest.mark.parametrize("verb", ["edit", "delete", "react"])
def test_an_acked_change_that_is_not_stored_is_I1(verb: str) -> None:
    told = Conversation()
    message = next(iter(told.site.rooms[ROOM].messages))
    told.site.change = lambda user, frame: {"type": "ack", "version": 5}  # type: ignore
    value = {"edit": "new", "delete": "", "react": "👍 on"}[verb]
    told.ada.command(verb, message, ROOM, value)
    del told.site.change
    told.ending()
    assert invariants(told.judge()) == {"I1"}


def test_two_rows_for_one_client_id_are_I5() -> None:
    told = whole_story()
    history, dump = told.site.end()
    room = dump.rooms[ROOM]
    room.messages[-1]["client_id"] = room.messages[0]["client_id"]
    assert "I5" in invariants(check(history, dump))


def test_a_retry_acked_with_another_id_is_I5() -> None:
    told = Conversation()
    client_id = told.ada.send(ROOM, "hi")
    real = told.site.post
    told.site.post = lambda *a: {**real(*a), "id": 77}  # type: ignore[method-assign]
    told.ada.state.send(ROOM, client_id, "hi", told.site.now)
    told.ada.talk()
    told.site.post = real  # type: ignore[method-assign]
    told.ending()
    assert invariants(told.judge()) == {"I5"}


def test_a_hole_in_the_seqs_is_I6() -> None:
    told = whole_story()
    history, dump = told.site.end()
    dump.rooms[ROOM].messages[-1]["seq"] += 1
    dump.rooms[ROOM].last_seq += 1
    assert "I6" in invariants(check(history, dump))


def test_a_hole_in_the_versions_is_I6() -> None:
    told = Conversation()
    told.story()
    told.site.rooms[ROOM].version += 1
    told.ending()
    assert "I6" in invariants(told.judge())


def test_messages_posted_out_of_order_are_I4() -> None:
    told = whole_story()
    posted = told.site.rooms[ROOM].posted
    first, second, *_ = posted
    posted[first], posted[second] = posted[second], posted[first]
    assert "I4" in invariants(told.judge())


# --- strangers


def leak(told: Conversation, client: ToyClient) -> None:
    """The hub sends a frame of room 1 to somebody."""
    client.get(told.site.rooms[ROOM].changes(told.site.rooms[ROOM].version - 1))


def test_a_leak_to_a_stranger_is_I8() -> None:
    told = whole_story()
    leak(told, told.eve)
    violations = told.judge()
    assert invariants(violations) == {"I8"}
    assert violations[0].client == "eve"


def test_typing_told_to_a_stranger_is_I8() -> None:
    told = whole_story()
    told.eve.get({"type": "typing", "room": ROOM, "users": [1]})
    assert invariants(told.judge()) == {"I8"}


def test_a_frame_long_after_leaving_is_I8() -> None:
    told = whole_story()
    told.site.leave(told.bob.user, ROOM)
    told.site.wait(9)
    leak(told, told.bob)
    assert "I8" not in invariants(told.judge())
    told.site.wait(2)
    leak(told, told.bob)
    assert "I8" in invariants(told.judge())


def test_a_frame_long_after_a_ban_is_I8() -> None:
    told = whole_story()
    told.site.history.add(Revoked(at=told.site.now - 11, client="bob", why="banned"))
    leak(told, told.bob)
    assert "I8" in invariants(told.judge())


def test_a_new_socket_after_a_ban_is_I8_at_once() -> None:
    told = whole_story()
    told.site.history.add(Revoked(at=told.site.now, client="bob", why="banned"))
    told.site.now += 0.1
    told.bob.disconnect()
    told.bob.connect()
    violations = told.judge()
    assert invariants(violations) == {"I8"}
    assert "on a new socket" in violations[0].text


# --- what it cost


@pytest.mark.parametrize(("amount", "found"), [(120, set()), (140, {"I9"})])
def test_growth_past_what_is_allowed_is_I9(amount: float, found: set[str]) -> None:
    told = whole_story()
    for when, what in (("before", 100), ("after", amount)):
        told.site.history.add(
            Measured(at=0, when=when, what="memory", amount=what, allowed_growth=30)
        )
    assert invariants(told.judge()) == found


def test_a_final_state_that_differs_is_I10() -> None:
    told = whole_story()
    row = next(iter(told.bob.state.rooms[ROOM].messages.values()))
    told.bob.state.rooms[ROOM].messages[row["id"]] = {**row, "body": "something else"}
    violations = told.judge()
    assert invariants(violations) == {"I10"}
    assert str(violations[0]).startswith("I10: holds message")


def test_a_violation_says_who_where_and_when() -> None:
    line = str(Violation("I3", "never got message 4", "bob", 12, 345))
    assert line == "I3: never got message 4 [client bob, room 12, version 345]"


def test_facts_the_checker_reads_exist() -> None:
    """A renamed fact must not silently make an invariant blind."""
    history, _ = whole_story().site.end()
    kinds = {type(fact) for fact in history.facts}
    assert {Arrived, Greeted, Moved, Opened} <= kinds
    assert Passed not in kinds
