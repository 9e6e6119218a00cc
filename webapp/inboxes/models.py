"""How each person likes her lists, and the cases that she keeps an eye on."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ListSettings(models.Model):
    """Columns and order of an officer's inbox. No row: as the product comes."""

    officer = models.OneToOneField(
        "accounts.Officer", models.CASCADE, primary_key=True, related_name="+"
    )
    columns = ArrayField(models.CharField(max_length=12))
    sort = models.CharField(max_length=10)

    def __str__(self) -> str:
        return f"{self.officer_id}: {self.sort}"


class SavedView(models.Model):
    """Conditions of an inbox under a name (视图): her own, or shared with a unit of hers.

    `query` holds codes and ids only: what was searched for may be a person's name and is never
    kept. Who opens a shared view sees her own work by these conditions, not its owner's.
    """

    owner = models.ForeignKey("accounts.Officer", models.CASCADE, related_name="+")
    name = models.CharField(max_length=30)
    query = models.CharField(max_length=300)
    unit = models.ForeignKey(
        "organisations.Unit", models.CASCADE, null=True, related_name="+", db_index=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Watch(models.Model):
    """A case that an officer follows (关注): on her list as long as she may see the case."""

    officer = models.ForeignKey(
        "accounts.Officer", models.CASCADE, related_name="+", db_index=False
    )
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["officer", "case"], name="watch_once"),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} → {self.case_id}"
