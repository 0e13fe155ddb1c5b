"""Rooms: found, looked into, renamed, locked, archived."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import REASON_MAX
from chat.admin import transcripts
from chat.admin.base import (
    Moderated,
    action,
    actor,
    by_state,
    count_of,
    link_to,
    link_to_list,
)
from chat.models import Connection, Membership, Message, Room
from chat.models.room import RETENTION_MAX
from chat.services import retention, rooms


class RoomForm(forms.ModelForm):
    """What moderators change about a room."""

    archived = forms.BooleanField(
        label=_("Archived"), required=False, help_text=_("Put away: nobody can join or write.")
    )
    kept_for = forms.IntegerField(
        label=_("Messages are kept for days"),
        min_value=1,
        max_value=RETENTION_MAX,
        required=False,
        help_text=_("Empty: as long as on the whole site. Older ones are removed for good."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_MAX, required=False, help_text=_("Kept.")
    )

    class Meta:
        model = Room
        fields = ("name", "topic", "slow_mode", "writers", "locked")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "archived" in self.fields:
            self.fields["archived"].initial = self.instance.archived_at is not None
            self.fields["kept_for"].initial = self.instance.retention_days
        if "name" in self.fields and self.instance.kind == Room.Kind.DIRECT:
            self.fields["name"].disabled = True
            self.fields["name"].required = False
            self.fields["name"].help_text = _("A direct conversation is called after its members.")


@admin.register(Room)
class RoomAdmin(Moderated):
    """Rooms of every kind, private and direct ones too, the newest first."""

    form = RoomForm
    list_display = (
        "title", "kind", "members", "messages", "last_message", "transcript", "locked",
        "archived", "slow_mode", "writers",
    )  # fmt: skip
    list_filter = (
        "kind",
        "locked",
        "writers",
        by_state(
            "archived",
            _("archived"),
            no=(_("In use"), lambda _request: Q(archived_at=None)),
            yes=(_("Archived"), lambda _request: Q(archived_at__isnull=False)),
        ),
    )
    search_fields = ("name", "slug", "topic")
    search_help_text = _("Name, address or topic")
    ordering = ("-pk",)
    sortable_by = ()  # direct conversations are rooms too: there may be very many
    actions = ("lock", "unlock", "archive", "bring_back")
    lock = action(
        _("Lock: members read and nothing else"),
        _("Locked"),
        lambda actor, room, why: rooms.lock(actor, room.pk, True, why),
    )
    unlock = action(
        _("Unlock"), _("Unlocked"), lambda actor, room, why: rooms.lock(actor, room.pk, False, why)
    )
    archive = action(
        _("Archive"),
        _("Archived"),
        lambda actor, room, why: rooms.archive(actor, room.pk, True, why),
    )
    bring_back = action(
        _("Bring back from the archive"),
        _("Brought back"),
        lambda actor, room, why: rooms.archive(actor, room.pk, False, why),
    )
    readonly_fields = (
        "kind", "slug", "members", "messages", "transcript", "online", "version",
        "created_by_link", "created_at",
    )  # fmt: skip
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name",
                    "topic",
                    "slow_mode",
                    "writers",
                    "locked",
                    "archived",
                    "kept_for",
                    "reason",
                )
            },
        ),
        (_("About it"), {"fields": readonly_fields}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        """Return rooms with their counts, and when last somebody said something."""
        partners = Membership.objects.active().filter(room__kind=Room.Kind.DIRECT)
        latest = Message.objects.filter(room=OuterRef("pk"), seq=OuterRef("last_seq"))
        return (
            super()
            .get_queryset(request)
            .select_related("created_by")
            .prefetch_related(
                Prefetch("memberships", partners.select_related("user"), to_attr="partners")
            )
            .annotate(
                member_count=count_of(Membership.objects.active(), "room"),
                last_message_at=Subquery(latest.values("created_at")[:1]),
            )
        )

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        """Change through the services what the form changed."""
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        changed.pop("reason", None)
        archived, locked = changed.pop("archived", None), changed.pop("locked", None)
        is_retention, days = "kept_for" in changed, changed.pop("kept_for", None)
        reason = form.cleaned_data["reason"]
        if changed:
            rooms.update(actor(request), obj.pk, **changed, reason=reason)
        if locked is not None:
            rooms.lock(actor(request), obj.pk, locked, reason)
        if archived is not None:
            rooms.archive(actor(request), obj.pk, archived, reason)
        if is_retention:
            retention.set_for_room(actor(request), obj.pk, days, reason)

    def get_urls(self) -> list[Any]:
        """Have an address for each room's transcript."""
        view = self.admin_site.admin_view(transcripts.transcript)
        return [
            path("<int:room_id>/transcript/", view, name="chat_room_transcript"),
            *super().get_urls(),
        ]

    @admin.display(description=_("transcript"))
    def transcript(self, room: Room) -> SafeString:
        """Lead to what was said."""
        return transcripts.link_to_transcript(room.pk, _("Read it"))

    @admin.display(description=_("room"))
    def title(self, room: Room) -> str:
        """The name; a direct conversation is called after its members."""
        names = sorted(seat.user.name for seat in room.partners)  # type: ignore[attr-defined]
        return ", ".join(names) or str(room)

    @admin.display(description=_("members"))
    def members(self, room: Room) -> SafeString:
        """How many are in the room, leading to them."""
        return link_to_list(Membership, room.member_count, room=room.pk)  # type: ignore[attr-defined]

    @admin.display(description=_("messages"))
    def messages(self, room: Room) -> SafeString:
        """How many messages there were, leading to them."""
        return link_to_list(Message, room.last_seq, room=room.pk)

    @admin.display(description=_("last message"))
    def last_message(self, room: Room) -> Any:
        """When last somebody said something."""
        return room.last_message_at  # type: ignore[attr-defined]

    @admin.display(boolean=True, description=_("archived"))
    def archived(self, room: Room) -> bool:
        """Whether the room was put away."""
        return room.archived_at is not None

    @admin.display(description=_("online"))
    def online(self, room: Room) -> int:
        """How many of the members have a socket open."""
        seats = Membership.objects.active().filter(room=room)
        online = Connection.objects.filter(user__in=seats.values("user"))
        return online.order_by().values("user").distinct().count()

    @admin.display(description=_("made by"))
    def created_by_link(self, room: Room) -> SafeString | str:
        """Who made the room."""
        return link_to(room.created_by)
