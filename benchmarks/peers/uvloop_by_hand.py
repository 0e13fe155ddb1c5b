"""The limit of Python: one asyncio.Protocol on uvloop, one prebuilt frame a message."""

import asyncio
import base64
import hashlib
import json
import os
import struct

import uvloop

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
BACKLOG = 2048
rooms: dict[bytes, set[asyncio.Transport]] = {}


def text_frame(payload: bytes) -> bytes:
    n = len(payload)
    if n < 126:
        return bytes((0x81, n)) + payload
    return b"\x81\x7e" + struct.pack("!H", n) + payload


def unmasked(mask: bytes, body: bytes) -> bytes:
    n = len(body)
    key = (mask * (n // 4 + 1))[:n]
    return (int.from_bytes(body, "big") ^ int.from_bytes(key, "big")).to_bytes(n, "big")


class Member(asyncio.Protocol):
    room = None

    def connection_made(self, transport):
        self.transport = transport
        self.buffer = b""

    def data_received(self, data):
        self.buffer += data
        if self.room is None and not self.handshake():
            return
        while self.frame():
            pass

    def handshake(self) -> bool:
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        request, *lines = head.split(b"\r\n")
        headers = {k.lower(): v.strip() for k, v in (line.split(b":", 1) for line in lines)}
        accept = base64.b64encode(hashlib.sha1(headers[b"sec-websocket-key"] + GUID).digest())
        self.room = rooms.setdefault(request.split(b" ")[1], set())
        self.room.add(self.transport)
        self.transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        self.buffer = rest
        return True

    def frame(self) -> bool:
        buffer = self.buffer
        if len(buffer) < 6:
            return False
        n, head = buffer[1] & 127, 2
        if n == 126:
            n, head = int.from_bytes(buffer[2:4], "big"), 4
        end = head + 4 + n
        if len(buffer) < end:
            return False
        self.buffer = buffer[end:]
        if buffer[0] & 15 == 1:
            self.message(unmasked(buffer[head : head + 4], buffer[head + 4 : end]))
        elif buffer[0] & 15 == 8:
            self.transport.close()
        return True

    def message(self, body):
        frame = text_frame(json.dumps({"message": json.loads(body)["message"]}).encode())
        for member in self.room:
            member.write(frame)

    def connection_lost(self, error):
        if self.room is not None:
            self.room.discard(self.transport)


async def main():
    server = await asyncio.get_running_loop().create_server(
        Member, "127.0.0.1", int(os.environ["PORT"]), backlog=BACKLOG
    )
    await server.serve_forever()


uvloop.run(main())
