"""Transport security that lets a person try the site on their own machine."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.request import split_domain_port
from django.middleware import security

LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "[::1]"}


def came_over_loopback(request: HttpRequest) -> bool:
    """Tell whether the browser addressed this very machine, where no network is in between."""
    host, _ = split_domain_port(request.META.get("HTTP_HOST", ""))
    return not request.is_secure() and host in LOOPBACK_HOSTS


class SecurityMiddleware(security.SecurityMiddleware):
    """Django's own, without the redirect to https and Secure cookies on plain loopback.

    There a redirect would lead nowhere, and a client would not send a Secure cookie back.
    """

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        """Redirect to https, unless the request came over loopback."""
        if came_over_loopback(request):
            return None
        return super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Set the security headers; on loopback, cookies that a client may send back."""
        if came_over_loopback(request):
            for cookie in response.cookies.values():
                cookie["secure"] = ""
        return super().process_response(request, response)
