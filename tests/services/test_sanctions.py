"""Sanctions: imposed, told, ended by themselves or lifted, appealed against once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.broadcast import ModerationChanged, SeatChanged, Told
from chat.errors import Forbidden, Invalid, NotFound, TooLarge
from chat.models import AuditEntry, Membership, Role, Sanction
from chat.services import bans, lifting, members, messages, purging, sanctions
from tests.factories import make_message, make_moderator
from tests.services.telling import listening

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def later(by=HOUR):
    return timezone.now() + by


def let_pass(sanction):
    """Have the end of a sanction lie in the past."""
    Sanction.objects.filter(pk=sanction.pk).update(ends_at=timezone.now() - HOUR)


def only(member):
    return Sanction.objects.get(user=member.user)


# --- mutes ------------------------------------------------------------------------------------


def test_a_muted_member_is_told_why_and_until_when_on_all_screens_and_when_writing(
    room, owner, ada
):
    until = later()
    with listening() as heard:
        members.mute(owner.user, room.pk, ada.id, until, "Shouting")
    [told] = heard.of(Told)
    assert (told.user, told.about, told.room) == (ada.id, "mute", room.pk)
    assert told.sanction == only(ada).pk
    told_until = f"{until.day} {until:%B %Y, %H:%M} UTC"
    words = f"You are muted in {room} until {told_until}. The reason: Shouting"
    assert told.texts["en"] == words
    with pytest.raises(Forbidden) as refusal:
        make_message(room, ada)
    assert refusal.value.detail == words


def test_a_mute_ends_by_itself(room, owner, ada):
    members.mute(owner.user, room.pk, ada.id, later(), "Shouting")
    Membership.objects.filter(user=ada.user).update(muted_until=timezone.now() - HOUR)
    let_pass(only(ada))
    make_message(room, ada)
    assert not only(ada).is_in_force


def test_a_mute_is_lifted_and_another_one_replaces_it(room, owner, ada):
    members.mute(owner.user, room.pk, ada.id, later(), "One")
    members.mute(owner.user, room.pk, ada.id, later(2 * HOUR), "Two")
    standing = Sanction.objects.in_force().get(user=ada.user)
    assert standing.reason == "Two"
    members.mute(owner.user, room.pk, ada.id, None)
    assert not Sanction.objects.in_force().filter(user=ada.user).exists()
    standing.refresh_from_db()
    assert standing.lifted_by == owner.user
    make_message(room, ada)


# --- bans from a room -------------------------------------------------------------------------


def test_who_is_banned_from_a_room_is_out_at_once_and_does_not_come_back(room, moderator, ada):
    until = later()
    with listening() as heard:
        members.ban(moderator.user, room.pk, ada.id, until, "Spam")
    assert SeatChanged(room.pk, ada.id) in heard.events
    assert [told.about for told in heard.of(Told)] == ["ban"]
    assert not Membership.objects.active().filter(room=room, user=ada.user).exists()
    with pytest.raises(Forbidden, match="You are banned from .* until .* The reason: Spam"):
        members.join(ada.user, room.pk)
    with pytest.raises(Forbidden, match="This member is banned"):
        members.invite(moderator.user, room.pk, ada.id)
    assert [ban.user for ban in sanctions.bans_from(moderator.user, room.pk)] == [ada.user]


def test_a_ban_from_a_room_ends_by_itself_or_is_lifted(room, moderator, ada, bob):
    members.ban(moderator.user, room.pk, ada.id, later())
    let_pass(only(ada))
    members.join(ada.user, room.pk)
    members.ban(moderator.user, room.pk, bob.id)
    members.unban(moderator.user, room.pk, bob.id)
    members.join(bob.user, room.pk)
    with pytest.raises(NotFound):
        members.unban(moderator.user, room.pk, bob.id)


def test_a_stranger_is_banned_before_they_come(room, moderator, stranger):
    members.ban(moderator.user, room.pk, stranger.id)
    with pytest.raises(Forbidden):
        members.join(stranger.user, room.pk)


def test_only_who_looks_after_a_room_bans_from_it_and_never_those_above(
    room, private, direct, owner, moderator, ada, bob, stranger, site_moderator
):
    for actor, where, whom, error in (
        (ada, room, bob, Forbidden),
        (stranger, room, bob, Forbidden),
        (stranger, private, bob, NotFound),
        (moderator, room, owner, Forbidden),
        (owner, room, owner, Forbidden),
        (owner, room, site_moderator, Forbidden),
        (site_moderator, direct, ada, Forbidden),
    ):
        with pytest.raises(error):
            members.ban(actor.user, where.pk, whom.id)
    assert not Sanction.objects.exists()
    members.ban(owner.user, room.pk, moderator.id)
    assert only(moderator).kind == "ban"
    with pytest.raises(Forbidden):
        sanctions.bans_from(ada.user, room.pk)
    with pytest.raises(NotFound):
        sanctions.bans_from(stranger.user, private.pk)


def test_an_end_that_has_passed_is_refused(room, moderator, ada, site_moderator):
    with pytest.raises(Invalid, match="until: that has passed"):
        members.mute(moderator.user, room.pk, ada.id, later(-HOUR))
    with pytest.raises(Invalid, match="until"):
        members.ban(moderator.user, room.pk, ada.id, later(-HOUR))
    with pytest.raises(Invalid, match="until"):
        bans.ban(site_moderator.user, ada.id, until=later(-HOUR))


# --- who looks after a room -------------------------------------------------------------------


def test_who_looks_after_a_room_sees_what_is_in_force_there_and_lifts_it(
    room, owner, moderator, ada, bob
):
    members.mute(moderator.user, room.pk, ada.id, later(), "Shouting")
    members.ban(moderator.user, room.pk, bob.id, None, "Spam")
    members.leave(ada.user, room.pk)
    found = sanctions.in_force_in(owner.user, room.pk)
    assert [(row.kind, row.user, row.by) for row in found] == [
        ("ban", bob.user, moderator.user),
        ("mute", ada.user, moderator.user),
    ]
    for sanction in found:
        lifted = lifting.lift_named(owner.user, sanction.pk, "Sorry")
        assert lifted.lifted_by == owner.user
        assert lifting.lift_named(owner.user, sanction.pk).lifted_at == lifted.lifted_at
    assert sanctions.in_force_in(owner.user, room.pk) == []
    members.join(ada.user, room.pk)
    make_message(room, ada)
    members.join(bob.user, room.pk)


def test_a_sanction_of_another_room_or_of_the_site_is_as_if_there_were_none(
    room, private, owner, moderator, ada, bob, stranger, site_moderator
):
    members.mute(moderator.user, private.pk, ada.id, later())
    of_room = only(ada)
    bans.ban(site_moderator.user, bob.id)
    for actor, sanction in ((stranger, of_room), (ada, of_room), (owner, only(bob))):
        said = set()
        for pk in (sanction.pk, 2**62):
            with pytest.raises(NotFound) as refused:
                lifting.lift_named(actor.user, pk)
            said.add(str(refused.value))
        assert len(said) == 1
    lifting.lift_named(site_moderator.user, of_room.pk)
    lifting.lift_named(site_moderator.user, only(bob).pk)
    with pytest.raises(Forbidden):
        sanctions.in_force_in(ada.user, room.pk)
    with pytest.raises(NotFound):
        sanctions.in_force_in(stranger.user, private.pk)


def test_their_screens_hear_at_once_that_there_is_something_new(room, owner, moderator, ada):
    with listening() as heard:
        members.mute(moderator.user, room.pk, ada.id, later())
        sanctions.appeal(ada.user, only(ada).pk, "Let me")
    for told in heard.of(ModerationChanged):
        assert (set(told.users), told.room) == ({owner.id, moderator.id}, room.pk)
    assert len(heard.of(ModerationChanged)) == 2


def test_who_is_removed_or_whose_messages_are_deleted_is_told_why(room, moderator, ada):
    said = [make_message(room, ada) for _ in range(3)]
    with listening() as heard:
        messages.remove(moderator.user, said[0].pk, "Rude")
        messages.remove(ada.user, said[1].pk)
        purging.purge_room(moderator.user, room.pk, ada.id, later(-HOUR))
        members.remove(moderator.user, room.pk, ada.id, "Enough")
    assert [(told.user, told.about, told.texts["en"]) for told in heard.of(Told)] == [
        (ada.id, "delete", f"A moderator deleted your message in {room}. The reason: Rude"),
        (ada.id, "delete", f"A moderator deleted 1 of your messages in {room}."),
        (ada.id, "remove", f"You were removed from {room}. The reason: Enough"),
    ]


# --- bans from the site -----------------------------------------------------------------------


def test_a_ban_from_the_site_ends_by_itself(site_moderator, ada):
    bans.ban(site_moderator.user, ada.id, "Spam", later())
    ada.user.refresh_from_db()
    assert bans.is_kept_out(ada.user)
    let_pass(only(ada))
    assert not bans.is_kept_out(ada.user)
    ada.user.refresh_from_db()
    assert ada.user.may_sign_in
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor, entry.reason) == ("member.unban", None, "Its time is over.")


def test_a_ban_without_an_end_stays(site_moderator, ada):
    bans.ban(site_moderator.user, ada.id)
    ada.user.refresh_from_db()
    assert bans.is_kept_out(ada.user)
    assert only(ada).ends_at is None


# --- appeals ----------------------------------------------------------------------------------


def test_one_appeals_once_and_is_answered(room, moderator, ada):
    members.mute(moderator.user, room.pk, ada.id, later(), "Shouting")
    mute = only(ada)
    sanctions.appeal(ada.user, mute.pk, "It was my cat.")
    with pytest.raises(Forbidden, match="once"):
        sanctions.appeal(ada.user, mute.pk, "Really.")
    with listening() as heard:
        sanctions.answer(moderator.user, mute.pk, "Cats do not type.")
    assert [told.texts["en"] for told in heard.of(Told)] == [
        "Your appeal was turned down. Cats do not type."
    ]
    with pytest.raises(Forbidden):
        sanctions.answer(moderator.user, mute.pk, "Again")
    assert only(ada).answer == "Cats do not type."


def test_nobody_appeals_or_answers_for_others(room, moderator, ada, bob, stranger):
    members.mute(moderator.user, room.pk, ada.id, later())
    mute = only(ada)
    with pytest.raises(NotFound):
        sanctions.appeal(bob.user, mute.pk, "Let her")
    sanctions.appeal(ada.user, mute.pk, "Let me")
    for other in (bob, stranger, ada):
        with pytest.raises(NotFound):
            sanctions.answer(other.user, mute.pk, "No")


@pytest.mark.parametrize(("words", "error"), [("", Invalid), ("a\x00", Invalid)])
def test_an_appeal_says_something(room, moderator, ada, words, error):
    members.mute(moderator.user, room.pk, ada.id, later())
    with pytest.raises(error):
        sanctions.appeal(ada.user, only(ada).pk, words)


def test_an_appeal_has_a_thousand_characters_at_most(room, moderator, ada):
    members.mute(moderator.user, room.pk, ada.id, later())
    with pytest.raises(TooLarge, match="1,000"):
        sanctions.appeal(ada.user, only(ada).pk, "x" * 1001)
    sanctions.appeal(ada.user, only(ada).pk, "x" * 1000)


def test_what_is_over_cannot_be_appealed(room, moderator, ada):
    members.mute(moderator.user, room.pk, ada.id, later())
    members.mute(moderator.user, room.pk, ada.id, None)
    with pytest.raises(Forbidden, match="over"):
        sanctions.appeal(ada.user, only(ada).pk, "Let me")


def test_moderators_of_the_site_are_not_banned_from_rooms(room, owner):
    with pytest.raises(Forbidden):
        members.ban(owner.user, room.pk, make_moderator().id)


def test_a_role_does_not_outlive_a_ban(room, owner, moderator):
    members.ban(owner.user, room.pk, moderator.id)
    members.unban(owner.user, room.pk, moderator.id)
    members.join(moderator.user, room.pk)
    assert Membership.objects.get(room=room, user=moderator.user).role == Role.MEMBER
