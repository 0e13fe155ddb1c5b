"""Pictures of members: whatever was uploaded becomes a small square WebP, or is refused.

Pixels are drawn anew, so nothing else of the file survives: no place where a photo was taken, no
second format hidden behind the first.
"""

import io
import struct
import uuid
import warnings

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import User

BYTES_MAX = 5 * 1024 * 1024
PIXELS_MAX = 40_000_000  # of the upload: a photo of a good camera
SIDE = 256  # px of what is stored: the largest use is 72 px, on a dense screen
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
ACCEPTED = "image/jpeg,image/png,image/webp,image/gif"

TOO_MANY_PIXELS = _("This picture has more than 40 million pixels.")
# What Pillow raises, depending on the format, for a file that is not what it claims.
UNREADABLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error)

Picture = ContentFile


def square(upload: UploadedFile) -> Picture:
    """Return ``upload`` cut to a square WebP of SIDE × SIDE pixels, named at random.

    Raises ValidationError, in words for the member, for what is too big or no picture.
    """
    if (upload.size or 0) > BYTES_MAX:
        raise ValidationError(_("This file is over 5 MB."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count ourselves
            with Image.open(upload, formats=FORMATS) as image:
                if image.width * image.height > PIXELS_MAX:
                    raise ValidationError(TOO_MANY_PIXELS)
                small = _redrawn(image)
    except Image.DecompressionBombError as error:
        raise ValidationError(TOO_MANY_PIXELS) from error
    except UNREADABLE as error:
        raise ValidationError(_("This file is no picture that can be read.")) from error
    data = io.BytesIO()
    small.save(data, "WEBP", quality=QUALITY, method=4)
    return ContentFile(data.getvalue(), name=f"{uuid.uuid4()}.webp")


def replace(user: User, picture: Picture | None) -> None:
    """Set or remove the picture on ``user``, unsaved; its old file goes after the commit."""
    storage, old = user.avatar.storage, user.avatar.name
    if picture is None:
        user.avatar = ""
    else:
        user.avatar.save(picture.name or "", picture, save=False)
    if old:
        transaction.on_commit(lambda: storage.delete(old))


def _redrawn(image: Image.Image) -> Image.Image:
    """Return the first frame, upright, cut to the middle square, with nothing but its pixels."""
    image.draft("RGB", (SIDE * 2, SIDE * 2))  # JPEG alone: decodes a large photo at a fraction
    upright = ImageOps.exif_transpose(image)
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    fitted = ImageOps.fit(
        upright.convert("RGBA" if has_alpha else "RGB"), (SIDE, SIDE), Image.Resampling.LANCZOS
    )
    plain = Image.new(fitted.mode, fitted.size)
    plain.paste(fitted)
    return plain
