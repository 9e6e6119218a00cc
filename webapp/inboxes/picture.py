"""Where a case is in its diagrams: what the viewer paints, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.queries import CasePage
from webapp.processes import queries as processes
from workflows.model import Kind

_TOLD = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK, Kind.RECEIVE_TASK, Kind.SERVICE_TASK})
_EVENTS = frozenset({Kind.START, Kind.END, Kind.CATCH, Kind.CALL, Kind.SUBPROCESS})


@dataclass(frozen=True, slots=True)
class Drawn:
    """A diagram that can be chosen."""

    key: str
    name: str
    current: bool
    busy: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """One diagram with marks, and its text for people who cannot see it."""

    process: str
    name: str
    choices: tuple[Drawn, ...]
    state: dict[str, Any]
    passed: tuple[str, ...]
    here: tuple[str, ...]


def picture_of(page: CasePage, wanted: str, at: datetime) -> Picture:
    """The wanted diagram, else the innermost one in which somebody works now, else the whole."""
    state = page.diagram
    bundle = processes.bundle(page.case.process_version_id)
    keys = state.processes or (bundle.root,)
    if wanted not in bundle.processes:
        busy = [item.process_key for item in page.open_items if item.process_key in keys]
        wanted = busy[0] if busy else keys[0]
    names = {
        element.id: element.name or element.id
        for element in bundle.processes[wanted].scope.walk()
        if element.drawn
    }
    notes = _notes(page, wanted, at)
    passed = set(state.passed.get(wanted, ()))
    current = [one for one in state.current.get(wanted, ()) if one in names]
    told = [
        names[element.id]
        for element in bundle.processes[wanted].scope.walk()
        if element.id in passed and element.name and element.kind in _TOLD | _EVENTS
    ]
    return Picture(
        process=wanted,
        name=bundle.processes[wanted].name,
        choices=tuple(
            Drawn(key, bundle.processes[key].name, key == wanted, key in state.current)
            for key in keys
        ),
        state={
            "done": sorted(passed & names.keys() - set(current)),
            "current": current,
            "overdue": [one for one in state.overdue.get(wanted, ()) if one in names],
            "notes": notes,
        },
        passed=tuple(told),
        here=tuple(notes.get(one) or _("现在：") + names[one] for one in current),
    )


def _notes(page: CasePage, process: str, at: datetime) -> dict[str, str]:
    """现在：乡镇初审 · 张敏, with the delay where there is one."""
    found: dict[str, str] = {}
    for item in page.open_items:
        if item.process_key != process:
            continue
        who = item.claimed_by.name if item.claimed_by else item.pool.unit.name
        words = _("现在：") + f"{item.name} · {who}"
        if item.lapses_at is not None and item.lapses_at <= at:
            words = f"{_('超期')} · {words}"
        found[item.element] = words
    return found
