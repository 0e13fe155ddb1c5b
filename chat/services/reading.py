"""What members read: their rooms, a room's history, what changed in it, who is in it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import rows, sql
from chat.broadcast import Fragment, RoomChanged
from chat.errors import ChatError, Invalid, NotFound
from chat.models import Block, Call, Membership, Mention, Message, Room
from chat.permissions import check_seat
from chat.services.access import access_message, access_room, people_for, seat_in
from chat.services.counting import UNREAD_MAX

CHANGES_MAX = 300  # rows in one page of changes
BEHIND_MAX = 1000  # versions; who is further behind starts anew
RESET_MESSAGES = 50  # newest messages with which one starts anew
PAGE_BYTES = 480 * 1024  # of rows, so that a frame stays under 512 KiB
EDITS_MAX = 50  # earlier bodies of a message that are shown: the newest
HISTORY_DEFAULT = 50  # messages
HISTORY_MAX = 200  # messages
PEOPLE_MAX = 20  # found at once
DIRECTORY_MAX = 200  # rooms
SLUGS_MAX = 50  # rooms asked about at once


class Changes(msgspec.Struct, frozen=True):
    """A page of what changed in a room. ``reset``: forget what was cached, start from here."""

    event: RoomChanged
    more: bool = False
    reset: bool = False


class History(msgspec.Struct, frozen=True):
    """Messages of a room, ascending by seq, with where the room stood when they were read."""

    messages: list[rows.MessageRow]
    version: int
    last_seq: int


# --- one's rooms ------------------------------------------------------------------------------


def rooms_of(user: User, room_id: int | None = None) -> list[rows.RoomRow]:
    """Return the rooms that ``user`` is in, by name, or just that one of them."""
    return rooms_of_many([user.pk], room_id)[user.pk]


def rooms_of_many(
    user_ids: Collection[int], room_id: int | None = None
) -> dict[int, list[rows.RoomRow]]:
    """Return the rooms of several members at once, in two queries however many they are."""
    seats = _seats_with_counts(user_ids, room_id)
    others = _others_in({seat.room for seat in seats if seat.kind == Room.Kind.DIRECT})
    here = _unread_here([seat for seat in seats if seat.called])
    found: dict[int, list[rows.RoomRow]] = {user_id: [] for user_id in user_ids}
    for seat in seats:
        found[seat.user].append(_room_row(seat, others, here.get((seat.room, seat.user))))
    return found


class _Seat(NamedTuple):
    """Where a member stands in a room: the columns of ``_SEATS``."""

    user: int
    room: int
    kind: str
    slug: str
    name: str
    topic: str
    locked: bool
    archived: bool
    slow_mode: int
    version: int
    last_seq: int
    read_seq: int
    notify: str
    role: str
    quiet_until: Any
    favourite: bool
    place: int | None
    callers: str
    writers: str
    unread_from: int | None
    muted_until: Any
    unread: int
    named: int
    called: int

    @property
    def position(self) -> int:
        """The last seq that counts as read: what was marked unread counts again."""
        return self.read_seq if self.unread_from is None else self.unread_from - 1


# The counts follow an index from the read position on, and only where there is something past it;
# what was read and then marked unread counts again.
_SEATS = """
SELECT seat.user_id, room.id, room.kind, room.slug, room.name, room.topic, room.locked,
    room.archived_at IS NOT NULL, room.slow_mode, room.version, room.last_seq,
    seat.read_seq, seat.notify, seat.role, seat.quiet_until, seat.favourite, seat.place,
    room.callers, room.writers, seat.unread_from, seat.muted_until,
    CASE WHEN COALESCE(seat.unread_from - 1, seat.read_seq) < room.last_seq THEN (
        SELECT COUNT(*) FROM (
            SELECT 1 FROM {message} message
            WHERE message.room_id = seat.room_id
                AND message.seq > COALESCE(seat.unread_from - 1, seat.read_seq)
                AND message.deleted_at IS NULL AND message.author_id <> seat.user_id
            LIMIT {most}
        ) counted
    ) ELSE 0 END,
    CASE WHEN COALESCE(seat.unread_from - 1, seat.read_seq) < room.last_seq THEN (
        SELECT COUNT(*) FROM (
            SELECT 1 FROM {mention} mention
            WHERE mention.user_id = seat.user_id AND mention.room_id = seat.room_id
                AND mention.seq > COALESCE(seat.unread_from - 1, seat.read_seq)
                AND NOT mention.silent
            LIMIT {most}
        ) counted
    ) ELSE 0 END,
    CASE WHEN COALESCE(seat.unread_from - 1, seat.read_seq) < room.last_seq THEN (
        SELECT COUNT(*) FROM (
            SELECT 1 FROM {call} called
            WHERE called.room_id = seat.room_id
                AND called.seq > COALESCE(seat.unread_from - 1, seat.read_seq)
                AND called.author_id <> seat.user_id
                AND (called.kind = 'room' OR called.members LIKE '%,' || seat.user_id || ',%')
                AND NOT EXISTS (
                    SELECT 1 FROM {mention} named
                    WHERE named.message_id = called.message_id AND named.user_id = seat.user_id
                )
                AND NOT EXISTS (
                    SELECT 1 FROM {block} block
                    WHERE (block.blocker_id = seat.user_id AND block.blocked_id = called.author_id)
                    OR (block.blocked_id = seat.user_id AND block.blocker_id = called.author_id)
                )
            LIMIT {most}
        ) counted
    ) ELSE 0 END
