"""A socket as the hub sees it: what it holds back, drops for a slow reader, and lets wait."""

import json
import time

import pytest

from chat.live.admission import Credentials
from chat.live.frames import texts_in, websocket_frame
from chat.live.limits import Allowance
from chat.live.socket import COMMANDS_MAX, SLOW_MAX, UNSENT_MAX, Socket

ROOM, OTHER = 12, 13


class FakeWire:
    """Keeps what was written, and as much of it unsent as the test says."""

    def __init__(self):
        self.texts = []
        self.unsent = 0
        self.is_reading = True
        self.closed_with = None
        self._drained = None

    @property
    def is_behind(self):
        return self.unsent > 0

    def send(self, framed):
        if self.closed_with is None:
            self.texts += texts_in(framed)

    def when_drained(self, callback):
        self._drained = callback

    def close(self, code):
        self.closed_with = code

    def pause(self):
        self.is_reading = False

    def resume(self):
        self.is_reading = True

    def drain(self):
        self.unsent = 0
        callback, self._drained = self._drained, None
        callback()


@pytest.fixture
def wire():
    return FakeWire()


@pytest.fixture
def socket(wire):
    socket = Socket(wire, Credentials(), 7, Allowance(), 0, set())
    socket.rooms |= {ROOM, OTHER}
    socket.greet(b"{}")
    wire.texts.clear()
    return socket


def keep(socket, version):
    socket.held[ROOM].append((version, websocket_frame(b'{"to":%d}' % version)))


def test_what_was_held_back_follows_the_version_that_the_client_was_told(socket, wire):
    socket.hold(ROOM)
    for version in (4, 5, 6, 7):
        keep(socket, version)
    assert wire.texts == []
    socket.release(ROOM, 5)
    assert wire.texts == [b'{"to":6}', b'{"to":7}']
    assert ROOM not in socket.held


def test_holding_twice_keeps_what_was_held(socket, wire):
    socket.hold(ROOM)
    keep(socket, 6)
    socket.hold(ROOM)
    socket.release(ROOM, 5)
    assert wire.texts == [b'{"to":6}']


def test_a_slow_reader_is_told_once_it_has_read_the_rest_which_rooms_lag(socket, wire):
    wire.unsent = UNSENT_MAX + 1
    assert socket.is_full()
    socket.lag(OTHER)
    socket.lag(ROOM)
    assert (wire.is_reading, wire.texts) == (False, [])
    wire.drain()
    assert [json.loads(text) for text in wire.texts] == [{"type": "lagged", "rooms": [ROOM, OTHER]}]
    assert wire.is_reading
    assert not socket.is_full()


def test_while_a_room_lags_nothing_more_of_any_is_sent(socket, wire):
    wire.unsent = UNSENT_MAX + 1
    socket.lag(ROOM)
    wire.unsent = 1
    assert socket.is_full()


def test_a_room_that_was_left_meanwhile_does_not_lag(socket, wire):
    socket.lag(ROOM)
    socket.rooms.discard(ROOM)
    wire.drain()
    assert wire.texts == []
    assert wire.is_reading


def test_a_reader_may_take_so_long_to_catch_up(socket, wire):
    assert not socket.is_too_slow(10**6)
    begun = time.monotonic()
    socket.lag(ROOM)
    socket.lag(ROOM)
    assert not socket.is_too_slow(begun + SLOW_MAX)
    assert socket.is_too_slow(time.monotonic() + SLOW_MAX + 0.1)
    wire.drain()
    assert not socket.is_too_slow(10**6)


def test_nothing_is_sent_after_the_close(socket, wire):
    socket.close(4412)
    socket.close(4401)
    socket.send(b"{}")
    assert (wire.closed_with, wire.texts) == (4412, [])


def test_a_client_with_many_commands_under_way_is_not_read_from(socket, wire):
    for _ in range(COMMANDS_MAX):
        assert wire.is_reading
        socket.command_began()
    assert not wire.is_reading
    socket.command_ended()
    assert wire.is_reading
    assert socket.is_busy
    for _ in range(COMMANDS_MAX - 1):
        socket.command_ended()
    assert not socket.is_busy


def test_who_lags_is_read_from_only_when_neither_lag_nor_commands_forbid_it(socket, wire):
    for _ in range(COMMANDS_MAX):
        socket.command_began()
    socket.lag(ROOM)
    socket.command_ended()
    assert not wire.is_reading
    socket.command_began()
    wire.drain()
    assert not wire.is_reading
    socket.command_ended()
    assert wire.is_reading
