"""Views of the admin's lists that moderators save for themselves."""

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.errors import Invalid, TooLarge
from chat.models import SavedView
from chat.models.message import UNSTORABLE
from chat.models.saved_view import VIEW_NAME_MAX, VIEW_QUERY_MAX, VIEWS_MAX

PAGE = "p"  # which page of a list: no part of a view


def of(user: User, listed: str) -> list[SavedView]:
    """Return the views of a list that ``user`` saved, by name."""
    return list(SavedView.objects.filter(user=user, listed=listed).order_by("name"))


@transaction.atomic
def save(user: User, listed: str, name: str, query: str) -> SavedView:
    """Keep a search with its filters under a name, in place of the earlier one of that name.

    Raises Invalid or TooLarge.
    """
    name, query = " ".join(name.split()), clean_query(query)
    if not name or UNSTORABLE.search(name + query):
        raise Invalid(_("name: a view needs one."))
    if len(name) > VIEW_NAME_MAX:
        raise TooLarge(_("name: at most %(most)s characters."), most=VIEW_NAME_MAX)
    if len(query) > VIEW_QUERY_MAX:
        raise TooLarge(_("query: at most %(most)s characters."), most=VIEW_QUERY_MAX)
    # One at a time a moderator, so that the limit holds.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    others = SavedView.objects.filter(user=user, listed=listed).exclude(name=name)
    if others.count() >= VIEWS_MAX:
        raise Invalid(
            _("At most %(most)s views of a list can be saved: forget another one first."),
            most=VIEWS_MAX,
        )
    kept, _is_new = SavedView.objects.update_or_create(
        user=user, listed=listed, name=name, defaults={"query": query}
    )
    return kept


def forget(user: User, listed: str, name: str) -> None:
    """Drop a view; one that is not there is dropped already."""
    SavedView.objects.filter(user=user, listed=listed, name=name).delete()


def clean_query(query: str) -> str:
    """Return a query string without its page, as it may follow a question mark."""
    given = QueryDict(query.removeprefix("?"), mutable=True)
    given.pop(PAGE, None)
    return given.urlencode()
