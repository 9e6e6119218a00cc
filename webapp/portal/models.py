"""Counting wrong query codes."""

from __future__ import annotations

from django.db import models


class WrongTries(models.Model):
    """How often, within one hour, somebody asked with a number and a code that do not match.

    `whom` is a keyed hash of the address that asked, or of the number that was asked for.
    """

    whom = models.CharField(max_length=64)
    hour = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["whom", "hour"], name="wrong_tries_once"),
        ]
        indexes = [models.Index(fields=["hour"], name="wrong_tries_old")]

    def __str__(self) -> str:
        return f"{self.whom[:8]} {self.hour:%m-%d %H} {self.tries}"
