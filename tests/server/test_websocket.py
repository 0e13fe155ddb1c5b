"""An open WebSocket, through real sockets, on either event loop."""

import asyncio
import json
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from chatsite.websocket import MESSAGE_MAX, QUEUE_MAX
from tests.server import client_frames as client
from tests.server.raw import HANDSHAKE, RawClient, connected, request, settled, wait_for
from tests.server.small_site import SmallSite

TEXT, BINARY, CLOSE, PONG = 1, 2, 8, 10


async def words(socket) -> dict:
    return json.loads(await asyncio.wait_for(socket.recv(), 10))


async def code_of_end(socket) -> int:
    """Read to the end; the close code."""
    try:
        while True:
            await asyncio.wait_for(socket.recv(), 10)
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else 1006


# --- Messages -------------------------------------------------------------------------------------


async def test_messages_come_back_in_order(small_site: SmallSite) -> None:
    async with connect(f"{small_site.ws_url}/echo") as socket:
        await words(socket)
        sent = [f"message {n} – “ok”" for n in range(500)]
        for message in sent:
            await socket.send(message)
        assert [await socket.recv() for _ in sent] == sent


async def test_a_message_of_half_a_mebibyte_comes_back(small_site: SmallSite) -> None:
    async with connect(f"{small_site.ws_url}/echo") as socket:
        await words(socket)
        await socket.send("é" * (MESSAGE_MAX // 4))
        assert await socket.recv() == "é" * (MESSAGE_MAX // 4)


async def test_binary_messages_are_told_apart(small_site: SmallSite) -> None:
    async with connect(f"{small_site.ws_url}/echo") as socket:
        await words(socket)
        await socket.send(b"\x00")
        assert await words(socket) == {"binary": True}


async def test_the_asgi_way_works_as_well(small_site: SmallSite) -> None:
    async with connect(f"{small_site.ws_url}/asgi-echo") as socket:
        for message in ("text", b"\xff", ""):
            await socket.send(message)
            assert await socket.recv() == message


def test_a_message_in_single_bytes_comes_back(small_site: SmallSite) -> None:
    with connected(small_site, "/echo") as raw:
        raw.read_frame()
        for byte in client.text("drop by drop"):
            raw.send(bytes([byte]))
        assert raw.read_frame() == (TEXT, b"drop by drop")


def test_fragments_come_back_whole_and_a_ping_between_them_is_answered(
    small_site: SmallSite,
) -> None:
    with connected(small_site, "/echo") as raw:
        raw.read_frame()
        first, second = client.fragments(TEXT, b"one ", b"two")
        raw.send(first + client.ping(b"there?") + second)
        assert raw.read_frame() == (PONG, b"there?")
        assert raw.read_frame() == (TEXT, b"one two")


def test_messages_sent_before_the_handshake_was_answered_are_not_lost(
    small_site: SmallSite,
) -> None:
    raw = RawClient(small_site)
    raw.send(request("/echo", HANDSHAKE) + client.text("eager") + client.text("very"))
    assert raw.read_head().startswith(b"HTTP/1.1 101 ")
    raw.read_frame()
    assert raw.read_frame() == (TEXT, b"eager")
    assert raw.read_frame() == (TEXT, b"very")
    raw.socket.close()


# --- The end --------------------------------------------------------------------------------------


async def test_the_application_closes_with_a_code_after_what_it_said(
    small_site: SmallSite,
) -> None:
    async with connect(f"{small_site.ws_url}/closing") as socket:
        await words(socket)
        await socket.send("4410")
        assert await words(socket) == {"before": "the end"}
        assert await code_of_end(socket) == 4410


async def test_a_closing_peer_gets_its_code_back(small_site: SmallSite) -> None:
    closes = Path(small_site.settings["CLOSES"])
    closes.unlink(missing_ok=True)
    async with connect(f"{small_site.ws_url}/asgi-echo") as socket:
        await socket.close(3456)
        assert socket.close_code == 3456
    wait_for(closes.exists, "the application heard of it")
    assert closes.read_text() == "3456"


async def test_a_peer_that_vanishes_is_1006_to_the_application(small_site: SmallSite) -> None:
    closes = Path(small_site.settings["CLOSES"])
    closes.unlink(missing_ok=True)
    with connected(small_site, "/asgi-echo"):
        pass
    wait_for(closes.exists, "the application heard of it")
    assert closes.read_text() == "1006"


def test_a_peer_that_does_not_answer_a_close_is_cut_off(small_site: SmallSite) -> None:
    with connected(small_site, "/closing") as raw:
        raw.read_frame()
        raw.send(client.text("4408"))
        raw.read_frame()
        assert raw.read_close() == 4408
        assert raw.is_cut_off()


async def test_abort_drops_the_connection_without_a_word(small_site: SmallSite) -> None:
    async with connect(f"{small_site.ws_url}/closing") as socket:
        await words(socket)
        await socket.send("abort")
        assert await code_of_end(socket) == 1006


async def test_a_bug_of_the_application_closes_with_1011(small_site: SmallSite) -> None:
    async with connect(f"{small_site.ws_url}/closing") as socket:
        await words(socket)
        await socket.send("raise")
        assert await code_of_end(socket) == 1011
    wait_for(lambda: "a bug of the application" in small_site.said(), "the bug in the log")


async def test_an_application_that_fails_after_accepting_closes_with_1011(
    small_site: SmallSite,
) -> None:
    async with connect(f"{small_site.ws_url}/broken-later") as socket:
        assert await code_of_end(socket) == 1011


async def test_an_application_that_returns_closes_with_1000(small_site: SmallSite) -> None:
    async with connect(f"{small_site.ws_url}/returning") as socket:
        assert await code_of_end(socket) == 1000


# --- Bad frames -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (client.masked(TEXT, b"\xff\xfe"), 1007),
        (b"\x81\x02hi", 1002),
        (b"\xc1\x80\0\0\0\0", 1002),
        (client.masked(0, b"x"), 1002),
        (client.close(1005), 1002),
        (client.close(1000, b"\xff"), 1007),
    ],
    ids=["not UTF-8", "no mask", "reserved bit", "stray fragment", "reserved code", "bad reason"],
)
def test_a_bad_frame_closes_with_its_code(small_site: SmallSite, frame: bytes, code: int) -> None:
    with connected(small_site, "/echo") as raw:
        raw.read_frame()
        raw.send(frame)
        assert raw.read_close() == code


def test_a_peer_that_goes_on_after_a_bad_frame_is_cut_off(small_site: SmallSite) -> None:
    with connected(small_site, "/echo") as raw:
        raw.read_frame()
        raw.send(client.masked(TEXT, b"\xff") + client.text("and so on") * 1000)
        assert raw.read_close() == 1007
        assert raw.is_cut_off()


async def test_a_message_over_a_mebibyte_closes_with_4413(small_site: SmallSite) -> None:
    async with connect(f"{small_site.ws_url}/echo") as socket:
        await words(socket)
        await socket.send("x" * (MESSAGE_MAX + 1))
        assert await code_of_end(socket) == 4413


async def test_fragments_over_a_mebibyte_close_with_4413(small_site: SmallSite) -> None:
    async with connect(f"{small_site.ws_url}/echo") as socket:
        await words(socket)
        await socket.send("x" * (MESSAGE_MAX // 2) for _ in range(3))
        assert await code_of_end(socket) == 4413


# --- Back-pressure: the way in --------------------------------------------------------------------


def test_a_paused_socket_takes_nothing_more_and_later_loses_nothing(
    small_site: SmallSite,
) -> None:
    with connected(small_site, "/pausing") as raw:
        raw.read_frame()
        raw.send(client.text("pause") + client.text("more") * 9 + client.binary(b"?"))
        assert json.loads(raw.read_frame()[1]) == {"seen": 1}
        assert json.loads(raw.read_frame()[1]) == {"seen": 10}


def test_an_application_that_does_not_read_stops_the_peer(small_site: SmallSite) -> None:
    before = small_site.memory()
    limit = 64 * 1024 * 1024
    with connected(small_site, "/idle") as raw:
        taken = raw.send_until_blocked(client.text("x" * 65000), limit)
        assert taken < limit
        assert small_site.memory() - before < QUEUE_MAX * 65000 + 16 * 1024 * 1024


# --- Back-pressure: the way out -------------------------------------------------------------------


def test_what_a_slow_reader_has_not_taken_is_counted_until_it_has(
    small_site: SmallSite, unsent: Path
) -> None:
    with connected(small_site, "/filling", receive_buffer=65536) as raw:
        raw.read_frame()
        raw.send(client.text("200"))
        assert 200 * 65536 * 0.3 < settled(unsent) < 200 * 65546
        for _ in range(200):
            assert raw.read_frame() == (TEXT, b"x" * 65536)
        assert json.loads(raw.read_frame()[1]) == {"drained": True, "unsent": 0}


def test_a_quick_reader_has_nothing_unsent(small_site: SmallSite, unsent: Path) -> None:
    with connected(small_site, "/filling") as raw:
        raw.read_frame()
        raw.send(client.text("1"))
        assert raw.read_frame() == (TEXT, b"x" * 65536)
        assert json.loads(raw.read_frame()[1]) == {"drained": True, "unsent": 0}
        assert settled(unsent) == 0


def test_an_application_that_sends_by_asgi_waits_for_a_slow_reader(
    small_site: SmallSite, unsent: Path
) -> None:
    with connected(small_site, "/asgi-filling", receive_buffer=65536) as raw:
        sent = settled(unsent)
        assert sent < 200
        for _ in range(400):
            raw.read_frame()
        assert settled(unsent) > sent


def test_pings_of_a_peer_that_does_not_read_cost_no_memory(small_site: SmallSite) -> None:
    before = small_site.memory()
    with connected(small_site, "/echo", receive_buffer=4096) as raw:
        raw.send_until_blocked(client.ping(b"x" * 125) * 500, 16 * 1024 * 1024)
        assert small_site.memory() - before < 8 * 1024 * 1024
