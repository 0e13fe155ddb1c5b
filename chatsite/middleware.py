"""Transport security that lets a person try the site on their own machine."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.request import split_domain_port
from django.middleware import security

# What no page of ours uses, and so no script that got into one may.
FORBIDDEN = (
    "accelerometer", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope",
    "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
)  # fmt: skip
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in FORBIDDEN)


def came_over_loopback(request: HttpRequest) -> bool:
    """Tell whether the browser addressed this very machine, where no network is in between."""
    host, _ = split_domain_port(request.META.get("HTTP_HOST", ""))
    return not request.is_secure() and host in settings.LOOPBACK_HOSTS


class SecurityMiddleware(security.SecurityMiddleware):
    """Django's own, without the redirect to https and Secure cookies on plain loopback.

    There a redirect would lead nowhere, and a client would not send a Secure cookie back, nor take
    one whose name begins with COOKIE_PREFIX: it goes without.
    """

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        """Redirect to https, unless the request came over loopback."""
        if not came_over_loopback(request):
            return super().process_request(request)
        if settings.COOKIE_PREFIX:
            sent = request.COOKIES.items()
            request.COOKIES |= {f"{settings.COOKIE_PREFIX}{name}": value for name, value in sent}
        return None

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Set the security headers; on loopback, cookies that a client may send back."""
        if came_over_loopback(request):
            for name, cookie in list(response.cookies.items()):
                del response.cookies[name]
                plain = name.removeprefix(settings.COOKIE_PREFIX)
                cookie.set(plain, cookie.value, cookie.coded_value)
                cookie["secure"] = ""
                response.cookies[plain] = cookie
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return super().process_response(request, response)
