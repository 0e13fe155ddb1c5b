"""What every page knows of the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Add the site's name, and whether it can send mail."""
    return {"site_name": settings.SITE_NAME, "mail_configured": settings.MAIL_CONFIGURED}
