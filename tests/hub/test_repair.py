"""Repairs that overlap what they repair."""

import asyncio
import gc
import logging
from typing import Any
from uuid import uuid4

import pytest

from chat.broadcast import AccessChanged, RoomChanged, room_group
from chat.live.hub import Hub
from chat.live.repair import GAP_PATIENCE
from chat.models import Room
from chat.services import messages
from tests.factories import Member
from tests.hub.parts import Guests, Peer, post, unheard, until


def is_repair(query: Any, *_args: Any) -> bool:
    """Whether a question is what changed after the version that a process holds."""
    return query.__name__ == "_changes_after"


def assert_whole(peer: Peer, room: Room, since: int, to: int) -> None:
    """Every change since then came, once and in order, and nobody was told to sync."""
    spans = peer.spans(room.pk)
    assert [spans[0][0], *(end for _, end in spans)] == [since, *(s[0] for s in spans[1:]), to]
    assert peer.seen("lagged") == []


async def test_talk_during_a_repair_is_not_taken_for_a_database_that_went_back(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room
) -> None:
    peer, _ = await guests.enter(bob)
    since = room.version
    lost = await unheard(hub, messages.post, ada.user, room.pk, uuid4(), "lost")
    async with hub.database.keeping(is_repair, lambda: hub.repair.soon(room.pk)):
        hub.announce(RoomChanged(room.pk, since, lost.version))  # it was only late
        said = await post(ada, room)
        await until(lambda: hub.feeds[room.pk].version == said.version, "the talk")
    last = await post(ada, room)
    await until(lambda: peer.at(room.pk) == last.version, "the last word")
    assert_whole(peer, room, since, last.version)


async def test_a_repair_for_those_who_left_does_not_keep_a_change_from_those_who_came(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room
) -> None:
    """It ends in the very turn of the loop in which something is said."""
    _, leaving = await guests.enter(bob)
    lost = await unheard(hub, messages.post, ada.user, room.pk, uuid4(), "lost")
    async with hub.database.keeping(is_repair, lambda: hub.repair.soon(room.pk)) as answer:
        hub.remove(leaving)
        peer, _ = await guests.enter(bob)
        last = await unheard(hub, messages.post, ada.user, room.pk, uuid4(), "and the last")
        answer.hand_over()
        hub.announce(RoomChanged(room.pk, lost.version, last.version))
    await until(lambda: peer.at(room.pk) == last.version, "the last word")
    assert_whole(peer, room, lost.version, last.version)


async def test_clients_of_a_database_that_went_back_begin_anew(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room
) -> None:
    peer, _ = await guests.enter(bob)
    said = await post(ada, room)
    await until(lambda: peer.spans(room.pk), "what ada said")
    await Room.objects.filter(pk=room.pk).aupdate(version=said.version - 1)
    await hub.repair.compare([room.pk])
    await until(lambda: peer.seen("lagged"), "the word to sync")
    assert hub.feeds[room.pk].version == said.version - 1


async def test_what_a_database_that_is_away_puts_off_is_no_error(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """The next comparison does it."""
    peer, _ = await guests.enter(bob)
    hub.database.is_away = True
    hub.announce(AccessChanged([bob.id]))
    hub.repair.confirmed({room_group(room.pk)})
    await until(lambda: hub.database.refused >= 2, "both put off")
    hub.database.is_away = False
    said = await unheard(hub, messages.post, ada.user, room.pk, uuid4(), "meanwhile")
    await until(lambda: peer.at(room.pk) == said.version, "what was said meanwhile")
    gc.collect()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_gaps_that_close_by_themselves_are_not_read_however_many_follow(
    hub: Hub, guests: Guests, bob: Member, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await guests.enter(bob)
    read: list[int] = []
    monkeypatch.setattr(hub.repair, "soon", read.append)
    first, second, third = (RoomChanged(room.pk, room.version + n, room.version + n + 1)
                            for n in range(3))  # fmt: skip
    hub.announce(second)  # ahead of the first, which is on its way
    hub.announce(first)
    hub.announce(RoomChanged(room.pk, third.to, third.to + 1))
    await asyncio.sleep(GAP_PATIENCE / 2)
    hub.announce(third)
    hub.announce(RoomChanged(room.pk, third.to + 2, third.to + 3))
    await asyncio.sleep(GAP_PATIENCE * 0.75)  # the first gaps' time is over, the last one's is not
    assert read == []
    await until(lambda: read == [room.pk], "a look at the gap that stays")
