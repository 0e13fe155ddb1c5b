"""Every upload of the corpus is refused in words, or becomes a small WebP and nothing else."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import pictures
from tests.corpus.markup import ROOT
from tests.corpus.pictures import HARMLESS, MARKS, REFUSED, uploads

CORPUS = list(uploads())
EMOJI_SIDE = 128  # px


def as_member(upload):
    return pictures.square(upload).read()


def as_emoji(upload):
    return pictures.within(upload, EMOJI_SIDE, pictures.BYTES_MAX)


@pytest.mark.parametrize("use", [as_member, as_emoji])
@pytest.mark.parametrize("mime", ["image/png", "text/html"])
@pytest.mark.parametrize(("what", "content", "fate"), CORPUS, ids=[what for what, *_ in CORPUS])
def test_an_upload_is_refused_or_becomes_harmless(what, content, fate, mime, use):
    upload = SimpleUploadedFile("picture.png", content, mime)
    if fate == REFUSED:
        with pytest.raises(ValidationError) as refusal:
            use(upload)
        assert refusal.value.messages[0].endswith(".")
        return
    made = use(upload)
    assert not [mark for mark in MARKS if mark in made]
    with Image.open(io.BytesIO(made)) as image:
        assert image.format == "WEBP"
        assert max(image.size) <= pictures.SIDE
        assert getattr(image, "n_frames", 1) == 1
        assert not image.getexif()
        assert "icc_profile" not in image.info


def test_the_corpus_is_as_large_as_is_said():
    fates = [fate for _what, _content, fate in CORPUS]
    said = (ROOT / "docs" / "security.md").read_text()
    refused, harmless = fates.count(REFUSED), fates.count(HARMLESS)
    assert f"| Pictures | {len(fates)} | {refused} | {harmless} |" in said
