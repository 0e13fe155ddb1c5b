"""Work handed over many at a time: in order, nothing lost, each answered for itself."""

import asyncio
import threading

from chat.errors import Forbidden, Unavailable
from chat.live.batches import Batches


class Slow:
    """A database that answers when it is let: each call runs when `answer` is set."""

    def __init__(self):
        self.batches = []
        self.asked = asyncio.Event()
        self.answer = asyncio.Event()
        self.answer.set()

    async def __call__(self, work, items):
        self.batches.append(list(items))
        self.asked.set()
        await self.answer.wait()
        return work(items)


def doubled(items):
    return [item * 2 for item in items]


async def test_a_lone_item_waits_for_nothing():
    slow = Slow()
    assert await Batches(slow, doubled, 10)(4) == 8
    assert slow.batches == [[4]]


async def test_while_one_batch_runs_the_next_gathers():
    slow = Slow()
    slow.answer.clear()
    batches = Batches(slow, doubled, 10)
    first = asyncio.create_task(batches(1))
    await slow.asked.wait()
    rest = [asyncio.create_task(batches(number)) for number in (2, 3, 4)]
    await asyncio.sleep(0)
    slow.answer.set()
    assert await asyncio.gather(first, *rest) == [2, 4, 6, 8]
    assert slow.batches == [[1], [2, 3, 4]]


async def test_a_batch_has_at_most_so_many_items_and_they_keep_their_order():
    slow = Slow()
    batches = Batches(slow, doubled, 3)
    assert await asyncio.gather(*map(batches, range(8))) == [n * 2 for n in range(8)]
    assert slow.batches == [[0, 1, 2], [3, 4, 5], [6, 7]]


async def test_a_refusal_is_its_items_alone():
    def judged(items):
        return [Forbidden() if item == 2 else item for item in items]

    batches = Batches(Slow(), judged, 10)
    answers = await asyncio.gather(*map(batches, [1, 2, 3]), return_exceptions=True)
    assert [type(answer) for answer in answers] == [int, Forbidden, int]


async def test_a_batch_that_failed_is_unavailable_and_the_next_one_runs():
    failing = [Unavailable()]

    def work(items):
        if failing:
            raise failing.pop()
        return items

    batches = Batches(Slow(), work, 10)
    answers = await asyncio.gather(*map(batches, [1, 2]), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable, Unavailable]
    assert await batches(3) == 3


async def test_one_that_cannot_be_done_keeps_no_neighbour_from_its_result():
    def work(items):
        if 2 in items:
            raise RuntimeError("a bug")
        return items

    batches = Batches(Slow(), work, 10)
    answers = await asyncio.gather(*map(batches, [1, 2, 3]), return_exceptions=True)
    assert [type(answer) for answer in answers] == [int, Unavailable, int]


async def test_who_gave_up_waiting_takes_nothing_from_the_others():
    slow = Slow()
    slow.answer.clear()
    batches = Batches(slow, doubled, 10)
    waiting = [asyncio.create_task(batches(number)) for number in (1, 2)]
    await slow.asked.wait()
    waiting[0].cancel()
    slow.answer.set()
    assert await waiting[1] == 4


async def test_it_is_idle_when_nothing_waits_and_nothing_runs():
    slow = Slow()
    slow.answer.clear()
    batches = Batches(slow, doubled, 10)
    assert batches.is_idle
    waiting = asyncio.create_task(batches(1))
    await slow.asked.wait()
    assert not batches.is_idle
    slow.answer.set()
    await waiting
    await asyncio.sleep(0)
    assert batches.is_idle


async def test_what_one_is_told_of_its_end_may_fail_without_harm_to_the_others():
    answers = []
    everyone = asyncio.Event()

    def done(result):
        answers.append(result)
        if result == 2:
            raise ConnectionError("the socket is gone")
        if result == 6:
            everyone.set()

    batches = Batches(Slow(), doubled, 10)
    for item in (1, 2, 3):
        batches.submit(item, done)
    async with asyncio.timeout(5):
        await everyone.wait()
    assert answers == [2, 4, 6]
    assert await batches(5) == 10


async def test_work_runs_off_the_event_loop():
    async def in_a_thread(work, items):
        return await asyncio.to_thread(work, items)

    def where(items):
        return [threading.current_thread() for _ in items]

    assert await Batches(in_a_thread, where, 5)(1) is not threading.main_thread()
