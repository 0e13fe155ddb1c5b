"""Lists of any length: read along an index, page by page, and never counted to their end."""

from functools import cached_property
from typing import Any

from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import Max, Min, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat.sentences import Sentence, filled

COUNTED_MAX = 1000  # rows; this many means that or more
# Rows that are looked through for a page where no index finds what was asked for. Where that was
# not enough, the page leads on from there.
LOOKED_THROUGH = 20_000
OLDER, NEWER = "o", "n"


class BoundedPaginator(Paginator):
    """Counts no further than COUNTED_MAX, so that a page costs the same however long the list."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, COUNTED_MAX at most."""
        assert isinstance(self.object_list, QuerySet)
        # In its order: along the index that finds the rows, no further than it counts.
        return self.object_list.values("pk")[:COUNTED_MAX].count()


class NewestFirst(ChangeList):
    """A list by ``-pk``, or by another number that grows: pages begin at a row, not at a count.

    In the address ``p`` is ``o`` or ``n`` and a number: what is older, or newer, than that row.
    """

    older: int | None = None
    newer: int | None = None
    looked_back_to: int | None = None
    is_by_row = True

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(request, *args, **kwargs)

    def get_results(self, request: HttpRequest) -> None:
        """Read one page, and whether there is another one before and behind it."""
        size = self.list_per_page
        towards, start = _cursor(request)
        field = self.ordering_field
        found = self.queryset.order_by(f"-{field}")
        floor = self._floor(start if towards == OLDER else None)
        if towards == NEWER and start is not None:
            # The next ones upwards; the bound is above them.
            rows = list(found.filter(**{f"{field}__gt": start}).order_by(field)[: size + 1])
            has_newer, page = len(rows) > size, rows[:size][::-1]
            has_older = True
        else:
            if start is not None:
                found = found.filter(**{f"{field}__lt": start})
            if floor is not None:
                found = found.filter(**{f"{field}__gte": floor})
            rows = list(found[: size + 1])
            has_older, page = len(rows) > size, rows[:size]
            has_newer = start is not None
            if not has_older and floor is not None and self._is_older(floor):
                self.looked_back_to = floor
        counted = (
            self.queryset if floor is None else self.queryset.filter(**{f"{field}__gte": floor})
        )
        self.older = getattr(page[-1], field) if page and has_older else None
        self.newer = getattr(page[0], field) if page and has_newer else None
        self._fill(request, page, counted)

    @property
    def ordering_field(self) -> str:
        """What the list is ordered by, the greatest first."""
        return self.model_admin.newest_by(self.request)  # type: ignore[attr-defined]

    @property
    def count_told(self) -> str:
        """How many there are, in words."""
        if self.result_count >= COUNTED_MAX:
            return str(filled(_("%(n)s or more"), n=COUNTED_MAX))
        return str(filled("%(n)s", n=self.result_count))

    @property
    def older_link(self) -> SafeString | str:
        """The link to the next page."""
        if self.looked_back_to is not None:
            return self._link(OLDER, self.looked_back_to, _("Look further back"))
        return self._link(OLDER, self.older, _("Older")) if self.older is not None else ""

    @property
    def newer_link(self) -> SafeString | str:
        """The link to the page before."""
        return self._link(NEWER, self.newer, _("Newer")) if self.newer is not None else ""

    def _link(self, towards: str, start: int, words: Sentence) -> SafeString:
        address = self.get_query_string({PAGE_VAR: f"{towards}{start}"})
        return format_html('<a href="{}">{}</a>', address, words)

    def _floor(self, start: int | None) -> int | None:
        """Return how far back this page looks; None where an index finds all that is asked for."""
        if not self.model_admin.has_to_look_through(self):  # type: ignore[attr-defined]
            return None
        field = self.ordering_field
        top = start
        if top is None:
            top = (self._within().aggregate(top=Max(field))["top"] or 0) + 1
        return max(0, top - LOOKED_THROUGH)

    def _is_older(self, floor: int) -> bool:
        oldest = self._within().aggregate(oldest=Min(self.ordering_field))["oldest"]
        return oldest is not None and oldest < floor

    def _within(self) -> QuerySet:
        """Return the rows among which is looked: of one room, where they are ordered within it."""
        return self.model_admin.looked_through(self.request)  # type: ignore[attr-defined]

    def _fill(self, request: HttpRequest, page: list[Any], counted: QuerySet) -> None:
        """Give the templates what they know of a list."""
        ordered = counted.order_by(f"-{self.ordering_field}")
        self.paginator = self.model_admin.get_paginator(request, ordered, self.list_per_page)
        # Where all is on this page nobody has to count.
        alone = self.older is None and self.newer is None and self.looked_back_to is None
        self.result_count = len(page) if alone else self.paginator.count
        self.result_list = page
        # Told below the list alone, where it says that there may be more.
        self.full_result_count = self.result_count
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = self.multi_page = False


def _cursor(request: HttpRequest) -> tuple[str, int | None]:
    """Return which way a page goes, and from which row on; the first page from none."""
    asked = request.GET.get(PAGE_VAR, "")
    towards, number = asked[:1], asked[1:]
    if towards in (OLDER, NEWER) and number.isascii() and number.isdigit() and len(number) < 19:
        return towards, int(number)
    return OLDER, None
