"""What can be changed on a page: each kind says what it asks, checks, means and does.

`settings.CHANGE_KINDS` lists the kinds by dotted path, so that one whose effect reaches further
(the calendar moves the due dates of running cases) may live in a higher room.
"""

from __future__ import annotations

from webapp.changes.kinds import asking
from webapp.changes.kinds.kind import Kind, Line, Value, kind_of, kinds

__all__ = ["Kind", "Line", "Value", "asking", "kind_of", "kinds"]
