"""Presence in the database: a row a socket, a row a server process, and only the process beats.

All times are the database's: the clocks of server processes may differ.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Subquery
from django.db.models.functions import Now

from accounts.models import User
from chat import sql
from chat.models import Connection, Membership, ServerProcess
from chat.rows import PresenceState

BEAT_LOST = timedelta(seconds=15)  # without a beat, after which a process counts as gone
ROW_SETTLED = timedelta(seconds=60)  # after which a row is written once and for all
PROCESS_KEPT = timedelta(minutes=5)  # without a beat, after which its rows are removed

_OPENED = """
INSERT INTO {connection} (id, process_id, user_id, visible) VALUES {values}
ON CONFLICT (id) DO UPDATE SET visible = excluded.visible
"""

_SEEN = """
SELECT user_id, MAX(CASE WHEN visible THEN 1 ELSE 0 END) FROM {connection}
WHERE process_id IN ({processes}) {only} GROUP BY user_id
"""


@dataclass(frozen=True, slots=True)
class Process:
    """A server process, as others may look it up."""

    id: UUID
    host: str
    pid: int


def beat(process: Process) -> bool:
    """Say that a process lives; return False where it had no row, or not any more."""
    alive = ServerProcess.objects.filter(pk=process.id).update(beat_at=Now())
    if not alive:
        _enter(process)
    gone = ServerProcess.objects.filter(beat_at__lt=Now() - PROCESS_KEPT)
    for lost in list(gone.values_list("pk", flat=True)):
        leave(lost)
    return bool(alive)


def leave(process: UUID) -> None:
    """Remove a process, and with it all its sockets."""
    with transaction.atomic():
        sockets = Connection.objects.filter(process=process)
        beat_at = ServerProcess.objects.filter(pk=process).values("beat_at")
        _note_last_seen(sockets, Subquery(beat_at))
        sockets.delete()
        ServerProcess.objects.filter(pk=process).delete()


def store(
    process: Process, opened: Mapping[UUID, tuple[int, bool]], closed: Collection[UUID] = ()
) -> None:
    """Write which sockets opened (user and visibility, also when that changed) and closed."""
    try:
        _store(process, opened, closed)
    except IntegrityError:  # the process has no row yet, or not any more
        _enter(process)
        _store(process, opened, closed)


def _enter(process: Process) -> None:
    ServerProcess.objects.get_or_create(
        pk=process.id, defaults={"host": process.host[:100], "pid": process.pid}
    )


def _store(
    process: Process, opened: Mapping[UUID, tuple[int, bool]], closed: Collection[UUID]
) -> None:
    if opened:
        values = ",".join([
            f"('{pk.hex}','{process.id.hex}',{int(user)},{bool(visible)})"
            for pk, (user, visible) in opened.items()
        ])  # fmt: skip
        # They need not outlive the machine: its sockets do not either.
        statement = _OPENED.format(connection=sql.table(Connection), values=values)
        sql.write_loosely(statement)
    if closed:
        with transaction.atomic():
            sockets = Connection.objects.filter(pk__in=closed)
            _note_last_seen(sockets, Now())
            sockets.delete()


def _note_last_seen(sockets: QuerySet[Connection], moment: Any) -> None:
    """Keep when the members of these sockets were last here, as far as they share it."""
    sharing = User.objects.filter(shares_last_seen=True, pk__in=sockets.values("user"))
    # One who is locked is just being noted by another process.
    found = list(sharing.select_for_update(skip_locked=True, no_key=True).values_list("pk"))
    if found:
        User.objects.filter(pk__in=[pk for (pk,) in found]).update(last_seen_at=moment)


def tidy(process: UUID, living: Collection[UUID]) -> None:
    """Remove rows of sockets that a process has not any more: written late, or never told off."""
    old = Connection.objects.filter(process=process, connected_at__lt=Now() - ROW_SETTLED)
    ghosts = set(old.values_list("pk", flat=True)) - set(living)
    if ghosts:
        Connection.objects.filter(pk__in=ghosts).delete()


def connected_in(room: int) -> list[int]:
    """Return the members of a room who have a socket anywhere, in front of their eyes or not."""
    seats = Membership.objects.active().filter(room=room).values("user")
    living = Connection.objects.filter(process__beat_at__gt=Now() - BEAT_LOST)
    found = living.order_by().filter(user__in=seats)
    return list(found.values_list("user", flat=True).distinct())


def seen_elsewhere(process: UUID, users: Iterable[int] | None = None) -> dict[int, bool]:
    """Return who has a socket on another living process, and whether one of theirs is visible."""
    living = ServerProcess.objects.filter(beat_at__gt=Now() - BEAT_LOST).exclude(pk=process)
    others = list(living.values_list("pk", flat=True))
    if not others:
        return {}
    statement = _SEEN.format(
        connection=sql.table(Connection),
        processes=",".join([f"'{other.hex}'" for other in others]),
        only="" if users is None else f"AND user_id IN ({sql.numbers(users)})",
    )
    return {user: bool(seen) for user, seen in sql.fetch(statement)}


def state_of(user_id: int) -> PresenceState:
    """Return whether a member is online, away or offline, by what all processes wrote."""
    living = Connection.objects.filter(process__beat_at__gt=Now() - BEAT_LOST, user=user_id)
    seen = set(living.values_list("visible", flat=True))
    return "online" if True in seen else "away" if seen else "offline"
