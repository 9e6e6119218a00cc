"""Complete a work item: the step that everything else exists for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.colleagues import already_done, taken_by
from webapp.cases.changes import NewSubmission
from webapp.cases.facts import facts_of
from webapp.cases.planning.aftercare import answer_filing
from webapp.cases.planning.completing import (
    add_delivery,
    add_opinion,
    check_papers,
    completed_of,
)
from webapp.cases.planning.setting import Completed
from webapp.cases.planning.step import COMMAND, Step
from webapp.cases.state import CaseState, Item
from webapp.cases.stepping import StepResult, actor_of, move
from webapp.cases.store import lock_by_item
from webapp.cases.values import split
from webapp.catalogue import queries as catalogue
from webapp.core.db import transaction_with_retry
from webapp.core.errors import Invalid, Refused
from webapp.organisations.queries import Acting, named_unit, on_duty
from webapp.processes import queries as processes
from workflows import feel
from workflows.calendars import local_day
from workflows.engine import Complete, inspect
from workflows.forms import Form, routing_values, validate

FILING = "denial-acknowledge"
"""The form by which the county office reads a filing on the drawn path."""


def complete(item_id: int, by: Acting, raw: Mapping[str, Any]) -> StepResult:
    """Complete an open item with the answers of its form, in one transaction.

    Raises Unknown (not hers), AlreadyDone (done or claimed by a colleague), NotYours (must be
    another person), Invalid (answers, by field) or Refused; nothing has been changed then.
    """
    return transaction_with_retry(lambda: _complete(item_id, by, raw))


def _complete(item_id: int, by: Acting, raw: Mapping[str, Any]) -> StepResult:
    state = lock_by_item(item_id)
    item = state.item(item_id)
    if item is None:
        raise already_done(state, item_id, by)
    check(state, item, by)
    check_goes_on(state, item)
    form = processes.form(state.process_version_id, item.form) if item.form else None
    values: Mapping[str, Any] = {}
    routing: dict[str, Any] = {}
    if form is not None:
        values = _validated(state, item, form, raw)
        routing = routing_values(form, values)
    stored, secret = split(form, values, state.id, item.token) if form else ({}, [])
    completed = completed_of(item, form, stored)
    check_papers(state, item, completed)
    asked = _asked_unit(state, item)

    def add(step: Step) -> None:
        step.changes.drafts_over.append(item.id)
        step.changes.sensitive.extend(secret)
        if form is not None:
            step.changes.submissions.append(
                NewSubmission(item.id, item.form, stored, by.officer_id, state.at)
            )
        add_opinion(step, item, completed, asked)
        add_delivery(step, item, completed)
        if item.form == FILING:
            answer_filing(step, completed.outcome, filing_words(completed.values))
        if routing.get("delivery_mode"):
            step.case.delivery_mode = str(routing["delivery_mode"])

    return move(
        state,
        Complete(item.token, routing),
        actor_of(by, item.pool_id),
        kind="completed",
        payload=_payload(completed),
        completed=completed,
        prepare=add,
    )


def _payload(completed: Completed) -> dict[str, Any]:
    item = completed.item
    return {
        "item": item.id,
        "step": item.name,
        "process": item.process_key,
        "element": item.element,
        "outcome": completed.outcome,
        "outcome_label": completed.outcome_label,
    }


def check_goes_on(state: CaseState, item: Item) -> None:
    """While the case is suspended nothing is done; a termination is confirmed elsewhere."""
    if state.is_suspended:
        raise Refused(_("这件申请已中止办理，恢复以后才能办这一步。"), rule="中止")
    if item.token.startswith(COMMAND):
        raise Refused(_("这一步请在办件页上办。"))


def filing_words(values: Mapping[str, Any]) -> str:
    """What the county office said about a filing, with its question."""
    return "\n".join(str(values[key]) for key in ("opinion", "query") if values.get(key))


def _asked_unit(state: CaseState, item: Item) -> int | None:
    """Whose opinion the lead window enters: the department outside the system, else None."""
    if item.form != "opinion-external":
        return None
    definition = processes.definition(state.process_version_id)
    for opened in inspect(definition, state.snapshot).items:
        department = opened.variables.get("department")
        if opened.token == item.token and isinstance(department, Mapping):
            unit = named_unit(str(department.get("unit")), state.accountable_unit_id)
            return unit.id if unit else None
    return None


def check(state: CaseState, item: Item, by: Acting) -> None:
    """Raise unless she may complete this item now; a colleague's claim is named.

    The claim of somebody who is away today, or has the post no longer, binds nobody: the step
    must not wait for her (DUTY-05).
    """
    policy.check_can_see_item(by, item)
    if item.claimed_by is not None and item.claimed_by != by.officer_id:
        if on_duty(item.claimed_by, item.pool_id, state.at):
            raise taken_by(item.claimed_by)
        item = replace(item, claimed_by=None, claimed_at=None)
    policy.check_can_complete(by, item, performed_by(state, item))


def performed_by(state: CaseState, item: Item) -> set[int]:
    """Everybody who counts as having performed an element that this item is separate from."""
    return {one for done in state.done if done.element in item.separate for one in done.persons}


def _validated(
    state: CaseState, item: Item, form: Form, raw: Mapping[str, Any]
) -> Mapping[str, Any]:
    variables = form_variables(state, item.token, item.form, form)
    checked = validate(form, raw, variables, today=local_day(state.at))
    if not checked.ok:
        raise Invalid(dict(checked.errors))
    return checked.values


def form_variables(state: CaseState, token: str, form_id: str, form: Form) -> dict[str, Any]:
    """What the form's expressions may ask about the case: facts, and routing data in sight."""
    item = catalogue.item_version(state.item_version_id)
    known = facts_of(item, delivery_mode=state.delivery_mode)
    wanted = asked_by(state.process_version_id, form_id)
    if wanted - known.keys():
        definition = processes.definition(state.process_version_id)
        for opened in inspect(definition, state.snapshot).items:
            if opened.token == token:
                return {**known, **opened.variables}
    return known


@lru_cache(maxsize=512)
def asked_by(version_id: int, form_id: str) -> frozenset[str]:
    """Names in the form's expressions that are not its own fields."""
    form = processes.form(version_id, form_id)
    names: set[str] = set()
    for one in form.fields:
        choices = [choice.hide_if for choice in one.choices]
        texts = [*one.hide_if, one.required_if, one.check, one.computed, *choices]
        for text in texts:
            if text:
                names |= feel.names(text)
    return frozenset(names - {one.key for one in form.fields} - {"today"})
