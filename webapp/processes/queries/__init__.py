"""What other rooms ask about processes: published versions, the library in force, drafts."""

from __future__ import annotations

from webapp.processes.queries.published import (
    DECISIONS,
    PATH_TABLE,
    WordingInForce,
    bundle,
    choose,
    current_version_id,
    decision_days,
    definition,
    diagram,
    form,
    leads_on,
    wording,
    wordings,
    wordings_of,
)

__all__ = [
    "DECISIONS",
    "PATH_TABLE",
    "WordingInForce",
    "bundle",
    "choose",
    "current_version_id",
    "decision_days",
    "definition",
    "diagram",
    "form",
    "leads_on",
    "wording",
    "wordings",
    "wordings_of",
]
