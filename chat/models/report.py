"""Reports: what members bring before the moderators."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import REASON_MAX
from chat.models.message import Message
from chat.models.room import Room

NOTE_MAX = 500  # characters


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports by how far they are."""

    def open(self) -> "ReportQuerySet":
        """Those that nobody has decided yet."""
        return self.filter(status__in=Report.OPEN)


class Report(models.Model):
    """A member reported a message, or another member. The message is kept as it was then."""

    class Reason(models.TextChoices):
        SPAM = "spam", _("Spam or advertising")
        HARASSMENT = "harassment", _("Insults or harassment")
        HATE = "hate", _("Hatred of a group")
        VIOLENCE = "violence", _("Violence, or a threat of it")
        PRIVATE = "private", _("Private matters of somebody")
        OTHER = "other", _("Something else")

    class Status(models.TextChoices):
        NEW = "new", _("new")
        ESCALATED = "escalated", _("escalated")
        RESOLVED = "resolved", _("resolved")
        DISMISSED = "dismissed", _("dismissed")

    OPEN = (Status.NEW, Status.ESCALATED)

    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports", editable=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", editable=False,
        verbose_name=_("member"),
    )  # fmt: skip
    message = models.ForeignKey(
        Message, models.SET_NULL, null=True, related_name="+", editable=False
    )
    room = models.ForeignKey(Room, models.SET_NULL, null=True, related_name="+", editable=False)
    reason = models.CharField(max_length=10, choices=Reason, editable=False)
    note = models.CharField(max_length=NOTE_MAX, blank=True, editable=False)
    # What the message said when it was reported, whatever becomes of it.
    said = models.TextField(blank=True, editable=False)
    status = models.CharField(max_length=9, choices=Status, default=Status.NEW, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    outcome = models.CharField(max_length=REASON_MAX, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["reporter", "created_at"], name="report_rate"),
            models.Index(
                fields=["status"], condition=Q(status__in=["new", "escalated"]), name="report_open"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "message"],
                condition=Q(status__in=["new", "escalated"], message__isnull=False),
                name="report_once_message",
            ),
            models.UniqueConstraint(
                fields=["reporter", "user"],
                condition=Q(status__in=["new", "escalated"], message=None),
                name="report_once_member",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.user}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.status in self.OPEN
