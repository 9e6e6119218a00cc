"""The county's library as it is in force, file by file, and each act that changed it."""

from __future__ import annotations

from django.db import models


class Publication(models.Model):
    """One act that put files in force (发布): a draft, a way back, or the product's own library.

    `changes` lists `{path, before, after}` with digests, null for a file that was not there or
    is gone; `versions` maps each process that changed to its version numbers `[before, after]`.
    """

    class Kind(models.TextChoices):
        LIBRARY = "library"
        DRAFT = "draft"
        ROLL_BACK = "roll_back"

    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.Officer", models.PROTECT, null=True, related_name="+")
    draft = models.ForeignKey(
        "processes.Draft", models.PROTECT, null=True, related_name="publications"
    )
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    changes = models.JSONField()
    versions = models.JSONField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class LibraryFile(models.Model):
    """A file in force at its place in the library (`shared/intake.bpmn`).

    `by_county`: the county has changed it, so that a new release of the product never replaces
    it silently.
    """

    path = models.CharField(max_length=120, unique=True)
    content = models.ForeignKey("processes.StoredFile", models.PROTECT, related_name="+")
    by_county = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.path
