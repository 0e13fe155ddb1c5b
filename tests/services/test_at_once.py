"""Many at the same time, in real transactions: order stays gapless, and nothing is there twice."""

import io
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.utils import timezone
from PIL import Image

from chat.errors import ChatError, Forbidden, Invalid, NotFound, SlowMode, Unavailable
from chat.models import CustomEmoji, JoinLink, Membership, Message, Room
from chat.services import (
    blocks,
    drafts,
    emoji,
    links,
    members,
    messages,
    polls,
    rooms,
    saved,
    scheduled,
    threads,
)
from chat.services.posting import Ack, Post, post_many
from tests.factories import (
    make_history,
    make_member,
    make_message,
    make_moderator,
    make_room,
    new_name,
)
from tests.parts.part import wait_until
from tests.services.telling import (
    fragment_rows,
    listening,
    stored_info,
    stored_members,
    stored_messages,
)

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 4


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """Run ``tasks`` in threads that begin together; return what each returned, or its refusal."""
    begin = threading.Barrier(len(tasks))

    def run(task):
        try:
            begin.wait(5)
            return task()
        except ChatError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def alone(verb: Callable[[Any], object], subject: Any) -> None:
    """Call a verb in a thread of its own, with a connection of its own."""
    try:
        verb(subject)
    finally:
        connections.close_all()


def those_who_wait() -> int:
    """Return how many of Postgres's connections wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0])


def assert_in_order(room: Room) -> None:
    """The room's seqs have no gap, and its versions are each of one change."""
    room.refresh_from_db()
    placed = list(Message.objects.filter(room=room).order_by("seq"))
    assert [message.seq for message in placed] == list(range(1, room.last_seq + 1))
    posted = [message.posted_version for message in placed]
    assert posted == sorted(set(posted))
    held = [message.version for message in placed]
    held += Membership.objects.filter(room=room).values_list("version", flat=True)
    held.append(room.info_version)
    assert max(held) == room.version
    assert max(Counter(held).values()) == 1


def assert_told_in_full(heard, room: Room) -> None:
    """What was announced leads from the first version to the last, and ends in what is stored."""
    events = sorted(heard.changes_in(room.pk), key=lambda event: event.from_)
    assert [event.from_ for event in events[1:]] == [event.to for event in events[:-1]]
    assert events[-1].to == room.version
    newest: dict[str, dict[int, dict]] = {"messages": {}, "members": {}}
    for event in events:
        for kind, rows in newest.items():
            for row in fragment_rows(getattr(event, kind)):
                assert event.from_ < row["version"] <= event.to
                rows[row.get("user", row.get("id"))] = row
    stored = stored_messages(room.pk)
    assert newest["messages"] == {number: stored[number] for number in newest["messages"]}
    stored = stored_members(room.pk)
    assert newest["members"] == {number: stored[number] for number in newest["members"]}


def test_posts_from_several_threads_leave_no_gap():
    crowd = [make_member() for _ in range(THREADS)]
    room = make_room(members=crowd)

    def flood(member):
        def post():
            return [messages.post(member.user, room.pk, uuid4(), f"{n}") for n in range(8)]

        return post

    with listening() as heard:
        answers = at_once(*map(flood, crowd))
    for acks in answers:
        assert [ack.seq for ack in acks] == sorted(ack.seq for ack in acks)
    assert Message.objects.filter(room=room).count() == 8 * THREADS
    assert_in_order(room)
    assert_told_in_full(heard, room)


def test_batches_over_the_same_rooms_wait_for_each_other_and_never_for_ever():
    crowd = [make_member() for _ in range(THREADS)]
    here, there = (make_room(members=crowd) for _ in range(2))

    def flood(member, order: Sequence[Room]):
        def post():
            return [
                post_many([Post(member.id, room.pk, uuid4(), "hi") for room in order * 3])
                for _ in range(3)
            ]

        return post

    with listening() as heard:
        answers = at_once(
            *(flood(crowd[n], [here, there] if n % 2 else [there, here]) for n in range(THREADS))
        )
    outcomes = [outcome for batches in answers for batch in batches for outcome in batch]
    assert {type(outcome) for outcome in outcomes} == {Ack}
    for room in (here, there):
        assert_in_order(room)
        assert room.last_seq == 9 * THREADS
        assert_told_in_full(heard, room)


