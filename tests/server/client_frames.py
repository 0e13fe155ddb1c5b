"""Frames as a client sends them, right or wrong."""

import os

from chatsite.frames import BINARY, CLOSE, CONTINUATION, PING, TEXT


def masked(
    opcode: int, payload: bytes = b"", *, final: bool = True, mask: bytes | None = None
) -> bytes:
    """A frame with a mask, random unless given."""
    mask = os.urandom(4) if mask is None else mask
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 65536:
        length = b"\xfe" + size.to_bytes(2, "big")
    else:
        length = b"\xff" + size.to_bytes(8, "big")
    body = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))
    return bytes([(0x80 if final else 0) | opcode]) + length + mask + body


def text(words: str) -> bytes:
    """A whole text message."""
    return masked(TEXT, words.encode())


def binary(payload: bytes) -> bytes:
    """A whole binary message."""
    return masked(BINARY, payload)


def ping(payload: bytes = b"") -> bytes:
    """A ping."""
    return masked(PING, payload)


def close(code: int, reason: bytes = b"") -> bytes:
    """A close frame."""
    return masked(CLOSE, code.to_bytes(2, "big") + reason)


def fragments(opcode: int, *pieces: bytes) -> list[bytes]:
    """One message in as many frames as there are pieces."""
    last = len(pieces) - 1
    return [
        masked(opcode if n == 0 else CONTINUATION, piece, final=n == last)
        for n, piece in enumerate(pieces)
    ]
