"""Issue an API token with which a program acts as a member."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import ApiToken, User

NAME_MAX = ApiToken._meta.get_field("name").max_length or 0


class Command(BaseCommand):
    """manage.py token"""

    help = "Issues an API token for a member and prints its secret, which cannot be read again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare whose token, and what for."""
        parser.add_argument("username", metavar="USERNAME", help="the member's handle")
        parser.add_argument(
            "--name",
            required=True,
            metavar="NAME",
            help="what the token is for, as the admin shows it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the secret, alone, so that a script may read it."""
        name = options["name"].strip()
        if not 0 < len(name) <= NAME_MAX:
            raise CommandError(f"--name needs 1 to {NAME_MAX} characters.")
        handle = options["username"].removeprefix("@").lower()
        user = User.objects.filter(username=handle).first()
        if user is None:
            raise CommandError(f"There is no member @{handle}.")
        if not user.may_sign_in:
            raise CommandError(f"@{handle} is banned or not active: no token would let them in.")
        _, secret = ApiToken.issue(user, name)
        self.stderr.write(f"Token of @{handle} for {name!r}. It is shown this once:")
        self.stdout.write(secret)
