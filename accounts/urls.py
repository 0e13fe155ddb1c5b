"""Addresses of one's own account that are not allauth's; they lie beside its own."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("sessions/<int:pk>/end/", views.end_session, name="end_session"),
    path("pictures/<uuid:name>.webp", views.picture, name="picture"),
]
