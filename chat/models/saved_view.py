"""Saved views: how a moderator likes to look at a list of the admin."""

from django.conf import settings
from django.db import models

VIEW_NAME_MAX = 40  # characters
VIEW_QUERY_MAX = 500  # characters
VIEWS_MAX = 20  # of one list, for one moderator


class SavedView(models.Model):
    """A search and its filters under a name, for one moderator and one list."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    listed = models.CharField(max_length=60)  # what, as app.model
    name = models.CharField(max_length=VIEW_NAME_MAX)
    query = models.CharField(max_length=VIEW_QUERY_MAX, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "listed", "name"], name="saved_view_once"),
        ]

    def __str__(self) -> str:
        return self.name
