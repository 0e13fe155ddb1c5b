"""The site as an app: its manifest, the worker that opens it offline, and the page it opens then.

None of these says anything of a member but the language they read in.
"""

import functools
import hashlib
import json
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

MANIFEST_TYPE = "application/manifest+json"
HOUR = 60 * 60  # s
STATIC = settings.BASE_DIR / "static"
# What the page may need without a network, below static/.
HELD = (
    "js/**/*.js", "vendor/**/*.js", "css/*.css", "css/components/*.css", "css/chat/*.css",
    "fonts/**/*.woff2", "icons/*.svg", "sounds/*",
)  # fmt: skip
WORKER = "js/service-worker.js"
PAPER = "#fbf8f2"  # --raw-paper of tokens.css


@require_safe
@cache_control(max_age=HOUR)
def manifest(request: HttpRequest) -> JsonResponse:
    """Describe the site as an app that can be installed."""
    icons = [
        {"src": static("icons/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
        *(_icon(f"icons/app-{size}.png", size, "any") for size in (192, 512)),
        *(_icon(f"icons/app-maskable-{size}.png", size, "maskable") for size in (192, 512)),
    ]
    described = {
        "id": "/",
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
        "share_target": {
            "action": reverse("chat:share"),
            "method": "GET",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    }
    return JsonResponse(described, content_type=MANIFEST_TYPE)


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Return the worker's script. It lies at the root, because that is the reach of its word.

    It is another one in another language, so that a browser takes the page in that one too.
    """
    language = get_language() or settings.LANGUAGE_CODE
    site = {
        "version": version(),
        "language": language,
        "isFixed": not settings.DEBUG,
        "assets": assets(),
        "static": f"/{settings.STATIC_URL.lstrip('/')}",
        "offline": f"{reverse('chat:offline')}?{urlencode({'language': language})}",
        "signIn": resolve_url(settings.LOGIN_URL),
        "signOut": reverse("account_logout"),
        # What the worker leaves to the browser.
        "passed": [reverse("admin:index"), "/api/", "/media/"],
    }
    script = f"self.SITE = {json.dumps(site)};\nimportScripts({json.dumps(static(WORKER))});\n"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(no_cache=True)
def offline(request: HttpRequest) -> HttpResponse:
    """Show the page that stands in for any other without a network.

    It asks for no member: its language is that of the address.
    """
    asked = request.GET.get("language", "")
    language = asked if asked in dict(settings.LANGUAGES) else get_language()
    with override(language):
        response = render(request, "offline.html", {"version": version()})
    response["Content-Language"] = language
    return response


def version() -> str:
    """Name what the site's pages are made of: another name is another version."""
    return _version() if not settings.DEBUG else _version.__wrapped__()


@functools.cache
def _version() -> str:
    # In one language, whoever asks first: all processes must come to the same name.
    with override(settings.LANGUAGE_CODE):
        shell = render_to_string("offline.html", {"site_name": settings.SITE_NAME, "version": ""})
    made_of: list[Any] = [assets(), static(WORKER), shell]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]


def assets() -> list[str]:
    """Return the addresses of the files that the worker holds."""
    paths = {path for pattern in HELD for path in STATIC.glob(pattern)}
    names = sorted(str(path.relative_to(STATIC)) for path in paths)
    return [static(name) for name in names if name != WORKER and "/admin/" not in name]


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    return {
        "src": static(name),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }
