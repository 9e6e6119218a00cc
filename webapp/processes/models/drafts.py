"""Drafts (草案): changes of the library that are not in force yet."""

from __future__ import annotations

from django.db import models


class Draft(models.Model):
    """One change of the library, of one or several files, with its author and its reviewer.

    `version` counts its changes; whoever changes it says which one she saw.
    """

    class State(models.TextChoices):
        EDITING = "editing"
        SUBMITTED = "submitted"
        APPROVED = "approved"
        PUBLISHED = "published"
        DISCARDED = "discarded"

    title = models.CharField(max_length=80)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.EDITING)
    author = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    takes_effect_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["state", "-created_at"], name="draft_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reviewer=None) | ~models.Q(reviewer=models.F("author")),
                name="draft_reviewer_is_another",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DraftFile(models.Model):
    """A file of a draft: `base` is what was in force when it was taken, null for a new file.

    `content` null: the draft removes the file. `version` counts the saves.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files")
    path = models.CharField(max_length=120)
    base = models.ForeignKey(
        "processes.StoredFile", models.PROTECT, null=True, related_name="+"
    )
    content = models.ForeignKey(
        "processes.StoredFile", models.PROTECT, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=0)
    edited_by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "path"], name="draftfile_once"),
        ]

    def __str__(self) -> str:
        return self.path


class DraftSave(models.Model):
    """One saved state of a file of a draft: its history."""

    file = models.ForeignKey(DraftFile, models.CASCADE, related_name="saves")
    version = models.PositiveIntegerField()
    content = models.ForeignKey("processes.StoredFile", models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "version"], name="draftsave_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} v{self.version}"


class DraftRemark(models.Model):
    """What somebody says about a draft, at an element or as a whole (复核意见).

    `answers`: the remark that this one answers. A remark is open until whoever reviews the draft,
    or whoever made it, says that it is settled; open ones keep the draft from being approved.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="remarks")
    path = models.CharField(max_length=120, blank=True)
    element = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answers = models.ForeignKey("self", models.CASCADE, null=True, related_name="replies")
    settled_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(settled_by=None, settled_at=None)
                | models.Q(
                    settled_by__isnull=False, settled_at__isnull=False, answers__isnull=True
                ),
                name="draftremark_settled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def is_open(self) -> bool:
        """Whether nobody has said that it is settled."""
        return self.answers_id is None and self.settled_at is None
