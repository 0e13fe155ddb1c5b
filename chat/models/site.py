"""What belongs to the database as a whole."""

import uuid

from django.db import models


def new_epoch() -> str:
    """Return an epoch that no other database has."""
    return uuid.uuid4().hex


class SiteState(models.Model):
    """One row. ``epoch`` names this database: clients that hold another one's rows drop them."""

    epoch = models.CharField(max_length=32, default=new_epoch)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="site_state_one_row"),
        ]

    def __str__(self) -> str:
        return self.epoch

    @classmethod
    def current(cls) -> "SiteState":
        """Return the row, made on first use."""
        return cls.objects.get_or_create(pk=1)[0]
