"""What a run is played on: the draft's library, prepared, and the county around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from webapp.cases.opening import Place
from webapp.cases.places import hours
from webapp.catalogue.queries import ItemFacts, calendar_to_count_by
from webapp.designer.playing.setup import Setup, item_of, place_of
from webapp.processes.actions.publishing import read_wordings
from webapp.processes.queries.library import WORDINGS, contents, library
from workflows.calendars import Calendar, OpeningHours
from workflows.checks import check_bundle
from workflows.engine import Definition, prepare
from workflows.errors import NotExecutable
from workflows.findings import Finding, Severity
from workflows.forms import Form
from workflows.model import Bundle, Element, Process


class Unplayable(NotExecutable):
    """The drawing has errors that keep it from being played at all."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("；".join(one.sentence for one in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that does not change during a run."""

    setup: Setup
    bundle: Bundle
    definition: Definition
    item: ItemFacts
    place: Place
    calendar: Calendar
    hours: OpeningHours
    wordings: Mapping[str, Mapping[str, Any]]

    def element(self, process: str, element: str) -> Element | None:
        """An element of one of the processes."""
        found = self.bundle.processes.get(process)
        return found.element(element) if found is not None else None

    def name(self, process: str, element: str) -> str:
        """Its name, else its id."""
        found = self.element(process, element)
        return (found.name if found is not None else "") or element

    def form(self, form_id: str | None) -> Form | None:
        """The form of a step as the draft has it."""
        found = self.bundle.forms.get(form_id or "")
        return found if isinstance(found, Form) else None

    def process(self, key: str) -> Process | None:
        """One of the processes of the run."""
        return self.bundle.processes.get(key)


def ground_of(setup: Setup, manifest: Mapping[str, str]) -> Ground:
    """Prepare a run. Raises Refused, Unreadable, or Unplayable with what is wrong."""
    rows = tuple(sorted(manifest.items()))
    bundle, definition = _prepared(rows, setup.process)
    files = contents(manifest)
    item = item_of(setup, files)
    place = place_of(setup, item)
    return Ground(
        setup=setup,
        bundle=bundle,
        definition=definition,
        item=item,
        place=place,
        calendar=calendar_to_count_by(),
        hours=hours(place.accountable_unit_id),
        wordings=_wordings(rows),
    )


@lru_cache(maxsize=8)
def _prepared(rows: tuple[tuple[str, str], ...], process: str) -> tuple[Bundle, Definition]:
    bundle = library(contents(dict(rows))).bundle(process)
    errors = tuple(one for one in check_bundle(bundle) if one.severity is Severity.ERROR)
    if errors:
        raise Unplayable(errors)
    return bundle, prepare(bundle)


@lru_cache(maxsize=8)
def _wordings(rows: tuple[tuple[str, str], ...]) -> Mapping[str, Mapping[str, Any]]:
    """The wordings of the draft; version 0: it has none yet."""
    files = {path: content for path, content in contents(dict(rows)).items()
             if path.startswith(WORDINGS)}  # fmt: skip
    return {code: {**text, "number": 0} for code, text in read_wordings(files).items()}
