"""What the members did beside talking: reactions, a thread, a poll, what was kept for later."""

import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from chat.services import emoji, links, messages, polls, preferences, saved, scheduled, threads
from tests.factories import make_message, uuid4
from tests.screenshots.house import House
from tests.screenshots.said import REACTIONS

FIRE = "When shall we light the fire?"
TIMES = [
    "At six, with the water",
    "At seven",
    "When everybody is there, however long that takes and whoever is late",
]
VOTES = (("sam", 0), ("ines", 0), ("bjorn", 1), ("meilin", 2), ("tomasz", 0))


def enliven(house: House) -> None:
    """Let the members of the house do all that one does in rooms."""
    _react(house)
    _write_in_thread(house)
    _answer_and_change(house)
    _vote(house)
    _keep_for_later(house)
    _tell_of_themselves(house)


def _react(house: House) -> None:
    people = house.people
    joke = house.said("general", "window sill").pk
    for handle, sign in (("sam", "😂"), ("noor", "😂"), ("bjorn", "🌱"), ("ines", "😂")):
        messages.react(people[handle].user, joke, sign, True)
    short = house.said("hard", "A short one").pk
    for sign in REACTIONS:
        for handle in ("ines", "noor", "long")[: 1 + len(sign) % 3]:
            messages.react(people[handle].user, short, sign, True)
    emoji.add(people["root"].user, "tomato", _tomato())
    messages.react(people["noor"].user, house.said("seeds", "sweet peas").pk, ":tomato:", True)


def _tomato() -> SimpleUploadedFile:
    picture = Image.new("RGBA", (64, 64))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((6, 12, 58, 60), fill=(200, 50, 40))
    draw.polygon([(32, 2), (22, 18), (42, 18)], fill=(60, 130, 60))
    data = io.BytesIO()
    picture.save(data, "PNG")
    return SimpleUploadedFile("tomato.png", data.getvalue(), "image/png")


def _write_in_thread(house: House) -> None:
    people, general = house.people, house.rooms["general"]
    ladder = house.said("general", "Who has the long ladder? The gutter")
    for who, body in (
        ("bjorn", "Me, I think."),
        ("tomasz", "Is it behind the compost?"),
        ("ines", "It is! With a jar of pears."),
    ):
        make_message(general, people[who], body, thread=ladder.pk)
    threads.follow(people["ines"].user, ladder.pk, True)
    house.places["ladder"] = str(ladder.seq)


def _answer_and_change(house: House) -> None:
    people, general = house.people, house.rooms["general"]
    jar = house.said("general", "jar of pears").pk
    answer = make_message(general, people["sam"], "Then the bees get a pear as well.", reply_to=jar)
    house.places["message"] = str(answer.seq)
    messages.pin(people["ines"].user, house.said("general", "Bring to the supper").pk, True)
    tap = house.said("general", "tap 3").pk
    house.places["changed_id"] = str(tap)
    messages.edit(
        people["meilin"].user,
        tap,
        "`tap 3` stays closed until the new seal is there, so: the can.",
    )
    gone = make_message(general, people["sam"], "never mind")
    messages.remove(people["sam"].user, gone.pk)


def _vote(house: House) -> None:
    general = house.rooms["general"]
    poll = polls.ask(house.people["noor"].user, general.pk, uuid4(), FIRE, TIMES)
    assert poll.id is not None
    for handle, choice in VOTES:
        polls.vote(house.people[handle].user, poll.id, [choice])
    for who, body in (
        ("ines", "Six it is. I bring matches."),
        ("sam", "Marshmallows, anyone? 🔥"),
        ("meilin", "Always. And the long forks are in the shed."),
    ):
        make_message(general, house.people[who], body)


def _keep_for_later(house: House) -> None:
    ines, general = house.people["ines"].user, house.rooms["general"]
    for room, words in (
        ("general", "Bring to the supper"),
        ("general", "seed order"),
        ("hard", "We looked at the water"),
    ):
        saved.save(ines, house.said(room, words).pk, True)
    tomorrow = timezone.now() + timedelta(hours=14)
    scheduled.schedule(ines, general.pk, "Good morning! The gate is open.", tomorrow)
    links.create(ines, general.pk, expires_in=7 * 24 * 3600, uses_max=20)
    preferences.set_favourite(ines, general.pk, True)
    preferences.set_favourite(ines, house.rooms["direct_noor"].pk, True)
    day = timezone.now() + timedelta(days=1)
    preferences.be_quiet(ines, house.rooms["shed"].pk, day)


def _tell_of_themselves(house: House) -> None:
    noor = User.objects.filter(username="noor")
    noor.update(status="On plot 12 until noon", status_emoji="🌱")