def test_all_kinds_of_changes_at_once_take_a_version_each():
    owner, ada, bob, eve = (make_member() for _ in range(4))
    room = make_room(members=[ada, bob], owner=owner)
    said = messages.post(ada.user, room.pk, uuid4(), "hi")

    def post():
        for _ in range(5):
            messages.post(bob.user, room.pk, uuid4(), f"hi @{ada.username}")

    def change():
        for number in range(5):
            messages.edit(ada.user, said.id, f"{number}")

    def react():
        for number in range(5):
            messages.react(bob.user, said.id, "👍", number % 2 == 0)

    def move():
        for _ in range(3):
            members.join(eve.user, room.pk)
            members.leave(eve.user, room.pk)

    def rename():
        for number in range(5):
            rooms.update(owner.user, room.pk, topic=f"{number}")

    with listening() as heard:
        answers = at_once(post, change, react, move, rename)
    assert answers == [None] * 5
    assert_in_order(room)
    assert_told_in_full(heard, room)
    assert stored_info(room.pk)["topic"] == "4"


def test_one_message_sent_by_several_sockets_at_once_is_one():
    ada = make_member()
    room = make_room(members=[ada])
    client_id = uuid4()
    acks = at_once(
        *[lambda: messages.post(ada.user, room.pk, client_id, "hi") for _ in range(THREADS)]
    )
    assert len(set(acks)) == 1
    assert Message.objects.filter(room=room).count() == 1
    assert_in_order(room)


def test_slow_mode_lets_one_of_several_at_once_through():
    owner, ada = make_member(), make_member()
    room = make_room(members=[ada], owner=owner)
    rooms.update(owner.user, room.pk, slow_mode=60)
    answers = at_once(
        *[lambda: messages.post(ada.user, room.pk, uuid4(), "hi") for _ in range(THREADS)]
    )
    assert Counter(map(type, answers)) == {Ack: 1, SlowMode: THREADS - 1}


def test_a_direct_room_opened_by_both_at_once_is_one():
    ada, bob = make_member(), make_member()
    found = at_once(
        *[
            lambda one=one, other=other: rooms.direct(one.user, [other.id])
            for one, other in ((ada, bob), (bob, ada), (ada, bob), (bob, ada))
        ]
    )
    assert len({room.pk for room in found}) == 1
    assert Membership.objects.filter(room=found[0]).count() == 2
    assert_in_order(found[0])


def test_who_joins_on_several_devices_at_once_has_one_seat():
    ada = make_member()
    room = make_room()
    with listening() as heard:
        at_once(*[lambda: members.join(ada.user, room.pk) for _ in range(THREADS)])
    assert Membership.objects.filter(room=room, user=ada.user).count() == 1
    assert len(heard.changes_in(room.pk)) == 1
    assert_in_order(room)


def test_the_last_two_owners_do_not_both_leave():
    ada, bob = make_member(), make_member()
    room = make_room(members=[bob, make_member()], owner=ada)
    members.set_role(ada.user, room.pk, bob.id, "owner")
    at_once(
        lambda: members.leave(ada.user, room.pk),
        lambda: members.leave(bob.user, room.pk),
    )
    owners = Membership.objects.active().filter(room=room, role="owner")
    assert owners.count() == 1


