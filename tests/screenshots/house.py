"""A site that people live in: what they said, and what is hard to fit on a screen."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from chat.models import Draft, Membership, Message, Room
from chat.services import (
    bans,
    links,
    members,
    messages,
    polls,
    reports,
    rooms,
    saved,
    scheduled,
    threads,
)
from tests.factories import Member, make_member, make_message, make_moderator, make_room, uuid4

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
REACTIONS = tuple("👍😂🎉😮😢🙏🔥👀🚀✅❌🌱🍅🥕🐝🌞💯🤝🍐🫖")
SENTENCE = (
    "We looked at the water meter again, and what it says does not go together with what the bill "
    "says, so one of them must be wrong. "
)
# Days and minutes ago, who, what.
GENERAL = [
    (2, 600, "noor", "Morning! The seed order is in: **twelve** kinds of tomato, four of beans."),
    (2, 598, "noor", "I put the list on the shed door."),
    (2, 570, "sam", "Twelve! Where are they all going to stand?"),
    (2, 569, "ines", "On your window sill, Sam. We voted."),
    (2, 300, "tomasz", "Who has the long ladder? The gutter over plot 9 drips on the beehives."),
    (2, 290, "meilin", "@bjorn had it last, for the pear tree."),
    (1, 700, "bjorn", "It is back, behind the compost. Sorry! I also left a jar of pears."),
    (1, 695, "bjorn", "> Who has the long ladder?\n\nTwo rungs are loose by the way. Careful."),
    (
        1,
        200,
        "sam",
        "Bring to the supper on Saturday:\n\n- bread (Noor)\n- two long tables\n"
        "- lamps, *charged this time*",
    ),
    (0, 240, "meilin", "The water comes on at six now, see https://example.org/water-times/"),
    (0, 238, "meilin", "`tap 3` stays closed until the seal is there."),
    (0, 120, "ines", "Lovely. I am there from five, with the big pot."),
    (0, 90, "noor", "@ines can you bring the blue bowls too? Ours broke in the move."),
    (0, 45, "ines", "All eight of them."),
    (0, 20, "tomasz", "The bees are fine, and they say thank you. 🐝"),
]
SEEDS = [
    (0, 400, "sam", "Swapping three kinds of basil for anything that climbs."),
    (0, 390, "meilin", "I have sweet peas! Four packets, last year's."),
    (0, 388, "meilin", "They came up well for me."),
    (0, 60, "noor", "@ines are there any of your runner beans left?"),
    (0, 58, "bjorn", "Asking for the same beans."),
]
HARD = [
    (1, 300, "wolfe", "A short one."),
    (1, 299, "layla", "صباح الخير! هل وصلت البذور الجديدة؟ نحتاج إلى خمسة أكياس."),
    (1, 298, "layla", "נגיע בשעה שש, ונביא איתנו את הסולם. **בהצלחה**, and then some English."),
    (1, 200, "spark", "👩‍👩‍👧‍👦🏳️‍🌈🎉"),
    (1, 199, "long", (SENTENCE * 40)[:4000]),
    (1, 190, "wolfe", "unbreakable" * 30),
    (1, 180, "spark", "https://example.org/" + "a-very-long-path/" * 14),
    (
        1,
        170,
        "long",
        "```python\ndef water(beds, *, until):\n    return [bed for bed in beds if "
        "bed.moisture < until and not bed.is_covered and bed.last_watered_at]\n```",
    ),
    (
        0,
        90,
        "spark",
        "| bed | sown | who waters it | what is to be done before the frost comes |\n"
        "|---|---|---|---|\n| 1 | May | Noor | cover |\n| 2 | June | Sam | harvest |",
    ),
    (
        0,
        80,
        "layla",
        "## A heading\n\n1. first\n2. second\n   - and below it\n\n> a quotation "
        "that goes on, because whoever said it went on for a while\n\n---\n\nend",
    ),
    (
        0,
        70,
        "wolfe",
        "@ines 日本語のテキストも折り返されます。"
        "長い文章でもきちんと表示されるはずです。"
        "한국어도 마찬가지입니다. ข้อความภาษาไทยไม่มีช่องว่างระหว่างคำ",
    ),
]


@dataclass
class House:
    """Who lives there, and where things are."""

    people: dict[str, Member]
    places: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)

    def cookies_of(self, who: str) -> dict[str, str]:
        """Return the cookies of a member's browser; of nobody's, none."""
        return self.people[who].cookies if who else {}

    def tidy(self) -> None:
        """Forget what scenes before left lying about."""
        Draft.objects.all().delete()

    def unread(self, room: str, count: int) -> None:
        """Let the last ``count`` messages of ``room`` be unread by Ines."""
        here = Room.objects.get(pk=self.rooms[room].pk)
        seats = Membership.objects.filter(room=here, user=self.people["ines"].user)
        seats.update(read_seq=max(here.last_seq - count, 0), unread_from=None)


def furnish() -> House:
    """Make everything, once. Needs a migrated, empty database."""
    people = {
        handle: make_member(username=handle, display_name=name)
        for handle, name in (HANDLES | HARD_NAMES).items()
    }
    people["root"] = make_moderator(username="root", display_name="Ruth the Administrator")
    people["new"] = make_member(
        username="newcomer", display_name="Nadia Newcomer", shown_around=False
    )
    people["banned"] = make_member(username="banned", display_name="Basil Banned")
    house = House(people)
    _make_rooms(house)
    _make_extras(house)
    return house


def _make_rooms(house: House) -> None:
    people = house.people
    usual = [people[handle] for handle in HANDLES]
    ines = people["ines"]

    def room(key: str, kind: str, who: list[Member], owner: Member, **more: Any) -> Room:
        made = house.rooms[key] = make_room(kind, who, owner=owner, **more)
        house.places[key] = made.slug
        return made

    general = room(
        "general",
        "public",
        [*usual, people["new"]],
        ines,
        name="General",
        slug="general",
        topic="Everything that concerns all plots",
    )
    seeds = room(
        "seeds", "public", usual, people["sam"], name="Seeds and swaps", topic="Give, take, grow"
    )
    room(
        "shed", "public", usual[:4], people["tomasz"], name="Tool shed", topic="Who has the ladder?"
    )
    room("empty", "public", [ines], people["meilin"], name="Beekeeping", topic="")
    room("others", "public", [], people["bjorn"], name="Pond", topic="Frogs, newts, and the pump")
    committee = room(
        "committee", "private", usual[:3], ines, name="Committee", topic="By invitation"
    )
    locked = room(
        "locked",
        "public",
        usual,
        people["bjorn"],
        name="Announcements",
        topic="Read here what was decided",
    )
    hard = room(
        "hard",
        "public",
        [*usual, *(people[handle] for handle in HARD_NAMES)],
        ines,
        name="Ausschusszusammensetzungsangelegenheiten und anderes Langes",
        topic="All kinds of things that do not fit anywhere else, told at some length " * 3,
    )
    for key, other in (("noor", "noor"), ("wolfe", "wolfe"), ("layla", "layla")):
        direct = house.rooms[f"direct-{key}"] = make_room("direct", [ines, people[other]])
        house.places[f"direct_{key}"] = direct.slug
    group = make_room("direct", [ines, people["sam"], people["meilin"]])
    house.places["group"] = group.slug

    talk(house, general, GENERAL)
    talk(house, seeds, SEEDS)
    talk(house, hard, HARD)
    talk(
        house,
        committee,
        [
            (0, 300, "noor", "The lease is up in March. Let us talk before."),
            (0, 299, "ines", "Thursday?"),
        ],
    )
    talk(house, locked, [(3, 100, "bjorn", "The gate code changes on the first of the month.")])
    talk(
        house,
        house.rooms["direct-noor"],
        [
            (1, 100, "noor", "Did the blue bowls survive?"),
            (0, 70, "ines", "All eight! Packed in straw."),
            (0, 65, "noor", "You are the best. See you at five."),
        ],
    )
    talk(house, house.rooms["direct-wolfe"], [(0, 500, "wolfe", "Guten Tag!")])
    talk(house, house.rooms["direct-layla"], [(0, 480, "layla", "مرحبا يا إيناس")])
    talk(house, group, [(0, 30, "sam", "Shall we meet at the gate?")])
    rooms.lock(people["bjorn"].user, locked.pk, True)


def talk(house: House, room: Room, lines: list[tuple[int, int, str, str]]) -> None:
    """Say each line, dated back as many days and minutes as it says."""
    now = timezone.now()
    for days, minutes, who, body in lines:
        made = make_message(room, house.people[who], body)
        at = now - timedelta(days=days, minutes=minutes)
        Message.objects.filter(pk=made.pk).update(created_at=at)


def _make_extras(house: House) -> None:
    people, here = house.people, house.rooms
    ines, noor, sam, root = (people[handle].user for handle in ("ines", "noor", "sam", "root"))

    def said(room: str, words: str) -> Message:
        found = Message.objects.filter(room=here[room], body__contains=words).first()
        assert found, words
        return found

    for handle, emoji in (("sam", "😂"), ("noor", "😂"), ("bjorn", "🌱"), ("ines", "😂")):
        messages.react(people[handle].user, said("general", "window sill").pk, emoji, True)
    for emoji in REACTIONS:
        for handle in ("ines", "noor", "long")[: 1 + len(emoji) % 3]:
            messages.react(people[handle].user, said("hard", "A short one").pk, emoji, True)
    ladder = said("general", "Who has the long ladder? The gutter")
    for who, body in (("bjorn", "Me, I think."), ("tomasz", "Is it behind the compost?"),
                      ("ines", "It is! With a jar of pears.")):  # fmt: skip
        make_message(here["general"], people[who], body, thread=ladder.pk)
    threads.follow(ines, ladder.pk, True)
    answer = make_message(
        here["general"],
        people["sam"],
        "Then the bees get a pear as well.",
        reply_to=said("general", "jar of pears").pk,
    )
    house.places["message"] = str(answer.seq)
    house.places["ladder"] = str(ladder.seq)
    messages.pin(ines, said("general", "Bring to the supper").pk, True)
    messages.edit(
        people["meilin"].user,
        said("general", "tap 3").pk,
        "`tap 3` stays closed until the new seal is there, so: the can.",
    )
    gone = make_message(here["general"], people["sam"], "never mind")
    messages.remove(sam, gone.pk)
    poll = polls.ask(
        noor,
        here["general"].pk,
        uuid4(),
        "When shall we light the fire?",
        [
            "At six, with the water",
            "At seven",
            "When everybody is there, however long that takes and whoever is late",
        ],
    )
    assert poll.id is not None
    for handle, choice in (("sam", 0), ("ines", 0), ("bjorn", 1), ("meilin", 2), ("tomasz", 0)):
        polls.vote(people[handle].user, poll.id, [choice])
    make_message(here["general"], people["ines"], "Six it is. I bring matches.")
    for words in ("Bring to the supper", "seed order"):
        saved.save(ines, said("general", words).pk, True)
    saved.save(ines, said("hard", "We looked at the water").pk, True)
    scheduled.schedule(
        ines,
        here["general"].pk,
        "Good morning! The gate is open.",
        timezone.now() + timedelta(hours=14),
    )
    links.create(ines, here["general"].pk, expires_in=7 * 24 * 3600, uses_max=20)
    reports.report_message(noor, said("hard", "unbreakable").pk, "spam", "Over and over again.")
    members.mute(
        ines,
        here["hard"].pk,
        people["spark"].id,
        timezone.now() + timedelta(days=2),
        "Took over the conversation.",
    )
    bans.ban(root, people["banned"].id, "Sold the same lawn mower to five members.")
    User.objects.filter(username="noor").update(status="On plot 12 until noon", status_emoji="🌱")
    if settings.MAIL_CONFIGURED:
        EmailAddress.objects.create(
            user=ines, email="ines@example.org", primary=True, verified=True
        )
        EmailAddress.objects.create(user=ines, email="ines.vidal.of.the.gardens@mail.example.org")
