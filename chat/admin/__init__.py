"""Moderation in Django's admin. What is done here goes through chat.services, and so shows live."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from chat.admin import (  # noqa: F401
    audit,
    dashboard,
    emoji,
    filters,
    held,
    memberships,
    messages,
    names,
    presence,
    reports,
    rooms,
    sanctions,
    site,
)

# Staff sign in where everybody does: with a second factor, and within the same limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = _("Moderation")
admin.site.site_title = _("Moderation")
admin.site.index_title = _("What there is")
admin.site.index_template = "admin/moderation_index.html"
admin.site.index = dashboard.index  # type: ignore[method-assign]
