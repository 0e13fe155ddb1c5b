"""The frame reader: what it gives for what comes in, however it was cut up on the way."""

import pytest
from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.internet.testing import StringTransport

from chatsite import frames
from chatsite.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, FrameError, MessageReader
from tests.server import client_frames as client

LIMIT = 70_000  # bytes in a message, so that all three lengths of length occur below it


def read(*pieces: bytes, limit: int = LIMIT) -> list[tuple[int, bytes]]:
    """The messages that come of the pieces."""
    reader = MessageReader(limit)
    messages = []
    for piece in pieces:
        reader.feed(piece)
        while (message := reader.next()) is not None:
            messages.append(message)
    return messages


def fails_with(code: int, *pieces: bytes) -> None:
    with pytest.raises(FrameError) as caught:
        read(*pieces)
    assert caught.value.code == code


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 125, 126, 127, 65535, 65536, LIMIT])
def test_a_message_of_any_size_comes_out_unmasked(size: int) -> None:
    words = ("äbc" * size)[:size].encode()[:size].decode(errors="ignore")
    assert read(client.text(words)) == [(TEXT, words.encode())]


def test_a_message_that_came_byte_by_byte_is_whole() -> None:
    frame = client.text("word " * 40)
    assert read(*(bytes([byte]) for byte in frame)) == [(TEXT, b"word " * 40)]


def test_many_messages_in_one_piece_come_in_order() -> None:
    sent = [f"message {n}" for n in range(1000)]
    assert read(b"".join(map(client.text, sent))) == [(TEXT, words.encode()) for words in sent]


def test_fragments_are_put_together_around_a_ping() -> None:
    first, second, third = client.fragments(TEXT, "grü".encode(), b"", "ße".encode())
    pieces = first + client.ping(b"?") + second + third
    assert read(pieces) == [(PING, b"?"), (TEXT, "grüße".encode())]


def test_a_character_may_be_cut_between_fragments() -> None:
    assert read(*client.fragments(TEXT, b"\xe2\x82", b"\xac")) == [(TEXT, "€".encode())]


def test_binary_messages_need_not_be_utf8() -> None:
    assert read(client.binary(b"\xff\x00")) == [(BINARY, b"\xff\x00")]


@pytest.mark.parametrize(
    "payload",
    [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"abc\xe2\x82"],
    ids=["stray byte", "overlong", "surrogate", "beyond Unicode", "cut short"],
)
def test_text_that_is_not_utf8_is_refused(payload: bytes) -> None:
    fails_with(1007, client.masked(TEXT, payload))


def test_text_that_is_not_utf8_is_refused_in_fragments_too() -> None:
    fails_with(1007, *client.fragments(TEXT, b"\xe2\x82", b"abc"))


def test_a_message_too_large_is_refused_by_its_header_alone() -> None:
    fails_with(4413, client.masked(TEXT, b"x" * (LIMIT + 1))[:14])


def test_fragments_that_are_together_too_large_are_refused() -> None:
    fails_with(4413, *client.fragments(TEXT, b"x" * LIMIT, b"x"))


def test_a_length_of_many_exabytes_is_refused() -> None:
    fails_with(4413, b"\x81\xff" + b"\xff" * 8)


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (b"\x81\x05hello", "no mask"),
        (b"\xc1\x80\0\0\0\0", "a reserved bit"),
        (b"\x83\x80\0\0\0\0", "a reserved opcode"),
        (b"\x8b\x80\0\0\0\0", "a reserved control opcode"),
        (b"\x09\x80\0\0\0\0", "a ping in fragments"),
        (b"\x89\xfe\0\x7e\0\0\0\0", "a ping of 126 bytes"),
        (b"\x80\x80\0\0\0\0", "a continuation of nothing"),
        (b"\x81\xfe\0\x05\0\0\0\0hello", "a length not in its shortest form"),
        (b"\x81\xff\0\0\0\0\0\0\0\x05\0\0\0\0hello", "a long length not in its shortest form"),
    ],
)
def test_a_frame_that_breaks_the_protocol_is_refused(frame: bytes, why: str) -> None:
    fails_with(1002, frame)


def test_a_new_message_inside_a_fragmented_one_is_refused() -> None:
    fails_with(1002, client.masked(TEXT, b"a", final=False), client.text("b"))


@pytest.mark.parametrize("code", [1000, 1001, 1011, 3000, 4412, 4999])
def test_a_close_frame_gives_its_code(code: int) -> None:
    [(opcode, payload)] = read(client.close(code, b"why"))
    assert (opcode, frames.close_code(payload)) == (CLOSE, code)