FROM {membership} seat JOIN {room} room ON room.id = seat.room_id
WHERE seat.left_at IS NULL AND seat.user_id IN ({users}) {only}
ORDER BY room.name, room.id
"""

_PEOPLE = """
SELECT seat.room_id, person.id, person.username, person.display_name, person.avatar
FROM {membership} seat JOIN {person} person ON person.id = seat.user_id
WHERE seat.left_at IS NULL AND seat.room_id IN ({rooms})
ORDER BY person.id
"""


def _seats_with_counts(user_ids: Iterable[int], room_id: int | None) -> list[_Seat]:
    statement = _SEATS.format(
        message=sql.table(Message),
        mention=sql.table(Mention),
        call=sql.table(Call),
        block=sql.table(Block),
        membership=sql.table(Membership),
        room=sql.table(Room),
        users=sql.numbers(user_ids),
        only="" if room_id is None else f"AND room.id = {int(room_id)}",
        most=UNREAD_MAX,
    )
    return list(map(_Seat._make, sql.fetch(statement)))


def _unread_here(seats: list[_Seat]) -> dict[tuple[int, int], list[int]]:
    """Return, by room and member, the seqs of unread calls by ``@here`` that called the member."""
    if not seats:
        return {}
    calls = Call.objects.filter(
        kind=Call.Kind.HERE,
        room__in={seat.room for seat in seats},
        seq__gt=min(seat.position for seat in seats),
    )
    by_room = defaultdict(list)
    for call in calls.order_by("seq"):
        by_room[call.room_id].append(call)
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for seat in seats:
        for call in by_room[seat.room]:
            if call.seq > seat.position and Call.listed([seat.user]) in call.members:
                found[seat.room, seat.user].append(call.seq)
    return found


def _others_in(room_ids: Collection[int]) -> dict[int, list[rows.PersonRow]]:
    """Return the members of direct rooms, by room."""
    found: dict[int, list[rows.PersonRow]] = defaultdict(list)
    if not room_ids:
        return found
    statement = _PEOPLE.format(
        membership=sql.table(Membership), person=sql.table(User), rooms=sql.numbers(room_ids)
    )
    for room_id, pk, username, display_name, avatar in sql.fetch(statement):
        person = User(pk=pk, username=username, display_name=display_name, avatar=avatar)
        found[room_id].append(rows.person_row(person))
    return found


def _room_row(
    seat: _Seat, others: dict[int, list[rows.PersonRow]], here: list[int] | None
) -> rows.RoomRow:
    people = None
    if seat.kind == Room.Kind.DIRECT:
        people = [person for person in others[seat.room] if person.id != seat.user]
    return rows.RoomRow(
        id=seat.room,
        kind=seat.kind,
        slug=seat.slug,
        name=", ".join([person.name for person in people]) if people else seat.name,
        topic=seat.topic,
        locked=bool(seat.locked),
        archived=bool(seat.archived),
        slow_mode=seat.slow_mode,
        version=seat.version,
        last_seq=seat.last_seq,
        read_seq=seat.read_seq,
        unread=seat.unread,
        mentions=min(UNREAD_MAX, seat.named + seat.called),
        notify=seat.notify,
        role=seat.role,
        unread_from=seat.unread_from,
        with_=people,
        quiet_until=rows.future(sql.moment(seat.quiet_until)),
        favourite=bool(seat.favourite),
        place=seat.place,
        callers=seat.callers,
        writers=seat.writers,
        here=here,
        muted_until=rows.future(sql.moment(seat.muted_until)),
    )


# --- a room's messages ------------------------------------------------------------------------


def history(
    user: User,
    room_id: int,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = HISTORY_DEFAULT,
) -> History:
    """Return a page of a room's messages; without an anchor, the newest.

    ``limit`` above 200 is clamped. Raises NotFound, or Invalid for a bad limit or several anchors.
    """
    if limit < 1:
        raise Invalid(_("limit: at least 1."))
    if sum(anchor is not None for anchor in (before, after, around)) > 1:
        raise Invalid(_("before, after, around: at most one of them."))
    limit = min(limit, HISTORY_MAX)
    room = access_room(user, room_id)
    messages = Message.objects.filter(room=room).with_rows()
    if after is not None:
        found = list(messages.after(_bounded(after))[:limit])
    elif around is not None:
        seq = _bounded(around)
        older = messages.before(seq + 1)[: limit // 2 + 1]
        found = [*reversed(older), *messages.after(seq)[: limit // 2]]
    else:
        newest = messages.order_by("-seq") if before is None else messages.before(_bounded(before))
        found = list(reversed(newest[:limit]))
    shown = [rows.message_row(message, reader=user.pk) for message in found]
    return History(shown, room.version, room.last_seq)


def seq_at(user: User, room_id: int, moment: datetime) -> int | None:
    """Return the seq of the first message at or after ``moment`` that is shown in the room.

    A reply in a thread alone is passed over. None where there is none. Found by halves, over the
    index of the messages by seq: times grow with it but for the difference of the servers' clocks,
    and an index of its own would cost with every message. Raises NotFound.
    """
    room = access_room(user, room_id)
    messages = Message.objects.filter(room=room).order_by("seq")
    low, high = 1, room.last_seq + 1
    while low < high:
        middle = (low + high) // 2
        said_at = messages.filter(seq=middle).values_list("created_at", flat=True).get()
        if said_at < moment:
            low = middle + 1
        else:
            high = middle
    shown = messages.in_room().filter(seq__gte=low)
    return shown.values_list("seq", flat=True).first()


def message_of(user: User, message_id: int) -> rows.MessageRow:
    """Return one message. Raises NotFound."""
    return rows.message_row(access_message(user, message_id), reader=user.pk)


def edits_of(user: User, message_id: int) -> list[dict[str, Any]]:
    """Return the newest EDITS_MAX earlier bodies of a message, oldest first.

    Of a deleted one none, but to those who look after the room what a moderator deleted. Raises
    NotFound.
    """
    message = access_message(user, message_id)
    if message.is_tombstone and not _may_see_deleted(user, message):
        return []
    return [
        {"body": edit.body, "replaced_at": rows.wire_time(edit.replaced_at)}
        for edit in reversed(message.edits.order_by("-pk")[:EDITS_MAX])
    ]


def _may_see_deleted(user: User, message: Message) -> bool:
    """Tell whether ``user`` may restore ``message``: what its author took back nobody may."""
    if message.deleted_by_id == message.author_id:
        return False
    seat = seat_in(user, message.room)
    return user.is_moderator or (seat is not None and seat.is_steward)


def _bounded(seq: int) -> int:
    """Return ``seq`` within what a database integer holds."""
    return max(0, min(seq, 2**62))


# --- what changed -----------------------------------------------------------------------------


def sync(user: User, versions: dict[int, int]) -> dict[int, Changes | ChatError]:
    """Return, for each room named, what changed in it after the version given, or the refusal."""
    rooms = Room.objects.in_bulk(list(versions))
    seats = Membership.objects.active().filter(user=user, room__in=list(versions)).in_bulk()
    seated = {seat.room_id: seat for seat in seats.values()}
    answers: dict[int, Changes | ChatError] = {}
    for room_id, version in versions.items():
        try:
            check_seat(rooms.get(room_id), seated.get(room_id))
        except ChatError as refusal:
            answers[room_id] = refusal
        else:
            answers[room_id] = changes_in(rooms[room_id], version)
    return answers


def changes_in(room: Room, since: int, *, may_reset: bool = True) -> Changes:
    """Return a page of what changed in ``room`` after version ``since``.

    A row that changed once more since ``room`` was read is left to the changes that follow. With
    ``may_reset``, one who is too far behind, or ahead, is told to start anew.
    """
    if since == room.version:
        return Changes(RoomChanged(room.pk, since, since))
    if may_reset and not room.version - BEHIND_MAX <= since <= room.version:
        return _reset(room)
    messages = list(
        Message.objects.filter(room=room, version__lte=room.version)
        .changed_since(since)
        .with_rows()[: CHANGES_MAX + 1]
    )
    seats = list(
        Membership.objects.filter(room=room, version__gt=since, version__lte=room.version)
        .select_related("user")
        .order_by("version")[: CHANGES_MAX + 1]
    )
    found: list[tuple[int, str, Fragment]] = [
        *((message.version, "messages", _message_fragment(message)) for message in messages),
        *((seat.version, "members", _member_fragment(seat)) for seat in seats),
    ]
    if room.info_version > since:
        info = Fragment(room.pk, room.info_version, rows.encode(rows.info_row(room)))
        found.append((room.info_version, "info", info))
    found.sort(key=lambda change: change[0])
    kept = found[: _page_end(found)]
    more = len(kept) < len(found)
    to = kept[-1][0] if more else max(room.version, since)
    return Changes(_event(room, since, to, kept), more=more)


def current_rooms(room_ids: Collection[int]) -> dict[int, Room]:
    """Return the rooms as they are now, by id. For a hub, which asks on behalf of its sockets."""
    return Room.objects.in_bulk(list(room_ids))


def versions_of(room_ids: Collection[int]) -> dict[int, int]:
    """Return the present versions of rooms, by id."""
    if not room_ids:
        return {}
    statement = f"SELECT id, version FROM {sql.table(Room)} WHERE id IN ({sql.numbers(room_ids)})"
    return dict(sql.fetch(statement))


def _page_end(found: Sequence[tuple[int, str, Fragment]]) -> int:
    """Return how many of the changes fit one page, never parting those of one version."""
    size = 0
    end = len(found)
    for index, (_version, _kind, fragment) in enumerate(found):
        size += len(fragment.json)
        if index == CHANGES_MAX or (size > PAGE_BYTES and index):
            end = index
            break
    if end < len(found):
        cut = found[end][0]
        while end and found[end - 1][0] == cut:
            end -= 1
        if not end:  # one command changed more than a page holds: it goes as a whole
            end = next((i for i, change in enumerate(found) if change[0] != cut), len(found))
    return end


def _reset(room: Room) -> Changes:
    as_read = Message.objects.filter(room=room, version__lte=room.version)
    newest = as_read.with_rows().order_by("-seq")[:RESET_MESSAGES]
    fragments = [_message_fragment(message) for message in newest]
    while sum(len(fragment.json) for fragment in fragments) > PAGE_BYTES * 3 // 4:
        fragments.pop()
    seats = list(
        Membership.objects.active().filter(room=room).select_related("user")[: CHANGES_MAX + 1]
    )
    members = [_member_fragment(seat) for seat in seats] if len(seats) <= CHANGES_MAX else []
    info = rows.encode(rows.info_row(room))
    event = RoomChanged(room.pk, 0, room.version, fragments[::-1], members, info)
    return Changes(event, reset=True)


def _event(
    room: Room, since: int, to: int, found: Iterable[tuple[int, str, Fragment]]
) -> RoomChanged:
    kinds: dict[str, list[Fragment]] = {"messages": [], "members": [], "info": []}
    for _version, kind, fragment in found:
        kinds[kind].append(fragment)
    info = kinds["info"][0].json if kinds["info"] else None
    return RoomChanged(room.pk, since, to, kinds["messages"], kinds["members"], info)


def _message_fragment(message: Message) -> Fragment:
    encoded = rows.encode(rows.message_row(message))
    silent = rows.silent_to(message)
    return Fragment(message.pk, message.version, encoded, silent=sorted(silent))


def _member_fragment(seat: Membership) -> Fragment:
    row = rows.member_row(seat)
    return Fragment(row.user, row.version, rows.encode(row), row.role)


# --- people -----------------------------------------------------------------------------------


def members_of(user: User, room_id: int) -> tuple[list[rows.MemberRow], int]:
    """Return all who are or were in a room, by name, and the room's version. Raises NotFound."""
    room = access_room(user, room_id)
    seats = Membership.objects.filter(room=room).select_related("user")
    members = sorted(map(rows.member_row, seats), key=lambda row: (row.name.lower(), row.user))
    return members, room.version


