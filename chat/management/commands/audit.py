"""Write the audit trail to the standard output."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.models import AuditEntry
from chat.services import export


class Command(BaseCommand):
    """manage.py audit [--format csv|jsonl] [--since DATE]"""

    help = "Write the audit trail, the oldest entry first, to the standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the format, and from when."""
        parser.add_argument("--format", choices=["csv", "jsonl"], default="jsonl")
        parser.add_argument("--since", help="a date or time, as 2026-11-22 or 2026-11-22T10:00Z")

    def handle(self, **options: Any) -> None:
        """Write line by line: a trail may be long."""
        entries = AuditEntry.objects.all()
        if options["since"]:
            entries = entries.filter(at__gte=_moment(options["since"]))
        lines = export.csv_lines if options["format"] == "csv" else export.json_lines
        for line in lines(entries):
            self.stdout.write(line, ending="")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError("--since: a date or time, as 2026-11-22 or 2026-11-22T10:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
