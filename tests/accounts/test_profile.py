"""The profile, and pictures above all."""

import io
import struct
import zlib
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts import faces, pictures
from accounts.forms import PICTURES
from accounts.models import StoredFile, User
from accounts.signals import profile_changed
from tests.factories import make_member, make_room

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Keep uploads of a test to itself."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def member():
    """A signed-in member."""
    return make_member()


@pytest.fixture
def browser(member):
    """The member's browser."""
    client = Client()
    client.cookies.load(member.cookies)
    return client


@pytest.fixture
def announced():
    """The members whose changed profile was announced."""
    users = []

    def note(user, **kwargs):
        users.append(user.pk)

    profile_changed.connect(note)
    yield users
    profile_changed.disconnect(note)


def picture(size=(600, 400), mode="RGB", kind="PNG", **options):
    """Return an upload that is a picture."""
    data = io.BytesIO()
    Image.new(mode, size, 128 if mode in "LP" else tuple([200] * len(mode))).save(
        data, kind, **options
    )
    return SimpleUploadedFile(f"picture.{kind.lower()}", data.getvalue())


def save(browser, **fields):
    """Send the profile form."""
    form = {"display_name": "Ada", "status": "", "time_zone": "UTC", "read_out": "everything"}
    return browser.post(reverse("accounts:profile"), form | fields)


def test_a_member_changes_name_status_and_time_zone(member, browser, announced):
    response = save(browser, display_name=" Ada  L. ", status="reading", time_zone="Asia/Tokyo")

    assert response.status_code == 302
    member.user.refresh_from_db()
    assert member.user.name == "Ada L."
    assert (member.user.status, member.user.time_zone) == ("reading", "Asia/Tokyo")
    assert announced == [member.id]


def test_the_new_name_takes_a_version_in_every_room_of_the_member(member, browser):
    room = make_room(members=[member])
    before = room.version

    save(browser, display_name="Somebody New")

    room.refresh_from_db()
    assert room.version > before


def test_the_time_zone_alone_is_nobody_elses_business(member, browser, announced):
    save(browser, display_name="")
    announced.clear()

    save(browser, display_name="", time_zone="Asia/Tokyo")

    assert announced == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("display_name", "x" * 61), ("status", "x" * 101), ("time_zone", "Mars/Olympus")],
)
def test_what_does_not_fit_is_refused_at_its_field(browser, field, value):
    response = save(browser, **{field: value})

    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_a_refused_name_is_not_shown_as_if_it_were_taken(member, browser):
    response = save(browser, display_name="Impostor", time_zone="Mars/Olympus")

    header = response.content.decode().split("<main")[0]
    assert "Impostor" not in header


def test_markup_in_a_name_stays_text(browser):
    save(browser, display_name="<script>alert(1)</script>")

    page = browser.get(reverse("accounts:profile")).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"),
                       ("GIF", "P"), ("WEBP", "RGB"), ("PNG", "L"), ("PNG", "I;16")]
)  # fmt: skip
def test_a_picture_becomes_a_small_square_webp(member, browser, kind, mode):
    data = io.BytesIO()
    Image.new(mode, (600, 400)).save(data, kind)
    upload = SimpleUploadedFile("me", data.getvalue())

    assert save(browser, picture=upload).status_code == 302

    member.user.refresh_from_db()
    with Image.open(member.user.avatar) as stored:
        assert (stored.format, stored.size) == ("WEBP", (pictures.SIDE, pictures.SIDE))


def test_a_picture_loses_everything_but_its_pixels(member, browser):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)

    save(browser, picture=picture(kind="JPEG", exif=exif, comment=b"secret"))

    member.user.refresh_from_db()
    stored = member.user.avatar.read()
    assert b"taken at home" not in stored
    assert b"secret" not in stored
    with Image.open(io.BytesIO(stored)) as image:
        assert not image.getexif()


