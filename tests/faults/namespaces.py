"""A network of the harness's own: two namespaces and a wire between them that can be cut.

The kernel's own netem is not everywhere, so the wire is a thread that carries packets between two
tun devices: late, with losses, or not at all. The machine's own network is left alone. Needs root
on Linux.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import os
import random
import select
import socket
import struct
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

NEW_NETWORK = 0x40000000  # CLONE_NEWNET, unshare(2)
SET_INTERFACE = 0x400454CA  # TUNSETIFF
TUN_WITHOUT_HEADER = 0x0001 | 0x1000  # IFF_TUN | IFF_NO_PI
NEAR, FAR = "10.213.0.1", "10.213.0.2"
PACKET = 65536  # bytes

_libc = ctypes.CDLL(None, use_errno=True)


class NeedsRoot(Exception):
    """Network namespaces cannot be made here; the message says it in a sentence."""


def enter_private_network() -> None:
    """Put this process, from here on, into a network of its own with nothing but loopback.

    Call it before any thread is started. Raises NeedsRoot."""
    if not Path("/dev/net/tun").exists() or _libc.unshare(NEW_NETWORK) != 0:
        raise NeedsRoot(
            "faults 10 and 11 need root on Linux, for network namespaces and /dev/net/tun"
        )
    _ip("link", "set", "lo", "up")


class Wire:
    """The wire to a far namespace. Use it as a context manager, inside a private network.

    `delay` is in seconds each way, `loss` a share of the packets; both may be changed, as may
    `cut`: then nothing passes and neither side is told."""

    def __init__(self, seed: int) -> None:
        self.delay = 0.0
        self.loss = 0.0
        self.cut = False
        self._chance = random.Random(seed)
        self._ending = threading.Event()

    def __enter__(self) -> Wire:
        self._holder = subprocess.Popen(
            ["sleep", "infinity"], preexec_fn=lambda: _libc.unshare(NEW_NETWORK)
        )
        time.sleep(0.1)  # until the child has its namespace
        self._there = ThreadPoolExecutor(1, initializer=self._go_there)
        self._near = _tun("near0")
        self._far = self._there.submit(_tun, "far0").result()
        _bring_up("near0", NEAR, FAR)
        self._there.submit(_bring_up, "far0", FAR, NEAR).result()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()
        self._there.shutdown()
        self._holder.kill()
        self._holder.wait()
        os.close(self._near)
        os.close(self._far)

    def socket(self) -> socket.socket:
        """A TCP socket that lives on the far side, wherever it is used."""
        return self._there.submit(socket.socket).result()

    def _go_there(self) -> None:
        with open(f"/proc/{self._holder.pid}/ns/net") as namespace:
            if _libc.setns(namespace.fileno(), NEW_NETWORK) != 0:
                raise NeedsRoot("the far network namespace cannot be entered")

    def _carry(self) -> None:
        other = {self._near: self._far, self._far: self._near}
        waiting: list[tuple[float, int, int, bytes]] = []
        number = 0
        while not self._ending.is_set():
            patience = max(0.0, waiting[0][0] - time.monotonic()) if waiting else 0.1
            readable, _, _ = select.select(list(other), [], [], min(patience, 0.1))
            for end in readable:
                packet = os.read(end, PACKET)
                if not self.cut and self._chance.random() >= self.loss:
                    number += 1
                    due = time.monotonic() + self.delay
                    heapq.heappush(waiting, (due, number, other[end], packet))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, end, packet = heapq.heappop(waiting)
                if not self.cut:
                    os.write(end, packet)


def _tun(name: str) -> int:
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, SET_INTERFACE, struct.pack("16sH22x", name.encode(), TUN_WITHOUT_HEADER))
    return device


def _bring_up(name: str, own: str, peer: str) -> None:
    _ip("address", "add", own, "peer", peer, "dev", name)
    _ip("link", "set", name, "up")


def _ip(*arguments: str) -> None:
    # A child started from this thread is in this thread's namespace.
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
