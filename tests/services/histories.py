"""Random histories: all verbs, by anyone, in a few rooms, as steps that Hypothesis can shrink.

A step is (verb, who, where, number); what the number means is the verb's affair. A step that is
refused is part of the history as well: it must change nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from hypothesis import strategies as st

from accounts.models import User
from chat.broadcast import RoomChanged
from chat.errors import ChatError
from chat.models import Message, Room
from chat.services import forwarding, members, messages, preferences, rooms, threads
from chat.services.posting import Post, post_many
from chat.services.reading import versions_of
from tests.factories import make_user, new_name
from tests.services.telling import (
    listening,
    stored_info,
    stored_members,
    stored_messages,
    version_of,
)

PEOPLE = 4
ROOMS = 3
EMOJI = ["👍", "🎉"]
ROLES = ["member", "moderator", "owner"]

Step = tuple[str, int, int, int]


@dataclass(frozen=True)
class Snapshot:
    """A room as the database has it."""

    version: int
    messages: dict[int, Any]
    members: dict[int, Any]
    info: dict[str, Any]


def snapshot(room_id: int) -> Snapshot:
    """Return a room as it stands."""
    return Snapshot(
        version_of(room_id), stored_messages(room_id), stored_members(room_id), stored_info(room_id)
    )


class World:
    """Four people, the last of whom moderates the site, and three rooms of the first two."""

    def __init__(self, *, remembers: bool = False) -> None:
        self.remembers = remembers  # every version, not the first alone
        self.people = [make_user() for _ in range(PEOPLE - 1)]
        self.people.append(make_user(is_staff=True, is_superuser=True))
        one, two = self.people[:2]
        public = rooms.create(one, kind="public", name=new_name("public"))
        private = rooms.create(one, kind="private", name=new_name("private"))
        members.join(two, public.pk)
        members.invite(one, private.pk, two.pk)
        self.rooms = [public.pk, private.pk, rooms.direct(one, [two.pk]).pk]
        self.sent: list[tuple[User, int, UUID]] = []
        self.snapshots = {room: [snapshot(room)] for room in self.rooms}
        self.events = self.refusals = 0

    def take(self, step: Step) -> list[RoomChanged]:
        """Take one step; return what was announced of rooms."""
        verb, who, where, number = step
        before = versions_of(self.rooms)
        with listening() as heard:
            try:
                VERBS[verb](self, self.people[who], self.rooms[where], number)
            except ChatError:
                self.refusals += 1
                assert versions_of(self.rooms) == before
        told = heard.of(RoomChanged)
        after = versions_of(self.rooms)
        spans = sorted((event.room, event.from_, event.to) for event in told)
        assert spans == [
            (room, before[room], after[room])
            for room in sorted(before)
            if after[room] != before[room]
        ]
        for event in told:
            self.events += 1
            if self.remembers:
                self.snapshots[event.room].append(snapshot(event.room))
        return told

    def message(self, room: int, number: int) -> int:
        """Return the id of one of the newest messages of a room, or one that there is not.

        Of the newest, so that things happen to a message more than once.
        """
        newest = Message.objects.filter(room=room).order_by("-seq")
        ids = list(newest.values_list("pk", flat=True)[:3])
        return ids[number % len(ids)] if ids else 2**62

    def someone(self, number: int) -> int:
        """Return the id of some person."""
        return self.people[number % PEOPLE].pk

    # --- verbs

    def post(self, actor: User, room: int, number: int) -> None:
        """Post, sometimes in answer to another message, in its thread, or mentioning someone."""
        body = [f"hi {number}", f"**hi** @{self.people[number % PEOPLE].username}"][number % 2]
        reply = self.message(room, number) if number % 5 == 0 else None
        thread = self.message(room, number) if number % 3 == 0 else None
        self.sent.append((actor, room, uuid4()))
        messages.post(actor, room, self.sent[-1][2], body, reply_to=reply, thread=thread)

    def send_again(self, actor: User, room: int, number: int) -> None:
        """Send once more what was sent before, stored or refused."""
        if self.sent:
            author, where, client_id = self.sent[number % len(self.sent)]
            messages.post(author, where, client_id, "again")

    def post_many(self, actor: User, room: int, number: int) -> None:
        """Post as the writer of a process does: several at once, in several rooms."""
        again = uuid4()
        post_many(
            [
                Post(actor.pk, room, again, "one"),
                Post(self.someone(number), self.rooms[number % ROOMS], uuid4(), "two"),
                Post(actor.pk, room, again, "one"),
                Post(self.someone(number + 1), room, uuid4(), "three"),
                Post(actor.pk, room, uuid4(), " "),
            ]
        )

    def rename(self, actor: User, room: int, number: int) -> None:
        """Take another name."""
        actor.display_name = f"Name {number}"
        actor.save(update_fields=["display_name"])
        members.profile_changed(actor)

    def mute(self, actor: User, room: int, number: int) -> None:
        """Mute someone, or let them speak again."""
        until = timezone.now() + timedelta(hours=1) if number % 2 else None
        members.mute(actor, room, self.someone(number // 2), until)

    def update(self, actor: User, room: int, number: int) -> None:
        """Change a room's topic or name."""
        rooms.update(actor, room, **{("topic", "name")[number % 2]: f"about {number}"})


Verb = Callable[[World, User, int, int], Any]

VERBS: dict[str, Verb] = {
    "post": World.post,
    "send again": World.send_again,
    "post many": World.post_many,
    "edit": lambda w, who, room, n: messages.edit(who, w.message(room, n), f"edited {n % 3}"),
    "delete": lambda w, who, room, n: messages.remove(who, w.message(room, n)),
    "react": lambda w, who, room, n: messages.react(
        who, w.message(room, n // 4), EMOJI[n % 2], n % 4 < 3
    ),
    "pin": lambda w, who, room, n: messages.pin(who, w.message(room, n // 2), n % 2 == 0),
    "forward": lambda w, who, room, n: forwarding.forward(
        who, w.message(room, n), w.rooms[n % ROOMS], uuid4()
    ),
    "follow": lambda w, who, room, n: threads.follow(who, w.message(room, n // 2), n % 2 == 0),
    "join": lambda w, who, room, n: members.join(who, room),
    "leave": lambda w, who, room, n: members.leave(who, room),
    "invite": lambda w, who, room, n: members.invite(who, room, w.someone(n)),
    "remove": lambda w, who, room, n: members.remove(who, room, w.someone(n)),
    "role": lambda w, who, room, n: members.set_role(who, room, w.someone(n), ROLES[n % 3]),
    "mute": World.mute,
    "read": lambda w, who, room, n: members.mark_read(who, room, n),
    "notify": lambda w, who, room, n: preferences.set_notify(who, room, "mentions"),
    "rename": World.rename,
    "update": World.update,
    "lock": lambda w, who, room, n: rooms.lock(who, room, n % 3 == 0),
    "archive": lambda w, who, room, n: rooms.archive(who, room, n % 3 == 0),
}
# What changes messages comes more often than the rest.
OFTEN = ["post", "post", "post many", "edit", "edit", "delete", "react", "react", "update"]

steps = st.lists(
    st.tuples(
        st.sampled_from(OFTEN + list(VERBS)),
        st.sampled_from([0, 0, *range(PEOPLE)]),
        st.sampled_from([0, 0, 0, *range(ROOMS)]),
        st.integers(0, 24),
    ),
    min_size=5,
    max_size=25,
)


def room_now(room_id: int) -> Room:
    """Return a room's row as it stands."""
    return Room.objects.get(pk=room_id)
