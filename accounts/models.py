"""Who: the member, and the tokens with which a program acts for one."""

import hashlib
import secrets
import zoneinfo
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.storage import DatabaseStorage

HANDLE_MAX = 32  # characters
STATUS_MAX = 100  # characters
LANGUAGE_MAX = 16  # characters of its code
EMOJI_MAX = 32  # code points
NAME_MAX = 60  # characters
REASON_MAX = 200  # characters, of why a moderator did something
TOKEN_USE_NOTED_EVERY = timedelta(minutes=5)

handle_validators: list[Callable[[Any], None]] = [
    MinLengthValidator(2),
    RegexValidator(
        r"^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\Z",
        _(
            "Use small letters, digits, dots, dashes and underscores; "
            "begin and end with a letter or digit."
        ),
    ),
]


class ReadOut(models.TextChoices):
    """Of what arrives in the open room, what a member's screen reader is told."""

    EVERYTHING = "everything", _("Every new message")
    MENTIONS = "mentions", _("What mentions me")
    NOTHING = "nothing", _("Nothing")


class Members(UserManager["User"]):
    """Members by what they are called."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the member with that handle, in whatever case it was typed."""
        return self.get(username=(username or "").lower())


class User(AbstractUser):
    """A member. ``username`` is the handle that others mention, ``name`` what they see."""

    username = models.CharField(
        _("handle"),
        max_length=HANDLE_MAX,
        unique=True,
        validators=handle_validators,
        error_messages={"unique": _("Somebody has this handle already.")},
    )
    display_name = models.CharField(_("name"), max_length=NAME_MAX, blank=True)
    avatar = models.ImageField(upload_to="avatars/", storage=DatabaseStorage(), blank=True)
    status = models.CharField(max_length=STATUS_MAX, blank=True)
    status_emoji = models.CharField(max_length=EMOJI_MAX, blank=True, db_default="")
    # From then on the status counts as empty.
    status_until = models.DateTimeField(null=True, blank=True)
    # Until then the member does not want to be disturbed.
    dnd_until = models.DateTimeField(null=True, blank=True)
    # Both ways: who does not let others see it is not shown it of others.
    shares_reading = models.BooleanField(default=True, db_default=True)
    shares_last_seen = models.BooleanField(default=False, db_default=False)
    # Kept only of those who share it.
    last_seen_at = models.DateTimeField(null=True, editable=False)
    time_zone = models.CharField(max_length=64, default="UTC")
    # Empty: as the browser asks for. See own_language.
    language = models.CharField(max_length=LANGUAGE_MAX, blank=True, db_default="")
    # The three things of the first visit were seen, and put away.
    shown_around = models.BooleanField(default=False, db_default=False, editable=False)
    read_out = models.CharField(
        max_length=10, choices=ReadOut, default=ReadOut.EVERYTHING, db_default=ReadOut.EVERYTHING
    )
    # Whether single letters are commands; speech input may type them by accident.
    single_keys = models.BooleanField(default=True, db_default=True)
    # In the rooms they were let into by name, and nowhere else.
    is_guest = models.BooleanField(default=False, db_default=False, editable=False)
    banned_at = models.DateTimeField(null=True, blank=True, editable=False)
    ban_reason = models.CharField(max_length=REASON_MAX, blank=True, editable=False)

    objects: ClassVar[Members] = Members()

    class Meta(AbstractUser.Meta):
        verbose_name = "member"
        verbose_name_plural = "members"
        permissions = [("moderate", "Can moderate every room")]

    def __str__(self) -> str:
        return f"{self.name} (@{self.username})"

    @property
    def name(self) -> str:
        """What others see: the chosen name, or the handle."""
        return self.display_name or self.username

    @property
    def own_language(self) -> str:
        """The language to write to them in where no browser asks for one."""
        return self.language or settings.LANGUAGE_CODE

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The member's time zone. One that no longer exists counts as UTC."""
        try:
            return zoneinfo.ZoneInfo(self.time_zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return zoneinfo.ZoneInfo("UTC")

    @property
    def avatar_url(self) -> str | None:
        """The address of the picture, or None where initials are drawn."""
        return self.avatar.url if self.avatar else None

    @property
    def has_status(self) -> bool:
        """Whether there is a status, and its time has not passed."""
        is_over = self.status_until is not None and self.status_until <= timezone.now()
        return bool(self.status or self.status_emoji) and not is_over

    @property
    def is_undisturbed(self) -> bool:
        """Whether the member asked, for now, not to be disturbed."""
        return self.dnd_until is not None and self.dnd_until > timezone.now()

    @property
    def is_moderator(self) -> bool:
        """Whether this member looks after all rooms of the site."""
        if not (self.is_active and self.is_staff and self.has_perm("accounts.moderate")):
            return False
        return not self.lacks_second_step

    @cached_property
    def lacks_second_step(self) -> bool:
        """Whether STAFF_TWO_FACTOR keeps the rights of staff from this member, so far."""
        if not (settings.STAFF_TWO_FACTOR and self.is_staff):
            return False
        # Not imported: allauth's models need this one.
        authenticators = apps.get_model("mfa", "Authenticator")._default_manager
        return not authenticators.filter(user=self).exists()

    @property
    def may_sign_in(self) -> bool:
        """Whether the account is in use: neither deactivated nor banned."""
        return self.is_active and self.banned_at is None


class StoredFile(models.Model):
    """A small file, kept where it outlives the process: a member's picture (accounts.storage)."""

    name = models.CharField(max_length=100, unique=True)
    content = models.BinaryField()
    stored_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class ApiTokens(models.Manager["ApiToken"]):
    """Tokens by their secret."""

    def user_for(self, secret: str) -> User | None:
        """Return the member for whom ``secret`` acts, or None; note when it was last used."""
        return self.users_for([secret]).get(secret)

    def users_for(self, secrets: Collection[str]) -> dict[str, User]:
        """Return for whom each of ``secrets`` acts, by secret; note when they were last used."""
        by_digest = {ApiToken.digest_of(secret): secret for secret in secrets}
        if not by_digest:
            return {}
        found = {}
        for token in self.select_related("user").filter(digest__in=by_digest):
            token.note_use()
            found[by_digest[token.digest]] = token.user
        return found


class ApiToken(models.Model):
    """A secret with which a program acts as a member. Only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    objects = ApiTokens()

    class Meta:
        verbose_name = _("API token")

    def __str__(self) -> str:
        return f"{self.name} of @{self.user.username}"

    @staticmethod
    def digest_of(secret: str) -> str:
        """Return what is stored of ``secret``. It is random, so a fast hash suffices."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def issue(cls, user: User, name: str, **extra: Any) -> tuple["ApiToken", str]:
        """Make a token for ``user``; return its row and the secret, which cannot be read again."""
        secret = secrets.token_urlsafe(32)
        return cls.objects.create(
            user=user, name=name, digest=cls.digest_of(secret), **extra
        ), secret

    def note_use(self) -> None:
        """Remember that the token was used now, to within some minutes."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at > TOKEN_USE_NOTED_EVERY:
            type(self).objects.filter(pk=self.pk).update(last_used_at=now)