def test_a_photo_that_was_held_sideways_stands_upright(member, browser):
    photo = Image.new("RGB", (400, 400), "red")
    photo.paste("blue", (0, 0, 400, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise to see it right: what is on top belongs on the right
    data = io.BytesIO()
    photo.save(data, "JPEG", exif=exif, quality=95)

    save(browser, picture=SimpleUploadedFile("photo.jpg", data.getvalue()))

    member.user.refresh_from_db()
    with Image.open(member.user.avatar) as stored:
        red, _green, blue = stored.convert("RGB").getpixel((pictures.SIDE - 20, pictures.SIDE // 2))
        assert blue > 200 > red


def png_claiming(width, height):
    """Return a PNG of a few bytes that says it is of that size."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(b"")), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture", id="svg"),
        pytest.param(b"<html><script>1</script>", "no picture", id="html"),
        pytest.param(b"GIF89a", "no picture", id="cut short"),
        pytest.param(png_claiming(8_000, 8_000), "40 million pixels", id="a bomb"),
        pytest.param(png_claiming(0x7FFFFFFF, 0x7FFFFFFF), "40 million pixels", id="a great bomb"),
        pytest.param(png_claiming(100, 100), "no picture", id="no pixels"),
        pytest.param(b"x" * (pictures.BYTES_MAX + 1), "over 5 MB", id="too many bytes"),
    ],
)
def test_what_is_no_fit_picture_is_refused_in_words(member, browser, content, reason):
    response = save(browser, picture=SimpleUploadedFile("me.png", content))

    assert response.status_code == 200
    assert reason in response.context["form"].errors["picture"][0]
    member.user.refresh_from_db()
    assert not member.user.avatar


def test_a_picture_of_another_format_than_the_four_is_refused(browser):
    response = save(browser, picture=picture(kind="BMP"))

    assert "no picture" in response.context["form"].errors["picture"][0]


def test_so_many_pictures_in_ten_minutes_and_no_more(member, browser, monkeypatch):
    monkeypatch.setattr(PICTURES, "most", 2)
    for _ in range(2):
        assert save(browser, picture=picture()).status_code == 302
    member.user.refresh_from_db()
    last = member.user.avatar.name
    [error] = save(browser, picture=picture()).context["form"].errors["picture"]
    assert "Too many pictures" in error
    member.user.refresh_from_db()
    assert member.user.avatar.name == last


def test_a_new_picture_has_a_new_address_and_the_old_file_goes(
    member, browser, media, django_capture_on_commit_callbacks
):
    save(browser, picture=picture())
    member.user.refresh_from_db()
    first = member.user.avatar.name

    with django_capture_on_commit_callbacks(execute=True):
        save(browser, picture=picture())

    member.user.refresh_from_db()
    assert member.user.avatar.name != first
    kept = StoredFile.objects.values_list("name", flat=True)
    assert first not in kept
    assert member.user.avatar.name in kept
    assert list(media.iterdir()) == []  # a hosted process has no disk that lasts


def test_a_picture_of_an_earlier_version_is_still_shown_and_goes_with_its_file(
    member, browser, media, django_capture_on_commit_callbacks
):
    name = f"avatars/{uuid4()}.webp"
    FileSystemStorage().save(name, ContentFile(b"RIFF"))
    type(member.user).objects.filter(pk=member.id).update(avatar=name)

    assert b"".join(browser.get(f"/media/{name}").streaming_content) == b"RIFF"

    with django_capture_on_commit_callbacks(execute=True):
        save(browser, picture=picture())
    assert not (media / name).exists()


def test_a_picture_can_be_taken_away_again(member, browser, announced):
    save(browser, picture=picture())

    save(browser, remove_picture="on")

    member.user.refresh_from_db()
    assert member.user.avatar_url is None
    assert announced == [member.id, member.id]


def test_a_picture_is_served_as_what_it_is_and_nothing_else(member, browser):
    save(browser, picture=picture())
    member.user.refresh_from_db()

    response = browser.get(member.user.avatar_url)

    assert response["Content-Type"] == "image/webp"
    assert "immutable" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_an_unknown_picture_and_a_way_out_of_the_folder_are_not_found(browser):
    unknown = "/media/avatars/00000000-0000-4000-8000-000000000000.webp"
    assert browser.get(unknown).status_code == 404
    assert browser.get("/media/avatars/../../db.sqlite3").status_code == 404


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada Lovelace", "AL"), ("ada", "A"), ("grace.hopper", "GH"), ("  ", "?"), ("😀 Smile", "S"),
     ("😀", "😀"), ("Ægir ß", "ÆS"), ("李 小龙", "李小"), ("a b c d", "AD")],
)  # fmt: skip
def test_initials_are_those_of_the_first_and_last_word(name, letters):
    assert faces.initials(name) == letters


def test_neighbours_have_different_colours():
    hues = [faces.hue(member_id) for member_id in range(1, 13)]
    assert len(set(hues)) == faces.HUES


def test_what_others_see_of_ones_comings_and_readings_is_ones_own_choice(member, browser):
    user = member.user
    User.objects.filter(pk=user.pk).update(last_seen_at=timezone.now(), status_until=timezone.now())
    save(browser, read_out="nothing", single_keys="on")
    user.refresh_from_db()
    assert (user.shares_last_seen, user.shares_reading, user.last_seen_at) == (False, False, None)
    assert (user.read_out, user.single_keys) == ("nothing", True)

    shared = {"shares_last_seen": "on", "shares_reading": "on"}
    save(browser, status="new", **shared)

    user.refresh_from_db()
    assert (user.shares_last_seen, user.shares_reading) == (True, True)
    assert user.status_until is None
