"""What a browser has to load before the first room can be read, as it is served and compressed."""

import gzip
import re
from itertools import islice
from pathlib import Path

import brotli
import pytest
from django.conf import settings

from chat.management.commands.seed import SENTENCES
from chatsite.storage import slim_script, slim_style
from tests.factories import make_message, make_room

pytestmark = pytest.mark.django_db

STATIC = Path(settings.BASE_DIR) / "static"
MOST = 150_000  # bytes
MESSAGES = 60  # more than the first page shows
# Faces in which a page in a Latin script is written; the others are loaded where they are needed.
FONTS = ["atkinson-hyperlegible-next-5.3.0/latin.woff2", "bitter-5.3.0/latin.woff2"]


def test_the_first_page_of_a_room_weighs_less_than_150_kilobytes(ada, bob, browse):
    room = make_room(owner=ada, members=[bob])
    for number, body in enumerate(islice(SENTENCES * 2, MESSAGES)):
        make_message(room, (ada, bob)[number % 2], body)

    answer = browse(ada).get(room.get_absolute_url(), headers={"accept-encoding": "gzip"})

    assert answer["Content-Encoding"] == "gzip"
    page = gzip.decompress(answer.content).decode()
    named = set(re.findall(r'(?:href|src|data-icons)="/static/([^"#]+)', page))
    assert {"js/chat.js", "css/tokens.css", "icons/lucide.svg"} <= named
    named |= {f"fonts/{name}" for name in FONTS}
    assert len(answer.content) + sum(weight(STATIC / name) for name in named) < MOST


def weight(path: Path) -> int:
    """Return the bytes that a browser loads of a static file."""
    content = path.read_bytes()
    if path.suffix == ".woff2":
        return len(content)  # compressed as it is
    slim = {".js": slim_script, ".css": slim_style}.get(path.suffix, bytes)
    return len(brotli.compress(slim(content)))
