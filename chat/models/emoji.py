"""Emoji of the site's own."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

EMOJI_NAME_MAX = 30  # characters: with its colons a name is no longer than any emoji may be
EMOJI_COUNT_MAX = 300  # on the site
EMOJI_NAME = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9_+-]*[a-z0-9])?\Z",
    _(
        "Use small letters, digits, dashes, underscores and plus; "
        "begin and end with a letter or digit."
    ),
)


class CustomEmoji(models.Model):
    """A picture that members react and write with, as ``:name:``.

    It is kept in the database: it is small, and the disk of a hosted process does not last.
    """

    name = models.CharField(max_length=EMOJI_NAME_MAX, unique=True, validators=[EMOJI_NAME])
    picture = models.BinaryField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = verbose_name_plural = "custom emoji"

    def __str__(self) -> str:
        return f":{self.name}:"
