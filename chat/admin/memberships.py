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

from accounts.models import REASON_MAX, User
from chat.admin.base import Moderated, action, actor, by_state, chosen, link_to
from chat.models import Membership, Room
from chat.services import members, purging


class MembershipForm(forms.ModelForm):
    """What moderators change about a membership, and why."""

    reason = forms.CharField(
        max_length=REASON_MAX, required=False, help_text="Told to the member, and kept."
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
            yes=("In the room", lambda _: Q(left_at=None)),
            no=("Left", lambda _: Q(left_at__isnull=False)),
        ),
        "role",
        by_state("muted", yes=("Muted now", lambda _: Q(muted_until__gt=timezone.now()))),
        chosen("room", Room),
        chosen("user", User),
    )
    found_by = frozenset({"room", "user"})
    list_select_related = ("room", "user")
    search_fields = ("user__username", "user__display_name", "room__name", "room__slug")
    search_help_text = "Member or room"
    ordering = ("-pk",)
    sortable_by = ()
    actions = ("mute_hour", "mute_day", "unmute", "remove", "ban_day", "ban", "purge_day")
    mute_hour = action("Mute for an hour", "muted", _mute_for(timedelta(hours=1)))
    mute_day = action("Mute for a day", "muted", _mute_for(timedelta(days=1)))
    unmute = action(
        "Let write again",
        "may write again",
        lambda actor, seat, why: members.mute(actor, seat.room_id, seat.user_id, None, why),
    )
    remove = action(
        "Remove from the room",
        "removed",
        lambda actor, seat, why: members.remove(actor, seat.room_id, seat.user_id, why),
    )
    ban_day = action("Ban from the room for a day", "banned", _ban_for(timedelta(days=1)))
    ban = action("Ban from the room", "banned", _ban_for(None))
    purge_day = action(
        "Delete what they said here in the last 24 hours",
        "cleared",
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

    @admin.display(description="member", ordering="user__username")
    def member(self, membership: Membership) -> SafeString | str:
        """Whose membership it is."""
        return link_to(membership.user)

    @admin.display(description="room", ordering="room__name")
    def room_link(self, membership: Membership) -> SafeString | str:
        """Of which room."""
        return link_to(membership.room)
