"""Fault 14: frames that no client should send, and handshakes that never end."""

from __future__ import annotations

import asyncio
import json
import random
import struct
from collections.abc import Callable
from contextlib import suppress

from websockets.frames import Frame, Opcode

from tests.faults.client import Address, now
from tests.faults.raw import RawPeer, text_frame
from tests.faults.run import Fault, Run
from tests.faults.scenarios.redis import CALM

FRAMES = 100_000  # when the run is a long one
A_SECOND = 400  # frames for each second of a shorter one
PER_SOCKET = 30
SOCKETS = 8  # at a time
LINGERERS = 40  # handshakes that never end
ANSWER_TIME = 0.5  # s to read what came back
CRASH = 1011
BIG = 1024 * 1024

Bad = Callable[[random.Random, int], bytes]


def junk(chance: random.Random, room: int) -> bytes:
    """Bytes that are no JSON, some of them no UTF-8."""
    data = chance.randbytes(chance.randint(0, 200))
    return text_frame(data if chance.random() < 0.5 else data.decode("latin1").encode())


def odd_json(chance: random.Random, room: int) -> bytes:
    """JSON that is no frame of ours."""
    return text_frame(
        chance.choice(
            [
                b"null", b"[]", b'""', b"0", b"{}", b"[[]]", b"NaN", b"[NaN]", b"-Infinity",
                b'{"type":NaN}', b'{"type":"ping","ref":1e999}', b'{"type":"ping","ref":NaN}',
                b'{"type":"ping","ref":' + b"9" * 400 + b"}", b"[" * 5000, b'{"a":' * 3000,
                b"[" * 5000 + b"]" * 5000, b'{"type":"ping"', b'{"type":"ping"}{"type":"ping"}',
                b'{"type":["ping"]}', b'{"type":"nothing"}', b'{"type":"ping","ref":{}}',
                b'{"type":"ping","ref":[1]}', b'{"type":"ping","ref":true}', b"\xef\xbb\xbf{}",
                b'{"type":"send","type":"ping"}', b'"\\ud800"', b'{"type":"\\ud800"}', b" ", b"",
            ]
        )
    )  # fmt: skip


ODD_VALUES = (
    None, True, False, 0, -1, 2**31, 2**63 - 1, 2**63, -(2**63), 10**30, 1.5, 1e308, "", "x",
    "\x00", "a\x00b", "\ud800", "\udfff\ud800", "💥" * 100, "x" * 5000, [], [1], {}, {"a": 1}, [[]],
    "00000000-0000-0000-0000-000000000000", "not a uuid", "1", [None], {"": None},
)  # fmt: skip
FIELDS = ("room", "message", "client_id", "body", "reply_to", "thread", "attachments", "emoji",
          "on", "seq", "rooms", "visible", "ref")  # fmt: skip
COMMANDS = ("send", "edit", "delete", "react", "read", "sync", "typing", "focus", "ping")


def wrong_fields(chance: random.Random, room: int) -> bytes:
    """A command with fields of the wrong kind, or right ones with absurd values."""
    frame: dict = {"type": chance.choice(COMMANDS), "room": room, "ref": chance.randint(0, 9)}
    for name in chance.sample(FIELDS, chance.randint(0, 6)):
        frame[name] = chance.choice(ODD_VALUES)
    if chance.random() < 0.2:
        frame["rooms"] = {str(chance.choice(ODD_VALUES)): chance.choice(ODD_VALUES)}
    if chance.random() < 0.02:
        frame["rooms"] = {str(n): n for n in range(3000)}
    text = json.dumps(frame)
    return text_frame(text.encode("utf-8", "surrogatepass"))


def binary(chance: random.Random, room: int) -> bytes:
    """A binary message."""
    return Frame(Opcode.BINARY, chance.randbytes(20)).serialize(mask=True)


def pieces(chance: random.Random, room: int) -> bytes:
    """A message in fragments, in order or not, with control frames between."""
    parts = [b'{"type":', b'"ping"', b"}"]
    frames = [
        Frame(Opcode.TEXT if i == 0 else Opcode.CONT, part, fin=i == len(parts) - 1)
        for i, part in enumerate(parts)
    ]
    frames.insert(chance.randint(1, 2), Frame(Opcode.PING, b"?"))
    if chance.random() < 0.3:
        frames.pop(chance.randint(0, 3))
    return b"".join(frame.serialize(mask=True) for frame in frames)


def too_large(chance: random.Random, room: int) -> bytes:
    """Over the limit for a frame, sometimes over that of a socket."""
    size = chance.choice([65_537, 100_000, BIG - 10, BIG + 10, 2 * BIG])
    return text_frame(b'{"type":"ping","x":"' + b"x" * size + b'"}')


