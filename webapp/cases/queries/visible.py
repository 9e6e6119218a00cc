"""Which cases a person may know of, as one SQL condition that every read of cases shares.

A case is visible to: the county's eyes (county office, inspection, leading group: read only);
people of the unit that received it or answers for it; people of the competent organ; people of
any unit that has or had a work item of it; its village agent, and the other people of the
agent's own station. Everybody else gets 404, never 403.
"""

from __future__ import annotations

from typing import Any

from webapp.organisations.queries import Acting

COUNTY_EYES = frozenset({"county.office", "inspection", "oversight"})

# The columns of the case stand as c.*.
_CONDITION = """(
    c.received_at_unit_id = ANY(%(units)s) OR c.accountable_unit_id = ANY(%(units)s)
    OR c.competent_unit_id = ANY(%(units)s)
    OR c.agent_id = %(me)s
    OR c.agent_id IS NOT NULL AND c.village_id IN (
        SELECT station.division_id FROM organisations_unit station
        WHERE station.id = ANY(%(stations)s))
    OR EXISTS (SELECT 1 FROM cases_workitem seen
               JOIN organisations_pool seen_pool ON seen_pool.id = seen.pool_id
               WHERE seen.case_id = c.id AND seen_pool.unit_id = ANY(%(units)s))
)"""


def visible(acting: Acting) -> tuple[str, dict[str, Any]]:
    """The condition over `cases_case c` and its parameters; "false" for people without a post.

    A village station sees what its agents filed, not everything of the village that a township
    received directly; so stations do not count as units here.
    """
    working = {held.unit_id for held in acting.held if not held.role.startswith("admin.")}
    stations = {held.unit_id for held in acting.held if held.role == "village.agent"}
    if acting.roles & COUNTY_EYES:
        return "true", {}
    if not working:
        return "false", {}
    return _CONDITION, {
        "units": sorted(working - stations),
        "stations": sorted(stations),
        "me": acting.officer_id,
    }
