"""How late a message was: for those who were there, on a socket that stayed open."""

from tests.faults.history import Applied, Closed, History, Opened, Seen, Sent, Started
from tests.faults.measures import delivery_times

EVERYONE = {"ada", "bob"}


def told(shown_at: float, *more: object, begun: float = 0) -> list[float]:
    """The delivery times where ada said something at 1 and bob saw it then."""
    history = History()
    history.facts += [
        Opened(at=0, client="bob", socket=1),
        Started(at=begun, client="bob", room=1, run=1, base=4, why="hello"),
        Sent(
            at=1, client="ada", user=7, room=1, client_id="x", body="hi", outcome="ok", ended=1.1,
            version=5,
        ),
        *more,
        Applied(
            at=shown_at, client="bob", room=1, run=1, start=4, to=5,
            rows=[Seen("message", 9, 5, {"author": 7, "client_id": "x"})],
        ),
    ]  # fmt: skip
    return delivery_times(history, 0.5, 3, EVERYONE)


def test_a_delivery_takes_from_the_send_to_the_screen() -> None:
    assert told(shown_at=1.5) == [0.5]


def test_who_loses_their_socket_first_was_waited_for_up_to_then() -> None:
    assert told(9, Closed(at=4, client="bob", socket=1, code=1006)) == [3]


def test_a_send_that_loses_its_socket_before_its_ack_is_not_counted() -> None:
    assert told(9, Closed(at=1.05, client="ada", socket=1, code=1006)) == []


def test_what_was_said_before_one_came_is_not_late() -> None:
    assert told(shown_at=9, begun=8) == []
