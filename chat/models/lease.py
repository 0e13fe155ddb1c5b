"""Leases: which server process does what only one has to do."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Lease(models.Model):
    """One row a duty. Who holds it renews it in time; who died loses it when it runs out."""

    duty = models.CharField(max_length=30, primary_key=True)
    holder = models.UUIDField()
    # By the database's clock: those of the processes may differ.
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.duty} by {self.holder}"

    @classmethod
    def take(cls, duty: str, holder: uuid.UUID, lasting: timedelta) -> bool:
        """Take or renew the lease for ``holder``; return whether they have it."""
        mine = {"holder": holder, "expires_at": Now() + lasting}
        free = Q(holder=holder) | Q(expires_at__lte=Now())
        if cls.objects.filter(free, duty=duty).update(**mine):
            return True
        if cls.objects.filter(duty=duty).exists():
            return False
        # Nobody ever had it: of several who come at once the constraint lets one through.
        Lease.objects.bulk_create([Lease(duty=duty, **mine)], ignore_conflicts=True)
        return cls.objects.filter(duty=duty, holder=holder).exists()

    @classmethod
    def give_up(cls, duty: str, holder: uuid.UUID) -> None:
        """Let another process take the lease at once, if ``holder`` has it."""
        cls.objects.filter(duty=duty, holder=holder).update(expires_at=Now())
