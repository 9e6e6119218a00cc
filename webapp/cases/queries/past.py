"""Past cases as lines for rehearsal (workflows.rehearse.cases): nothing personal leaves here.

A case is its number, what was known at its start, and what moved it: routing values of completed
forms, clocks that came due, messages, returns, withdrawals, each with its moment. Names, texts and
sensitive fields are left behind; a routing field is never sensitive (design §3).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from webapp.audit.models import Event
from webapp.cases.checklist import scope_of
from webapp.cases.facts import departments_of, facts_of
from webapp.cases.models import Case, Submission, WorkItem
from webapp.catalogue import queries as catalogue
from webapp.organisations.queries import named_unit
from webapp.processes import queries as processes
from workflows.errors import WorkflowError
from workflows.forms import Form

CANCELLED = {"withdrawn", "terminated"}
_MOVED = frozenset({"completed", "fired", "delivered", "supplied", "returned"}) | CANCELLED
BATCH = 200


def past_cases(since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """Every case opened in the span, oldest first; four statements for each batch of cases."""
    wanted = Case.objects.filter(opened_at__gte=since, opened_at__lt=until).order_by("id")
    yield from _in_batches(list(wanted.values_list("id", flat=True)))


def latest_cases(processes: Iterable[str], most: int) -> Iterator[dict[str, Any]]:
    """The latest cases of some processes, running ones too, at most `most`; oldest first."""
    wanted = Case.objects.filter(process_version__process__key__in=list(processes))
    ids = list(wanted.order_by("-id").values_list("id", flat=True)[:most])
    yield from _in_batches(sorted(ids))


def as_line(case: Mapping[str, Any]) -> str:
    """A case as one JSON line, as `workflows.rehearse.read_cases` reads it."""
    return json.dumps(case, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    """Amounts as numbers, days as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def _in_batches(ids: list[int]) -> Iterator[dict[str, Any]]:
    for at in range(0, len(ids), BATCH):
        yield from _batch(ids[at : at + BATCH])


def _batch(ids: list[int]) -> Iterator[dict[str, Any]]:
    cases = Case.objects.filter(pk__in=ids).select_related("process_version__process")
    events: dict[int, list[Event]] = {}
    moved = Event.objects.filter(subject="case", subject_id__in=ids)
    for event in moved.filter(kind__in=[*_MOVED, "opened"]).order_by("subject_id", "seq"):
        events.setdefault(event.subject_id, []).append(event)
    answers: dict[int | None, Mapping[str, Any]] = {}
    applied: dict[int, Mapping[str, Any]] = {}
    filled_on: dict[int, int] = {}
    for row in Submission.objects.filter(case_id__in=ids).order_by("id"):
        if row.item_id is None:
            applied.setdefault(row.case_id, row.values)
        else:
            answers[row.item_id] = row.values
            if row.filled_on_id is not None:
                filled_on[row.item_id] = row.filled_on_id
    items = WorkItem.objects.filter(case_id__in=ids).select_related("pool__unit").in_bulk()
    for case in cases.order_by("id"):
        reader = _Reader(case, events.get(case.pk, []), answers, items, filled_on)
        yield reader.case(applied.get(case.pk, {}))


class _Reader:
    """One case as a line."""

    def __init__(
        self,
        case: Case,
        events: list[Event],
        answers: Mapping[int | None, Mapping[str, Any]],
        items: Mapping[int, WorkItem],
        filled_on: Mapping[int, int],
    ) -> None:
        self.record, self.events = case, events
        self.answers, self.items, self.filled_on = answers, items, filled_on
        self.bundle = processes.bundle(case.process_version_id)

    def case(self, applied: Mapping[str, Any]) -> dict[str, Any]:
        """The line; `result` only where the case is over."""
        case = self.record
        line = {
            "case": case.number,
            "process": case.process_version.process.key,
            "facts": self.facts(applied),
            "opened": case.opened_at.isoformat(),
            "steps": [step for event in self.events for step in self.step(event)],
        }
        return line if case.is_open else {**line, "result": case.result}

    def facts(self, applied: Mapping[str, Any]) -> dict[str, Any]:
        """What diagrams may ask about the case, as it was opened."""
        case = self.record
        item = catalogue.item_version(case.item_version_id)
        opened: Mapping[str, Any] = next(
            (e.payload for e in self.events if e.kind == "opened"), {}
        )
        facts = {
            **facts_of(item, delivery_mode=case.delivery_mode),
            "level": opened.get("level", "township"),
            "agent": case.agent_id is not None,
            # what the county's parameter said on that day is kept in the snapshot alone
            "denial_confirmer": item.switches.get("denial_confirmer") or None,
        }
        try:
            scope = scope_of(item, applied, facts, case.opened_at)
            found = departments_of(
                item, scope, lambda key: named_unit(key, case.accountable_unit_id)
            )
        except WorkflowError:  # a department's condition asks for what is no longer kept
            found = []
        return {**facts, "departments": found}

    def step(self, event: Event) -> Iterator[dict[str, Any]]:
        """What moved the case at this event, if anything did."""
        at = {"at": event.at.isoformat()}
        said = event.payload
        if event.kind in CANCELLED:
            yield {"cancel": event.kind, **at}
        elif event.kind == "fired":
            yield {"lapse": said["clock"], "before": said.get("before", 0), **at}
        elif event.kind == "delivered" or (event.kind == "supplied" and "message" in said):
            yield {"message": said["message"], **at}
        elif event.kind == "returned":
            yield {"return": said["element"], "to": said["to"], **at}
        elif event.kind == "completed":
            item = self.items.get(said["item"])
            yield {"do": said["element"], "values": self.values(item), **self.unit(item), **at}

    def values(self, item: WorkItem | None) -> dict[str, Any]:
        """Routing values of the completed form, as they are stored."""
        if item is None:
            return {}
        version = self.filled_on.get(item.pk, self.record.process_version_id)
        form = processes.bundle(version).forms.get(item.form)
        if not isinstance(form, Form):
            return {}
        answers = self.answers.get(item.pk, {})
        keys = [one.key for one in form.fields if one.routing and not one.sensitive]
        return {key: answers[key] for key in keys if key in answers}

    def unit(self, item: WorkItem | None) -> dict[str, str]:
        """The unit, where the diagram itself sends the step to one."""
        process = self.bundle.processes.get(item.process_key) if item is not None else None
        drawn = process.element(item.element) if process is not None and item else None
        own = drawn is not None and drawn.work is not None and drawn.work.unit
        return {"unit": item.pool.unit.key} if own and item is not None else {}