def test_reading_on_several_devices_at_once_ends_at_the_furthest():
    owner, ada = make_member(), make_member()
    room = make_room(members=[ada], owner=owner)
    make_history(room, [owner], 40)

    def read(start):
        def run():
            for seq in range(start, 41, THREADS):
                members.mark_read(ada.user, room.pk, seq)

        return run

    def rename():
        for number in range(5):
            members.set_role(owner.user, room.pk, ada.id, ("moderator", "member")[number % 2])

    at_once(*map(read, range(1, THREADS + 1)), rename)
    assert Membership.objects.get(room=room, user=ada.user).read_seq == 40


# --- limits: each of these takes one more of what there is room for one ------------------------


def save_another(member, room, number):
    return saved.save(member.user, message_in(room, number).pk, True)


def pin_another(member, room, number):
    return messages.pin(member.user, message_in(room, number).pk, True)


def begin_another(member, room, number):
    root = message_in(room, number).pk
    return drafts.keep(member.user, room.pk, "half a thought", thread=root)


def schedule_another(member, room, number):
    return scheduled.schedule(member.user, room.pk, "later", timezone.now() + timedelta(hours=1))


def link_another(member, room, number):
    return links.create(member.user, room.pk)


def block_another(member, room, number):
    return blocks.block(member.user, message_in(room, number).author_id)


def draw_another(member, room, number):
    return emoji.add(member.user, new_name("e"), picture())


def message_in(room: Room, number: int) -> Message:
    return Message.objects.get(room=room, seq=number)


def picture() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (2, 2)).save(drawn, "PNG")
    return SimpleUploadedFile("emoji.png", drawn.getvalue())


@pytest.mark.parametrize(
    ("module", "limit", "one_more"),
    [
        (saved, "SAVED_MAX", save_another),
        (messages, "PINS_MAX", pin_another),
        (drafts, "DRAFTS_MAX", begin_another),
        (scheduled, "SCHEDULED_MAX", schedule_another),
        (links, "LINKS_MAX", link_another),
        (blocks, "BLOCKS_MAX", block_another),
        (emoji, "EMOJI_COUNT_MAX", draw_another),
    ],
)
def test_where_there_is_room_for_one_more_one_of_several_at_once_gets_it(
    monkeypatch, module, limit, one_more
):
    monkeypatch.setattr(module, limit, 1)
    ada = make_moderator()
    others = [make_member() for _ in range(THREADS)]
    room = make_room(members=others, owner=ada)
    make_history(room, others, THREADS)
    answers = at_once(*[lambda n=n: one_more(ada, room, n + 1) for n in range(THREADS)])
    refused = [answer for answer in answers if isinstance(answer, ChatError)]
    assert len(refused) == THREADS - 1
    assert {type(refusal) for refusal in refused} == {Invalid}


def test_of_several_with_a_link_for_one_one_comes_in():
    ada = make_member()
    room = make_room("private", owner=ada)
    link, secret = links.create(ada.user, room.pk, uses_max=1)
    digest = JoinLink.digest_of(secret)
    holders = [make_member() for _ in range(THREADS)]
    answers = at_once(*[lambda one=one: links.use(one.user, digest) for one in holders])
    assert Counter(map(type, answers)) == {Room: 1, Forbidden: THREADS - 1}
    assert Membership.objects.active().filter(room=room).count() == 2
    link.refresh_from_db()
    assert link.uses == 1


def test_an_emoji_of_one_name_is_added_once():
    keeper = make_moderator()
    answers = at_once(*[lambda: emoji.add(keeper.user, "party", picture()) for _ in range(THREADS)])
    assert Counter(map(type, answers)) == {CustomEmoji: 1, Invalid: THREADS - 1}


def test_of_several_rooms_one_gets_an_address():
    ada = make_member()
    some = [make_room(owner=ada) for _ in range(THREADS)]
    slug = new_name("kitchen")
    answers = at_once(
        *[lambda room=room: rooms.update(ada.user, room.pk, slug=slug) for room in some]
    )
    assert Counter(map(type, answers)) == {Room: 1, Invalid: THREADS - 1}
    assert {str(each.detail) for each in answers if isinstance(each, Invalid)} == {rooms.SLUG_TAKEN}
    for room in some:
        assert_in_order(room)


