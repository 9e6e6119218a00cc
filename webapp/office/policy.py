"""Who may open the pages of the county office and of leaders: pure rules over the posts held."""

from __future__ import annotations

from django.http import HttpRequest

from webapp.changes import policy as changes
from webapp.organisations.middleware import acting_of
from webapp.organisations.policy import HEADS
from webapp.organisations.queries import Acting

COUNTY_EYES = frozenset({"county.office", "inspection", "oversight"})
LEADERS = frozenset(
    [
        *("township.leader", "township.head_window"),
        *("county.head_window", "county.leader", "county.government"),
    ]
)


def sees_county(acting: Acting) -> bool:
    """Sees every unit of the county: county office, discipline inspection, leading group."""
    return bool(acting.roles & COUNTY_EYES)


def leads(acting: Acting) -> bool:
    """Answers for a unit, and sees the work of that unit."""
    return bool(acting.roles & LEADERS)


def may_see_board(request: HttpRequest) -> bool:
    """The board: the county as a whole, or the units one leads."""
    acting = acting_of(request)
    return sees_county(acting) or leads(acting)


def may_see_county_office(request: HttpRequest) -> bool:
    """Registers and parameters of the county office; inspection reads them too (ORG-02)."""
    return sees_county(acting_of(request))


def may_see_seals(request: HttpRequest) -> bool:
    """The county's eyes, and the administrator of the record (三员分立)."""
    acting = acting_of(request)
    return sees_county(acting) or acting.has("admin.audit")


def may_arrange(request: HttpRequest) -> bool:
    """Arranges posts and cover: the county office, and heads for their own people (DUTY-03)."""
    acting = acting_of(request)
    return acting.has("county.office") or bool(acting.roles & HEADS)


def may_answer_filings(request: HttpRequest) -> bool:
    """The county office answers what is filed with it (ORG-14)."""
    return acting_of(request).has("county.office")


def led_unit_ids(acting: Acting) -> frozenset[int]:
    """Units whose work a leader may see: those where she holds a leading post."""
    return frozenset(held.unit_id for held in acting.held if held.role in LEADERS)


def may_see_parameters(request: HttpRequest) -> bool:
    """Parameters and their changes: county office, reviewers, those who inspect."""
    return changes.may_read(acting_of(request))


def may_change_parameters(request: HttpRequest) -> bool:
    """Those who propose changes (县政务办); who may do what to one is decided by the action."""
    return changes.may_propose(acting_of(request))


def may_see_cards(request: HttpRequest) -> bool:
    """Everybody in whose post steps can wait, and the county's eyes; which ones: the query."""
    acting = acting_of(request)
    return sees_county(acting) or any(held.works for held in acting.held)
