"""One case from the counter to its end, through the real actions; every answer is invented.

`ready` finds who does the next step and what she writes, `Ready.complete` does it: only that
is measured.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from _county import AT
from django.db import connection

from webapp.cases.actions.complete import complete, form_variables
from webapp.cases.actions.open_case import open_case
from webapp.cases.facts import facts_of
from webapp.cases.models import WorkItem
from webapp.cases.stepping import StepResult
from webapp.cases.store import lock_by_item
from webapp.catalogue import queries as catalogue
from webapp.core.db import transaction_with_retry
from webapp.organisations.models import Holding, Unit
from webapp.organisations.queries import Acting, acting
from webapp.processes import queries as processes
from workflows.calendars import local_day
from workflows.forms import sample

ITEMS = {"promised": "FW01", "escalated": "MZ01"}
TODAY = local_day(AT)
_CHOSEN = {
    "intake-examine": {"outcome": "accept"},
    "prelim": {"recommendation": "approve"},
    "hand-up": {"outcome": "send"},
    "county-receive": {"outcome": "receive"},
    "review": {"outcome": "complete"},
    "county-review": {"outcome": "complete"},
    "decision-propose": {"proposal": "grant"},
    "decision-check": {"outcome": "agree"},
    "decision-approve": {"outcome": "grant"},
    "delivery-counter": {"outcome": "delivered"},
}


@dataclass(frozen=True, slots=True)
class Ready:
    """A step that waits only for its officer to press the button."""

    item_id: int
    element: str
    by: Acting
    answers: dict[str, Any]

    def complete(self) -> StepResult:
        """Press it."""
        return complete(self.item_id, self.by, self.answers)


@lru_cache
def centres() -> tuple[tuple[int, int], ...]:
    """Every township centre with a village of its township."""
    rows = Unit.objects.filter(kind="centre", division__children__isnull=False)
    found: dict[int, int] = {}
    for unit, village in rows.order_by("id", "division__children").values_list(
        "id", "division__children"
    ):
        found.setdefault(unit, village)
    return tuple(found.items())


@lru_cache
def people(pool_id: int) -> tuple[Acting, ...]:
    """Everybody who may act for a pool."""
    holdings = Holding.objects.filter(post__pool=pool_id).order_by("cover", "post_id")
    found = [acting(number, AT) for number in dict.fromkeys(h.officer_id for h in holdings)]
    return tuple(person for person in found if person.holds(pool_id))


@lru_cache
def window(unit_id: int) -> int:
    """The pool of a centre's window."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM organisations_pool WHERE unit_id = %s AND role_id = 'township.window'",
            [unit_id],
        )
        return int(cursor.fetchone()[0])


def register(kind: str, number: int, run: str = "") -> StepResult:
    """Open a case of a kind at one of the centres."""
    item = catalogue.item_by_code(ITEMS[kind])
    unit, village = centres()[number % len(centres())]
    pool = window(unit)
    seed = f"{run}/{kind}/{number}"
    values = sample(
        item.form,
        seed,
        today=TODAY,
        variables={**facts_of(item, delivery_mode=""), "level": "township"},
        given={
            "applicant_id_type": "id_card",
            "application_mode": "self",
            "delivery_mode": "window",
            "privacy_notice": True,
            "truth_promise": True,
        },
    )
    papers = {paper.key: {"state": "checked"} for paper in item.materials}
    return open_case(
        by=people(pool)[0],
        item_code=item.code,
        values=values,
        materials=papers,
        village_id=village,
        agent_mandate=None,
        idempotency_key=seed,
    )


def ready(case_id: int) -> Ready | None:
    """The next step of a case with who does it and what she writes; None when it is over."""
    row = (
        WorkItem.objects.filter(case=case_id, state="OPEN")
        .exclude(process_key="")
        .order_by("id")
        .first()
    )
    if row is None:
        return None
    before = set(
        WorkItem.objects.filter(case=case_id, state="DONE").values_list("closed_by", flat=True)
    )
    holders = people(row.pool_id)
    by = next((person for person in holders if person.officer_id not in before), holders[0])
    return Ready(row.pk, row.element, by, _answers(row))


def _answers(row: WorkItem) -> dict[str, Any]:
    if not row.form:
        return {}
    form = processes.form(row.case.process_version_id, row.form)
    known = transaction_with_retry(
        lambda: form_variables(lock_by_item(row.pk), row.token, row.form, form)
    )
    given = {key: value for key, value in _CHOSEN.get(row.form, {}).items() if form.field(key)}
    return sample(
        form, f"{row.case.number}/{row.element}", today=TODAY, variables=known, given=given
    )


@dataclass(slots=True)
class Script:
    """What everybody writes in a case of one kind at one centre, to be played many times."""

    lines: list[tuple[Acting, dict[str, Any]]] = field(default_factory=list)

    @classmethod
    def of(cls, kind: str, number: int, run: str) -> Script:
        """Play one case slowly and remember it."""
        script = cls()
        for step in steps(register(kind, number, run).case_id):
            script.lines.append((step.by, step.answers))
            step.complete()
        return script

    def play(self, item_id: int) -> Iterator[float]:
        """Play a case from its first item; gives the seconds of each step."""
        for by, answers in self.lines:
            begun = time.perf_counter()
            done = complete(item_id, by, answers)
            yield time.perf_counter() - begun
            item_id = next(iter(done.item_ids.values()), 0)


def steps(case_id: int) -> Iterator[Ready]:
    """Every step of a case in turn; the caller completes each before it takes the next."""
    while (step := ready(case_id)) is not None:
        yield step
