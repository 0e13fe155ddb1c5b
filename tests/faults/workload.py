"""Members at work: a seeded stream of sends, edits, deletions, reactions, comings and goings."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field

from tests.faults.client import Address, Client, now
from tests.faults.hand import Hand, HandFailed
from tests.faults.history import History, Moved, Revoked
from tests.faults.house import House
from tests.faults.recorder import Interner

EMOJI = ("👍", "🎉", "❤️", "🙂")
WEIGHTS = {
    "send": 60,
    "edit": 8,
    "delete": 3,
    "react": 12,
    "move": 2,
    "reconnect": 2,
    "typing": 3,
    "focus": 3,
    "read": 7,
}
BODIES = ("short", "**bold** and `code`", "a list\n- one\n- two", "ünïcödé 🙂", "long " * 60)


@dataclass
class Room:
    """A room of the scene: who made it, who is in it as far as the harness knows."""

    id: int
    kind: str
    owner: int
    members: set[int]


@dataclass
class Scene:
    """Rooms, members and clients of one run. Nobody is in all rooms, so a leak would show."""

    rooms: dict[int, Room] = field(default_factory=dict)
    clients: list[Client] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)

    def clients_of(self, user: int) -> list[Client]:
        """The tabs of one member."""
        return [client for client in self.clients if client.user == user]


async def furnish(
    house: House,
    history: History,
    chance: random.Random,
    *,
    members: int = 9,
    tabs: int = 2,
    direct: bool = False,
) -> Scene:
    """Make members and rooms, and a client for each member; `tabs` of them have a second one.

    `direct` connects clients to the server processes in turn instead of through the proxy."""
    scene, interner = Scene(), Interner()
    await house.hand.ready()
    people = await house.hand.do("make_members", count=members, prefix=house.new_prefix())
    users = [person["id"] for person in people]
    for kind, size in (("public", 6), ("public", 4), ("private", 5), ("private", 3), ("direct", 2)):
        await _make_room(house.hand, scene, history, kind, chance.sample(users, min(size, members)))
    house_origin = house.proxy.url
    for number, person in enumerate([*people, *people[:tabs]]):
        name = f"{person['name']}{'' if number < members else '-2'}"
        cookie = person["cookie"]
        if number >= members:
            cookie = await house.hand.do("sign_in", user=person["id"])
        url, origin = house.proxy.ws_url, house_origin
        if direct:
            server = house.servers[number % len(house.servers)]
            url, origin = server.ws_url, server.url
        scene.cookies[name] = cookie
        address = Address(url, origin, cookie)
        client = Client(
            name,
            person["id"],
            address,
            history,
            interner,
            random.Random(chance.random()),
            cold=number % 2 == 0,
        )
        scene.clients.append(client)
    return scene


async def _make_room(
    hand: Hand, scene: Scene, history: History, kind: str, users: list[int]
) -> None:
    number = await hand.do("make_room", kind=kind, name=f"{kind} of faults", users=users)
    scene.rooms[number] = Room(number, kind, users[0], set(users))
    for user in users:
        history.add(Moved(at=0, user=user, room=number, member=True, ended=0, outcome="ok"))


class Workload:
    """Does `rate` things a second until stopped; the same seed does the same things."""

    def __init__(
        self,
        scene: Scene,
        hand: Hand,
        history: History,
        chance: random.Random,
        *,
        rate: float = 30.0,
        without: frozenset[str] = frozenset(),
    ) -> None:
        self.scene = scene
        self.hand = hand
        self.history = history
        self.chance = chance
        self.rate = rate
        self.weights = {verb: w for verb, w in WEIGHTS.items() if verb not in without}
        self.spared: set[str] = set()  # clients that the workload leaves alone
        self.paused = False
        self._task: asyncio.Task[None] | None = None
        self._moves: set[asyncio.Task[None]] = set()
        self._said = 0

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._work(), name="workload")

    async def stop(self) -> None:
        """End, and wait for comings and goings that are under way."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._moves:
            await asyncio.wait(self._moves)

    async def _work(self) -> None:
        while True:
            verb = self.chance.choices(list(self.weights), list(self.weights.values()))[0]
            client = self.chance.choice(self.scene.clients)
            if not self.paused and client.name not in self.spared and client.alive:
                getattr(self, f"_{verb}")(client)
            await asyncio.sleep(self.chance.expovariate(self.rate))

    def _room_of(self, client: Client) -> int | None:
        rooms = [number for number in client.state.rooms if number in self.scene.rooms]
        return self.chance.choice(rooms) if rooms else None

    def _message_of(self, client: Client, *, own: bool) -> dict | None:
        number = self._room_of(client)
        if number is None:
            return None
        rows = [
            row
            for row in list(client.state.rooms[number].messages.values())[-30:]
            if not row["deleted"] and (row["author"] == client.user or not own)
        ]
        return self.chance.choice(rows) if rows else None

    # --- verbs

    def _send(self, client: Client) -> None:
        room = self._room_of(client)
        if room is not None:
            self._said += 1
            client.send(room, f"{self.chance.choice(BODIES)} {self._said}")

    def _edit(self, client: Client) -> None:
        row = self._message_of(client, own=True)
        if row is not None:
            self._said += 1
            body = f"edited {self._said}"
            client.command("edit", row["room"], row["id"], body, body=body)

    def _delete(self, client: Client) -> None:
        row = self._message_of(client, own=True)
        if row is not None:
            client.command("delete", row["room"], row["id"], "")

    def _react(self, client: Client) -> None:
        row = self._message_of(client, own=False)
        if row is not None:
            emoji, on = self.chance.choice(EMOJI), self.chance.random() < 0.7
            value = f"{emoji} {'on' if on else 'off'}"
            client.command("react", row["room"], row["id"], value, emoji=emoji, on=on)

    def _typing(self, client: Client) -> None:
        room = self._room_of(client)
        if room is not None:
            client.say({"type": "typing", "room": room, "on": True})

    def _focus(self, client: Client) -> None:
        client.say({"type": "focus", "room": self._room_of(client), "visible": True})

    def _read(self, client: Client) -> None:
        row = self._message_of(client, own=False)
        if row is not None:
            client.say({"type": "read", "room": row["room"], "seq": row["seq"]})

    def _reconnect(self, client: Client) -> None:
        client.cut()

    def _move(self, client: Client) -> None:
        """Somebody leaves a room, or comes (back); owners and direct rooms stay as they are."""
        rooms = [
            room
            for room in self.scene.rooms.values()
            if room.kind != "direct" and room.owner != client.user
        ]
        if rooms and not self.hand.busy:
            task = asyncio.create_task(self.move(client.user, self.chance.choice(rooms)))
            self._moves.add(task)
            task.add_done_callback(self._moves.discard)

    async def move(self, user: int, room: Room) -> None:
        """Let the member leave the room, or come when not in it."""
        member = user not in room.members
        fact = Moved(at=now(), user=user, room=room.id, member=member)
        self.history.add(fact)
        verb = "come" if member else self.chance.choice(["go", "remove"])
        try:
            await self.hand.do(verb, room=room.id, user=user)
        except HandFailed as refusal:
            fact.outcome = "unknown" if "Operational" in str(refusal) else "fail"
        else:
            fact.outcome = "ok"
            room.members.symmetric_difference_update({user})
        fact.ended = now()


async def revoke(scene: Scene, hand: Hand, history: History, client: Client, how: str) -> None:
    """End a client's access: `sign_out` (this session), `ban` or `deactivate` (the account)."""
    if how == "sign_out":
        await hand.do("sign_out", cookie=scene.cookies[client.name])
        touched = [client]
    else:
        await hand.do(how, user=client.user)
        touched = scene.clients_of(client.user)
    words = {"sign_out": "signed out", "ban": "banned", "deactivate": "deactivated"}
    for each in touched:
        history.add(Revoked(at=now(), client=each.name, why=words[how]))
