"""What a draft would have meant for past cases: paths, loads, days, and what no longer fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows import engine
from workflows.engine import Definition
from workflows.errors import WorkflowError
from workflows.model import Bundle
from workflows.rehearse.cases import PastCase
from workflows.rehearse.replaying import Run, replay
from workflows.sources.bundle import Library


@dataclass(frozen=True, slots=True)
class Compared:
    """One case on its own version and on the draft.

    `before` is None where there is no library of the old version: then only the draft is told.
    """

    case: PastCase
    before: Run | None
    after: Run

    @property
    def fits(self) -> bool:
        """Whether everything recorded could be done on the draft."""
        return self.after.misfit is None

    @property
    def same_path(self) -> bool:
        """Whether the draft leads over the same elements in the same order."""
        return self.before is None or self.before.path == self.after.path

    @property
    def same_result(self) -> bool:
        """Whether the case ends as it did."""
        wanted = self.before.result if self.before is not None else self.case.result
        return wanted == self.after.result


@dataclass(slots=True)
class Load:
    """Work of one role over all cases: items and days, then (or as drawn) and now."""

    items_before: int = 0
    items_after: int = 0
    days_before: float = 0.0
    days_after: float = 0.0
    assumed: int = 0  # of items_after


@dataclass(slots=True)
class Weighed:
    """The rehearsal of all cases."""

    cases: list[Compared] = field(default_factory=list)
    loads: dict[str, Load] = field(default_factory=dict)
    added: Counter[str] = field(default_factory=Counter)  # process/element → cases
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def misfits(self) -> list[Compared]:
        """Cases in which a recorded answer no longer fits."""
        return [one for one in self.cases if not one.fits]

    @property
    def changed(self) -> list[Compared]:
        """Cases that go through, by another path or to another result."""
        return [
            one for one in self.cases if one.fits and not (one.same_path and one.same_result)
        ]


class Versions:
    """Definitions of one library, prepared once for all cases."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._ready: dict[str, tuple[Bundle, Definition] | str] = {}

    def run(self, case: PastCase) -> Run:
        """Play a case; a process that cannot be run is a misfit, not an error."""
        ready = self._of(case.process)
        return Run(misfit=ready) if isinstance(ready, str) else replay(case, *ready)

    def _of(self, key: str) -> tuple[Bundle, Definition] | str:
        """A process ready to run, or the sentence why it cannot."""
        if key not in self._ready:
            try:
                bundle = self.library.bundle(key)
                self._ready[key] = bundle, engine.prepare(bundle)
            except WorkflowError as wrong:
                self._ready[key] = str(wrong)
        return self._ready[key]


def weigh(cases: Iterable[PastCase], draft: Library, against: Library | None = None) -> Weighed:
    """Play every case on the draft and, where it is given, on its own version."""
    after = Versions(draft)
    before = Versions(against) if against is not None else None
    weighed = Weighed()
    for case in cases:
        one = Compared(case, before.run(case) if before is not None else None, after.run(case))
        weighed.cases.append(one)
        _count(weighed, one)
    return weighed


def _count(weighed: Weighed, one: Compared) -> None:
    for work in one.before.work if one.before is not None else ():
        load = weighed.loads.setdefault(work.role, Load())
        load.items_before += 1
        load.days_before += work.days
    for work in one.after.work:
        load = weighed.loads.setdefault(work.role, Load())
        load.items_after += 1
        load.days_after += work.days
        load.assumed += work.assumed
    if one.before is not None and one.fits:
        then, now = set(one.before.path), set(one.after.path)
        weighed.added.update(now - then)
        weighed.dropped.update(then - now)


def as_json(weighed: Weighed) -> Mapping[str, Any]:
    """The report as plain values; days with one decimal."""
    return {
        "cases": len(weighed.cases),
        "unchanged": len(weighed.cases) - len(weighed.misfits) - len(weighed.changed),
        "changed": [_changed(one) for one in weighed.changed],
        "misfits": [
            {
                "case": one.case.number,
                "process": one.case.process,
                "element": one.after.misfit_at,
                "sentence": one.after.misfit,
            }
            for one in weighed.misfits
        ],
        "loads": {role: _load(load) for role, load in sorted(weighed.loads.items())},
        "added": dict(weighed.added.most_common()),
        "dropped": dict(weighed.dropped.most_common()),
    }


def _changed(one: Compared) -> dict[str, Any]:
    before = one.before
    return {
        "case": one.case.number,
        "process": one.case.process,
        "result": [before.result if before is not None else one.case.result, one.after.result],
        "days": [
            round(before.days, 1) if before is not None else None,
            round(one.after.days, 1),
        ],
        "added": sorted(set(one.after.path) - set(before.path)) if before is not None else [],
        "dropped": sorted(set(before.path) - set(one.after.path)) if before is not None else [],
    }


def _load(load: Load) -> dict[str, Any]:
    return {
        "items": [load.items_before, load.items_after],
        "days": [round(load.days_before, 1), round(load.days_after, 1)],
        "assumed": load.assumed,
    }
