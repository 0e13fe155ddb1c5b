"""Posts gathered into batches: each room in order, in its turn, and answered for itself."""

import asyncio
from functools import partial
from uuid import uuid4

from chat.errors import Forbidden, Unavailable
from chat.live.posts import CARE_MAX, ROOM_MAX, Posts
from chat.services.posting import Ack, Post


class Store:
    """A database that answers when it is let: a batch about a room in `held` waits."""

    def __init__(self):
        self.batches = []
        self.asked = asyncio.Condition()
        self.held = {}
        self.careful = []
        self.may_care = asyncio.Event()

    def hold(self, room):
        self.held[room] = asyncio.Event()

    async def __call__(self, posts):
        self.batches.append([(post.room, post.body) for post in posts])
        async with self.asked:
            self.asked.notify_all()
        for room in {post.room for post in posts} & self.held.keys():
            await self.held[room].wait()
        return [self.outcome(post) for post in posts]

    async def carefully(self, posts):
        self.careful.append([(post.room, post.body) for post in posts])
        await self.may_care.wait()
        return [Ack(post.room, 1) for post in posts]

    def outcome(self, post):
        return None if post.body.startswith("@") else Ack(post.room, 1)

    async def until(self, count):
        async with asyncio.timeout(5), self.asked:
            await self.asked.wait_for(lambda: len(self.batches) >= count)


class Answers:
    """What was told of each post, in order."""

    def __init__(self, posts):
        self.posts = posts
        self.told = []
        self.changed = asyncio.Event()

    def submit(self, room, *bodies):
        for body in bodies:
            done = partial(self.take, body)
            self.posts.submit(Post(1, room, uuid4(), body), done)

    def take(self, body, outcome):
        self.told.append((body, type(outcome)))
        self.changed.set()

    async def until(self, count):
        async with asyncio.timeout(5):
            while len(self.told) < count:
                self.changed.clear()
                await self.changed.wait()


def gathering(store, at_once=2, size=10):
    return Answers(Posts(store, store.carefully, at_once, size))


async def test_a_lone_post_waits_for_nothing():
    store = Store()
    answers = gathering(store)
    answers.submit(7, "hi")
    await answers.until(1)
    assert store.batches == [[(7, "hi")]]
    assert answers.told == [("hi", Ack)]


async def test_what_comes_in_one_turn_of_the_loop_shares_a_batch():
    store = Store()
    answers = gathering(store)
    answers.submit(7, "a", "b")
    answers.submit(8, "c")
    await answers.until(3)
    assert store.batches == [[(7, "a"), (7, "b"), (8, "c")]]


async def test_no_room_is_in_two_batches_at_a_time_and_each_keeps_its_order():
    store = Store()
    store.hold(7)
    answers = gathering(store, at_once=3)
    answers.submit(7, "a")
    await store.until(1)
    answers.submit(7, "b", "c")
    answers.submit(8, "d")
    await answers.until(1)
    assert store.batches == [[(7, "a")], [(8, "d")]]
    assert answers.told == [("d", Ack)]
    store.held[7].set()
    await answers.until(4)
    assert store.batches[2:] == [[(7, "b"), (7, "c")]]
    assert answers.told == [("d", Ack), ("a", Ack), ("b", Ack), ("c", Ack)]


async def test_a_quiet_room_does_not_wait_for_a_flooded_one():
    store = Store()
    store.hold(7)
    answers = gathering(store, size=3)
    answers.submit(7, *"abcdef")
    await store.until(1)
    answers.submit(8, "quiet")
    await answers.until(1)
    assert answers.told == [("quiet", Ack)]
    store.held[7].set()
    await answers.until(7)
    assert [body for body, _ in answers.told] == ["quiet", *"abcdef"]


async def test_one_room_fills_no_batch():
    store = Store()
    answers = gathering(store, size=2 * ROOM_MAX)
    answers.submit(7, *map(str, range(ROOM_MAX + 1)))
    await answers.until(ROOM_MAX + 1)
    assert [len(batch) for batch in store.batches] == [ROOM_MAX, 1]


async def flooded(answers, store):
    """Room 7 has filled a batch, which took 50 ms, and has one post more."""
    store.hold(7)
    answers.submit(7, *map(str, range(ROOM_MAX + 1)))
    await store.until(len(store.batches) + 1)
    asyncio.get_running_loop().call_later(0.05, store.held.pop(7).set)
    await answers.until(len(answers.told) + ROOM_MAX)
    for _ in range(10):  # turns of the loop
        await asyncio.sleep(0)


async def test_in_company_a_flooded_room_rests_between_its_batches():
    store = Store()
    answers = gathering(store, size=2 * ROOM_MAX)
    answers.submit(8, "before")
    await answers.until(1)
    await flooded(answers, store)
    answers.submit(8, "after")
    await answers.until(ROOM_MAX + 3)
    assert [len(batch) for batch in store.batches] == [1, ROOM_MAX, 1, 1]
    assert [body for body, _ in answers.told[-2:]] == ["after", str(ROOM_MAX)]


async def test_a_flooded_room_has_no_need_to_rest_when_nobody_else_posts():
    store = Store()
    answers = gathering(store, size=2 * ROOM_MAX)
    answers.submit(7, "it kept up before")
    await answers.until(1)
    await flooded(answers, store)
    assert len(answers.told) == ROOM_MAX + 2


