"""Names that hide something, or look like somebody else's, are refused; people's names are not."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import names
from accounts.models import User
from chat.errors import Invalid
from chat.services import people, rooms
from tests.corpus.markup import ROOT
from tests.factories import PASSWORD, make_member, make_room, new_name

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_earlier_tries():
    """Forget how often this address signed up: the limit counts across tests."""
    cache.clear()


HIDING = [
    "Ada\u202e", "\u202dAda", "Ada\u2066b\u2069", "A\u200bda", "\ufeffAda", "Ada\u2060", "\u3164",
    "A\u00adda", "\u2800", "Ada\u200e", "\u061cAda", "A\x07da", "\x1b[31mAda", "a" + "\u0301" * 5,
    "Z" + "\u0353\u0346\u0334" * 20, "\U000e0041"[:1] + "\u206a", "\u180eAda", "Ada\ufff9x\ufffb",
]  # fmt: skip
MIXING = ["\u0410da", "Gr\u0430ce", "pаypal", "αdmin", "Αda", "Hеnry", "ѕupport", "Ɑօda"[1:]]
HONEST = [
    "Ada Lovelace", "José Ñandú", "Nguyễn Thị Minh Khai", "Владимир", "Ελένη", "山田太郎", "김철수",
    "محمد علی", "می\u200cخواهم", "שרה", "अनुष्का", "สมชาย", "Զարուհի", "Иван Smith", "O’Brien-Łuk",
    "👩‍👩‍👧‍👦", "Zoë 🌻", "Björk", "X Æ A-12", "ᏣᎳᎩ", "тото",
]  # fmt: skip


def saved(member, name):
    """Send the profile's form; return what it complains of."""
    browser = Client()
    browser.cookies.load(member.cookies)
    shown = browser.get(reverse("accounts:profile")).context["form"]
    form = {field.name: field.value() for field in shown if field.value()}
    response = browser.post(reverse("accounts:profile"), {**form, "display_name": name})
    if response.status_code == 302:
        return None
    errors = response.context["form"].errors
    assert list(errors) == ["display_name"]
    return errors["display_name"]


@pytest.mark.parametrize("name", [*HIDING, *MIXING], ids=ascii)
def test_a_name_that_is_not_what_it_seems_is_refused(name):
    member = make_member(display_name="Ada before")
    assert saved(member, name)
    assert User.objects.get(pk=member.id).display_name == "Ada before"


@pytest.mark.parametrize("name", HONEST, ids=ascii)
def test_a_name_that_somebody_has_is_none_of_these(name):
    member = make_member()
    assert saved(member, name) is None
    assert User.objects.get(pk=member.id).display_name == " ".join(name.split())


@pytest.mark.parametrize("name", [*HIDING, *MIXING], ids=ascii)
def test_nor_can_one_sign_up_with_such_a_name(name):
    form = {"username": new_name("new"), "password1": PASSWORD, "display_name": name}
    response = Client().post(reverse("account_signup"), form)
    assert response.context["form"].errors["display_name"]


@pytest.mark.parametrize("name", HIDING, ids=ascii)
def test_nor_is_a_room_called_so_or_a_status(name):
    ada = make_member()
    room = make_room(owner=ada)
    with pytest.raises(Invalid):
        rooms.update(ada.user, room.pk, name=f"x{name}x")
    with pytest.raises(Invalid):
        rooms.update(ada.user, room.pk, topic=f"x{name}x")
    with pytest.raises(Invalid):
        people.set_status(ada.user, f"x{name}x")


@pytest.mark.parametrize("name", ["асе", "ＡＣＥ", "𝐚𝐜𝐞", "ᴀᴄᴇ"], ids=ascii)
def test_a_name_in_other_letters_that_looks_like_somebodys_is_refused(name):
    make_member(display_name="Ace")
    member = make_member()
    assert "somebody else" in str(saved(member, name))
    assert saved(member, "Ace") is None, "two people may be called the same"


def test_what_looks_like_ones_own_name_is_ones_own():
    member = make_member(display_name="Tom")
    assert saved(member, "Ｔｏｍ") is None


def test_a_name_kept_from_before_the_rule_may_stay():
    member = make_member(display_name="pаypal")
    assert saved(member, "pаypal") is None


def test_every_letter_that_looks_like_another_is_one():
    assert all(chr(letter) != latin for letter, latin in names.LATIN_FOR.items())


def test_the_corpus_is_as_large_as_is_said():
    said = (ROOT / "docs" / "security.md").read_text()
    refused = len(HIDING) + len(MIXING) + 4
    assert f"| Names | {refused + len(HONEST)} | {refused} | {len(HONEST)} |" in said