def broken_frame(chance: random.Random, room: int) -> bytes:
    """Frames that are wrong below the messages: RFC 6455 tells to fail the connection."""
    payload = b'{"type":"ping"}'
    masked = bytes([0x80 | len(payload)]) + b"\0\0\0\0" + payload
    return chance.choice(
        [
            bytes([0x81, len(payload)]) + payload,  # not masked
            b"\xc1" + masked,  # a reserved bit
            b"\x83" + masked,  # an opcode that does not exist
            b"\x89\xfe\x00\xff" + b"\0" * 4 + b"x" * 255,  # a long ping
            b"\x09" + masked,  # a ping in fragments
            b"\x80" + masked,  # a continuation of nothing
            b"\x88\x81\0\0\0\0x",  # a close of one byte
            b"\x88\x82\0\0\0\0" + struct.pack(">H", chance.choice([0, 999, 1005, 1006, 5000])),
            b"\x81\xff" + struct.pack(">Q", 2**63 + 5) + b"\0\0\0\0",  # a length beyond all
            b"\x81\xff" + struct.pack(">Q", 2**40) + b"\0\0\0\0" + b"x" * 100,
            b"\x81\x84\0\0\0\0\xff\xfe\xc0\x80",  # not UTF-8
            b"\x81",  # and then nothing
        ]
    )


KINDS: tuple[tuple[Bad, int], ...] = (
    (junk, 10), (odd_json, 15), (wrong_fields, 60), (binary, 3), (pieces, 5), (too_large, 1),
    (broken_frame, 2),
)  # fmt: skip


async def fuzz(run: Run) -> None:
    """Bad frames on some sockets at a time, while handshakes linger and members go on talking."""
    lingerers = await _linger(run)
    wanted = min(FRAMES, int(A_SECOND * run.seconds))
    per_worker = wanted // (SOCKETS * PER_SOCKET) + 1
    counts = await asyncio.gather(*(_worker(run, n, per_worker) for n in range(SOCKETS)))
    run.notes.append(f"{sum(counts):,} bad frames")
    for peer in lingerers:
        peer.close()


async def _linger(run: Run) -> list[RawPeer]:
    """Handshakes of which only a part comes."""
    peers = []
    for number in range(LINGERERS):
        server = run.house.servers[number % len(run.house.servers)]
        peer = RawPeer(server, run.scene.clients[0].address)
        with suppress(OSError):
            loop = asyncio.get_running_loop()
            await loop.sock_connect(peer.socket, ("127.0.0.1", server.port))
            await peer.write(peer.handshake()[: run.chance.randint(0, 100)])
        peers.append(peer)
    return peers


async def _worker(run: Run, number: int, sockets: int) -> int:
    chance = random.Random(f"{run.seed} fuzz {number}")
    server = run.house.servers[number % len(run.house.servers)]
    member = run.scene.clients[number % len(run.scene.clients)]
    written = 0
    for _ in range(sockets):
        room = chance.choice([0, *member.state.rooms])
        frames, codes = await _one_socket(
            RawPeer(server, member.address), member.address, chance, room
        )
        written += frames
        if CRASH in codes:
            run.miss(f"a socket was closed with {CRASH}")
    return written


async def _one_socket(
    peer: RawPeer, member: Address, chance: random.Random, room: int
) -> tuple[int, list[int]]:
    """Write bad frames until closed or done. The number written, and the close codes that came."""
    written, answer = 0, b""
    try:
        await peer.open()
        for _ in range(PER_SOCKET):
            [kind] = chance.choices([k for k, _ in KINDS], [weight for _, weight in KINDS])
            async with asyncio.timeout(5):
                await peer.write(kind(chance, room))
            written += 1
        answer = await _read_rest(peer)
    except (OSError, TimeoutError):
        answer = await _read_rest(peer)
    finally:
        peer.close()
    return written, close_codes(peer.early + answer)


async def _read_rest(peer: RawPeer) -> bytes:
    answer, began = b"", now()
    with suppress(OSError, TimeoutError):
        while now() - began < 2 * ANSWER_TIME:
            some = await asyncio.wait_for(peer.read(), ANSWER_TIME)
            if not some:
                break
            answer += some
    return answer


def close_codes(data: bytes) -> list[int]:
    """The codes of close frames in what a server wrote."""
    codes, at = [], 0
    while at + 2 <= len(data):
        opcode, size = data[at] & 15, data[at + 1] & 127
        at += 2
        if size == 126:
            size, at = int.from_bytes(data[at : at + 2], "big"), at + 2
        elif size == 127:
            size, at = int.from_bytes(data[at : at + 8], "big"), at + 8
        if opcode == Opcode.CLOSE and size >= 2:
            codes.append(int.from_bytes(data[at : at + 2], "big"))
        at += size
    return codes


FUZZ = Fault(14, "bad frames, slow handshakes", fuzz, seconds=250, short=6, rate=10.0, without=CALM)
