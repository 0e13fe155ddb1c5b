"""What members reported, and what moderators and filters did about them."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.models import User
from chat.models import Filter, HeldMessage
from chat.services import bans, filters, members, reports, sanctions, saved_views
from tests.screenshots.house import House


def look_after(house: House) -> None:
    """Let there be something to moderate, and something moderated."""
    _filter(house)
    _report(house)
    _mute_and_ban(house)
    _appeal(house)
    root = house.people["root"].user
    saved_views.save(root, "chat.report", "Mine, open", "state=open")


def _filter(house: House) -> None:
    root = house.people["root"].user
    held = _make_filter(root, "Lawn mowers", "lawn mower*", Filter.Action.HOLD,
                        "A moderator looks at offers of lawn mowers first.")  # fmt: skip
    _make_filter(root, "Submarines", "submarine*", Filter.Action.REFUSE, "Not in this garden.")
    draft = {"name": "Short links", "kind": Filter.Kind.LINKS, "text": "bit.example\nt.example"}
    house.places["draft_filter"] = str(filters.save(root, draft).pk)
    house.places["filter"] = str(held.pk)
    hard, seeds = house.rooms["hard"], house.rooms["seeds"]
    for who, room, body, state in (
        ("spark", hard, "Lawn mower for sale, hardly used! ✨", HeldMessage.State.WAITING),
        ("long", hard, "Does anybody have a lawn mower? " * 12, HeldMessage.State.WAITING),
        ("ines", seeds, "A lawn mower against anything.", HeldMessage.State.REJECTED),
    ):
        message = {"author": house.people[who].user, "body": body, "client_id": uuid4()}
        kept = HeldMessage.objects.create(room=room, filter=held, state=state, **message)
        house.places["held"] = str(kept.pk)


def _make_filter(root: User, name: str, text: str, action: str, words: str) -> Filter:
    made = filters.save(
        root,
        {"name": name, "kind": Filter.Kind.WORDS, "text": text, "action": action, "words": words},
    )
    filters.try_out(root, made.pk)
    return filters.go_live(root, made.pk)


def _report(house: House) -> None:
    people = {name: member.user for name, member in house.people.items()}
    spam = house.said("hard", "unbreakable").pk
    first = reports.report_message(people["noor"], spam, "spam", "Over and over again.")
    house.places["report"] = str(first.pk)
    hose = house.said("hard", "https://example.org/").pk
    second = reports.report_message(people["layla"], hose, "other", "")
    reports.take(people["ines"], second.pk)
    third = reports.report_message(
        people["sam"], house.said("compost", "always at yours").pk, "harassment", "Not the tone."
    )
    reports.escalate(people["bjorn"], third.pk, "It is about me.")
    decided = reports.report_member(people["ines"], people["banned"].pk, "spam", "Lawn mowers.")
    reports.close(people["root"], decided.pk, "resolved", "They are gone.")
    nothing = reports.report_message(people["ines"], house.said("seeds", "basil").pk, "other")
    reports.close(people["root"], nothing.pk, "dismissed", "Basil is allowed.")


def _mute_and_ban(house: House) -> None:
    people, here, soon = house.people, house.rooms, timezone.now() + timedelta(days=2)
    ines, root = people["ines"].user, people["root"].user
    members.mute(ines, here["hard"].pk, people["spark"].id, soon, "Took over the conversation.")
    members.mute(
        people["bjorn"].user, here["compost"].pk, ines.pk, soon, "The hose is for everybody."
    )
    members.ban(people["tomasz"].user, here["quarrel"].pk, ines.pk, reason="Until Saturday.")
    bans.ban(root, people["banned"].id, "Sold the same lawn mower to five members.")


def _appeal(house: House) -> None:
    spark, noor = house.people["spark"].user, house.people["noor"]
    tomasz, shed = house.people["tomasz"].user, house.rooms["shed"].pk
    [mute] = spark.sanctions.all()
    sanctions.appeal(spark, mute.pk, "It was my little brother. It will not happen again!")
    house.places["appeal"] = str(mute.pk)
    soon = timezone.now() + timedelta(hours=8)
    members.mute(tomasz, shed, noor.id, soon, "Asked for the ladder every hour.")
    members.mute(tomasz, shed, noor.id, None)
