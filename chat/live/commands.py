"""What each command of a client does: the verb it calls, and how its outcome is answered."""

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from django.utils import timezone

from accounts.models import User
from chat import broadcast
from chat.errors import ChatError, NotInRoom, Unavailable
from chat.live import frames
from chat.live.frames import (
    Command,
    Delete,
    Edit,
    Focus,
    Ping,
    React,
    Read,
    Ref,
    Send,
    Sync,
    Typing,
)
from chat.rows import wire_time
from chat.services import members, messages, reading
from chat.services.members import Reading
from chat.services.posting import Ack, Outcome, Post

if TYPE_CHECKING:
    from chat.live.hub import Hub
    from chat.live.socket import Socket

T = TypeVar("T")

SYNC_ROOMS = 4  # rooms that are read at once for a sync

logger = logging.getLogger(__name__)


def carry_out(hub: "Hub", socket: "Socket", command: Command) -> None:
    """Do what ``command`` says, now or soon, and answer."""
    match command:
        case Send():
            _send(hub, socket, command)
        case Ping():
            socket.send(frames.encode(frames.Pong(command.ref, wire_time(timezone.now()))))
        case Typing() if _is_at_once(hub, socket, command):
            _typing(hub, socket, command)
        case _:
            socket.command_began()
            hub.spawn(_run(hub, socket, command))


def _send(hub: "Hub", socket: "Socket", command: Send) -> None:
    socket.command_began()
    post = Post(
        socket.user,
        command.room,
        command.client_id,
        command.body,
        command.reply_to,
        command.thread,
        command.attachments,
        socket.id,
        in_room=command.in_room,
    )

    def done(outcome: Outcome) -> None:
        socket.command_ended()
        if isinstance(outcome, ChatError):
            _refuse(hub, socket, outcome, command.ref)
        else:
            hub.answer(socket, _ack(outcome, command.ref))

    hub.posts.submit(post, done)


def _is_at_once(hub: "Hub", socket: "Socket", command: Typing) -> bool:
    """Whether nothing has to be asked first: the member stops, or was let type there before."""
    if command.room not in socket.rooms:
        return False
    return not command.on or socket.user in hub.feeds[command.room].typists


def _typing(hub: "Hub", socket: "Socket", command: Typing) -> None:
    socket.typing = command.room if command.on else None
    hub.announce(broadcast.Typing(command.room, socket.user, command.on))


async def _run(hub: "Hub", socket: "Socket", command: Command) -> None:
    """Carry out a command that asks the database, with its refusals answered."""
    try:
        await _HANDLERS[type(command)](hub, socket, command)
    except ChatError as refusal:
        _refuse(hub, socket, refusal, command.ref)
    except Exception:
        logger.exception("The command %s failed.", type(command).__name__.lower())
        _refuse(hub, socket, Unavailable(), command.ref)
    finally:
        socket.command_ended()


async def _edit(hub: "Hub", socket: "Socket", command: Edit) -> None:
    ack = await _ask(hub, socket, messages.edit, command.message, command.body)
    socket.send(_ack(ack, command.ref))


async def _delete(hub: "Hub", socket: "Socket", command: Delete) -> None:
    ack = await _ask(hub, socket, messages.remove, command.message)
    socket.send(_ack(ack, command.ref))


async def _react(hub: "Hub", socket: "Socket", command: React) -> None:
    ack = await _ask(hub, socket, messages.react, command.message, command.emoji, command.on)
    socket.send(_ack(ack, command.ref))


async def _read(hub: "Hub", socket: "Socket", command: Read) -> None:
    reading = Reading(socket.user, command.room, command.seq, socket.id)
    version, _ = await hub.readings(reading)
    socket.send(_ack(Ack(command.room, version), command.ref))


async def _sync(hub: "Hub", socket: "Socket", command: Sync) -> None:
    """Answer room by room, no faster than the client reads: the pages may be large, and many."""
    wanted = iter(command.rooms.items())
    socket.syncing = socket.syncing or asyncio.Lock()
    async with socket.syncing:
        while rooms := dict(itertools.islice(wanted, SYNC_ROOMS)):
            await socket.drained()
            if socket.closed:
                return
            await _sync_some(hub, socket, rooms, command.ref)


