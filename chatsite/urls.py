"""Which address leads where."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts.views import picture
from chatsite.workshop import design

urlpatterns = [
    path("", include("chat.views.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("media/avatars/<uuid:name>.webp", picture),
    path("api/v1/", include("chat.api.urls")),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
]
if settings.DEBUG:
    urlpatterns.append(path("design/", design))
