"""Keeping somebody off the site, and letting them back."""

import pytest

from chat.broadcast import AccessChanged
from chat.errors import Forbidden, NotFound, TooLarge
from chat.services import bans
from tests.factories import make_moderator
from tests.services.telling import listening


def test_a_moderator_of_the_site_bans_and_the_sockets_hear_of_it(site_moderator, ada):
    with listening() as heard:
        bans.ban(site_moderator.user, ada.id, "Spam")
    ada.user.refresh_from_db()
    assert ada.user.banned_at
    assert ada.user.ban_reason == "Spam"
    assert not ada.user.may_sign_in
    assert AccessChanged([ada.id]) in heard.events


def test_a_second_ban_keeps_the_day_of_the_first(site_moderator, ada):
    first = bans.ban(site_moderator.user, ada.id, "Spam").banned_at
    again = bans.ban(site_moderator.user, ada.id, "More spam")
    assert (again.banned_at, again.ban_reason) == (first, "More spam")


def test_a_reason_has_two_hundred_characters_at_most(site_moderator, ada):
    with pytest.raises(TooLarge, match="at most 200"):
        bans.ban(site_moderator.user, ada.id, "x" * 201)
    ada.user.refresh_from_db()
    assert ada.user.banned_at is None
    assert bans.ban(site_moderator.user, ada.id, "x" * 200).ban_reason == "x" * 200


def test_who_was_banned_can_come_back(site_moderator, ada):
    bans.ban(site_moderator.user, ada.id)
    bans.unban(site_moderator.user, ada.id)
    ada.user.refresh_from_db()
    assert ada.user.may_sign_in
    assert ada.user.ban_reason == ""


def test_owning_a_room_is_no_right_to_ban(room, owner, ada):
    with pytest.raises(Forbidden):
        bans.ban(owner.user, ada.id)
    with pytest.raises(Forbidden):
        bans.unban(owner.user, ada.id)
    ada.user.refresh_from_db()
    assert ada.user.may_sign_in


def test_moderators_cannot_be_banned(site_moderator):
    with pytest.raises(Forbidden):
        bans.ban(site_moderator.user, make_moderator().id)


def test_nobody_is_no_member(site_moderator):
    with pytest.raises(NotFound):
        bans.ban(site_moderator.user, 2**62)
