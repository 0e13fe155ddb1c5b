"""Plain posts, as most are: they touch their room and their author's seat, and nothing else.

One statement stores all of them against which nothing speaks, and gives them their places
(``batch.post_plain``). The others, and those that it leaves out, go the careful way
(``posting.post_many``), which knows why. chat.live.storing carries it out from the event loop.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from django.utils import timezone

from chat import markup, rows
from chat.broadcast import Event, Fragment, Posted, RoomChanged
from chat.errors import ChatError
from chat.filtering import Said
from chat.models import batch
from chat.models.batch import PlainPost, Statement
from chat.services import screening
from chat.services.posting import Ack, Outcome, Post, clean_body, pictures_for

Place = tuple[int, int, int, int]  # which of the posts, and the id, seq and version it got


class PlainPosts:
    """Those of ``posts`` that are plain, on their way into their rooms in one transaction.

    ``statements`` are to be executed, and ``take`` gets what the last of them answered once that is
    committed. Then ``outcomes`` holds an ack for each post that was stored, ``events`` are to be
    announced, and those without an outcome have to go the careful way, in their order.
    """

    def __init__(self, posts: Sequence[Post]) -> None:
        self._posts = posts
        self._created = rows.wire_time(timezone.now())
        self._plain: dict[int, PlainPost] = {}
        self._marked: dict[int, str] = {}
        self._screen = screening.at_hand()
        self.outcomes: list[Outcome | None] = [None] * len(posts)
        self.events: list[Event] = []
        self._sort_out()

    @property
    def takes_time(self) -> bool:
        """Whether ``render`` has to be called first: for markup, or to read the live filters."""
        return bool(self._marked) or self._screen is None

    def render(self) -> None:
        """Make the HTML that takes time, and look into the database: call it from a thread."""
        self._screen = screening.current()
        pictures = pictures_for(self._marked.values())
        for n, body in self._marked.items():
            self._plain[n] = self._row(n, body, markup.render(body, pictures=pictures)[0])

    def statements(self) -> list[Statement]:
        """Return what locks the rooms, and what stores; nothing where no post is plain."""
        self._leave_suspected()
        if not self._plain:
            return []
        plain = list(self._plain.values())
        return [batch.wait_for_rooms(post.room for post in plain), batch.post_plain(plain)]

    def take(self, places: Iterable[Place]) -> None:
        """Take the places of those that were stored, by room and in its order."""
        for room, there in groupby(places, lambda place: self._posts[place[0]].room):
            self.events.append(self._changed(room, list(there)))

    def _sort_out(self) -> None:
        """Find the plain posts. A room with any other kind goes the careful way, in its order."""
        mixed = {post.room for post in self._posts if not _touches_its_room_alone(post)}
        taken = set()
        for n, post in enumerate(self._posts):
            key = (post.room, post.author, post.client_id)
            if post.room in mixed or key in taken:  # twice in a batch: the second is a retry
                continue
            taken.add(key)
            try:
                body = clean_body(post.body)
            except ChatError:
                continue
            html = markup.plain_html(body)
            if html is None:
                self._marked[n] = body
            else:
                self._plain[n] = self._row(n, body, html)

    def _leave_suspected(self) -> None:
        """Leave the rooms where a filter may catch something to the careful way, which judges."""
        if self._screen is None or not self._screen.rules:
            return
        suspected = {
            post.room
            for post in self._plain.values()
            if self._screen.suspects(Said(post.room, post.body, post.html, 0), post.author)
        }
        self._plain = {n: post for n, post in self._plain.items() if post.room not in suspected}

    def _row(self, n: int, body: str, html: str) -> PlainPost:
        post = self._posts[n]
        client = str(post.client_id)
        return PlainPost(
            n, post.room, post.author, client, body, html, post.reply_to, self._created
        )

    def _changed(self, room: int, places: list[Place]) -> RoomChanged:
        """Note the acks of what was stored in a room; return what is to be announced."""
        messages, posted = [], []
        for n, pk, seq, version in places:
            self.outcomes[n] = Ack(room, version, seq, pk)
            row = _message_row(self._plain[n], pk, seq, version)
            messages.append(Fragment(pk, version, rows.encode(row)))
            posted.append(Posted(row.author, seq, self._posts[n].connection))
        return RoomChanged(room, places[0][3] - 1, places[-1][3], messages, posted=posted)


def _touches_its_room_alone(post: Post) -> bool:
    """Whether nobody is mentioned or called, and nothing hangs on the message."""
    is_in_thread = post.thread is not None
    return not (is_in_thread or "@" in post.body or post.attachments or post.poll or post.forwarded)


def _message_row(post: PlainPost, pk: int, seq: int, version: int) -> rows.MessageRow:
    return rows.MessageRow(
        id=pk,
        room=post.room,
        seq=seq,
        version=version,
        author=post.author,
        client_id=post.client,
        body=post.body,
        html=post.html,
        created_at=post.created,
        edited_at=None,
        deleted=False,
        reply_to=post.reply_to,
        thread=None,
        pinned=False,
        mentions=[],
        attachments=[],
        reactions=[],
    )
