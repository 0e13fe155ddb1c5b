"""Join links: whoever holds one may take a seat, for a while and so many times."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from chat.models.room import Room

SECRET_BYTES = 24


class JoinLinkQuerySet(models.QuerySet["JoinLink"]):
    """Links by state."""

    def usable(self, now: datetime) -> "JoinLinkQuerySet":
        """Those with which one can still come in."""
        lasting = Q(expires_at=None) | Q(expires_at__gt=now)
        left = Q(uses_max=None) | Q(uses__lt=F("uses_max"))
        return self.filter(lasting, left, revoked_at=None)


class JoinLink(models.Model):
    """A way into a room. Only the digest of its secret is kept."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    uses_max = models.PositiveIntegerField(null=True, editable=False)
    uses = models.PositiveIntegerField(default=0, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = JoinLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"link {self.pk} into {self.room}"

    @staticmethod
    def new_secret() -> str:
        """Return a secret that nobody can guess."""
        return secrets.token_urlsafe(SECRET_BYTES)

    @staticmethod
    def digest_of(secret: str) -> str:
        """Return what is stored of ``secret``. It is random, so a fast hash suffices."""
        return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
