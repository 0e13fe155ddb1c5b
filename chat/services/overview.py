"""What the moderators' first page shows: by index, and never by counting all messages."""

from datetime import datetime, timedelta

import msgspec
from django.db.models import Count, Max, QuerySet
from django.db.models.functions import TruncHour
from django.utils import timezone

from accounts.models import User
from chat.models import HeldMessage, Message, Report, Room, Sanction

HOURS = 24  # of messages an hour
LISTED = 5  # rows in each list
COUNTED_MAX = 1000  # of each kind; this many means that or more
# The newest messages, and members, that are looked at: what a page costs must not grow.
LOOKED_AT = 10_000


class Overview(msgspec.Struct):
    """The moderators' first page. Counts end at COUNTED_MAX; ``hours`` are the last 24, in order.

    Of a site so busy that LOOKED_AT messages are younger, the hours before these are empty.
    """

    open_reports: int
    reports: list[Report]
    active_sanctions: int
    waiting_appeals: int
    waiting_held: int
    newcomers: list[User]
    newcomers_today: int
    busy_rooms: list[tuple[Room, int]]
    hours: list[tuple[datetime, int]]


def overview() -> Overview:
    """Return what is to be seen to, and what is going on."""
    now = timezone.now()
    day_ago = now - timedelta(hours=HOURS)
    force = Sanction.objects.in_force()
    said = _newest(Message.objects.order_by()).filter(created_at__gt=day_ago)
    return Overview(
        open_reports=_count(Report.objects.open()),
        reports=list(Report.objects.open().select_related("user").order_by("-pk")[:LISTED]),
        active_sanctions=_count(force),
        waiting_appeals=_count(force.filter(appealed_at__isnull=False, answered_at=None)),
        waiting_held=_count(HeldMessage.objects.filter(state=HeldMessage.State.WAITING)),
        newcomers=list(User.objects.order_by("-pk")[:LISTED]),
        newcomers_today=_count(_newest(User.objects.all()).filter(date_joined__gt=day_ago)),
        busy_rooms=_busy(said),
        hours=_by_hour(said, now),
    )


def _newest(rows: QuerySet) -> QuerySet:
    """Return the newest LOOKED_AT of ``rows``, by primary key."""
    newest = rows.aggregate(pk=Max("pk"))["pk"] or 0
    return rows.filter(pk__gt=newest - LOOKED_AT)


def _count(rows: QuerySet) -> int:
    return rows.order_by().values("pk")[:COUNTED_MAX].count()


def _busy(said: QuerySet[Message]) -> list[tuple[Room, int]]:
    counted = said.values("room").annotate(count=Count("pk")).order_by("-count", "room")[:LISTED]
    counts = {row["room"]: row["count"] for row in counted}
    rooms = Room.objects.in_bulk(counts)
    return [(rooms[room_id], count) for room_id, count in counts.items() if room_id in rooms]


def _by_hour(said: QuerySet[Message], now: datetime) -> list[tuple[datetime, int]]:
    grouped = said.annotate(hour=TruncHour("created_at")).values("hour")
    counts = {row["hour"]: row["count"] for row in grouped.annotate(count=Count("pk"))}
    last = now.astimezone(timezone.get_current_timezone()).replace(
        minute=0, second=0, microsecond=0
    )
    hours = [last - timedelta(hours=back) for back in reversed(range(HOURS))]
    return [(hour, counts.get(hour, 0)) for hour in hours]
