"""What a room is, who is in it, and what those who look after it do."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import MemberRequest
from chat.errors import Invalid, NotFound, TooLarge
from chat.services import access, links, members, preferences, reading, retention, rooms
from chat.views.forms import (
    AddressForm,
    InviteForm,
    LinkForm,
    RetentionForm,
    RoomSettingsForm,
)
from chat.views.refusals import action, page

SETTINGS = "chat:room_settings"


@page
def room_settings(request: MemberRequest, slug: str) -> HttpResponse:
    """Show a room's settings; store name, topic and slow mode."""
    room = access.access_room_by_slug(request.user, slug)
    form = RoomSettingsForm(request.POST or None, initial=_settings_of(room))
    if request.method == "POST" and form.is_valid():
        try:
            rooms.update(request.user, room.pk, **form.cleaned_data)
            messages.success(request, _("The room is changed."))
            return redirect(SETTINGS, slug=slug)
        except (Invalid, TooLarge) as refusal:
            form.refuse(refusal)
    return _shown(request, slug, form=form)


@page
def new_link(request: MemberRequest, slug: str) -> HttpResponse:
    """Make a link into the room, shown this once."""
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _made, secret = links.create(request.user, _id(request, slug), **form.cleaned_data)
            address = f"{request.build_absolute_uri(reverse('chat:join_link'))}#{secret}"
            return _shown(request, slug, new_link=address)
        except Invalid as refusal:
            form.refuse(refusal)
    return _shown(request, slug, link_form=form)


@action(back=SETTINGS)
def revoke_link(request: MemberRequest, slug: str, link_id: int) -> HttpResponse:
    """End a link."""
    links.revoke(request.user, _id(request, slug), link_id)
    messages.success(request, _("The link is revoked: nobody comes in by it any more."))
    return redirect(SETTINGS, slug=slug)


@page
def address(request: MemberRequest, slug: str) -> HttpResponse:
    """Give the room another address."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            room = rooms.update(request.user, _id(request, slug), **form.cleaned_data)
            messages.success(request, _("The room has a new address."))
            return redirect(SETTINGS, slug=room.slug)
        except (Invalid, TooLarge) as refusal:
            form.refuse(refusal)
    return _shown(request, slug, address_form=form)


@page
def keep(request: MemberRequest, slug: str) -> HttpResponse:
    """Say how long messages of the room are kept."""
    form = RetentionForm(request.POST or None, most=retention.most_days(request.user))
    if request.method == "POST" and form.is_valid():
        retention.set_for_room(request.user, _id(request, slug), form.cleaned_data["days"])
        messages.success(request, _("How long messages are kept is changed."))
        return redirect(SETTINGS, slug=slug)
    return _shown(request, slug, retention_form=form)


@action(back=SETTINGS)
def lock(request: MemberRequest, slug: str) -> HttpResponse:
    """Lock the room, or open it again."""
    rooms.lock(request.user, _id(request, slug), _on(request))
    return redirect(SETTINGS, slug=slug)


@action(back=SETTINGS)
def archive(request: MemberRequest, slug: str) -> HttpResponse:
    """Archive the room, or bring it back."""
    rooms.archive(request.user, _id(request, slug), _on(request))
    return redirect(SETTINGS, slug=slug)


@action(back=SETTINGS)
def notify(request: MemberRequest, slug: str) -> HttpResponse:
    """Choose what one wants to be told of in this room."""
    preferences.set_notify(request.user, _id(request, slug), request.POST.get("notify", ""))
    messages.success(request, _("Noted."))
    return redirect(SETTINGS, slug=slug)


@action(back=SETTINGS)
def invite(request: MemberRequest, slug: str) -> HttpResponse:
    """Let somebody in, by handle."""
    room_id = _id(request, slug)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            person = reading.person_by_handle(form.cleaned_data["handle"])
            members.invite(request.user, room_id, person.id)
            messages.success(request, _("%(name)s is in.") % {"name": person.name})
            return redirect(SETTINGS, slug=slug)
        except NotFound:
            form.add_error("handle", _("Nobody here has this handle."))
    return _shown(request, slug, invite_form=form)


@action(back=SETTINGS)
def remove(request: MemberRequest, slug: str, user_id: int) -> HttpResponse:
    """Take a member's seat away."""
    members.remove(request.user, _id(request, slug), user_id)
    messages.success(request, _("They are out of the room."))
    return redirect(SETTINGS, slug=slug)


@action(back=SETTINGS)
def role(request: MemberRequest, slug: str, user_id: int) -> HttpResponse:
    """Make a member owner, moderator or plain member."""
    members.set_role(request.user, _id(request, slug), user_id, request.POST.get("role", ""))
    messages.success(request, _("Their role is changed."))
    return redirect(SETTINGS, slug=slug)


def _id(request: MemberRequest, slug: str) -> int:
    return access.access_room_by_slug(request.user, slug).pk


def _on(request: MemberRequest) -> bool:
    return request.POST.get("on") == "1"


def _shown(request: MemberRequest, slug: str, new_link: str = "", **forms: Form) -> HttpResponse:
    """Draw the page, with the forms given in place of fresh ones."""
    room = access.access_room_by_slug(request.user, slug)
    present = reading.members_of(request.user, room.pk)[0]
    present = [member for member in present if member.role is not None]
    seat = access.seat_in(request.user, room)
    is_steward = request.user.is_moderator or (seat is not None and seat.is_steward)
    has_links = is_steward and room.kind != room.Kind.DIRECT
    most_days = retention.most_days(request.user)
    context = {
        "room": room,
        "members": present,
        "seat": seat,
        "name": _name_for(request.user, room.name, present),
        "is_steward": is_steward,
        "is_owner": request.user.is_moderator or (seat is not None and seat.role == "owner"),
        "form": RoomSettingsForm(initial=_settings_of(room)),
        "invite_form": InviteForm(),
        "address_form": AddressForm(initial={"slug": room.slug}),
        "retention_form": RetentionForm(initial={"days": room.retention_days}, most=most_days),
        "link_form": LinkForm(),
        "retention": retention.in_words(days) if (days := retention.days_of(room)) else "",
        "links": links.links_of(request.user, room.pk) if has_links else [],
        "new_link": new_link,
    }
    wrong = any(form.is_bound for form in forms.values())
    return render(request, "chat/room_settings.html", context | forms, status=400 if wrong else 200)


def _settings_of(room: Any) -> dict[str, Any]:
    return {
        "name": room.name,
        "topic": room.topic,
        "slow_mode": room.slow_mode,
        "callers": room.callers,
        "writers": room.writers,
    }


def _name_for(user: User, name: str, present: list) -> str:
    """Return the room's name; a direct conversation is called by the others in it."""
    return name or ", ".join(member.name for member in present if member.user != user.pk)
