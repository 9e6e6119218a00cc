"""Files: what lies in the store, scanned or not, and what is on its way into it."""

from __future__ import annotations

import uuid

from django.db import models

from webapp.cases.models.case import Case
from webapp.cases.models.materials import Attachment


class StoredFile(models.Model):
    """The bytes of one hash, whatever cases name them: they are stored, scanned and drawn once.

    `pages`: how many preview pictures there are; null: not drawn yet, 0: it cannot be drawn.
    """

    class State(models.TextChoices):
        SCANNING = "SCANNING"  # 扫描中: nobody opens it before the scanner has answered
        CLEAN = "CLEAN"
        UNSCANNED = "UNSCANNED"  # no scanner was set up when it came
        INFECTED = "INFECTED"  # its bytes are in quarantine

    sha256 = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State)
    finding = models.CharField(max_length=200, blank=True, help_text="What the scanner found.")
    stored_at = models.DateTimeField()
    scanned_at = models.DateTimeField(null=True)
    pages = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["SCANNING", "CLEAN", "UNSCANNED", "INFECTED"]),
                name="storedfile_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.sha256

    @property
    def may_be_opened(self) -> bool:
        """Whether its bytes may leave the server."""
        return self.state in {self.State.CLEAN, self.State.UNSCANNED}


class Upload(models.Model):
    """A file on its way in, piece by piece: a lost network or a closed page loses none of it.

    `place`: `case:12` (attached to the case as soon as it is whole) or `register:MZ04` (kept for
    its officer until the application is registered). `key` is the browser's name for the file: the
    same key again is the same upload. `sha256` is empty until every byte is here and was checked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey("accounts.Officer", models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    place = models.CharField(max_length=80)
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+")
    material = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    media_type = models.CharField(max_length=80, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    attachment = models.ForeignKey(Attachment, models.CASCADE, null=True, related_name="+")
    begun_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["officer", "key"], name="upload_key_once"),
            models.CheckConstraint(
                condition=models.Q(received__lte=models.F("size")),
                name="upload_not_more_than_announced",
            ),
        ]
        indexes = [models.Index(fields=["touched_at"], name="upload_sweep")]

    def __str__(self) -> str:
        return f"{self.name} {self.received}/{self.size}"

    @property
    def is_whole(self) -> bool:
        """Whether every byte has come and was found in order."""
        return bool(self.sha256)
