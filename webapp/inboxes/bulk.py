"""Many work items at once: signed for, handed to somebody, or spread over those on duty.

Each item is one action of its own, with its own permission, lock and record; what could not be
done is told with its reason and stops nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from webapp.cases import actions
from webapp.cases.models import WorkItem
from webapp.cases.policy import can_lead
from webapp.cases.queries import open_items_of_people
from webapp.core.errors import Refused
from webapp.organisations.queries import Acting, people_of_pools

MOST = 50
"""So many at once (design: batches); a list page shows twenty, a leader's two hundred."""


@dataclass(frozen=True, slots=True)
class Went:
    """What became of one item: who has it now, or why nothing happened."""

    item: WorkItem
    to: str = ""
    problem: str = ""
    taker: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can take all of them, and how much she has in hand."""

    id: int
    name: str
    load: int


def items_for(by: Acting, ids: Iterable[int]) -> list[WorkItem]:
    """Those of the items that wait in her posts, or that she leads: one statement."""
    rows = WorkItem.objects.filter(pk__in=list(ids)[:MOST], state=WorkItem.State.OPEN)
    rows = rows.select_related("case__item_version", "pool__unit", "claimed_by")
    return [
        item
        for item in rows.order_by("due_at", "id")
        if by.holds(item.pool_id) or can_lead(by, item.case)
    ]


def candidates(by: Acting, items: Sequence[WorkItem]) -> list[Candidate]:
    """Who is on duty in every post where they wait, least in hand first: three statements."""
    people = people_of_pools({item.pool_id for item in items}, by.at)
    names = {one: name for who in people.values() for one, name in who}
    pools = [{one for one, _name in people.get(item.pool_id, [])} for item in items]
    common = set.intersection(*pools) if pools else set()
    loads = open_items_of_people(common)
    found = [Candidate(one, names[one], loads.get(one, 0)) for one in common]
    return sorted(found, key=lambda one: (one.load, one.name))


def claim_all(by: Acting, items: Sequence[WorkItem]) -> list[Went]:
    """Sign for each."""
    report = []
    for item in items:
        try:
            actions.claim(item.pk, by)
        except Refused as refusal:
            report.append(Went(item, problem=refusal.sentence))
        else:
            report.append(Went(item, to=by.name))
    return report


def hand_all(by: Acting, items: Sequence[WorkItem], to: int, reason: str) -> list[Went]:
    """Hand each to one person."""
    return [_hand(by, item, [to], reason) for item in items]


def balance(by: Acting, items: Sequence[WorkItem], reason: str) -> list[Went]:
    """Hand each to whoever of its post has the least in hand and may do it."""
    people = people_of_pools({item.pool_id for item in items}, by.at)
    loads = open_items_of_people({one for who in people.values() for one, _name in who})
    report = []
    for item in items:
        able = [one for one, _name in people.get(item.pool_id, [])]
        order = sorted(
            (one for one in able if one != item.claimed_by_id),
            key=lambda one: (loads.get(one, 0), one),
        )
        went = _hand(by, item, order, reason)
        if went.taker is not None:
            loads[went.taker] = loads.get(went.taker, 0) + 1
            if item.claimed_by_id in loads:
                loads[item.claimed_by_id] -= 1
        report.append(went)
    return report


def _hand(by: Acting, item: WorkItem, order: Sequence[int], reason: str) -> Went:
    """To the first of these who may have it; the last refusal is told."""
    problem = _("这个岗位现在没有别的同事在岗。")
    for one in order:
        try:
            return Went(item, to=actions.reassign(item.pk, by, one, reason), taker=one)
        except Refused as refusal:
            problem = refusal.sentence
    return Went(item, problem=problem)
