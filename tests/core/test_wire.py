"""The way to a peer under any ASGI server: in order, counted, and nothing after the close."""

import asyncio

import pytest

from chat.live.frames import websocket_frame
from chat.live.wire import AsgiWire


class Peer:
    """Takes messages while it is let."""

    def __init__(self):
        self.messages = []
        self.takes = asyncio.Event()
        self.takes.set()
        self.got = asyncio.Condition()

    async def send(self, message):
        await self.takes.wait()
        async with self.got:
            self.messages.append(message)
            self.got.notify_all()

    async def has(self, count):
        async with asyncio.timeout(5), self.got:
            await self.got.wait_for(lambda: len(self.messages) == count)


@pytest.fixture
async def peer():
    return Peer()


@pytest.fixture
async def wire(peer):
    wire = AsgiWire(peer.send)
    yield wire
    wire.stop()


def send(wire, *texts):
    wire.send(b"".join(map(websocket_frame, texts)))


async def test_texts_arrive_in_order_and_the_close_after_them(peer, wire):
    send(wire, b"one", "zwölf".encode())
    send(wire, b"three")
    wire.close(4412)
    await peer.has(4)
    assert [message.get("text") for message in peer.messages[:3]] == ["one", "zwölf", "three"]
    assert peer.messages[3] == {"type": "websocket.close", "code": 4412}


async def test_nothing_follows_the_close(peer, wire):
    peer.takes.clear()
    wire.close(4412)
    send(wire, b"late")
    assert wire.unsent == 0
    peer.takes.set()
    await peer.has(1)


async def test_what_the_peer_has_not_taken_is_counted_in_bytes(peer, wire):
    peer.takes.clear()
    send(wire, "zwölf".encode(), b"three")
    assert wire.unsent == 11
    drained = asyncio.Event()
    wire.when_drained(drained.set)
    assert not drained.is_set()
    peer.takes.set()
    async with asyncio.timeout(5):
        await drained.wait()
    assert wire.unsent == 0
    assert len(peer.messages) == 2


async def test_one_who_waits_for_what_is_read_already_waits_for_nothing(wire):
    drained = asyncio.Event()
    wire.when_drained(drained.set)
    assert drained.is_set()
