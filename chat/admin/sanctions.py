"""Sanctions: who is muted or banned, where and until when; appeals answered, sanctions lifted."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import REASON_MAX, User
from chat.admin.base import Moderated, action, actor, by_state, chosen, link_to
from chat.models import Room, Sanction
from chat.services import lifting, sanctions


def _in_force() -> Q:
    over = Q(ends_at__isnull=False, ends_at__lte=timezone.now())
    return Q(lifted_at=None) & ~over


class VerdictForm(forms.ModelForm):
    """What a moderator answers to an appeal."""

    words = forms.CharField(
        label=_("The answer to the appeal"),
        max_length=REASON_MAX,
        required=False,
        help_text=_("Told to the member."),
    )
    lift = forms.BooleanField(
        label=_("Lift"), required=False, help_text=_("The sanction ends now.")
    )

    class Meta:
        model = Sanction
        fields: tuple[str, ...] = ()


@admin.register(Sanction)
class SanctionAdmin(Moderated):
    """Sanctions, the newest first."""

    form = VerdictForm
    list_display = (
        "starts_at", "kind", "member", "where_link", "reason", "imposed_by", "ends_at", "in_force",
        "appealed",
    )  # fmt: skip
    list_filter = (
        by_state(
            "state",
            _("state"),
            force=(_("In force"), lambda _request: _in_force()),
            appeal=(
                _("Appeal not answered"),
                lambda _request: _in_force() & Q(appealed_at__isnull=False, answered_at=None),
            ),
        ),
        "kind",
        chosen("user", _("member"), User),
        chosen("room", _("room"), Room),
    )
    list_select_related = ("user", "room", "by")
    search_fields = ("user__username", "user__display_name", "reason")
    search_help_text = _("Member, or words of the reason")
    ordering = ("-pk",)
    sortable_by = ()
    actions = ("lift",)
    lift = action(_("Lift"), _("Lifted"), lifting.lift)
    fields = (
        "kind", "member", "where_link", "reason", "imposed_by", "starts_at", "ends_at",
        "lifted_at", "lifted_by", "appeal", "appealed_at", "answer", "answered_at", "answered_by",
        "words", "lift",
    )  # fmt: skip
    readonly_fields = fields[:-2]

    def save_model(self, request: HttpRequest, obj: Sanction, form: Any, change: bool) -> None:
        """Lift the sanction, or answer the appeal."""
        words = form.cleaned_data["words"]
        if form.cleaned_data["lift"]:
            lifting.lift(actor(request), obj, words)
        elif words:
            sanctions.answer(actor(request), obj.pk, words)

    @admin.display(description=_("member"))
    def member(self, sanction: Sanction) -> SafeString | str:
        """Who is muted or banned."""
        return link_to(sanction.user)

    @admin.display(description=_("where"))
    def where_link(self, sanction: Sanction) -> SafeString | str:
        """In which room, or on the whole site."""
        return link_to(sanction.room) if sanction.room else str(_("the whole site"))

    @admin.display(description=_("by"))
    def imposed_by(self, sanction: Sanction) -> SafeString | str:
        """Which moderator decided it."""
        return link_to(sanction.by)

    @admin.display(boolean=True, description=_("in force"))
    def in_force(self, sanction: Sanction) -> bool:
        """Whether it holds now."""
        return sanction.is_in_force

    @admin.display(boolean=True, description=_("appealed"))
    def appealed(self, sanction: Sanction) -> bool:
        """Whether the member appealed."""
        return sanction.appealed_at is not None
