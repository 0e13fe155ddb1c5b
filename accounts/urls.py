"""Addresses of one's own account that are not allauth's; they lie beside its own."""

from django.urls import path

from accounts import converters, views  # noqa: F401

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("sessions/<id:pk>/end/", views.end_session, name="end_session"),
]
