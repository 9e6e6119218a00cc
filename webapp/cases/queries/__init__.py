"""Every list and page about cases, each with a fixed number of SQL statements."""

from __future__ import annotations

from webapp.cases.queries.going_back import GoingBack, going_back
from webapp.cases.queries.inbox import BANDS, SORTS, VIEWS, Filters, Key, Page, Row, inbox
from webapp.cases.queries.inbox_choices import Choices, inbox_choices
from webapp.cases.queries.invariants import (
    Broken,
    broken_chain,
    broken_invariants,
    events_without_case,
    gaps_in_numbers,
)
from webapp.cases.queries.loads import open_items_of_people
from webapp.cases.queries.on_the_way import OnTheWay, Way, on_the_way, run_sheet
from webapp.cases.queries.page import (
    Answer,
    CasePage,
    ClockLine,
    DiagramState,
    Filled,
    Hop,
    case_page,
    diagram_state,
)
from webapp.cases.queries.printing import to_print
from webapp.cases.queries.proof import Proof, prove
from webapp.cases.queries.seen import (
    ItemSeen,
    Search,
    case_seen_by,
    find_cases,
    item_seen_by,
    visible_to,
)
from webapp.cases.queries.timeline import RESULT_NAMES, STATUS_NAMES, Line

__all__ = [
    "BANDS",
    "RESULT_NAMES",
    "SORTS",
    "STATUS_NAMES",
    "VIEWS",
    "Answer",
    "Broken",
    "CasePage",
    "Choices",
    "ClockLine",
    "DiagramState",
    "Filled",
    "Filters",
    "GoingBack",
    "Hop",
    "ItemSeen",
    "Key",
    "Line",
    "OnTheWay",
    "Page",
    "Proof",
    "Row",
    "Search",
    "Way",
    "broken_chain",
    "broken_invariants",
    "case_page",
    "case_seen_by",
    "diagram_state",
    "events_without_case",
    "find_cases",
    "gaps_in_numbers",
    "going_back",
    "inbox",
    "inbox_choices",
    "item_seen_by",
    "on_the_way",
    "open_items_of_people",
    "prove",
    "run_sheet",
    "to_print",
    "visible_to",
]
