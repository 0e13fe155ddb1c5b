"""Blocks: who wants nothing to do with whom. It counts both ways, whoever of the two set it."""

from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class BlockQuerySet(models.QuerySet["Block"]):
    """Blocks by whom they concern."""

    def between(self, some: Collection[int], others: Collection[int]) -> "BlockQuerySet":
        """Those of one of ``some`` against one of ``others``, or the other way round."""
        return self.filter(
            Q(blocker__in=some, blocked__in=others) | Q(blocker__in=others, blocked__in=some)
        )

    def pairs(self) -> set[frozenset[int]]:
        """Return who is apart from whom."""
        return {frozenset(pair) for pair in self.values_list("blocker", "blocked")}


class Block(models.Model):
    """One member blocked another."""

    blocker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks", db_index=False
    )
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocked_by")
    created_at = models.DateTimeField(default=timezone.now)

    objects = BlockQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(blocker=models.F("blocked")), name="block_another"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker} blocked {self.blocked}"