def test_rooms_of_one_name_made_at_once_have_an_address_each():
    ada, name = make_member(), new_name("Kitchen")
    made = at_once(
        *[lambda: rooms.create(ada.user, kind="public", name=name) for _ in range(THREADS)]
    )
    assert len({room.slug for room in made}) == THREADS


def test_a_vote_is_counted_before_the_poll_closes_or_refused():
    owner = make_member()
    crowd = [make_member() for _ in range(THREADS)]
    room = make_room(members=crowd, owner=owner)
    poll = polls.ask(owner.user, room.pk, uuid4(), "Lunch?", ["Pizza", "Salad"]).id
    *answers, closed = at_once(
        *[lambda one=one: polls.vote(one.user, poll, [1]) for one in crowd],
        lambda: polls.close(owner.user, poll),
    )
    counted = [answer for answer in answers if isinstance(answer, Ack)]
    assert {type(answer) for answer in answers} <= {Ack, Forbidden}
    assert all(ack.version < closed.version for ack in counted)
    told = stored_messages(room.pk)[poll]["poll"]
    assert (told["closed"], told["options"][1]["votes"]) == (True, len(counted))
    assert_in_order(room)


def test_a_reply_is_in_the_thread_before_its_first_message_goes_or_refused():
    owner = make_member()
    crowd = [make_member() for _ in range(THREADS)]
    room = make_room(members=crowd, owner=owner)
    root = make_message(room, owner).pk
    *answers, _gone = at_once(
        *[lambda one=one: messages.post(one.user, room.pk, uuid4(), "hi", None, root)
          for one in crowd],
        lambda: messages.remove(owner.user, root),
    )  # fmt: skip
    stored = [answer for answer in answers if isinstance(answer, Ack)]
    assert {type(answer) for answer in answers} <= {Ack, Forbidden, Invalid, NotFound}
    page = threads.page(owner.user, root)
    assert [row.id for row in page.messages] == sorted(ack.id for ack in stored)
    assert page.root.deleted
    assert_in_order(room)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_a_room_that_somebody_holds_keeps_nobody_from_another_room(caplog):
    ada = make_member()
    held, free = make_room(members=[ada]), make_room(members=[ada])
    posts = [Post(ada.id, room.pk, uuid4(), "hi") for room in (held, free)]

    def post():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        return post_many(posts)

    with transaction.atomic():
        Room.objects.select_for_update().get(pk=held.pk)
        [[refused, acked]] = at_once(post)
    assert (type(refused), type(acked)) == (Unavailable, Ack)
    assert [record for record in caplog.records if record.exc_info] == [], "a line is enough"
    [[acked, again]] = at_once(lambda: post_many(posts))
    assert (acked.seq, again.seq) == (1, 1)
    assert_in_order(free)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_a_changed_profile_and_read_positions_lock_seats_in_one_order():
    """A batch of read positions holds a seat that the profile wants, and wants the next."""
    ada = make_member()
    early, late = make_room(members=[make_member()]), make_room(members=[ada])
    members.join(ada.user, early.pk)  # a seat younger than that in the later room
    seats = Membership.objects.filter(user=ada.user)
    for room in (early, late):
        make_history(room, [ada], 3)
    with ThreadPoolExecutor(2) as pool, transaction.atomic():
        list(seats.filter(room=late).select_for_update())
        reads = [members.Reading(ada.id, room.pk, 3) for room in (early, late)]
        tasks = []
        for verb, subject in ((members.mark_read_many, reads), (members.profile_changed, ada.user)):
            tasks.append(pool.submit(alone, verb, subject))
            wait_until(lambda: those_who_wait() == len(tasks), 10, "it waits for the seat")
    for task in tasks:
        task.result()
    assert {seat.read_seq for seat in seats} == {3}
