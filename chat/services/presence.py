"""Presence in the database: a row a socket, a row a server process, and only the process beats.

All times are the database's: the clocks of server processes may differ.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Case, Max, Value, When
from django.db.models.functions import Now

from chat.models import Connection, ServerProcess

BEAT_LOST = timedelta(seconds=15)  # without a beat, after which a process counts as gone
PROCESS_KEPT = timedelta(minutes=5)  # without a beat, after which its rows are removed


def enter(process: UUID, host: str, pid: int) -> None:
    """Make the row of a server process, or find it beating on."""
    ServerProcess.objects.get_or_create(pk=process, defaults={"host": host[:100], "pid": pid})


def beat(process: UUID) -> bool:
    """Say that a process lives; return False where its row was removed meanwhile."""
    alive = ServerProcess.objects.filter(pk=process).update(beat_at=Now())
    gone = ServerProcess.objects.filter(beat_at__lt=Now() - PROCESS_KEPT)
    for lost in list(gone.values_list("pk", flat=True)):
        leave(lost)
    return bool(alive)


def leave(process: UUID) -> None:
    """Remove a process, and with it all its sockets."""
    Connection.objects.filter(process=process).delete()
    ServerProcess.objects.filter(pk=process).delete()


def store(process: UUID, opened: Mapping[UUID, tuple[int, bool]], closed: Collection[UUID]) -> bool:
    """Write which sockets opened (user and visibility, also when that changed) and closed.

    Returns False where the process has no row: then it must enter again.
    """
    connections = [
        Connection(pk=pk, process_id=process, user_id=user, visible=visible)
        for pk, (user, visible) in opened.items()
    ]
    try:
        with transaction.atomic():
            if connections:
                Connection.objects.bulk_create(
                    connections,
                    update_conflicts=True,
                    unique_fields=["id"],
                    update_fields=["visible"],
                )
            if closed:
                Connection.objects.filter(pk__in=closed).delete()
    except IntegrityError:
        return False
    return True


def seen_elsewhere(process: UUID, users: Iterable[int] | None = None) -> dict[int, bool]:
    """Return who has a socket on another living process, and whether one of theirs is visible."""
    found = Connection.objects.filter(process__beat_at__gt=Now() - BEAT_LOST).exclude(
        process=process
    )
    if users is not None:
        found = found.filter(user__in=list(users))
    visible = Max(Case(When(visible=True, then=Value(1)), default=Value(0)))
    rows = found.order_by().values_list("user").annotate(seen=visible)
    return {user: bool(seen) for user, seen in rows}
