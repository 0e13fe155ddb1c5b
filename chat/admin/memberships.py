"""Memberships: who is in which room, as what; roles, mutes, removal."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import REASON_MAX, User
from chat.admin.base import Moderated, actor, chosen, link_to
from chat.models import Membership, Room
from chat.services import members, purging


class PresentFilter(admin.SimpleListFilter):
    """Those who are in the room, unless one asks for those who left."""

    title = "present"
    parameter_name = "present"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return yes and no."""
        return [("yes", "In the room"), ("no", "Left")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Membership]
    ) -> QuerySet[Membership]:
        """Return the memberships that are."""
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(left_at__isnull=self.value() == "yes")


class MutedFilter(admin.SimpleListFilter):
    """Members who may not write for now."""

    title = "muted"
    parameter_name = "muted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what there is to ask for."""
        return [("yes", "Muted now")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Membership]
    ) -> QuerySet[Membership]:
        """Return the memberships that are."""
        return queryset.filter(muted_until__gt=timezone.now()) if self.value() else queryset


class MembershipForm(forms.ModelForm):
    """What moderators change about a membership, and why."""

    reason = forms.CharField(
        max_length=REASON_MAX, required=False, help_text="Told to the member, and kept."
    )

    class Meta:
        model = Membership
        fields = ("role", "muted_until")


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
    list_filter = (PresentFilter, "role", MutedFilter, chosen("room", Room), chosen("user", User))
    list_select_related = ("room", "user")
    search_fields = ("user__username", "user__display_name", "room__name", "room__slug")
    search_help_text = "Member or room"
    ordering = ("-pk",)
    sortable_by = ("joined_at",)
    actions = ("mute_hour", "mute_day", "unmute", "remove", "ban_day", "ban", "purge_day")
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

    @admin.action(description="Mute for an hour", permissions=["moderate"])
    def mute_hour(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """Keep members from writing for an hour."""
        self._mute(request, queryset, timedelta(hours=1))

    @admin.action(description="Mute for a day", permissions=["moderate"])
    def mute_day(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """Keep members from writing for a day."""
        self._mute(request, queryset, timedelta(days=1))

    def _mute(
        self, request: HttpRequest, queryset: QuerySet[Membership], lasting: timedelta
    ) -> None:
        until = timezone.now() + lasting
        self.for_each(
            request,
            queryset,
            lambda actor, seat, why: members.mute(actor, seat.room_id, seat.user_id, until, why),
            "muted",
        )

    @admin.action(description="Ban from the room for a day", permissions=["moderate"])
    def ban_day(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """Keep members out of rooms for a day."""
        until = timezone.now() + timedelta(days=1)
        self.for_each(
            request,
            queryset,
            lambda actor, seat, why: members.ban(actor, seat.room_id, seat.user_id, until, why),
            "banned",
        )

    @admin.action(description="Ban from the room", permissions=["moderate"])
    def ban(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """Keep members out of rooms."""
        self.for_each(
            request,
            queryset,
            lambda actor, seat, why: members.ban(actor, seat.room_id, seat.user_id, None, why),
            "banned",
        )

    @admin.action(
        description="Delete what they said here in the last 24 hours", permissions=["moderate"]
    )
    def purge_day(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """Delete members' messages of a day in rooms."""
        since = timezone.now() - timedelta(days=1)
        self.for_each(
            request,
            queryset,
            lambda actor, seat, why: purging.purge_room(
                actor, seat.room_id, seat.user_id, since, why
            ),
            "cleared",
        )

    @admin.action(description="Remove from the room", permissions=["moderate"])
    def remove(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """Take seats away."""
        self.for_each(
            request,
            queryset,
            lambda actor, seat, why: members.remove(actor, seat.room_id, seat.user_id, why),
            "removed",
        )

    @admin.action(description="Let write again", permissions=["moderate"])
    def unmute(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """End mutes."""
        self.for_each(
            request,
            queryset,
            lambda actor, seat, why: members.mute(actor, seat.room_id, seat.user_id, None, why),
            "may write again",
        )
