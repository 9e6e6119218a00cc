"""What other rooms ask about processes: published versions, the library in force, drafts."""

from __future__ import annotations

from webapp.processes.queries.published import (
    DECISIONS,
    PATH_TABLE,
    Edition,
    WordingInForce,
    bundle,
    choose,
    current_version_id,
    decision_days,
    decision_days_in,
    definition,
    diagram,
    edition,
    form,
    leads_on,
    number_of,
    wording,
    wordings,
    wordings_of,
)

__all__ = [
    "DECISIONS",
    "PATH_TABLE",
    "Edition",
    "WordingInForce",
    "bundle",
    "choose",
    "current_version_id",
    "decision_days",
    "decision_days_in",
    "definition",
    "diagram",
    "edition",
    "form",
    "leads_on",
    "number_of",
    "wording",
    "wordings",
    "wordings_of",
]
