"""Moderation in Django's admin. What is done here goes through chat.services, and so shows live."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from chat.admin import audit, emoji, memberships, messages, presence, rooms  # noqa: F401

# Staff sign in where everybody does: with a second factor, and within the same limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = "Moderation"
admin.site.site_title = "Moderation"
admin.site.index_title = "What there is"
