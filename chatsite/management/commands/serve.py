"""python manage.py serve: the production server."""

from __future__ import annotations

import os
import sys
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.db.migrations.executor import MigrationExecutor

from chatsite.health import own_connection
from chatsite.supervisor import CannotListen, Supervisor, listen, parse_address, url_of

DATABASE_TIMEOUT = 10  # s for the database to answer at the start
MISUSE = 2  # exit code for options that cannot work; 1 is for everything else


class Command(BaseCommand):
    """Checks that the site can run, then keeps N server processes running on one address."""

    # They are for `check`, at the release; here they would only import every page into the parent.
    requires_system_checks = ()

    help = "Serve the site until SIGTERM or Ctrl-C, in one process or several."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Define --bind and --processes."""
        parser.add_argument(
            "--bind", default="127.0.0.1:8000", metavar="HOST:PORT",
            help="address to listen on (default: %(default)s); port 0 takes a free one",
        )  # fmt: skip
        parser.add_argument(
            "--processes", type=int, default=1, metavar="N",
            help="server processes that share the address (default: %(default)s); "
            "more than one need REDIS_URL",
        )  # fmt: skip

    def handle(self, *args: Any, bind: str, processes: int, **options: Any) -> None:
        """Serve; raises CommandError with one sentence when it cannot begin."""
        if os.name != "posix":
            raise CommandError(
                "serve needs a POSIX system (Linux, macOS, BSD). "
                "Elsewhere run: daphne chatsite.asgi:application"
            )
        if processes < 1:
            raise CommandError("--processes must be at least 1.", returncode=MISUSE)
        if processes > 1 and not settings.REDIS_URL:
            raise CommandError(
                f"{processes} processes need Redis to hear of each other's messages: "
                "set REDIS_URL, or use --processes 1.",
                returncode=MISUSE,
            )
        try:
            host, port = parse_address(bind)
            check_database()
            listener = listen(host, port)
        except CannotListen as error:
            raise CommandError(str(error)) from None
        number = "1 process" if processes == 1 else f"{processes} processes"
        supervisor = Supervisor(
            [sys.executable, "-m", "chatsite.server_process"],
            processes,
            listener,
            ready=lambda: print(f"Serving on {url_of(listener)} ({number})", flush=True),
        )
        sys.exit(supervisor.run())


def check_database() -> None:
    """Return if the database answers and has all migrations; raises CommandError otherwise."""
    outcome: list[object] = []

    def check() -> None:
        try:
            connection = own_connection()
            try:
                executor = MigrationExecutor(connection)
                outcome.append(executor.migration_plan(executor.loader.graph.leaf_nodes()))
            finally:
                connection.close()
        except Exception as error:
            outcome.append(error)

    # In a thread, because a host that swallows packets would keep us for minutes.
    thread = threading.Thread(target=check, daemon=True)
    thread.start()
    thread.join(DATABASE_TIMEOUT)
    match outcome:
        case []:
            raise CommandError(f"The database did not answer within {DATABASE_TIMEOUT} s.")
        case [DatabaseError() as error]:
            reason = " ".join(str(error).split())
            raise CommandError(f"The database cannot be reached: {reason}")
        case [Exception() as error]:
            raise error
        case [[_, *_] as plan]:
            raise CommandError(
                f"The database lacks {len(plan)} migrations: run python manage.py migrate first."
            )