async def test_beside_another_process_one_batch_at_a_time_unless_it_waits_for_long():
    store = Store()
    store.hold(7)
    answers = gathering(store)
    answers.posts.others_wrote()
    answers.submit(7, "a")
    await store.until(1)
    answers.submit(8, "b")
    answers.submit(10, "c")
    for _ in range(10):  # turns of the loop
        await asyncio.sleep(0)
    assert store.batches == [[(7, "a")]]
    await answers.until(2)
    assert store.batches[1:] == [[(8, "b"), (10, "c")]]
    store.held[7].set()
    await answers.until(3)


async def test_beside_another_process_batches_are_half_as_large():
    store = Store()
    answers = gathering(store, size=4)
    answers.posts.others_wrote()
    answers.submit(7, *"abc")
    await answers.until(3)
    assert store.batches == [[(7, "a"), (7, "b")], [(7, "c")]]


async def test_beside_another_process_each_batch_is_of_one_half_of_the_rooms_in_turn():
    store = Store()
    answers = gathering(store)
    answers.posts.others_wrote()
    for room in (1, 2, 3, 4):
        answers.submit(room, "said")
    await answers.until(4)
    assert [{room for room, _ in batch} for batch in store.batches] == [{1, 3}, {2, 4}]


async def test_rooms_that_wait_have_equal_shares_and_take_turns():
    store = Store()
    store.hold(1)
    answers = gathering(store, at_once=1, size=4)
    answers.submit(1, "first")
    await store.until(1)
    answers.submit(7, *"abcdef")
    answers.submit(8, *"ghij")
    answers.submit(9, "k")
    store.held[1].set()
    await answers.until(12)
    assert store.batches[1:] == [
        [(7, "a"), (8, "g"), (9, "k")],
        [(7, "b"), (7, "c"), (8, "h"), (8, "i")],
        [(7, "d"), (7, "e"), (8, "j")],
        [(7, "f")],
    ]


async def test_more_rooms_than_a_batch_takes_all_have_their_turn():
    store = Store()
    answers = gathering(store, at_once=1, size=2)
    for room in range(5):
        answers.submit(room, str(room), str(room))
    await answers.until(10)
    assert [[room for room, _ in batch] for batch in store.batches] == [
        [0, 1], [2, 3], [4, 0], [1, 2], [3, 4],
    ]  # fmt: skip


async def test_what_takes_care_is_waited_for_by_its_own_room_alone():
    store = Store()
    answers = gathering(store)
    answers.submit(7, "@ada")
    answers.submit(8, "plain")
    await answers.until(1)
    answers.submit(7, "after it")
    answers.submit(8, "another")
    await answers.until(2)
    assert answers.told == [("plain", Ack), ("another", Ack)]
    store.may_care.set()
    await answers.until(4)
    assert answers.told[2:] == [("@ada", Ack), ("after it", Ack)]
    assert store.careful == [[(7, "@ada")]]


async def test_what_takes_care_goes_few_at_a_time_and_of_each_room_an_equal_share():
    store = Store()
    answers = gathering(store, size=100)
    answers.submit(7, *["@ada"] * (2 * CARE_MAX))
    answers.submit(8, "@bob")
    answers.submit(9, "plain")
    await answers.until(1)
    store.may_care.set()
    await answers.until(2 * CARE_MAX + 2)
    first, *others = store.careful
    assert first == [(7, "@ada")] * (CARE_MAX // 2) + [(8, "@bob")]
    assert max(map(len, others)) == CARE_MAX


async def test_a_refusal_is_its_posts_alone():
    class Judging(Store):
        def outcome(self, post):
            return Forbidden() if post.body == "b" else super().outcome(post)

    answers = gathering(Judging())
    answers.submit(7, *"abc")
    await answers.until(3)
    assert answers.told == [("a", Ack), ("b", Forbidden), ("c", Ack)]


async def test_a_batch_that_failed_is_unavailable_and_the_next_one_runs():
    class Away(Store):
        async def __call__(self, posts):
            if not self.batches:
                self.batches.append(None)
                raise Unavailable
            return await super().__call__(posts)

    answers = gathering(Away())
    answers.submit(7, "a", "b")
    await answers.until(2)
    answers.submit(7, "c")
    await answers.until(3)
    assert answers.told == [("a", Unavailable), ("b", Unavailable), ("c", Ack)]


async def test_one_that_cannot_be_stored_keeps_no_neighbour_from_its_place():
    class Buggy(Store):
        def outcome(self, post):
            if post.body == "b":
                raise RuntimeError("a bug")
            return super().outcome(post)

    answers = gathering(Buggy())
    answers.submit(7, *"abc")
    await answers.until(3)
    assert answers.told == [("a", Ack), ("b", Unavailable), ("c", Ack)]


async def test_that_one_cannot_be_told_is_no_harm_to_the_others():
    store = Store()
    answers = gathering(store)

    def gone(outcome):
        raise ConnectionError("the socket is gone")

    answers.posts.submit(Post(1, 7, uuid4(), "a"), gone)
    answers.submit(7, "b")
    await answers.until(1)
    assert answers.told == [("b", Ack)]


async def test_it_is_idle_when_nothing_waits_and_nothing_runs():
    store = Store()
    store.hold(7)
    answers = gathering(store)
    assert answers.posts.is_idle
    answers.submit(7, "a")
    assert not answers.posts.is_idle
    await store.until(1)
    assert not answers.posts.is_idle
    store.held[7].set()
    await answers.until(1)
    await asyncio.sleep(0)
    assert answers.posts.is_idle
