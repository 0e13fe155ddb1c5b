"""What holds for the whole site."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import REASON_MAX
from chat.admin.base import Moderated, actor
from chat.models import SiteState
from chat.models.room import RETENTION_MAX
from chat.services import retention


class SiteForm(forms.ModelForm):
    """What moderators say for the whole site."""

    kept_for = forms.IntegerField(
        label=_("Messages are kept for days"),
        min_value=1,
        max_value=RETENTION_MAX,
        required=False,
        help_text=_(
            "Empty: always. Older ones are removed for good, where a room says nothing else."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_MAX, required=False, help_text=_("Kept.")
    )

    class Meta:
        model = SiteState
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kept_for" in self.fields:
            self.fields["kept_for"].initial = self.instance.retention_days


@admin.register(SiteState)
class SiteAdmin(Moderated):
    """The one row there is."""

    form = SiteForm
    fields = ("kept_for", "reason")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the one row."""
        row = SiteState.current()
        return HttpResponseRedirect(reverse("admin:chat_sitestate_change", args=[row.pk]))

    def save_model(self, request: HttpRequest, obj: SiteState, form: Any, change: bool) -> None:
        """Change through the service what the form changed."""
        if "kept_for" in form.changed_data:
            wanted = form.cleaned_data
            retention.set_for_site(actor(request), wanted["kept_for"], wanted["reason"])
