"""What belongs to the database as a whole."""

import uuid

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def new_epoch() -> str:
    """Return an epoch that no other database has."""
    return uuid.uuid4().hex


class SiteState(models.Model):
    """One row. ``epoch`` names this database: clients that hold another one's rows drop them."""

    epoch = models.CharField(max_length=32, default=new_epoch)
    # How long messages are kept where the room says nothing else; empty, for good.
    retention_days = models.PositiveIntegerField(null=True, blank=True)
    # Counts what changed in the filters: a process that holds an older number reads them anew.
    filters_version = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("the site")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="site_state_one_row"),
        ]

    def __str__(self) -> str:
        return gettext("The whole site")

    @classmethod
    def current(cls) -> "SiteState":
        """Return the row, made on first use."""
        return cls.objects.get_or_create(pk=1)[0]
