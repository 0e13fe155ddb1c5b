"""Fill an empty site with a few members and conversations, so that there is something to try."""

import secrets
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from chat.models import Message, Room
from chat.services import members, messages, rooms

PASSWORD_BYTES = 9  # twelve characters
PEOPLE = {
    "ada": "Ada Lovelace",
    "grace": "Grace Hopper",
    "alan": "Alan Turing",
    "hedy": "Hedy Lamarr",
}

# How many hours ago, who, what they say, and who reacts to it.
GENERAL = [
    (
        50,
        "ada",
        "Good morning, everybody! This is the room for everything. 👋",
        {"👋": "grace alan hedy"},
    ),
    (50, "grace", "Morning! Has anybody seen the *first* draft of the release notes?", {}),
    (
        49,
        "alan",
        "Here is what is in it:\n\n- rooms, private and public\n- direct conversations\n"
        "- **everything** stays in order, on every screen",
        {"🎉": "ada grace"},
    ),
    (49, "hedy", "@alan nice. One question: what happens to a message I send on the train?", {}),
    (
        49,
        "alan",
        "It waits in your browser and goes out once there is a network again. It cannot arrive "
        "twice, because it keeps its number:\n\n```python\ndef post(room, client_id, body):\n"
        '    """The same client_id again stores nothing more."""\n```',
        {"👍": "hedy ada"},
    ),
    (
        26,
        "grace",
        "I found a moth in the relay. Taped it into the log book.",
        {"😂": "ada alan hedy"},
    ),
    (26, "ada", "> Taped it into the log book\n\nPlease tell me there is a photograph.", {}),
    (25, "grace", "There is: https://en.wikipedia.org/wiki/Software_bug", {"❤️": "ada"}),
    (
        3,
        "hedy",
        "Lunch at half past twelve? I reserved the table by the window.",
        {"👍": "alan grace"},
    ),
    (2, "ada", "@hedy @grace yes, gladly!", {}),
    (1, "alan", "I will be ten minutes late, please order the ~~soup~~ *risotto* for me.", {}),
]
DESIGN = [
    (30, "hedy", "I have put two variants of the room list side by side.", {}),
    (
        30,
        "ada",
        "The second reads better in the dark. Could the unread count be quieter?",
        {"👍": "hedy"},
    ),
    (29, "hedy", "It could. I will try the accent at half strength.", {}),
    (
        5,
        "alan",
        "Keyboard first, please: `Tab`, `Enter`, and nobody needs to touch the mouse.",
        {"💯": "hedy"},
    ),
]
BOARD = [
    (20, "admin", "This room is private: only who was invited knows that it exists.", {}),
    (19, "grace", "Good to know. Then we can plan the surprise for Ada here. 🎂", {"🤫": "admin"}),
]
DIRECT = [
    (4, "grace", "Did you get the punched cards?", {}),
    (4, "ada", "All of them, and in order. Thank you!", {"🙂": "grace"}),
]


class Command(BaseCommand):
    """manage.py demo"""

    # They are for `check`, at the release; here they would only make every start slower.
    requires_system_checks = ()

    help = "Makes demo members, rooms and conversations once; does nothing where members exist."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare --migrate."""
        parser.add_argument("--migrate", action="store_true", help="migrate the database first")

    def handle(self, **options: Any) -> None:
        """Make everything in one transaction and print who can sign in with what."""
        if options["migrate"]:
            call_command("migrate", verbosity=0)
        with transaction.atomic():
            if User.objects.exists():
                return
            people, passwords = make_people()
            make_conversations(people)
        self.stdout.write("The site is new, so these members were made for you to try it:\n\n")
        for handle, password in passwords.items():
            self.stdout.write(f"  {handle:<8}{password}\n")
        self.stdout.write(
            "\nThis is shown once. To set another password:\n"
            "  DEBUG=on .venv/bin/python manage.py changepassword HANDLE\n\n"
        )


def make_people() -> tuple[dict[str, User], dict[str, str]]:
    """Make an administrator and some members; return them and their passwords, by handle."""
    passwords = {handle: secrets.token_urlsafe(PASSWORD_BYTES) for handle in ("admin", *PEOPLE)}
    people = {"admin": User.objects.create_superuser("admin", password=passwords["admin"])}
    for handle, name in PEOPLE.items():
        people[handle] = User.objects.create_user(
            handle, password=passwords[handle], display_name=name
        )
    return people, passwords


def make_conversations(people: dict[str, User]) -> None:
    """Make the rooms, seat people in them and let them talk."""
    admin, ada, grace = people["admin"], people["ada"], people["grace"]
    general = rooms.create(admin, kind=Room.Kind.PUBLIC, name="General", topic="For everything")
    design = rooms.create(
        people["hedy"], kind=Room.Kind.PUBLIC, name="Design", topic="How it looks and feels"
    )
    board = rooms.create(admin, kind=Room.Kind.PRIVATE, name="Board", topic="By invitation")
    rooms.create(people["alan"], kind=Room.Kind.PUBLIC, name="Puzzles", topic="Nobody is here yet")
    for handle in PEOPLE:
        members.join(people[handle], general.pk)
    for handle in ("ada", "alan"):
        members.join(people[handle], design.pk)
    members.invite(admin, board.pk, grace.pk)
    direct = rooms.direct(grace, [ada.pk])
    for room, conversation in (
        (general, GENERAL), (design, DESIGN), (board, BOARD), (direct, DIRECT),
    ):  # fmt: skip
        talk(room, people, conversation)


def talk(
    room: Room, people: dict[str, User], conversation: list[tuple[int, str, str, dict[str, str]]]
) -> None:
    """Say each line of ``conversation``, dated back as many hours as it says."""
    now = timezone.now()
    for number, (hours, author, body, reactions) in enumerate(conversation):
        message = messages.post(people[author], room.pk, uuid4(), body).id
        assert message is not None
        for emoji, handles in reactions.items():
            for handle in handles.split():
                messages.react(people[handle], message, emoji, True)
        said_at = now - timedelta(hours=hours) + timedelta(minutes=number)
        Message.objects.filter(pk=message).update(created_at=said_at)
