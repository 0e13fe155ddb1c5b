"""What the API must do before other middleware."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from chat.api.errors import DATABASE_AWAY, tell

API_ROOT = "/api/"

GetResponse = Callable[[HttpRequest], HttpResponse]


class DatabaseCheck:
    """Read the session of a request to the API here, where a failure can still be told in JSON.

    Between middlewares Django turns every exception into a page. So this comes before whatever
    else looks at the user.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, unless the database did not say whose it is."""
        if request.path.startswith(API_ROOT):
            try:
                bool(request.user.is_authenticated)
            except DATABASE_AWAY as error:
                return tell(request, error)
        return self.get_response(request)
