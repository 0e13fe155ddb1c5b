"""Give the database a new epoch, after it was restored or replaced."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from chat.models import SiteState
from chat.models.site import new_epoch


class Command(BaseCommand):
    """manage.py epoch"""

    help = (
        "Tells every browser to forget the messages it holds, by giving the database a new epoch. "
        "Run it after restoring a backup, before the site starts again: what browsers saw since "
        "the backup is no longer true."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare --show."""
        parser.add_argument("--show", action="store_true", help="print the epoch, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Store a new epoch and say what that means."""
        state = SiteState.current()
        if options["show"]:
            self.stdout.write(state.epoch)
            return
        before = state.epoch
        state.epoch = new_epoch()
        state.save(update_fields=["epoch"])
        self.stdout.write(f"The epoch was {before} and is now {state.epoch}.")
        self.stdout.write(
            "Browsers that connect from now on drop what they hold and load it anew. Those that "
            "are connected already hear of it when they reconnect: restart the site if it runs."
        )
