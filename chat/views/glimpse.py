"""The newest messages of a room as the page itself brings them.

They can be read while the scripts are still on their way, and are drawn anew by those in the same
place (static/js/elements/message-row.js), with all that can be done with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from chat.rows import MemberRow, MessageRow

GLIMPSED = 20  # messages
TOGETHER = timedelta(minutes=5)  # as view/arrange.js has it


@dataclass(frozen=True)
class Glimpsed:
    """A message with what is drawn around it."""

    row: MessageRow
    author: MemberRow
    at: datetime
    day: date | None  # that begins with it
    continues: bool  # the author was named above

    @property
    def html(self) -> SafeString:
        """What chat.markup made of it when it was stored, which is safe."""
        return mark_safe(self.row.html)


def glimpse(messages: Sequence[MessageRow], members: Sequence[MemberRow]) -> list[Glimpsed]:
    """Return what to draw of a room's newest ``messages``: of those who are or were in it."""
    people = {member.user: member for member in members}
    shown = [
        row for row in messages if (row.thread is None or row.in_room) and row.author in people
    ]
    drawn: list[Glimpsed] = []
    for row in shown[-GLIMPSED:]:
        drawn.append(_after(drawn[-1] if drawn else None, row, people[row.author]))
    return drawn


def _after(above: Glimpsed | None, row: MessageRow, author: MemberRow) -> Glimpsed:
    at = timezone.localtime(datetime.fromisoformat(row.created_at))
    is_new_day = above is None or above.at.date() != at.date()
    continues = (
        above is not None
        and not is_new_day
        and above.row.author == row.author
        and row.reply_to is None
        and at - above.at < TOGETHER
    )
    return Glimpsed(row, author, at, at.date() if is_new_day else None, continues)