def member_ids(room_id: int) -> set[int]:
    """Return who is in a room. For a hub, which asks on behalf of its sockets."""
    seats = Membership.objects.active().filter(room=room_id)
    return set(seats.values_list("user", flat=True))


def people(user: User, query: str = "") -> list[rows.PersonRow]:
    """Return members of the site other than ``user`` whose name or handle contains ``query``."""
    found = people_for(user).exclude(pk=user.pk)
    query = query.strip().lstrip("@")
    if query:
        found = found.filter(Q(username__icontains=query) | Q(display_name__icontains=query))
    return [rows.person_row(person) for person in found.order_by("username")[:PEOPLE_MAX]]


def people_by_id(user: User, ids: Collection[int]) -> list[rows.PersonRow]:
    """Return those of the members of the site with these ids, other than ``user``, by handle."""
    found = people_for(user).filter(pk__in=ids).exclude(pk=user.pk)
    return [rows.person_row(person) for person in found.order_by("username")[:PEOPLE_MAX]]


def person_by_handle(handle: str) -> rows.PersonRow:
    """Return the member of the site who has this handle, with or without @. Raises NotFound."""
    handle = handle.strip().removeprefix("@").lower()
    person = User.objects.filter(username=handle, is_active=True, banned_at=None).first()
    if person is None:
        raise NotFound(_("There is no such member."))
    return rows.person_row(person)


