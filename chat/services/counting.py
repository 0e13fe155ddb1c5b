"""Counting what is unread, no further than anybody looks."""

from django.db import models
from django.db.models import Subquery

UNREAD_MAX = 100  # counted; this many means that or more


class CountUpTo(Subquery):
    """How many rows a correlated query has, counting no further than it is sliced."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = models.IntegerField()
