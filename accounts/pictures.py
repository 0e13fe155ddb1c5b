"""Pictures of members: whatever was uploaded becomes a small square WebP, or is refused.

Pixels are drawn anew, so nothing else of the file survives: no place where a photo was taken, no
second format hidden behind the first.
"""

import io
import struct
import uuid
import warnings
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import User

MEBIBYTE = 1024 * 1024
BYTES_MAX = 5 * MEBIBYTE
PIXELS_MAX = 40_000_000  # of the upload: a photo of a good camera
SIDE = 256  # px of what is stored: the largest use is 72 px, on a dense screen
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
ACCEPTED = "image/jpeg,image/png,image/webp,image/gif"

TOO_MANY_PIXELS = _("This picture has more than 40 million pixels.")
# What Pillow raises, depending on the format, for a file that is not what it claims.
UNREADABLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error)

LANCZOS = Image.Resampling.LANCZOS
Picture = ContentFile


def square(upload: UploadedFile) -> Picture:
    """Return ``upload`` cut to a square WebP of SIDE × SIDE pixels, named at random.

    Raises ValidationError, in words for the member, for what is too big or no picture.
    """
    data = _drawn_anew(
        upload, BYTES_MAX, SIDE, lambda image: ImageOps.fit(image, (SIDE, SIDE), LANCZOS)
    )
    return ContentFile(data, name=f"{uuid.uuid4()}.webp")


def within(upload: UploadedFile, side: int, bytes_max: int) -> bytes:
    """Return ``upload`` whole, as a WebP whose longer side has ``side`` pixels.

    Raises ValidationError, in words for the member, for what is too big or no picture.
    """
    return _drawn_anew(upload, bytes_max, side, lambda image: _contained(image, side))


def replace(user: User, picture: Picture | None) -> None:
    """Set or remove the picture on ``user``, unsaved; its old file goes after the commit."""
    storage, old = user.avatar.storage, user.avatar.name
    if picture is None:
        user.avatar = ""
    else:
        user.avatar.save(picture.name or "", picture, save=False)
    if old:
        transaction.on_commit(lambda: storage.delete(old))


def _drawn_anew(
    upload: UploadedFile, bytes_max: int, side: int, fit: Callable[[Image.Image], Image.Image]
) -> bytes:
    """Return the picture in ``upload``, made to ``fit``, as WebP."""
    if (upload.size or 0) > bytes_max:
        raise ValidationError(_("This file is over %d MB.") % (bytes_max // MEBIBYTE))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count ourselves
            with Image.open(upload, formats=FORMATS) as image:
                if image.width * image.height > PIXELS_MAX:
                    raise ValidationError(TOO_MANY_PIXELS)
                image.draft("RGB", (side * 2, side * 2))  # JPEG: a large photo at a fraction
                small = _plain(fit(_upright(image)))
    except Image.DecompressionBombError as error:
        raise ValidationError(TOO_MANY_PIXELS) from error
    except UNREADABLE as error:
        raise ValidationError(_("This file is no picture that can be read.")) from error
    data = io.BytesIO()
    small.save(data, "WEBP", quality=QUALITY, method=4)
    return data.getvalue()


def _contained(image: Image.Image, side: int) -> Image.Image:
    """Return ``image`` at the size at which its longer side has ``side`` pixels."""
    scale = side / max(image.size)
    # Of a picture much longer than wide nothing else would be left.
    width, height = (max(1, round(length * scale)) for length in image.size)
    return image.resize((width, height), LANCZOS)


def _upright(image: Image.Image) -> Image.Image:
    """Return the first frame as it is meant to be seen."""
    upright = ImageOps.exif_transpose(image)
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    return upright.convert("RGBA" if has_alpha else "RGB")


def _plain(image: Image.Image) -> Image.Image:
    """Return the pixels of ``image`` with nothing else."""
    plain = Image.new(image.mode, image.size)
    plain.paste(image)
    return plain
