"""The parent of the server processes: starts them, starts them again, and ends them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence

logger = logging.getLogger(__name__)

BACK_OFF_FIRST = 0.1  # s before a process that died young once more is started again
BACK_OFF_MAX = 5.0  # s
HEALTHY = 10.0  # s of life after which the next process is started at once
KILL_TIMEOUT = 25  # s for the processes to end; a platform kills after 30
BACKLOG = 4096  # connections that wait to be accepted; the kernel lowers it to its somaxconn
START_ATTEMPTS = 3  # of processes that have never been ready, before the start is given up


class CannotListen(Exception):
    """The address cannot be listened on; the message is a sentence for whoever chose it."""


def parse_address(address: str) -> tuple[str, int]:
    """Host and port of HOST:PORT or [HOST]:PORT; raises CannotListen for anything else."""
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise CannotListen(f"{address} is not an address: write HOST:PORT, such as 127.0.0.1:8000.")
    return host, int(port)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises CannotListen."""
    try:
        family, *_, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(where[:2], family=family, backlog=BACKLOG)
    except socket.gaierror:
        raise CannotListen(f"{host} is not a name or address of this machine.") from None
    except OSError as error:
        reasons = {
            errno.EADDRINUSE: f"Port {port} on {host} is already in use.",
            errno.EACCES: f"Listening on port {port} is not allowed to this user.",
            errno.EADDRNOTAVAIL: f"{host} is not an address of this machine.",
        }
        sentence = reasons.get(
            error.errno or 0, f"Cannot listen on {host}:{port}: {error.strerror}."
        )
        raise CannotListen(sentence) from None
    listener.setblocking(False)
    return listener


def url_of(listener: socket.socket) -> str:
    """Where a browser on this machine finds the listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Supervisor:
    """Keeps `processes` processes of `command` running on the listening socket `listener`.

    Each is started with three more arguments: the numbers of its file descriptors, as
    chatsite.server_process wants them. `ready()` is called once, when all accept connections.
    """

    def __init__(
        self,
        command: Sequence[str],
        processes: int,
        listener: socket.socket,
        ready: Callable[[], object] = lambda: None,
    ) -> None:
        self._command = command
        self._processes = processes
        self._listener = listener
        self._announce = ready
        self._children: set[asyncio.subprocess.Process] = set()
        self._waiting_for = processes  # processes that have never been ready
        self._failed = False

    def run(self) -> int:
        """Run until SIGTERM or SIGINT, and return the exit code: 0 when all ended in order."""
        return asyncio.run(self._run())

    async def _run(self) -> int:
        self._ending = asyncio.Event()
        # Only we hold the writing end, so that the children see its end when we die, however we do.
        self._lifeline, held = os.pipe()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end)
        slots = [asyncio.create_task(self._keep_running(n + 1)) for n in range(self._processes)]
        await self._ending.wait()
        killing = loop.call_later(KILL_TIMEOUT, self._kill)
        await asyncio.gather(*slots)
        killing.cancel()
        os.close(held)
        os.close(self._lifeline)
        return 1 if self._failed else 0

    def _end(self) -> None:
        """Tell the processes to end; asked again, kill them."""
        if self._ending.is_set():
            logger.warning("Asked twice to end: killing the server processes")
            self._kill()
            return
        logger.info("Asked to end: the server processes have %s s to say goodbye", KILL_TIMEOUT)
        self._ending.set()
        self._listener.close()  # nobody may queue up for processes that accept no more
        for child in self._children:
            self._signal(child, signal.SIGTERM)

    def _kill(self) -> None:
        self._failed = self._failed or bool(self._children)
        for child in self._children:
            self._signal(child, signal.SIGKILL)

    def _signal(self, child: asyncio.subprocess.Process, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(number)

    async def _keep_running(self, slot: int) -> None:
        """Have one process running until the end."""
        back_off, attempts, was_ready = 0.0, 0, False
        while not self._ending.is_set():
            started = time.monotonic()
            child, ready = await self._start()
            if await self._becomes_ready(ready) and not was_ready:
                was_ready = True
                self._waiting_for -= 1
                if not self._waiting_for:
                    self._announce()
            code = await child.wait()
            self._children.discard(child)
            if self._ending.is_set():
                # A process so young that it had no handler yet dies of the signal, in order.
                self._failed = self._failed or code not in (0, -signal.SIGTERM)
                return
            attempts += 1
            if not was_ready and attempts == START_ATTEMPTS:
                logger.critical("Server process %s does not start; giving up", slot)
                self._failed = True
                self._end()
                return
            if time.monotonic() - started > HEALTHY:
                back_off = 0.0
            logger.error(
                "Server process %s (pid %s) %s; starting another %s",
                slot, child.pid, how_it_ended(code), f"in {back_off} s" if back_off else "at once",
            )  # fmt: skip
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), back_off)
            back_off = min(max(BACK_OFF_FIRST, 2 * back_off), BACK_OFF_MAX)

    async def _start(self) -> tuple[asyncio.subprocess.Process, int]:
        """A new process, and where it says that it is ready."""
        reading, writing = os.pipe()
        inherited = (self._listener.fileno(), writing, self._lifeline)
        try:
            child = await asyncio.create_subprocess_exec(
                *self._command, *map(str, inherited), pass_fds=inherited
            )
        finally:
            os.close(writing)
        self._children.add(child)
        if self._ending.is_set():  # while it was being started
            self._signal(child, signal.SIGTERM)
        return child, reading

    async def _becomes_ready(self, reading: int) -> bool:
        """Wait until a process says that it is ready, or has died."""
        loop = asyncio.get_running_loop()
        said: asyncio.Future[bytes] = loop.create_future()

        def listen() -> None:
            loop.remove_reader(reading)
            said.set_result(os.read(reading, 1))

        loop.add_reader(reading, listen)
        try:
            return bool(await said)
        finally:
            os.close(reading)


def how_it_ended(code: int) -> str:
    """The exit code of a process in words."""
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with code {code}"
