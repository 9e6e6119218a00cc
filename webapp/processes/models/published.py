"""Published processes: immutable versions, addressed by digest (design: versions)."""

from __future__ import annotations

from django.db import models


class StoredFile(models.Model):
    """Bytes of a diagram, decision or form, kept once under their SHA-256."""

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.digest[:12]


class Process(models.Model):
    """What is drawn (流程), with the version in force for the next case."""

    key = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    current = models.ForeignKey(
        "ProcessVersion", models.PROTECT, null=True, related_name="+", db_index=False
    )

    def __str__(self) -> str:
        return f"{self.name} ({self.key})"


class ProcessVersion(models.Model):
    """One published bundle: the diagram with everything it calls.

    `manifest` maps library paths ("shared/intake.bpmn") to StoredFile digests; `meaning` is the
    digest without layout, `file` the digest of the bytes.
    """

    process = models.ForeignKey(Process, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    meaning = models.CharField(max_length=64)
    file = models.CharField(max_length=64)
    manifest = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="processversion_number"),
            models.UniqueConstraint(
                fields=["process", "file"], name="processversion_file_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process_id} v{self.number}"


class DecisionVersion(models.Model):
    """A decision table versioned on its own, e.g. the path table (办理路径)."""

    key = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    content = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    in_force = models.BooleanField(default=False)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="decisionversion_number"),
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(in_force=True),
                name="decisionversion_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.number}"


class Wording(models.Model):
    """The wording of a document type (placeholders only), versioned (D01 … D29)."""

    code = models.CharField(max_length=4)
    number = models.PositiveIntegerField()
    content = models.JSONField()
    in_force = models.BooleanField(default=False)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="wording_number"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(in_force=True), name="wording_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"
