"""Runs of a draft (试走): what somebody has done on it step by step, to be replayed.

Nothing of a run is a case. It is a list of commands on pinned files; whoever plays begins one of
her own, so two people or two windows do not disturb each other.
"""

from __future__ import annotations

from django.db import models

from webapp.processes.models.drafts import Draft


class TrialRun(models.Model):
    """One run. `setup`: process, item, place and moment of the beginning. `moves`: the commands.

    `files` is the manifest (path → digest) that it is played on; `version` counts its changes.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="runs")
    by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    setup = models.JSONField()
    moves = models.JSONField(default=list)
    files = models.JSONField()
    version = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["draft", "by", "-changed_at"], name="trialrun_mine")]

    def __str__(self) -> str:
        return f"{self.draft_id}/{self.pk}"