def directory(user: User, query: str = "") -> list[dict[str, Any]]:
    """Return the public rooms that have every word of ``query`` in name, topic or address.

    Those that are called so come first. ``joined`` says which ``user`` is in. For a guest there is
    none.
    """
    if user.is_guest:
        return []
    found = Room.objects.listed().with_member_count()
    words = query.lower().replace("#", " ").split()
    for word in words:
        found = found.filter(
            Q(name__icontains=word) | Q(topic__icontains=word) | Q(slug__icontains=word)
        )
    rooms = list(found.order_by("name", "pk")[:DIRECTORY_MAX])
    if words:
        rooms.sort(key=lambda room: not room.name.lower().startswith(words[0]))
    joined = set(Room.objects.of(user).filter(kind=Room.Kind.PUBLIC).values_list("pk", flat=True))
    return [
        {
            "id": room.pk,
            "slug": room.slug,
            "name": room.name,
            "topic": room.topic,
            "members": room.member_count,  # type: ignore[attr-defined]
            "joined": room.pk in joined,
        }
        for room in rooms
    ]


def rooms_by_slug(user: User, slugs: Collection[str]) -> list[Room]:
    """Return those of the rooms with these addresses that exist for ``user``.

    Raises Invalid for too many addresses.
    """
    if len(slugs) > SLUGS_MAX:
        raise Invalid(_("slug: at most %(most)s at once."), most=SLUGS_MAX)
    return list(Room.objects.visible_to(user).filter(slug__in=slugs))


def room_detail(user: User, room_id: int) -> tuple[Room, Membership | None]:
    """Return a room and the seat of ``user`` in it, if any. Raises NotFound."""
    room = access_room(user, room_id)
    return room, seat_in(user, room)
