"""A site that people live in: what they said, and what is hard to fit on a screen."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from chat.models import Draft, HeldMessage, Membership, Message, Room
from chat.services import rooms
from tests.factories import Member, make_member, make_message, make_moderator, make_room
from tests.screenshots.said import LINES, Line

HANDLES = {
    "ines": "Ines Vidal",
    "noor": "Noor Haddad",
    "sam": "Sam Okafor",
    "tomasz": "Tomasz Zieliński",
    "meilin": "Mei-Lin Chen",
    "bjorn": "Björn Ågren",
}
HARD_NAMES = {
    "wolfe": "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewiss",
    "layla": "ليلى بنت عبد الرحمن العامري",
    "spark": "✨👩‍👩‍👧‍👦 Sparkle 🏳️‍🌈✨",
    "long": "Maria del Carmen Josefa Antonia de la Santísima Trinidad Ruiz",
}
LONG_TOPIC = "All kinds of things that do not fit anywhere else, told at some length " * 3
USUAL = tuple(HANDLES)
EVERYBODY = (*HANDLES, *HARD_NAMES)
# What it is called here, its kind, its name and topic, who made it, who else is in it.
ROOMS: list[tuple[str, str, str, str, str, tuple[str, ...]]] = [
    ("general", "public", "General", "Everything that concerns all plots", "ines",
     (*USUAL, "new", "secured", "banned")),
    ("seeds", "public", "Seeds and swaps", "Give, take, grow", "sam", USUAL),
    ("shed", "public", "Tool shed", "Who has the ladder?", "tomasz", USUAL[:4]),
    ("empty", "public", "Beekeeping", "", "meilin", ("ines",)),
    ("others", "public", "Pond", "Frogs, newts, and the pump", "bjorn", ()),
    ("market", "public", "Marketplace", "One offer at a time", "meilin", (*USUAL, "spark")),
    ("compost", "public", "Compost", "What goes in, and what does not", "bjorn",
     (*USUAL, "spark")),
    ("quarrel", "public", "Hose and taps", "Whose turn it is", "tomasz", USUAL),
    ("committee", "private", "Committee", "By invitation", "ines", USUAL[:3]),
    ("locked", "public", "Announcements", "Read here what was decided", "bjorn", USUAL),
    ("readonly", "public", "Minutes", "Of each meeting", "sam", USUAL),
    ("archived", "public", "Harvest 2025", "It was a good year", "tomasz", USUAL),
    ("hard", "public", "Ausschusszusammensetzungsangelegenheiten und anderes Langes",
     LONG_TOPIC, "ines", EVERYBODY),
]  # fmt: skip
DIRECT = {
    "direct_noor": ("noor",),
    "direct_wolfe": ("wolfe",),
    "direct_layla": ("layla",),
    "group": ("sam", "meilin"),
}


@dataclass
class House:
    """Who lives there, and where things are."""

    people: dict[str, Member]
    places: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)

    def cookies_of(self, who: str) -> dict[str, str]:
        """Return the cookies of a member's browser; of nobody's, none."""
        return self.people[who].cookies if who else {}

    def said(self, room: str, words: str) -> Message:
        """Return the first message of a room in which there are those words."""
        found = Message.objects.filter(room=self.rooms[room], body__contains=words).first()
        assert found, words
        return found

    def tidy(self) -> None:
        """Forget what scenes before left lying about."""
        Draft.objects.all().delete()
        waiting = HeldMessage.objects.filter(state=HeldMessage.State.WAITING)
        waiting.filter(author=self.people["ines"].user).delete()

    def unread(self, room: str, count: int) -> None:
        """Let the last ``count`` messages of ``room`` be unread by Ines."""
        here = Room.objects.get(pk=self.rooms[room].pk)
        seats = Membership.objects.filter(room=here, user=self.people["ines"].user)
        seats.update(read_seq=max(here.last_seq - count, 0), unread_from=None)


def inhabited() -> House:
    """Return a house of members and rooms in which much was said. Needs an empty database."""
    house = House(_people())
    house.places["noor_id"] = str(house.people["noor"].id)
    _make_rooms(house)
    for room, lines in LINES.items():
        _talk(house, room, lines)
    _close_rooms(house)
    return house


def _people() -> dict[str, Member]:
    people = {
        handle: make_member(username=handle, display_name=name)
        for handle, name in (HANDLES | HARD_NAMES).items()
    }
    people["root"] = make_moderator(username="root", display_name="Ruth the Administrator")
    people["new"] = make_member(
        username="newcomer", display_name="Nadia Newcomer", shown_around=False
    )
    people["banned"] = make_member(username="banned", display_name="Basil Banned")
    people["secured"] = make_member(username="secured", display_name="Selma Secured")
    people["careful"] = make_member(username="careful", display_name="Carl Careful")
    return people


def _make_rooms(house: House) -> None:
    for key, kind, name, topic, owner, others in ROOMS:
        members = [house.people[who] for who in others]
        slug = "general" if key == "general" else None
        made = make_room(
            kind, members, owner=house.people[owner], name=name, topic=topic, slug=slug
        )
        _keep(house, key, made)
    for key, others in DIRECT.items():
        people = [house.people[who] for who in ("ines", *others)]
        _keep(house, key, make_room("direct", people))


def _keep(house: House, key: str, made: Room) -> None:
    house.rooms[key] = made
    house.places[key] = made.slug
    house.places[f"{key}_id"] = str(made.pk)


def _talk(house: House, room: str, lines: list[Line]) -> None:
    """Say each line, dated back as many days and minutes as it says."""
    now = timezone.now()
    for days, minutes, who, body in lines:
        made = make_message(house.rooms[room], house.people[who], body)
        at = now - timedelta(days=days, minutes=minutes)
        Message.objects.filter(pk=made.pk).update(created_at=at)


def _close_rooms(house: House) -> None:
    """In some of them one cannot write, or not as one likes."""
    people, here = house.people, house.rooms
    rooms.lock(people["bjorn"].user, here["locked"].pk, True)
    rooms.update(people["sam"].user, here["readonly"].pk, writers="stewards")
    rooms.archive(people["tomasz"].user, here["archived"].pk, True)
    rooms.update(people["meilin"].user, here["market"].pk, slow_mode=300)
