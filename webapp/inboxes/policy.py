"""Who may open the pages where cases are registered and worked: pure rules over the posts held.

Rules about one case or item are not here: the query that fetches it answers 404.
"""

from __future__ import annotations

from django.http import HttpRequest

from webapp.cases import policy as cases
from webapp.cases.queries.ledger import ABOVE, COUNTY
from webapp.cases.queries.seen import READ_ALL
from webapp.core.access import signed_in
from webapp.organisations.middleware import acting_of
from webapp.organisations.policy import HEADS


def may_see_inbox(request: HttpRequest) -> bool:
    """Holds a post in which work can wait; administrators and designers do not (三员分立)."""
    return any(held.works for held in acting_of(request).held)


def may_search(request: HttpRequest) -> bool:
    """May see cases at all: those of her unit, or every one (ORG-02)."""
    return may_see_inbox(request) or bool(acting_of(request).roles & READ_ALL)


def may_only_read(request: HttpRequest) -> bool:
    """Reads cases without working on any (inspection, the leading group)."""
    return may_search(request) and not may_see_inbox(request)


def may_see_duty(request: HttpRequest) -> bool:
    """Everybody who works here: her absences, whom she covers, who is on duty (DUTY-03)."""
    return signed_in(request)


def may_keep_rosters(request: HttpRequest) -> bool:
    """Heads of units and the county office keep duty lists (ORG-20)."""
    by = acting_of(request)
    return by.has("county.office") or bool(by.roles & HEADS)


def may_register(request: HttpRequest) -> bool:
    """Windows and village agents (IN-11)."""
    return bool(cases.can_register(acting_of(request)))


def may_read_ledger(request: HttpRequest) -> bool:
    """Village agents their own village, township centres theirs, the county all (REP-03)."""
    return bool(acting_of(request).roles & {"village.agent", *ABOVE, *COUNTY})


def may_use_village_page(request: HttpRequest) -> bool:
    """Village agents have their own first page."""
    return acting_of(request).has("village.agent")
