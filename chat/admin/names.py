"""What the admin calls the fields of the models, and the models themselves.

Django would call them after the code, in English. Said here and not in the models, the names are no
matter of migrations.
"""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, User
from chat.models import (
    AuditEntry,
    Connection,
    CustomEmoji,
    Filter,
    HeldMessage,
    Membership,
    Message,
    MessageEdit,
    Report,
    Room,
    Sanction,
    ServerProcess,
)
from chat.sentences import Sentence

# One, several.
MODELS: dict[type[Model], tuple[Sentence, Sentence]] = {
    User: (_("member"), _("members")),
    Room: (_("room"), _("rooms")),
    Membership: (_("membership"), _("memberships")),
    Message: (_("message"), _("messages")),
    Report: (_("report"), _("reports")),
    Sanction: (_("sanction"), _("sanctions")),
    Filter: (_("filter"), _("filters")),
    HeldMessage: (_("held message"), _("held messages")),
    CustomEmoji: (_("custom emoji"), _("custom emoji")),
    Connection: (_("connection"), _("connections")),
    ServerProcess: (_("server process"), _("server processes")),
    ApiToken: (_("API token"), _("API tokens")),
    Authenticator: (_("second step"), _("second steps")),
    UserSession: (_("session"), _("sessions")),
}

FIELDS: dict[type[Model], dict[str, Sentence]] = {
    User: {
        "status": _("status"),
        "time_zone": _("time zone"),
        "language": _("language"),
        "banned_at": _("banned since"),
    },
    ApiToken: {
        "name": _("name"),
        "created_at": _("made at"),
        "last_used_at": _("last used at"),
    },
    Room: {
        "name": _("name"),
        "topic": _("topic"),
        "kind": _("kind"),
        "slug": _("address"),
        "slow_mode": _("slow mode"),
        "locked": _("locked"),
        "version": _("version"),
        "created_at": _("made at"),
    },
    Membership: {
        "role": _("role"),
        "joined_at": _("joined at"),
        "left_at": _("left at"),
        "muted_until": _("muted until"),
        "read_seq": _("read up to"),
        "notify": _("notifications"),
    },
    Message: {
        "seq": _("number"),
        "pinned": _("pinned"),
        "created_at": _("sent at"),
        "edited_at": _("edited at"),
        "deleted_at": _("deleted at"),
        "deleted_by": _("deleted by"),
    },
    MessageEdit: {
        "body": _("text"),
        "replaced_at": _("replaced at"),
        "replaced_by": _("replaced by"),
    },
    Report: {
        "reason": _("reason"),
        "note": _("note"),
        "said": _("what it said"),
        "status": _("state"),
        "assignee": _("taken by"),
        "outcome": _("outcome"),
        "created_at": _("reported at"),
        "closed_at": _("decided at"),
        "closed_by": _("decided by"),
    },
    Sanction: {
        "kind": _("kind"),
        "reason": _("reason"),
        "starts_at": _("since"),
        "ends_at": _("until"),
        "lifted_at": _("lifted at"),
        "lifted_by": _("lifted by"),
        "appeal": _("appeal"),
        "appealed_at": _("appealed at"),
        "answer": _("answer"),
        "answered_at": _("answered at"),
        "answered_by": _("answered by"),
    },
    Filter: {
        "name": _("name"),
        "kind": _("kind"),
        "room": _("room"),
        "limit": _("limit"),
        "action": _("action"),
        "also_moderators": _("moderators too"),
        "state": _("state"),
        "tried_at": _("tried at"),
        "made_at": _("made at"),
        "made_by": _("made by"),
    },
    HeldMessage: {
        "body": _("text"),
        "state": _("state"),
        "words": _("words"),
        "held_at": _("held at"),
        "decided_at": _("decided at"),
        "decided_by": _("decided by"),
    },
    CustomEmoji: {
        "name": _("name"),
        "added_at": _("added at"),
    },
    AuditEntry: {
        "at": _("when"),
        "verb": _("what was done"),
        "reason": _("reason"),
        "before": _("before"),
        "after": _("after"),
    },
    Connection: {
        "id": _("number"),
        "visible": _("visible"),
        "connected_at": _("connected at"),
    },
    ServerProcess: {
        "id": _("number"),
        "host": _("machine"),
        "pid": _("process id"),
        "started_at": _("started at"),
        "beat_at": _("last heard of at"),
    },
}


def give_names() -> None:
    """Have the models and fields called so."""
    for model, (one, several) in MODELS.items():
        model._meta.verbose_name, model._meta.verbose_name_plural = one, several
    for model, names in FIELDS.items():
        for field, name in names.items():
            model._meta.get_field(field).verbose_name = name  # type: ignore[union-attr]


give_names()
