"""The site's own emoji: added and removed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.pictures import ACCEPTED
from chat.admin.base import Moderated, actor, link_to
from chat.models import CustomEmoji
from chat.services import emoji


class EmojiForm(forms.ModelForm):
    """A name, and the picture that goes by it."""

    upload = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG, WebP or GIF (of which the first frame is taken), up to 1 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )

    class Meta:
        model = CustomEmoji
        fields = ("name",)


@admin.register(CustomEmoji)
class CustomEmojiAdmin(Moderated):
    """What members react with beside the emoji that everybody has."""

    form = EmojiForm
    list_display = ("drawn", "written", "added_by_link", "added_at")
    list_display_links = ("written",)
    search_fields = ("name",)
    search_help_text = _("Name")
    readonly_fields = ("drawn", "written", "added_by_link", "added_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CustomEmoji]:
        """Return the emoji without the bytes of their pictures."""
        return super().get_queryset(request).defer("picture").select_related("added_by")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A name and a picture to add; all about it afterwards."""
        return self.readonly_fields if obj else ("name", "upload")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nothing about an emoji changes: it is removed, and another one added."""
        return self.readonly_fields if obj else ()

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Moderators see what members see."""
        return self.has_moderate_permission(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Moderators add emoji."""
        return self.has_moderate_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Moderators remove them."""
        return self.has_moderate_permission(request)

    def save_model(self, request: HttpRequest, obj: CustomEmoji, form: Any, change: bool) -> None:
        """Add it through the service."""
        obj.pk = emoji.add(actor(request), obj.name, form.cleaned_data["upload"]).pk

    def delete_model(self, request: HttpRequest, obj: CustomEmoji) -> None:
        """Remove an emoji through the service."""
        emoji.remove(actor(request), obj.name)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CustomEmoji]) -> None:
        """Remove those that are ticked."""
        for name in queryset.values_list("name", flat=True):
            emoji.remove(actor(request), name)

    @admin.display(description=_("picture"))
    def drawn(self, row: CustomEmoji) -> SafeString:
        """The picture."""
        return format_html(
            '<img src="{}" alt="" height="32">', reverse("chat:emoji", args=[row.name])
        )

    @admin.display(description=_("name"), ordering="name")
    def written(self, row: CustomEmoji) -> str:
        """As members write it."""
        return str(row)

    @admin.display(description=_("added by"))
    def added_by_link(self, row: CustomEmoji) -> SafeString | str:
        """Who added it."""
        return link_to(row.added_by)
