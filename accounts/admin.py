"""Members and API tokens in the admin: found, looked at, banned, revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import REASON_MAX, ApiToken, User
from accounts.signals import profile_changed
from chat.admin.base import (
    Moderated,
    NamedDateTime,
    action,
    actor,
    by_state,
    chosen,
    count_of,
    link_to,
    link_to_list,
)
from chat.models import Connection, Membership, Message
from chat.services import bans, guests, purging

# What others see of a member; their rooms are told when it changes.
SHOWN = {"username", "display_name"}


class MemberForm(forms.ModelForm):
    """An account, with the ban as a box to tick."""

    banned = forms.BooleanField(
        label=_("Banned"),
        required=False,
        help_text=_("Cannot sign in; open sockets close at once."),
    )
    banned_until = forms.SplitDateTimeField(
        label=_("Banned until"),
        required=False,
        widget=NamedDateTime,
        help_text=_("Empty: until somebody lifts it."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX,
        required=False,
        help_text=_("Told to the banned member."),
    )
    guest = forms.BooleanField(
        label=_("Guest"),
        required=False,
        help_text=_("Sees the rooms they were let into by name, and nothing else."),
    )

    class Meta:
        model = User
        fields = (
            "username", "display_name", "email", "status", "time_zone", "is_active", "is_staff",
            "is_superuser", "groups",
        )  # fmt: skip
        widgets = {"groups": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["banned"].initial = self.instance.banned_at is not None
        self.fields["reason"].initial = self.instance.ban_reason
        self.fields["guest"].initial = self.instance.is_guest
        if self.instance.banned_at is not None and (ban := bans.standing(self.instance)):
            self.fields["banned_until"].initial = ban.ends_at


@admin.register(User)
class MemberAdmin(Moderated, auth_admin.UserAdmin):
    """Members. Moderators ban; everything else about an account is for superusers."""

    form = MemberForm
    list_display = (
        "username",
        "display_name",
        "email",
        "rooms",
        "banned",
        "is_active",
        "is_staff",
        "date_joined",
    )
    list_filter = (
        by_state(
            "banned",
            _("banned"),
            yes=(_("Banned"), lambda _request: Q(banned_at__isnull=False)),
            no=(_("Not banned"), lambda _request: Q(banned_at=None)),
        ),
        by_state(
            "guest",
            _("guest"),
            yes=(_("Guests"), lambda _request: Q(is_guest=True)),
            no=(_("Members"), lambda _request: Q(is_guest=False)),
        ),
        "is_active",
        "is_staff",
        "is_superuser",
    )
    search_fields = ("username", "display_name", "email")
    search_help_text = _("Handle, name or e-mail address")
    ordering = ("-pk",)
    sortable_by = ()
    filter_horizontal = ()
    actions = (
        "ban", "ban_week", "unban", "purge_day", "purge_week", "make_guests", "make_members",
    )  # fmt: skip
    make_guests = action(
        _("Make guests: they see their rooms alone"),
        _("Guests now"),
        lambda actor, user, why: guests.set_guest(actor, user.pk, True, why),
    )
    make_members = action(
        _("Make members of guests"),
        _("Members now"),
        lambda actor, user, why: guests.set_guest(actor, user.pk, False, why),
    )
    ban = action(
        _("Ban, with the reason given here"),
        _("Banned"),
        lambda actor, user, why: bans.ban(actor, user.pk, why),
    )
    ban_week = action(
        _("Ban for a week, with the reason"),
        _("Banned"),
        lambda actor, user, why: bans.ban(actor, user.pk, why, timezone.now() + timedelta(weeks=1)),
    )
    unban = action(
        _("Let back in"), _("Let back in"), lambda actor, user, why: bans.unban(actor, user.pk, why)
    )
    purge_day = action(
        _("Delete what they said anywhere in the last 24 hours"),
        _("Cleared"),
        lambda actor, user, why: purging.purge_everywhere(
            actor, user.pk, timezone.now() - timedelta(days=1), why
        ),
    )
    purge_week = action(
        _("Delete what they said anywhere in the last 7 days"),
        _("Cleared"),
        lambda actor, user, why: purging.purge_everywhere(
            actor, user.pk, timezone.now() - timedelta(weeks=1), why
        ),
    )
    readonly_fields = (
        "rooms", "said", "online", "tokens", "banned_at", "last_login", "date_joined",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("username", "display_name", "email", "status", "time_zone")}),
        (_("The ban"), {"fields": ("banned", "banned_until", "reason", "banned_at")}),
        (_("In the chat"), {"fields": ("guest", "rooms", "said", "online")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "tokens")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return members with the number of their rooms."""
        seats = Membership.objects.active()
        return super().get_queryset(request).annotate(room_count=count_of(seats, "user"))

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Superusers make accounts for others."""
        return request.user.is_superuser

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Leave moderators nothing but the ban: an account's rights are not theirs to give."""
        if request.user.is_superuser:
            return self.readonly_fields
        return (*self.readonly_fields, *MemberForm.Meta.fields)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Let superusers alone set another's password."""
        if not request.user.is_superuser:
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Store what the form changed; a ban goes through the service, names show in all rooms."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        changed = set(form.changed_data)
        stored = changed & set(MemberForm.Meta.fields) - {"groups"}
        if stored:
            obj.save(update_fields=stored)
        if stored & SHOWN:
            profile_changed.send(sender=User, user=obj)
        if changed & {"banned", "banned_until", "reason"}:
            self._set_ban(request, obj, form.cleaned_data)
        if "guest" in changed:
            guests.set_guest(actor(request), obj.pk, form.cleaned_data["guest"])

    @staticmethod
    def _set_ban(request: HttpRequest, user: User, wanted: dict[str, Any]) -> None:
        if wanted["banned"]:
            bans.ban(actor(request), user.pk, wanted["reason"], wanted["banned_until"])
        elif user.banned_at is not None:
            bans.unban(actor(request), user.pk, wanted["reason"])

    @admin.display(description=_("rooms"))
    def rooms(self, user: User) -> SafeString:
        """How many rooms the member is in, leading to the memberships."""
        return link_to_list(Membership, user.room_count, user=user.pk)  # type: ignore[attr-defined]

    @admin.display(description=_("messages"))
    def said(self, user: User) -> SafeString:
        """Lead to what the member said."""
        return link_to_list(Message, _("All messages"), author=user.pk)

    @admin.display(description=_("sockets"))
    def online(self, user: User) -> SafeString:
        """How many sockets the member has open, leading to them."""
        return link_to_list(Connection, user.connections.count(), user=user.pk)

    @admin.display(description=_("API tokens"))
    def tokens(self, user: User) -> SafeString:
        """How many tokens act for the member, leading to them."""
        return link_to_list(ApiToken, user.tokens.count(), user=user.pk)

    @admin.display(boolean=True, description=_("banned"), ordering="banned_at")
    def banned(self, user: User) -> bool:
        """Whether the member is banned."""
        return user.banned_at is not None


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(auth_admin.GroupAdmin):
    """Groups, for superusers. One list of permissions: Django's pair of lists has no names."""

    filter_horizontal = ()


@admin.register(ApiToken)
class ApiTokenAdmin(Moderated):
    """API tokens, to see and to revoke. `manage.py token` issues them: a secret is shown once."""

    list_display = ("name", "owner", "created_at", "last_used_at")
    list_filter = (chosen("user", _("member"), User),)
    list_select_related = ("user",)
    search_fields = ("name", "user__username", "user__display_name")
    search_help_text = _("What it is for, or whose it is")
    ordering = ("-pk",)
    fields = readonly_fields = ("name", "owner", "created_at", "last_used_at")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes a token."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Revoking a token is deleting it, under Django's own permission."""
        return request.user.has_perm("accounts.delete_apitoken")

    @admin.display(description=_("member"))
    def owner(self, token: ApiToken) -> SafeString | str:
        """For whom it acts."""
        return link_to(token.user)
