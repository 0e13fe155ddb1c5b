"""Addresses of the pages about rooms and people."""

from django.urls import path

from accounts import converters  # noqa: F401
from chat.views.directory import directory, join, leave, new_room
from chat.views.emoji import emoji
from chat.views.home import home
from chat.views.installable import manifest, offline, service_worker
from chat.views.join_link import join_link, join_link_target, use_join_link
from chat.views.people import direct, people, unblock
from chat.views.room import room
from chat.views.room_settings import (
    address,
    archive,
    invite,
    keep,
    lock,
    new_link,
    notify,
    remove,
    revoke_link,
    role,
    room_settings,
)
from chat.views.search import search
from chat.views.share import share
from chat.views.standing import appeal, appeal_ban, standing

app_name = "chat"
urlpatterns = [
    path("", home, name="home"),
    path("emoji/<str:name>.webp", emoji, name="emoji"),
    path("join/", join_link, name="join_link"),
    path("join/room/", join_link_target, name="join_link_target"),
    path("join/room/use/", use_join_link, name="use_join_link"),
    path("search/", search, name="search"),
    path("share/", share, name="share"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("service-worker.js", service_worker, name="service_worker"),
    path("offline/", offline, name="offline"),
    path("standing/", standing, name="standing"),
    path("standing/appeal/", appeal_ban, name="appeal"),
    path("standing/<id:sanction_id>/appeal/", appeal, name="appeal_sanction"),
    path("people/", people, name="people"),
    path("people/<id:user_id>/unblock/", unblock, name="unblock"),
    path("people/direct/", direct, name="direct"),
    path("rooms/", directory, name="directory"),
    path("rooms/new/", new_room, name="new_room"),
    path("rooms/<slug:slug>/", room, name="room"),
    path("rooms/<slug:slug>/<id:seq>/", room, name="message"),
    path("rooms/<slug:slug>/join/", join, name="join"),
    path("rooms/<slug:slug>/leave/", leave, name="leave"),
    path("rooms/<slug:slug>/notify/", notify, name="room_notify"),
    path("rooms/<slug:slug>/settings/", room_settings, name="room_settings"),
    path("rooms/<slug:slug>/settings/address/", address, name="room_address"),
    path("rooms/<slug:slug>/settings/retention/", keep, name="room_retention"),
    path("rooms/<slug:slug>/settings/lock/", lock, name="room_lock"),
    path("rooms/<slug:slug>/settings/archive/", archive, name="room_archive"),
    path("rooms/<slug:slug>/settings/links/", new_link, name="room_new_link"),
    path(
        "rooms/<slug:slug>/settings/links/<id:link_id>/revoke/",
        revoke_link,
        name="room_revoke_link",
    ),
    path("rooms/<slug:slug>/settings/invite/", invite, name="room_invite"),
    path("rooms/<slug:slug>/settings/members/<id:user_id>/remove/", remove, name="room_remove"),
    path("rooms/<slug:slug>/settings/members/<id:user_id>/role/", role, name="room_role"),
]
