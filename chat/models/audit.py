"""The audit trail: what moderators did, written once and never changed."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import REASON_MAX


class Verb(models.TextChoices):
    """What was done."""

    DELETE_MESSAGE = "message.delete", _("deleted a message")
    CHANGE_ROOM = "room.change", _("changed a room")
    LOCK_ROOM = "room.lock", _("locked a room")
    UNLOCK_ROOM = "room.unlock", _("unlocked a room")
    ARCHIVE_ROOM = "room.archive", _("archived a room")
    RESTORE_ROOM = "room.restore", _("brought a room back")
    REMOVE_MEMBER = "member.remove", _("removed a member")
    CHANGE_ROLE = "member.role", _("changed a role")
    MUTE = "member.mute", _("muted a member")
    UNMUTE = "member.unmute", _("let a member write again")
    BAN = "member.ban", _("banned a member")
    UNBAN = "member.unban", _("let a member back in")
    MAKE_LINK = "link.make", _("made a join link")
    REVOKE_LINK = "link.revoke", _("revoked a join link")
    ANSWER_APPEAL = "appeal.answer", _("answered an appeal")
    RESTORE_MESSAGE = "message.restore", _("restored a message")
    PURGE = "message.purge", _("deleted a member's messages")
    TAKE_REPORT = "report.take", _("took a report")
    ESCALATE_REPORT = "report.escalate", _("escalated a report")
    RESOLVE_REPORT = "report.resolve", _("resolved a report")
    DISMISS_REPORT = "report.dismiss", _("dismissed a report")
    CHANGE_FILTER = "filter.change", _("changed a filter")
    START_FILTER = "filter.start", _("let a filter go live")
    STOP_FILTER = "filter.stop", _("stopped a filter")
    REMOVE_FILTER = "filter.remove", _("removed a filter")
    RELEASE_HELD = "held.release", _("released a held message")
    REJECT_HELD = "held.reject", _("rejected a held message")
    SET_RETENTION = "retention.set", _("set how long messages are kept")
    EXPIRE = "message.expire", _("removed messages whose time was over")
    CHANGE_GUEST = "member.guest", _("made a member a guest, or a guest a member")


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete what is written once."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Entries, to be read."""

    def update(self, **values: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("The audit trail is written once: entries are never changed.")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("The audit trail is written once: entries are never deleted.")


class AuditEntry(models.Model):
    """Who did what to whom, why, and what it was before and after.

    It outlives what it names: the keys have no constraint, so that nothing is ever written to a
    row of this table again, and writing it locks no other table's rows.
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    verb = models.CharField(max_length=32, choices=Verb, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, editable=False,
        db_constraint=False, related_name="+", verbose_name=_("by"),
    )  # fmt: skip
    room = models.ForeignKey(
        "chat.Room", models.DO_NOTHING, null=True, editable=False, db_constraint=False,
        related_name="+",
    )  # fmt: skip
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, editable=False,
        db_constraint=False, related_name="+", verbose_name=_("member"),
    )  # fmt: skip
    message = models.ForeignKey(
        "chat.Message", models.DO_NOTHING, null=True, editable=False, db_constraint=False,
        db_index=False, related_name="+",
    )  # fmt: skip
    reason = models.CharField(max_length=REASON_MAX, blank=True, editable=False)
    before = models.JSONField(default=dict, editable=False)
    after = models.JSONField(default=dict, editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")

    def __str__(self) -> str:
        at = date_format(timezone.localtime(self.at), "SHORT_DATETIME_FORMAT")
        return f"{self.get_verb_display()}, {at}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new entry. Raises AppendOnlyError for one that is there already."""
        if not self._state.adding:
            raise AppendOnlyError("The audit trail is written once: entries are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("The audit trail is written once: entries are never deleted.")
