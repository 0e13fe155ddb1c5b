"""A program that tests start: its directory, its port, its log, its end."""

import atexit
import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

START_TIMEOUT = 90  # s, on a machine that is busy with the other groups of tests
STOP_TIMEOUT = 15  # s
POLL = 0.05  # s
# Below the range from which the kernel takes ports for outgoing connections.
PORTS = range(20_000, 32_000)
PR_SET_PDEATHSIG = 1  # prctl(2)


class PartFailed(Exception):
    """A part did not start or stop; the message carries the end of its log."""


def wait_until(condition: Callable[[], object], timeout: float, what: str) -> None:
    """Return once ``condition()`` holds; raise TimeoutError naming ``what`` after ``timeout`` s."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout} s")
        time.sleep(POLL)


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens."""
    for port in random.sample(PORTS, 50):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise PartFailed("no free port among fifty tried")


def listens(port: int) -> bool:
    """Say whether something accepts connections on ``port``."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> bool:
    """Say whether a GET of ``url`` succeeds."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:  # URLError is one
        return False


def program(name: str, *directories: str) -> str | None:
    """Return the path of ``name``, looked for in PATH, the system's own and ``directories``."""
    return shutil.which(
        name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *directories])
    )


def _end_with_parent() -> None:
    """In the child: be told to end when the tests are killed, so that nothing is left running."""
    if os.uname().sysname == "Linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Part:
    """One program. Subclasses say how it is started and when it is ready.

    Use it as a context manager, or call start() and stop(). It has a directory and a port of its
    own, both kept over restart().
    """

    # The account to run it as when the tests run as root and the program refuses that.
    user: str | None = None
    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix=f"chat-{type(self).__name__.lower()}-"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        if self._account:
            shutil.chown(self.directory, self._account)

    def command(self) -> list[str]:
        """Return the command line."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Return the environment the program gets."""
        return dict(os.environ)

    def prepare(self) -> None:
        """Make what the program needs in its directory, before its first start."""

    def ready(self) -> bool:
        """Say whether it does its work."""
        return listens(self.port)

    @property
    def pid(self) -> int:
        """The process id of the program's main process."""
        assert self.process, f"{self} is not running"
        return self.process.pid

    @property
    def log(self) -> Path:
        """What the program printed."""
        return self.directory / "log"

    @property
    def running(self) -> bool:
        """Whether its main process lives."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> Self:
        """Start it and return once it is ready; raise PartFailed with its log otherwise."""
        if not self.log.exists():
            self.prepare()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.working_directory,
                env=self.environment(),
                preexec_fn=_end_with_parent,
                start_new_session=True,
                **self._credentials(),
            )
        atexit.register(self._end, os.getpid())
        try:
            wait_until(lambda: not self.running or self.ready(), START_TIMEOUT, f"{self} ready")
        except TimeoutError as late:
            self.kill()
            raise PartFailed(f"{late}\n{self.last_words()}") from None
        if not self.running:
            raise PartFailed(f"{self} ended at its start\n{self.last_words()}")
        return self

    @property
    def working_directory(self) -> Path:
        """Where the program runs."""
        return self.directory

    def signal(self, number: int) -> None:
        """Send ``number`` to its main process."""
        os.kill(self.pid, number)

    def stop(self) -> int:
        """Ask it to end, wait until it has, and return its exit code."""
        assert self.process
        if self.running:
            self.signal(signal.SIGCONT)
            self.signal(self.stop_signal)
        try:
            return self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.kill()
            raise PartFailed(f"{self} did not stop when asked\n{self.last_words()}") from None

    def kill(self) -> None:
        """End it and its children at once, as a crash would."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def restart(self) -> Self:
        """Stop and start it again on the same port with the same data."""
        self.stop()
        return self.start()

    def last_words(self, lines: int = 40) -> str:
        """Return the end of its log."""
        if not self.log.exists():
            return "(it printed nothing)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def close(self) -> None:
        """Stop it if it runs, and remove its directory."""
        atexit.unregister(self._end)
        try:
            if self.running:
                self.stop()
        finally:
            self.kill()
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__} on port {self.port}"

    @property
    def _account(self) -> str | None:
        return self.user if os.getuid() == 0 else None

    def _credentials(self) -> dict[str, Any]:
        if self._account is None:
            return {}
        return {"user": self._account, "group": self._account, "extra_groups": []}

    def _end(self, owner: int) -> None:
        """At exit: a fork of the test process must not end what the test process started."""
        if os.getpid() == owner:
            self.kill()
            shutil.rmtree(self.directory, ignore_errors=True)
