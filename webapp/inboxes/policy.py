"""Who may open the pages where cases are registered and worked: pure rules over the posts held.

Rules about one case or item are not here: the query that fetches it answers 404.
"""

from __future__ import annotations

from django.http import HttpRequest

from webapp.cases import policy as cases
from webapp.organisations.middleware import acting_of

NO_INBOX = frozenset({"admin.system", "admin.security", "admin.audit"})
"""System roles see no cases (design: who may; 三员分立)."""


def may_see_inbox(request: HttpRequest) -> bool:
    """Holds at least one post in which work can wait."""
    return bool(acting_of(request).roles - NO_INBOX)


def may_search(request: HttpRequest) -> bool:
    """Searching shows only cases that one may see; people without a post see none."""
    return may_see_inbox(request)


def may_register(request: HttpRequest) -> bool:
    """Windows and village agents (IN-11)."""
    return bool(cases.can_register(acting_of(request)))


def may_use_village_page(request: HttpRequest) -> bool:
    """Village agents have their own first page."""
    return acting_of(request).has("village.agent")
