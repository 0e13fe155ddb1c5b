"""The site's own emoji: who adds them, what a picture may be, and what members do with them."""

import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from chat.errors import Forbidden, Invalid, NotFound
from chat.models import CustomEmoji
from chat.models.emoji import EMOJI_COUNT_MAX, EMOJI_NAME_MAX
from chat.services import emoji, forwarding, messages
from chat.services.emoji import SIDE, UPLOAD_MAX
from tests.factories import make_message, make_room
from tests.services.telling import stored_message, takes_versions


def drawing(size=(300, 200), kind="PNG", mode="RGBA", **options):
    data = io.BytesIO()
    Image.new(mode, size, (200,) * len(mode)).save(data, kind, **options)
    return data.getvalue()


def upload(content=None):
    return SimpleUploadedFile("party.png", drawing() if content is None else content)


@pytest.fixture
def party(site_moderator):
    CustomEmoji.objects.all().delete()
    return emoji.add(site_moderator.user, "party", upload())


def names():
    return [row.name for row in emoji.all_emoji().emoji]


def test_a_picture_is_drawn_anew_and_made_small(site_moderator):
    photo = drawing(kind="JPEG", mode="RGB", exif=b"Exif\0\0secret", comment=b"secret")
    emoji.add(site_moderator.user, "photo", upload(photo))
    stored = emoji.picture_of("photo")
    assert b"secret" not in stored
    with Image.open(io.BytesIO(stored)) as image:
        assert (image.format, image.size) == ("WEBP", (SIDE, SIDE * 2 // 3))


def test_a_picture_keeps_what_is_see_through(party):
    with Image.open(io.BytesIO(emoji.picture_of("party"))) as image:
        assert image.mode == "RGBA"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\0" * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        drawing()[:100],
        drawing() + b"\0" * UPLOAD_MAX,
    ],
    ids=["empty", "broken gif", "svg", "cut off", "too large"],
)
def test_a_file_that_is_no_picture_is_refused(site_moderator, content):
    with pytest.raises(Invalid, match="^picture:"):
        emoji.add(site_moderator.user, "odd", upload(content))
    assert not CustomEmoji.objects.filter(name="odd").exists()


def test_a_file_may_be_as_large_as_the_limit_says(site_moderator):
    padded = drawing().ljust(UPLOAD_MAX, b"\0")
    emoji.add(site_moderator.user, "large", upload(padded))
    assert emoji.picture_of("large")


@pytest.mark.parametrize("name", ["a", "x" * EMOJI_NAME_MAX, "party-parrot_2", ":Colons:"])
def test_a_name_is_letters_digits_and_dashes(site_moderator, name):
    made = emoji.add(site_moderator.user, name, upload())
    assert made.name == name.strip(":").lower()


@pytest.mark.parametrize(
    "name", ["", "-x", "x-", "a b", "é", "a:b", "x" * (EMOJI_NAME_MAX + 1), "../x"]
)
def test_a_name_that_cannot_be_is_refused(site_moderator, name):
    with pytest.raises(Invalid, match="^name:"):
        emoji.add(site_moderator.user, name, upload())


def test_a_name_is_taken_once(party, site_moderator):
    with pytest.raises(Invalid, match="already"):
        emoji.add(site_moderator.user, "PARTY", upload())


def test_the_site_takes_so_many_and_not_one_more(site_moderator):
    CustomEmoji.objects.all().delete()
    CustomEmoji.objects.bulk_create(
        CustomEmoji(name=f"e{number}", picture=b"x") for number in range(EMOJI_COUNT_MAX - 1)
    )
    emoji.add(site_moderator.user, "last", upload())
    with pytest.raises(Invalid, match=str(EMOJI_COUNT_MAX)):
        emoji.add(site_moderator.user, "onemore", upload())


@pytest.mark.parametrize("who", ["ada", "owner", "moderator"])
def test_only_moderators_of_the_site_change_its_emoji(party, who, request):
    who = request.getfixturevalue(who)
    with pytest.raises(Forbidden):
        emoji.add(who.user, "mine", upload())
    with pytest.raises(Forbidden):
        emoji.remove(who.user, "party")
    assert names() == ["party"]


# --- what members do with them ----------------------------------------------------------------


def test_members_react_with_an_emoji_by_its_name(party, room, ada):
    message = make_message(room, ada)
    messages.react(ada.user, message.pk, ":party:", True)
    assert stored_message(message.pk)["reactions"] == [{"emoji": ":party:", "users": [ada.id]}]


@pytest.mark.parametrize("name", [":none:", ":Party:", ":party", "party", "::", ":par ty:"])
def test_what_is_called_otherwise_is_no_emoji(party, room, ada, name):
    message = make_message(room, ada)
    with takes_versions(room.pk, 0), pytest.raises(Invalid, match="^emoji:"):
        messages.react(ada.user, message.pk, name, True)


def test_an_emoji_that_was_removed_is_taken_off_but_not_put_on(party, room, ada, site_moderator):
    message = make_message(room, ada)
    messages.react(ada.user, message.pk, ":party:", True)
    emoji.remove(site_moderator.user, "party")
    assert stored_message(message.pk)["reactions"]
    messages.react(ada.user, message.pk, ":party:", False)
    assert stored_message(message.pk)["reactions"] == []
    with pytest.raises(Invalid):
        messages.react(ada.user, message.pk, ":party:", True)


def test_what_is_not_there_is_not_removed(party, site_moderator):
    with pytest.raises(NotFound):
        emoji.remove(site_moderator.user, "none")


PICTURE = '<img class="emoji" src="/emoji/party.webp" alt=":party:" title=":party:">'


def test_members_write_with_an_emoji_by_its_name(party, room, ada):
    message = make_message(room, ada, "we did it :party: :none:")
    assert message.html == f"<p>we did it {PICTURE} :none:</p>"
    assert message.body == "we did it :party: :none:"
    messages.edit(ada.user, message.pk, ":party:")
    assert stored_message(message.pk)["html"] == f"<p>{PICTURE}</p>"


def test_a_message_that_is_restored_or_passed_on_shows_its_emoji(party, room, owner, ada):
    message = make_message(room, ada, ":party:")
    messages.remove(owner.user, message.pk)
    messages.restore(owner.user, message.pk)
    assert stored_message(message.pk)["html"] == f"<p>{PICTURE}</p>"
    other = make_room(owner=ada)
    passed_on = forwarding.forward(ada.user, message.pk, other.pk, uuid4())
    assert stored_message(passed_on.id)["html"] == f"<p>{PICTURE}</p>"


def test_messages_without_the_name_of_an_emoji_cost_no_look_up(room, ada):
    with CaptureQueriesContext(connection) as queries:
        make_message(room, ada, "at 10:30 **sharp**: yes")
    assert not [query for query in queries if CustomEmoji._meta.db_table in query["sql"]]
