"""Published versions, the library in force, and drafts on their way to it."""

from __future__ import annotations

from webapp.processes.models.drafts import Draft, DraftFile, DraftRemark, DraftSave
from webapp.processes.models.library import LibraryFile, Publication
from webapp.processes.models.published import (
    DecisionVersion,
    Process,
    ProcessVersion,
    StoredFile,
    Wording,
)
from webapp.processes.models.trials import TrialRun

__all__ = [
    "DecisionVersion",
    "Draft",
    "DraftFile",
    "DraftRemark",
    "DraftSave",
    "LibraryFile",
    "Process",
    "ProcessVersion",
    "Publication",
    "StoredFile",
    "TrialRun",
    "Wording",
]
