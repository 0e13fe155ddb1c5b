"""Sanctions: who may not do what, where, why and until when."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import REASON_MAX, User
from chat.models.room import Room
from chat.sentences import Sentence, filled, moment_in, with_reason

APPEAL_MAX = 1000  # characters

# By kind, whether it is about one room, and whether it ends.
TOLD = {
    ("mute", True, False): _("You are muted in %(room)s."),
    ("mute", True, True): _("You are muted in %(room)s until %(until)s."),
    ("ban", True, False): _("You are banned from %(room)s."),
    ("ban", True, True): _("You are banned from %(room)s until %(until)s."),
    ("ban", False, False): _("You are banned from this site."),
    ("ban", False, True): _("You are banned from this site until %(until)s."),
}


class SanctionQuerySet(models.QuerySet["Sanction"]):
    """Sanctions by whether they hold."""

    def in_force(self) -> "SanctionQuerySet":
        """Those that hold now: neither lifted nor over."""
        over = Q(ends_at__isnull=False, ends_at__lte=timezone.now())
        return self.filter(lifted_at=None).exclude(over)

    def passing_bans(self) -> "SanctionQuerySet":
        """Bans from the site that end by themselves, also those over that nobody has met yet."""
        bans = self.filter(kind=Sanction.Kind.BAN, room=None, lifted_at=None)
        return bans.filter(ends_at__isnull=False)


class Sanction(models.Model):
    """A member may not write in a room, or not be in it, or not on the site. It ends by itself.

    What enforces a mute is the seat's ``muted_until``, a ban from the site ``banned_at``; a ban
    from a room is this row alone.
    """

    class Kind(models.TextChoices):
        MUTE = "mute", _("muted")
        BAN = "ban", _("banned")

    kind = models.CharField(max_length=4, choices=Kind, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sanctions", editable=False,
        verbose_name=_("member"),
    )  # fmt: skip
    room = models.ForeignKey(
        Room, models.CASCADE, null=True, related_name="sanctions", editable=False
    )
    reason = models.CharField(max_length=REASON_MAX, blank=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    starts_at = models.DateTimeField(default=timezone.now, editable=False)
    ends_at = models.DateTimeField(null=True, editable=False)
    lifted_at = models.DateTimeField(null=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    appeal = models.TextField(max_length=APPEAL_MAX, blank=True, editable=False)
    appealed_at = models.DateTimeField(null=True, editable=False)
    answer = models.CharField(max_length=REASON_MAX, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = SanctionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "room", "kind"],
                condition=Q(lifted_at=None, room__isnull=False),
                name="sanction_once_in_room",
            ),
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=Q(lifted_at=None, room=None),
                name="sanction_once_on_site",
            ),
        ]

    def __str__(self) -> str:
        values = {"user": self.user, "kind": self.get_kind_display(), "room": self.room}
        if self.room is None:
            return str(filled(_("%(user)s, %(kind)s on the whole site"), **values))
        return str(filled(_("%(user)s, %(kind)s in %(room)s"), **values))

    @property
    def is_in_force(self) -> bool:
        """Whether it holds now."""
        return self.lifted_at is None and (self.ends_at is None or self.ends_at > timezone.now())

    @property
    def may_be_appealed(self) -> bool:
        """Whether the member may still say something against it."""
        return self.is_in_force and self.appealed_at is None

    def told(self) -> Sentence:
        """Return what the member is told: what, where, until when and why. It is lazy."""
        until = moment_in(self.user.zone, self.ends_at) if self.ends_at else ""
        text = TOLD[self.kind, self.room is not None, self.ends_at is not None]
        return with_reason(filled(text, room=self.room, until=until), self.reason)

    @classmethod
    def of(cls, user: User | int, kind: str, room: Room | int | None) -> "Sanction | None":
        """Return the one of this kind that holds for ``user`` there, if any."""
        found = cls.objects.in_force().select_related("room")
        return found.filter(user=user, kind=kind, room=room).first()
