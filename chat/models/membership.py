"""Memberships: who is in a room, as what, and how far they have read."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models.room import Room
from chat.models.sanction import Sanction


class Role(models.TextChoices):
    """What a member is in a room."""

    OWNER = "owner", _("Owner")
    MODERATOR = "moderator", _("Moderator")
    MEMBER = "member", _("Member")


class Notify(models.TextChoices):
    """What a member wants to be told of in a room."""

    ALL = "all", _("All")
    MENTIONS = "mentions", _("Mentions")
    NOTHING = "nothing", _("Nothing")


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by state."""

    def active(self) -> "MembershipQuerySet":
        """Those of members who are in the room now."""
        return self.filter(left_at=None)

    def staying(self) -> "MembershipQuerySet":
        """Those active members who can come back: neither deactivated nor banned for good."""
        back = Q(user__banned_at=None) | Q(user__in=Sanction.objects.passing_bans().values("user"))
        return self.active().filter(back, user__is_active=True)


class Membership(models.Model):
    """A member in a room. One who left keeps the row, so that the leaving can be synced too."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=9, choices=Role, default=Role.MEMBER)
    version = models.BigIntegerField(default=0, editable=False)
    # Only grows. Unread counts and badges all derive from it.
    read_seq = models.BigIntegerField(default=0, editable=False)
    # From here on the member marked all unread, within what was read; gone once they read on.
    unread_from = models.BigIntegerField(null=True, editable=False)
    notify = models.CharField(max_length=8, choices=Notify, default=Notify.ALL)
    # When the member last posted here, for slow mode.
    posted_at = models.DateTimeField(null=True, editable=False)
    # The room in the member's own list: on top, and in which place; those without follow by name.
    favourite = models.BooleanField(default=False, db_default=False, editable=False)
    place = models.PositiveIntegerField(null=True, editable=False)
    # Until then the member wants to be told of nothing here, whatever ``notify`` says.
    quiet_until = models.DateTimeField(null=True, editable=False)
    muted_until = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    left_at = models.DateTimeField(null=True, blank=True, editable=False)
    # By the database's clock: server processes look here for what a lost hint did not tell them.
    changed_at = models.DateTimeField(db_default=Now(), editable=False, db_index=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "user"], name="membership_once"),
        ]
        indexes = [
            models.Index(fields=["room", "version"], name="membership_changes"),
            models.Index(
                fields=["user", "room"], condition=Q(left_at=None), name="membership_active"
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(user)s in %(room)s") % {"user": self.user, "room": self.room}

    @property
    def is_active(self) -> bool:
        """Whether the member is in the room now."""
        return self.left_at is None

    @property
    def is_steward(self) -> bool:
        """Whether the member looks after this room."""
        return self.is_active and self.role in (Role.OWNER, Role.MODERATOR)
