"""Memberships: who is in which room, as what; roles, mutes, removal."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import REASON_MAX, User
from chat.admin.base import Moderated, action, actor, by_state, chosen, link_to
from chat.models import Membership, Room
from chat.services import members, purging


class MembershipForm(forms.ModelForm):
    """What moderators change about a membership, and why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX,
        required=False,
        help_text=_("Told to the member, and kept."),
    )

    class Meta:
        model = Membership
        fields = ("role", "muted_until")


def _mute_for(lasting: timedelta) -> Callable[[User, Membership, str], Any]:
    def mute(actor: User, seat: Membership, why: str) -> None:
        members.mute(actor, seat.room_id, seat.user_id, timezone.now() + lasting, why)

    return mute


def _ban_for(lasting: timedelta | None) -> Callable[[User, Membership, str], Any]:
    def ban(actor: User, seat: Membership, why: str) -> None:
        until = timezone.now() + lasting if lasting else None
        members.ban(actor, seat.room_id, seat.user_id, until, why)

    return ban


@admin.register(Membership)
class MembershipAdmin(Moderated):
    """Memberships, also of those who left."""

    form = MembershipForm
    list_display = (
        "member",
        "room_link",
        "role",
        "joined_at",
        "left_at",
        "muted_until",
        "read_seq",
    )
    list_display_links = ("role",)
    list_filter = (
        by_state(
            "present",
            _("present"),
            yes=(_("In the room"), lambda _request: Q(left_at=None)),
            no=(_("Left"), lambda _request: Q(left_at__isnull=False)),
        ),
        "role",
        by_state(
            "muted",
            _("muted"),
            yes=(_("Muted now"), lambda _request: Q(muted_until__gt=timezone.now())),
        ),
        chosen("room", _("room"), Room),
        chosen("user", _("member"), User),
    )
    found_by = frozenset({"room", "user"})
    list_select_related = ("room", "user")
    search_fields = ("user__username", "user__display_name", "room__name", "room__slug")
    search_help_text = _("Member or room")
    ordering = ("-pk",)
    sortable_by = ()
    actions = ("mute_hour", "mute_day", "unmute", "remove", "ban_day", "ban", "purge_day")
    mute_hour = action(_("Mute for an hour"), _("Muted"), _mute_for(timedelta(hours=1)))
    mute_day = action(_("Mute for a day"), _("Muted"), _mute_for(timedelta(days=1)))
    unmute = action(
        _("Let write again"),
        _("May write again"),
        lambda actor, seat, why: members.mute(actor, seat.room_id, seat.user_id, None, why),
    )
    remove = action(
        _("Remove from the room"),
        _("Removed"),
        lambda actor, seat, why: members.remove(actor, seat.room_id, seat.user_id, why),
    )
    ban_day = action(_("Ban from the room for a day"), _("Banned"), _ban_for(timedelta(days=1)))
    ban = action(_("Ban from the room"), _("Banned"), _ban_for(None))
    purge_day = action(
        _("Delete what they said here in the last 24 hours"),
        _("Cleared"),
        lambda actor, seat, why: purging.purge_room(
            actor, seat.room_id, seat.user_id, timezone.now() - timedelta(days=1), why
        ),
    )
    fields = (
        "member", "room_link", "role", "muted_until", "reason", "notify",
        "joined_at", "left_at", "read_seq",
    )  # fmt: skip
    readonly_fields = ("member", "room_link", "notify", "joined_at", "left_at", "read_seq")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Moderators change memberships of those who are in the room."""
        left = isinstance(obj, Membership) and not obj.is_active
        return super().has_change_permission(request, obj) and not left

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Change through the services what the form changed."""
        room, user, reason = obj.room_id, obj.user_id, form.cleaned_data["reason"]
        if "role" in form.changed_data:
            members.set_role(actor(request), room, user, obj.role, reason)
        if "muted_until" in form.changed_data:
            members.mute(actor(request), room, user, obj.muted_until, reason)

    @admin.display(description=_("member"), ordering="user__username")
    def member(self, membership: Membership) -> SafeString | str:
        """Whose membership it is."""
        return link_to(membership.user)

    @admin.display(description=_("room"), ordering="room__name")
    def room_link(self, membership: Membership) -> SafeString | str:
        """Of which room."""
        return link_to(membership.room)
