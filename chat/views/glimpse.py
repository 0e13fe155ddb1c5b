"""The messages of a room that one begins with, as the page itself brings them.

They can be read while the scripts are still on their way, and are drawn anew by those in the same
place (static/js/elements/message-row.js), with all that can be done with them: the newest at the
end, or the first that is unread at the top where not all that is unread fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from chat.rows import MemberRow, MessageRow, RoomRow

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


@dataclass(frozen=True)
class Glimpse:
    """What is drawn of a room, above the unread line and below it."""

    read: list[Glimpsed]
    unread: list[Glimpsed]
    goes_on: bool  # there are more below


def glimpse(messages: Sequence[MessageRow], members: Sequence[MemberRow], seat: RoomRow) -> Glimpse:
    """Return what to draw of a room's newest ``messages``: of those who are or were in it.

    The newest, or those from the unread line on where it is among them.
    """
    people = {member.user: member for member in members}
    shown = [
        row for row in messages if (row.thread is None or row.in_room) and row.author in people
    ]
    line = _unread_line(shown, seat)
    first = min(line, max(0, len(shown) - GLIMPSED))
    drawn: list[Glimpsed] = []
    for at, row in enumerate(shown[first : first + GLIMPSED], start=first):
        above = drawn[-1] if drawn else None
        drawn.append(_after(above, row, people[row.author], is_first_unread=at == line))
    read = line - first
    return Glimpse(drawn[:read], drawn[read:], goes_on=first + GLIMPSED < len(shown))


def _unread_line(shown: Sequence[MessageRow], seat: RoomRow) -> int:
    """Return before which of those ``shown`` the line stands, as view/arrange.js has it.

    Behind them all where nothing is unread, or it begins before them.
    """
    begins = seat.unread_from or seat.read_seq + 1
    if not seat.unread or (shown and shown[0].seq > begins):
        return len(shown)
    return sum(row.seq < begins for row in shown)


def _after(
    above: Glimpsed | None, row: MessageRow, author: MemberRow, *, is_first_unread: bool
) -> Glimpsed:
    at = timezone.localtime(datetime.fromisoformat(row.created_at))
    is_new_day = above is None or above.at.date() != at.date()
    continues = (
        above is not None
        and not is_new_day
        and not is_first_unread
        and above.row.author == row.author
        and row.reply_to is None
        and at - above.at < TOGETHER
    )
    return Glimpsed(row, author, at, at.date() if is_new_day else None, continues)
