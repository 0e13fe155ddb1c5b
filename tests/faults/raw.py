"""A WebSocket peer with no manners: bytes on a TCP connection, read and written as it likes."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import struct
from contextlib import suppress

from websockets.frames import Frame, Opcode

from tests.faults.client import Address
from tests.faults.house import Server

ESTABLISHED = 1  # tcp_info's first byte
TCP_INFO_SIZE = 8  # bytes of it that we read
FIONREAD = 0x541B
PATIENCE = 10.0  # s for the handshake


class RawPeer:
    """One connection straight to a server process. `buffer` bounds what the kernel takes for us."""

    def __init__(self, server: Server, member: Address, buffer: int | None = None) -> None:
        self.server = server
        self.member = member
        self.socket = socket.socket()
        if buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.setblocking(False)
        self.early = b""

    async def open(self) -> None:
        """Shake hands; raises ConnectionError when refused."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE):
            await loop.sock_connect(self.socket, ("127.0.0.1", self.server.port))
            await loop.sock_sendall(self.socket, self.handshake())
            answer = b""
            while b"\r\n\r\n" not in answer:
                some = await loop.sock_recv(self.socket, 4096)
                if not some:
                    raise ConnectionError("closed during the handshake")
                answer += some
        head, _, self.early = answer.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.split(b"\r\n")[0].decode())

    def handshake(self) -> bytes:
        """The request for a socket."""
        key = base64.b64encode(os.urandom(16)).decode()
        return (
            f"GET /ws/chat/ HTTP/1.1\r\nHost: {self.server.host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: {self.server.url}\r\nCookie: {self.member.cookie}\r\n\r\n"
        ).encode()

    def push(self, data: bytes) -> bool:
        """Write without waiting; False when the connection takes no more, or is gone."""
        try:
            return self.socket.send(data) == len(data)
        except OSError:
            return False

    async def write(self, data: bytes) -> None:
        """Write all of it; raises OSError when the connection is gone."""
        await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def read(self, most: int = 65536) -> bytes:
        """Read something; b"" at the end. Raises OSError when reset."""
        return await asyncio.get_running_loop().sock_recv(self.socket, most)

    def unread(self) -> int:
        """Bytes that wait in our kernel."""
        import fcntl

        with suppress(OSError):
            return struct.unpack("i", fcntl.ioctl(self.socket, FIONREAD, b"\0\0\0\0"))[0]
        return 0

    def established(self) -> bool:
        """Whether the connection stands, as far as our kernel was told."""
        with suppress(OSError):
            info = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_SIZE)
            return info[0] == ESTABLISHED
        return False

    def close(self) -> None:
        """Be gone."""
        self.socket.close()


def text_frame(payload: bytes) -> bytes:
    """A masked text frame, as clients send them."""
    return Frame(Opcode.TEXT, payload).serialize(mask=True)
