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
from webapp.organisations.actions.filings import (
    answer_a_posts,
    file_a_posts,
    keep_group,
    record_staff,
)
from webapp.organisations.actions.holdings import assign_holder, vacate_post
from webapp.organisations.actions.rosters import (
    Entry,
    begin_roster,
    drop_roster,
    publish_roster,
    save_roster,
)

__all__ = [
    "Cover",
    "Entry",
    "Recorded",
    "answer_a_posts",
    "assign_holder",
    "begin_roster",
    "between",
    "change_absence",
    "come_back",
    "drop_roster",
    "file_a_posts",
    "keep_group",
    "publish_roster",
    "record_absence",
    "record_staff",
    "save_roster",
    "tell_b",
    "vacate_post",
    "withdraw_absence",
]
