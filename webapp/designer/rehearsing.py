"""A draft rehearsed: past cases of its processes played on it and on the library in force (彩排).

Case numbers, routing values and moments only: nothing personal is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.queries.past import as_line, latest_cases
from webapp.cases.queries.timeline import RESULT_NAMES
from webapp.processes.models import Draft
from webapp.processes.queries import drafts as seen
from webapp.processes.queries.findings import touched
from webapp.processes.queries.library import contents, in_force, library, with_draft
from workflows.errors import WorkflowError
from workflows.rehearse.cases import read_cases
from workflows.rehearse.replaying import Run
from workflows.rehearse.weighing import Compared, Load, Weighed, weigh
from workflows.sources.bundle import Library

MOST = 100
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One role's load, or one step's cases."""

    name: str
    items: tuple[int, int]
    days: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Told:
    """One case that goes another way, or whose recorded answers no longer fit."""

    number: str
    words: str


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What the page shows: counts, loads by role, steps, single cases."""

    total: int
    same: int
    changed: tuple[Told, ...] = ()
    misfits: tuple[Told, ...] = ()
    loads: tuple[Line, ...] = ()
    added: tuple[tuple[str, int], ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()
    problem: str = ""


def rehearse(draft: Draft) -> Rehearsed:
    """Play the latest cases of every process that the draft touches."""
    try:
        weighed, new, old = _weighed(draft)
    except WorkflowError as wrong:
        return Rehearsed(0, 0, problem=str(wrong))
    return _shown(weighed, new, old)


def counted(draft: Draft) -> dict[str, Any]:
    """How many of these cases pass each element and flow, before and after; where they get stuck.

    Only cases that fit are counted on both sides, so that the numbers can be compared.
    """
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    stuck: Counter[str] = Counter()
    try:
        weighed, _new, _old = _weighed(draft)
    except WorkflowError as wrong:
        return {"problem": str(wrong), "total": 0, "before": {}, "after": {}, "stuck": {}}
    for one in weighed.cases:
        if one.after.misfit is not None:
            stuck[one.after.misfit_at.rpartition("/")[2]] += 1
        elif one.before is not None:
            before.update(_passed(one.before))
            after.update(_passed(one.after))
    return {
        "problem": "",
        "total": len(weighed.cases),
        "before": dict(before),
        "after": dict(after),
        "stuck": dict(stuck),
    }


def _passed(run: Run) -> set[str]:
    """Ids of everything drawn that the case went over, each once."""
    return {place.rpartition("/")[2] for place in (*run.path, *run.flows)}


def _weighed(draft: Draft) -> tuple[Weighed, Library, Library]:
    manifest = with_draft(draft)
    new = library(contents(manifest))
    old = library(contents(in_force()))
    keys = touched(new, seen.changed_paths(draft))
    lines = (as_line(case) for case in latest_cases(keys, MOST))
    return weigh(read_cases(lines, _("以往办件")), new, old), new, old


def _shown(weighed: Weighed, new: Library, old: Library) -> Rehearsed:
    changed, misfits = weighed.changed, weighed.misfits
    return Rehearsed(
        total=len(weighed.cases),
        same=len(weighed.cases) - len(changed) - len(misfits),
        changed=tuple(_told(one) for one in changed[:SHOWN]),
        misfits=tuple(Told(m.case.number, m.after.misfit or "") for m in misfits[:SHOWN]),
        loads=tuple(_loads(weighed, new)),
        added=tuple(_places(weighed.added.most_common(SHOWN), new)),
        dropped=tuple(_places(weighed.dropped.most_common(SHOWN), old)),
    )


def _told(one: Compared) -> Told:
    before = one.before.result if one.before else one.case.result
    days = (one.before.days if one.before else 0.0, one.after.days)
    words = _("用时 {before} 天变为 {after} 天").format(
        before=f"{days[0]:.1f}", after=f"{days[1]:.1f}"
    )
    if not one.same_result:
        words = _("结果由“{before}”变为“{after}”，{rest}").format(
            before=_result(before), after=_result(one.after.result), rest=words
        )
    return Told(one.case.number, words)


def _result(key: str | None) -> str:
    return _(RESULT_NAMES.get(key or "", key or _("在办")))


def _loads(weighed: Weighed, read: Library) -> Iterator[Line]:
    for role, load in sorted(weighed.loads.items()):
        record = read.roles.get(role)
        name = str(record["name"]) if record else role
        yield Line(name, (load.items_before, load.items_after), _days(load))


def _days(load: Load) -> tuple[float, float]:
    return round(load.days_before, 1), round(load.days_after, 1)


def _places(counted: list[tuple[str, int]], read: Library) -> Iterator[tuple[str, int]]:
    """Steps by name, gateways and events left out where they have none."""
    for place, count in counted:
        key, _slash, element = place.partition("/")
        process = read.process(key)
        drawn = process.element(element) if process is not None else None
        if drawn is not None and drawn.name:
            yield f"{drawn.name}", count
