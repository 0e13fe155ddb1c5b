"""Rooms: each has one order, kept by its version."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User

NAME_MAX = 60  # characters
SLUG_MAX = 60  # characters
TOPIC_MAX = 250  # characters
SLOW_MODE_MAX = 6 * 60 * 60  # s
RETENTION_MAX = 10 * 365  # days


class Callers(models.TextChoices):
    """Who may call everybody in a room, with ``@room`` or ``@here``."""

    STEWARDS = "stewards", _("Owners and moderators")
    MEMBERS = "members", _("All members")


class Writers(models.TextChoices):
    """Who may write in a room; all its members read it."""

    MEMBERS = "members", _("All members")
    STEWARDS = "stewards", _("Only owners and moderators: the others read")


class RoomQuerySet(models.QuerySet["Room"]):
    """Rooms by who may see them."""

    def of(self, user: "User") -> "RoomQuerySet":
        """Rooms in which ``user`` is a member."""
        return self.filter(memberships__user=user, memberships__left_at=None)

    def visible_to(self, user: "User") -> "RoomQuerySet":
        """Rooms that exist for ``user``: their own and, unless a guest, the public ones."""
        own = Q(pk__in=Room.objects.of(user).values("pk"))
        if user.is_guest:
            return self.filter(own)
        return self.filter(own | Q(kind=Room.Kind.PUBLIC))

    def listed(self) -> "RoomQuerySet":
        """Public rooms that are in use, as the directory shows them."""
        return self.filter(kind=Room.Kind.PUBLIC, archived_at=None)

    def with_member_count(self) -> "RoomQuerySet":
        """Annotate ``member_count``."""
        return self.annotate(member_count=Count("memberships", filter=Q(memberships__left_at=None)))


class Room(models.Model):
    """A place to talk. Every durable change in it takes the next ``version``, under its lock."""

    class Kind(models.TextChoices):
        PUBLIC = "public", _("Public")
        PRIVATE = "private", _("Private")
        DIRECT = "direct", _("Direct")

    kind = models.CharField(max_length=7, choices=Kind, default=Kind.PUBLIC)
    slug = models.SlugField(max_length=SLUG_MAX, unique=True)
    name = models.CharField(max_length=NAME_MAX)
    topic = models.CharField(max_length=TOPIC_MAX, blank=True)
    version = models.BigIntegerField(default=0, editable=False)
    last_seq = models.BigIntegerField(default=0, editable=False)
    # The version at which name, topic, lock and the like last changed.
    info_version = models.BigIntegerField(default=0, editable=False)
    locked = models.BooleanField(default=False, help_text=_("Members read and nothing else."))
    slow_mode = models.PositiveIntegerField(
        default=0, help_text=_("Seconds between two messages of one member; 0 for none.")
    )
    callers = models.CharField(
        _("who may write @room and @here"),
        max_length=8,
        choices=Callers,
        default=Callers.STEWARDS,
        db_default=Callers.STEWARDS,
    )
    writers = models.CharField(
        _("who may write"),
        max_length=8,
        choices=Writers,
        default=Writers.MEMBERS,
        db_default=Writers.MEMBERS,
    )
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    # How long messages are kept here; empty, as long as on the whole site.
    retention_days = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # Up to this seq they were removed because their time was over.
    expired_seq = models.BigIntegerField(default=0, db_default=0, editable=False)
    # The sorted ids of a direct room's members: the constraint that makes it the only one.
    direct_key = models.CharField(  # noqa: DJ001 - many rooms have none, and only null may repeat
        max_length=200, null=True, unique=True, editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["kind", "name"], name="room_directory")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="direct", direct_key__isnull=False)
                | (~Q(kind="direct") & Q(direct_key=None)),
                name="room_direct_key_iff_direct",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.slug

    def get_absolute_url(self) -> str:
        """The room's page."""
        return reverse("chat:room", args=[self.slug])

    @property
    def is_writable(self) -> bool:
        """Whether members may do more than read."""
        return not self.locked and self.archived_at is None

    @staticmethod
    def direct_key_of(user_ids: set[int]) -> str:
        """Return the key that a direct room of exactly these members has."""
        return "-".join(str(user_id) for user_id in sorted(user_ids))
