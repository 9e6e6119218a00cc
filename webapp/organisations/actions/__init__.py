"""The verbs of posts: absence and cover, who holds what, rosters. Each takes who acts as `by`."""

from __future__ import annotations

from webapp.organisations.actions.absence import (
    Cover,
    Recorded,
    between,
    change_absence,
    come_back,
    record_absence,
    tell_b,
    withdraw_absence,
)

__all__ = [
    "Cover",
    "Recorded",
    "between",
    "change_absence",
    "come_back",
    "record_absence",
    "tell_b",
    "withdraw_absence",
]
