"""Filters: what is looked for in messages before they are posted, and what becomes of those."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import REASON_MAX
from chat.models.message import BODY_MAX, Message
from chat.models.room import Room

FILTER_NAME_MAX = 60  # characters
FILTER_TEXT_MAX = 10_000  # characters, of all its lines
FILTER_LINES_MAX = 500
FILTERS_MAX = 100  # live ones: each looks at every message
WINDOW_MAX = 60 * 60  # s, that a flood or a repetition is looked for
LIMIT_MAX = 3600  # of what is counted
NEW_FOR_MAX = 90 * 24  # h
MUTE_MAX = 30 * 24 * 60  # min


class Filter(models.Model):
    """What is caught, where, and what is done about it. It does nothing before it is live.

    Which of the fields mean anything depends on ``kind``: docs/moderating.md has the table.
    """

    class Kind(models.TextChoices):
        WORDS = "words", _("Words")
        PATTERNS = "patterns", _("Patterns")
        LINKS = "links", _("Links")
        MENTIONS = "mentions", _("Many mentions")
        REPEATS = "repeats", _("Repeated text")
        NEWCOMERS = "newcomers", _("New members")

    class Domains(models.TextChoices):
        DENIED = "denied", _("Catch links to these domains")
        ALLOWED = "allowed", _("Catch links to any other domain")

    class Newcomers(models.TextChoices):
        LINKS = "links", _("Catch their links")
        PACE = "pace", _("Slow them down")
        ALL = "all", _("Catch all they write")

    class Action(models.TextChoices):
        HOLD = "hold", _("Hold for a moderator")
        REFUSE = "refuse", _("Refuse, with the words below")
        DELETE = "delete", _("Delete, and keep it for moderators")
        MUTE = "mute", _("Delete, and mute the author in the room")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        LIVE = "live", _("live")

    name = models.CharField(max_length=FILTER_NAME_MAX)
    kind = models.CharField(max_length=9, choices=Kind)
    room = models.ForeignKey(
        Room, models.CASCADE, null=True, blank=True, related_name="+",
        help_text=_("Empty: everywhere on the site, direct conversations too."),
    )  # fmt: skip
    text = models.TextField(
        _("words, patterns or domains"),
        max_length=FILTER_TEXT_MAX,
        blank=True,
        help_text=_("One a line. A word may end in * for anything that begins so."),
    )
    domains = models.CharField(_("of links"), max_length=7, choices=Domains, default=Domains.DENIED)
    limit = models.PositiveIntegerField(
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(LIMIT_MAX)],
        help_text=_(
            "Mentions, or times the same text, that are let through within the time below;"
            " of new members that are slowed down, the seconds between two messages."
        ),
    )
    window = models.PositiveIntegerField(
        _("within seconds"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(WINDOW_MAX)],
    )
    new_for = models.PositiveIntegerField(
        _("new for hours"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(NEW_FOR_MAX)],
        help_text=_("How long somebody is a new member."),
    )
    newcomers = models.CharField(
        _("of new members"), max_length=5, choices=Newcomers, default=Newcomers.LINKS
    )
    action = models.CharField(max_length=6, choices=Action, default=Action.HOLD)
    words = models.CharField(
        _("words to the author"),
        max_length=REASON_MAX,
        blank=True,
        help_text=_("Told to the author."),
    )
    mute_for = models.PositiveIntegerField(
        _("mute for minutes"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(MUTE_MAX)],
    )
    also_moderators = models.BooleanField(
        default=False, help_text=_("Otherwise owners and moderators write what they like.")
    )
    state = models.CharField(max_length=5, choices=State, default=State.DRAFT, editable=False)
    # When it was last tried out as it is now: until then it cannot go live.
    tried_at = models.DateTimeField(null=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["state"], condition=Q(state="live"), name="filter_live")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        """Whether it looks at what is posted."""
        return self.state == self.State.LIVE

    @property
    def lines(self) -> list[str]:
        """The words, patterns or domains, each once."""
        return list(dict.fromkeys(line.strip() for line in self.text.splitlines() if line.strip()))


class HeldMessage(models.Model):
    """What a filter kept from being posted. Released, it is posted under its ``client_id``.

    One that is ``deleted`` waits for nobody; a moderator may still release it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELETED = "deleted", _("deleted by the filter")
        RELEASED = "released", _("released")
        REJECTED = "rejected", _("rejected")

    OPEN = (State.WAITING, State.DELETED)

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="held", editable=False
    )
    room = models.ForeignKey(Room, models.CASCADE, related_name="held", editable=False)
    client_id = models.UUIDField(editable=False)
    body = models.TextField(max_length=BODY_MAX, editable=False)
    reply_to = models.ForeignKey(
        Message, models.SET_NULL, null=True, related_name="+", editable=False
    )
    thread = models.ForeignKey(
        Message, models.SET_NULL, null=True, related_name="+", editable=False
    )
    in_room = models.BooleanField(default=False, editable=False)
    forwarded = models.JSONField(null=True, editable=False)
    # Of a poll: its options, and whether several may be chosen.
    poll = models.JSONField(null=True, editable=False)
    # The message that was to be changed to this.
    edit_of = models.ForeignKey(
        Message, models.CASCADE, null=True, related_name="+", editable=False
    )
    filter = models.ForeignKey(
        Filter, models.SET_NULL, null=True, related_name="caught", editable=False
    )
    state = models.CharField(max_length=8, choices=State, default=State.WAITING, editable=False)
    held_at = models.DateTimeField(default=timezone.now, editable=False)
    words = models.CharField(max_length=REASON_MAX, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "author", "client_id"], name="held_client_id"),
        ]
        indexes = [
            models.Index(fields=["room", "id"], condition=Q(state="waiting"), name="held_waiting"),
        ]

    def __str__(self) -> str:
        values = {"state": self.get_state_display(), "author": self.author, "room": self.room}
        return gettext("%(state)s: %(author)s in %(room)s") % values

    @property
    def is_open(self) -> bool:
        """Whether a moderator may still release or reject it."""
        return self.state in self.OPEN
