"""One server process: what `manage.py serve` starts N times, each with the listening socket.

python -m chatsite.server_process LISTENER READY LIFELINE: the numbers of three inherited file
descriptors. A byte is written to READY when connections are accepted; LIFELINE reaches its end
when the parent has died.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

# Objects made, less those gone, between two looks for garbage. A batch of messages is some
# thousands, all gone by themselves once it is told: at the interpreter's 700 every batch was looked
# through again and again, 7 % of the time.
GARBAGE_EVERY = 20_000
# s after which a thread that computes gives way to another, above all to the event loop. At the
# interpreter's 5 ms a message waited for that, at each of its steps, beside any request.
GIVE_WAY_AFTER = 0.001
EXIT_TIMEOUT = 0.2  # s for threads to end, which may wait for a database that does not answer


def serve(
    application: Callable[..., Awaitable[None]],
    drain: Callable[[], Awaitable[object]],
    *,
    begin: Callable[[], object] = lambda: None,
    trusted_proxies: int = 0,
) -> NoReturn:
    """Serve `application` on the inherited socket until told to end, then exit with 0.

    `begin()` is called on the event loop once connections are accepted.
    """
    from chatsite.server import Server

    listener, ready, lifeline = (int(number) for number in sys.argv[1:4])
    # What was imported stays: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_EVERY)
    sys.setswitchinterval(GIVE_WAY_AFTER)
    server = Server(
        application,
        socket.socket(fileno=listener),
        drain=drain,
        trusted_proxies=trusted_proxies,
        lifeline=lifeline,
        ready=lambda: (begin(), os.write(ready, b"1")),
    )
    server.run()
    exit_in_order()


def exit_in_order() -> NoReturn:
    """Exit with 0 once the threads have ended, in EXIT_TIMEOUT at the latest.

    Without the interpreter's own goodbye: all is said, and one destructor that waits for a thread
    would keep it there until our parent kills us.
    """
    deadline = time.monotonic() + EXIT_TIMEOUT
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(max(0, deadline - time.monotonic()))
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def choose_event_loop() -> None:
    """Take uvloop where it is installed, unless UVLOOP=off. Before Twisted's reactor is made."""
    if os.environ.get("UVLOOP", "on") != "off" and importlib.util.find_spec("uvloop"):
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


def prepare() -> None:
    """What comes before anything of Django or Twisted is imported."""
    # A terminal sends ^C to the parent as well, and the parent will tell us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    choose_event_loop()


def main() -> None:
    """Serve the site."""
    prepare()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    from channels.routing import get_default_application

    application = get_default_application()
    from django.conf import settings

    from chat.live.hub import current_hub

    serve(
        application,
        lambda: current_hub().drain(),
        # What a hub does by itself must not wait for the first socket.
        begin=current_hub,
        trusted_proxies=settings.TRUSTED_PROXY_COUNT,
    )


if __name__ == "__main__":
    main()