async def _sync_some(hub: "Hub", socket: "Socket", rooms: dict[int, int], ref: Ref | None) -> None:
    seated = socket.rooms & rooms.keys()
    answers = await _ask(hub, socket, reading.sync, rooms)
    if left := seated - socket.rooms:
        # Shown out while this was read: they are answered as to anybody who is not in them.
        rooms_left = {room: rooms[room] for room in left}
        answers |= await _ask(hub, socket, reading.sync, rooms_left)
    for room, answer in answers.items():
        if socket.is_guest and isinstance(answer, NotInRoom):
            answer = answer.for_guest()
        socket.send(_sync_answer(socket, room, answer, ref))
        feed = hub.feeds.get(room)
        if (
            isinstance(answer, reading.Changes)
            and answer.reset
            and feed is not None
            and (feed.version or 0) > answer.event.to
        ):
            # What was sent meanwhile is forgotten with the reset: it must be asked for once more.
            socket.send(frames.encode(frames.Lagged([room])))


def _sync_answer(
    socket: "Socket", room: int, answer: reading.Changes | ChatError, ref: Ref | None
) -> bytes:
    if isinstance(answer, ChatError):
        return socket.session.told(answer, ref, room)
    event = answer.event.seen_by(socket.user)
    return frames.changes(event, more=answer.more, reset=answer.reset, ref=ref)


async def _focus(hub: "Hub", socket: "Socket", command: Focus) -> None:
    if command.room is not None and command.room not in socket.rooms:
        await _ask(hub, socket, members.check_is_member, command.room)
        await hub.seats.look_at(socket.user, command.room)
    if socket.focus is not None and (feed := hub.feeds.get(socket.focus)):
        feed.focused.discard(socket)
    socket.focus = command.room if command.room in socket.rooms else None
    await hub.onlookers.turned(socket, command.visible)
    if socket.focus is not None:
        await hub.onlookers.focused(socket, hub.feeds[socket.focus])


async def _typing_if_let(hub: "Hub", socket: "Socket", command: Typing) -> None:
    """Tell that a member types if they may write there; that is kept in mind until it may change.

    So nobody is shown as typing who is muted, or only reads.
    """
    feed = hub.feeds.get(command.room)
    version = feed.version if feed else None
    before, socket.typing = socket.typing, command.room
    try:
        await _ask(hub, socket, members.check_may_type, command.room)
    except ChatError:
        socket.typing = before
        raise
    if feed is None or command.room not in socket.rooms:
        return
    if feed.version == version:  # or their seat may have changed meanwhile
        feed.typists.add(socket.user)
    if socket.typing == command.room:
        _typing(hub, socket, command)


_HANDLERS: dict[type, Callable[..., Awaitable[None]]] = {
    Edit: _edit,
    Delete: _delete,
    React: _react,
    Read: _read,
    Sync: _sync,
    Focus: _focus,
    Typing: _typing_if_let,
}


async def _ask(hub: "Hub", socket: "Socket", verb: Callable[..., T], *args: object) -> T:
    """Call a verb with the member, in their turn: who asks for much keeps nobody else waiting."""
    async with hub.turns.turn(socket.user):
        return await hub.database(_as_member, verb, socket.user, *args)


def _as_member(verb: Callable[..., T], user_id: int, *args: object) -> T:
    """Call a verb with the member as they are in the database now, rights included."""
    return verb(User.objects.get(pk=user_id), *args)


def _ack(ack: Ack, ref: Ref | None) -> bytes:
    if ack.id is None or ack.seq is None:
        return frames.encode(frames.AckFrame(ref, ack.room, ack.version))
    return frames.encode(frames.AckFrame(ref, ack.room, ack.version, ack.seq, ack.id))


def _refuse(hub: "Hub", socket: "Socket", error: ChatError, ref: Ref | None) -> None:
    if socket.is_guest and isinstance(error, NotInRoom):
        error = error.for_guest()
    hub.refuse(socket, socket.session.refuse(error, ref, time.monotonic()))
