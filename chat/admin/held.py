"""What filters held: read with what was said around it, released, rejected."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.models import REASON_MAX, User
from chat.admin.base import Moderated, action, actor, by_state, chosen, link_to, with_handles
from chat.admin.transcripts import link_to_transcript
from chat.models import Filter, HeldMessage, Room
from chat.services import held

EXCERPT_MAX = 100  # characters


class VerdictForm(forms.ModelForm):
    """What becomes of a held message."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        required=False,
        choices=[("", "–"), ("release", _("Release: it is posted now")), ("reject", _("Reject"))],
    )
    told = forms.CharField(
        label=_("Words"), max_length=REASON_MAX, required=False,
        help_text=_("Told to the author of a rejected one, and kept."),
    )  # fmt: skip

    class Meta:
        model = HeldMessage
        fields: tuple[str, ...] = ()


@admin.register(HeldMessage)
class HeldAdmin(Moderated):
    """Held messages, the newest first."""

    form = VerdictForm
    list_display = ("held_at", "excerpt", "member", "room_link", "filter_link", "state")
    list_filter = (
        by_state(
            "state",
            _("state"),
            waiting=(_("Waiting"), lambda _request: Q(state=HeldMessage.State.WAITING)),
            deleted=(_("Deleted by a filter"), lambda _request: Q(state=HeldMessage.State.DELETED)),
            released=(_("Released"), lambda _request: Q(state=HeldMessage.State.RELEASED)),
            rejected=(_("Rejected"), lambda _request: Q(state=HeldMessage.State.REJECTED)),
        ),
        chosen("filter", _("filter"), Filter),
        chosen("room", _("room"), Room),
        chosen("author", _("author"), User),
    )
    list_select_related = ("author", "room", "filter")
    search_fields = ("body",)
    search_help_text = _("Words in the message, or @handle for its author")
    ordering = ("-pk",)
    sortable_by = ()
    actions = ("release", "reject")
    fields = (
        "member", "room_link", "body", "options", "filter_link", "held_at", "edit_link", "context",
        "state", "decided_by", "decided_at", "words", "decision", "told",
    )  # fmt: skip
    readonly_fields = fields[:-2]

    release = action(
        _("Release: post it now"),
        _("Released"),
        lambda actor, row, why: held.release(actor, row.pk, why),
    )
    reject = action(
        _("Reject; the reason is told"), _("Rejected"),
        lambda actor, row, why: held.reject(actor, row.pk, why),
    )  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[HeldMessage], search_term: str
    ) -> tuple[QuerySet[HeldMessage], bool]:
        """Search for words, and for the author where a term is a handle."""
        queryset, words = with_handles(queryset, search_term, at="author")
        return super().get_search_results(request, queryset, words)

    def save_model(self, request: HttpRequest, obj: HeldMessage, form: Any, change: bool) -> None:
        """Do what was decided."""
        words = form.cleaned_data["told"]
        match form.cleaned_data["decision"]:
            case "release":
                held.release(actor(request), obj.pk, words)
            case "reject":
                held.reject(actor(request), obj.pk, words)

    @admin.display(description=_("message"))
    def excerpt(self, row: HeldMessage) -> str:
        """How it begins."""
        return Truncator(row.body).chars(EXCERPT_MAX)

    @admin.display(description=_("author"))
    def member(self, row: HeldMessage) -> SafeString | str:
        """Who wrote it."""
        return link_to(row.author)

    @admin.display(description=_("room"))
    def room_link(self, row: HeldMessage) -> SafeString | str:
        """Where it was to be posted."""
        return link_to(row.room)

    @admin.display(description=_("filter"))
    def filter_link(self, row: HeldMessage) -> SafeString | str:
        """What caught it."""
        return link_to(row.filter)

    @admin.display(description=_("change of"))
    def edit_link(self, row: HeldMessage) -> SafeString | str:
        """The message that was to be changed to this."""
        return link_to(row.edit_of)

    @admin.display(description=_("options"))
    def options(self, row: HeldMessage) -> str:
        """What a poll lets choose from."""
        return "; ".join(row.poll["options"]) if row.poll else "–"

    @admin.display(description=_("what is said there"))
    def context(self, row: HeldMessage) -> SafeString:
        """Lead to the room's transcript."""
        return link_to_transcript(row.room_id, _("Transcript"))