def test_a_close_frame_without_code_is_1005() -> None:
    assert frames.close_code(b"") == 1005


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        (b"\x03", 1002),
        (b"\x03\xe7", 1002),  # 999
        (b"\x03\xed", 1002),  # 1005
        (b"\x03\xee", 1002),  # 1006
        (b"\x07\xd0", 1002),  # 2000
        (b"\x13\x88", 1002),  # 5000
        (b"\x03\xe8\xff", 1007),
    ],
)
def test_a_wrong_close_frame_is_refused(payload: bytes, answer: int) -> None:
    with pytest.raises(FrameError) as caught:
        frames.close_code(payload)
    assert caught.value.code == answer


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_a_frame_of_ours_is_read_by_another_implementation(size: int) -> None:
    from websockets.frames import Frame
    from websockets.streams import StreamReader

    stream = StreamReader()
    stream.feed_data(frames.frame(TEXT, b"x" * size))
    parsing = Frame.parse(stream.read_exact, mask=False)
    with pytest.raises(StopIteration) as done:
        next(parsing)
    assert (done.value.value.opcode, done.value.value.data) == (TEXT, b"x" * size)


# --- The same as Autobahn, whatever comes -------------------------------------------------------


class Autobahn(WebSocketServerProtocol):
    """Autobahn's own reader, for comparison."""

    def __init__(self) -> None:
        super().__init__()
        self.factory = WebSocketServerFactory()
        self.factory.setProtocolOptions(maxMessagePayloadSize=LIMIT, openHandshakeTimeout=0)
        self.makeConnection(StringTransport())
        self.state = self.STATE_OPEN
        self.websocket_version = 13
        self.inside_message = False
        self.current_frame = None
        self.messages: list[tuple[int, bytes]] = []
        self.failure: int | None = None
        self.ended = False

    def unregisterProducer(self) -> None:
        pass  # there is none on this transport

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        self.messages.append((BINARY if isBinary else TEXT, payload))

    def onPing(self, payload: bytes) -> None:
        self.messages.append((PING, payload))

    def onPong(self, payload: bytes) -> None:
        self.messages.append((PONG, payload))

    def onCloseFrame(self, code: int, reasonRaw: bytes) -> bool | None:
        stop = super().onCloseFrame(code, reasonRaw)
        self.ended = True
        return stop

    def _fail_connection(self, code: int = 1001, reason: str = "") -> None:
        if not self.ended and self.failure is None:
            self.failure = code
        super()._fail_connection(code, reason)


def by_autobahn(pieces: list[bytes]) -> tuple[list[tuple[int, bytes]], int | None]:
    protocol = Autobahn()
    for piece in pieces:
        protocol.dataReceived(piece)
    return protocol.messages, protocol.failure


def by_us(pieces: list[bytes]) -> tuple[list[tuple[int, bytes]], int | None]:
    reader, messages = MessageReader(LIMIT), []
    try:
        for piece in pieces:
            reader.feed(piece)
            while (message := reader.next()) is not None:
                if message[0] == CLOSE:
                    frames.close_code(message[1])
                    return messages, None
                messages.append(message)
    except FrameError as error:
        return messages, 1009 if error.code == 4413 else error.code
    return messages, None


words = st.text(max_size=300).map(str.encode)
payloads = st.one_of(words, words, st.binary(max_size=300), st.just(b"x" * LIMIT))
opcodes = st.sampled_from([TEXT, TEXT, TEXT, BINARY, CONTINUATION])
wholes = st.builds(client.masked, st.sampled_from([TEXT, BINARY]), payloads)
in_fragments = st.builds(
    lambda opcode, pieces: b"".join(client.fragments(opcode, *pieces)),
    st.sampled_from([TEXT, BINARY]),
    st.lists(words, min_size=1, max_size=4),
)
control = st.builds(client.masked, st.sampled_from([PING, PONG, CLOSE]), st.binary(max_size=125))
any_frame = st.builds(
    lambda opcode, payload, final: client.masked(opcode, payload, final=final),
    st.integers(0, 15),
    payloads,
    st.booleans(),
)
garbage = st.binary(max_size=40)
streams = st.lists(
    st.one_of(wholes, in_fragments, control, st.one_of(any_frame, garbage)), max_size=8
)


@settings(max_examples=400, deadline=None)
@given(stream=streams, data=st.data())
@example(stream=[client.masked(TEXT, b"\xff", final=False)], data=None)
def test_whatever_comes_in_whatever_pieces_autobahn_reads_the_same(
    stream: list[bytes], data: st.DataObject | None
) -> None:
    whole = b"".join(stream)
    cuts = data.draw(st.lists(st.integers(0, len(whole)), max_size=20)) if data else []
    edges = [0, *sorted(cuts), len(whole)]
    pieces = [whole[a:b] for a, b in zip(edges, edges[1:], strict=False) if a < b]
    expected, expected_failure = by_autobahn(pieces)
    messages, failure = by_us(pieces)
    if expected_failure == 1007:
        # Autobahn looks at the text of a message before it is whole, we when it is; until then
        # control frames may come in between.
        assert failure in (1007, 1002, 1009, None)
        late = messages[len(expected) :]
        assert all(opcode in (PING, PONG) for opcode, _ in late)
        del messages[len(expected) :]
    else:
        assert failure == expected_failure
    assert messages == expected
    assert by_us([whole]) == by_us(pieces)
