"""Register an application: a case opens and its process starts, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.cases import policy
from webapp.cases.actions.mandates import checked_mandate
from webapp.cases.changes import NewMandate, NewSubmission
from webapp.cases.checklist import checklist_of
from webapp.cases.facts import facts_of
from webapp.cases.mandates import words_of_mandate
from webapp.cases.models import Case
from webapp.cases.opening import (
    Place,
    blank_case,
    facts_at_start,
    new_id,
    papers_at_start,
    row_of,
    start_process,
)
from webapp.cases.places import unit_facts
from webapp.cases.planning.step import Order, Step
from webapp.cases.stepping import (
    ITEM_FORM,
    StepResult,
    actor_of,
    carry_out,
)
from webapp.cases.uniques import unique_rows
from webapp.cases.values import split
from webapp.catalogue import queries as catalogue
from webapp.catalogue.queries import ItemFacts
from webapp.changes.actions import take_effect
from webapp.core.crypto import keyed_hash
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid, Refused
from webapp.organisations.queries import (
    Acting,
    Held,
    competent_unit,
    township_centre,
    villages_of,
)
from webapp.processes import queries as processes
from workflows.calendars import local_day
from workflows.engine import Outcome
from workflows.forms import validate

VILLAGE = "village"
"""The process of a village's own help; it starts the township case itself (start-case)."""
WAYS = {"immediate": gettext_noop("当场办"), "guide": gettext_noop("教他办")}
"""How a village agent helps without an application; the outcome of the first step."""
VISITOR = ("applicant_name", "applicant_phone")
_LEVELS = {
    "village": gettext_noop("村"),
    "township": gettext_noop("乡镇"),
    "county": gettext_noop("县"),
}


def open_case(
    by: Acting,
    item_code: str,
    values: Mapping[str, Any],
    materials: Mapping[str, Mapping[str, str]],
    village_id: int | None,
    agent_mandate: Mapping[str, Any] | None,
    idempotency_key: str,
    pool_id: int | None = None,
    way: str = "",
) -> StepResult:
    """Open a case for an applicant. The same key gives the same case again (double click).

    The same key with other content (back in the browser, another name typed) opens nothing and
    raises AlreadyDone with the number of the first.

    `values` are the answers of the item's form, `materials` the state of each line by key
    (`state`, `defect`, `remedy`); `pool_id` the window or station for which she acts, needed
    only where she holds several. `way`: how a village agent helps without filing an application
    (`WAYS`), which needs neither mandate nor papers. Raises Invalid (answers), NotYours, Unknown or Refused.
    """
    policy.check_can_register(by)
    take_effect(by.at)
    content = (item_code, values, materials, village_id, agent_mandate, pool_id, way)
    key = _key(by, idempotency_key, content)
    request = _Request(
        by, item_code, values, materials, village_id, agent_mandate, key, pool_id, way
    )
    known = _opened_before(key)
    if known is not None:
        return known
    try:
        return transaction_with_retry(lambda: _open(request))
    except IntegrityError:
        known = _opened_before(key)
        if known is None:
            raise
        return known


@dataclass(frozen=True, slots=True)
class _Request:
    by: Acting
    item_code: str
    values: Mapping[str, Any]
    materials: Mapping[str, Mapping[str, str]]
    village_id: int | None
    mandate: Mapping[str, Any] | None
    key: str
    pool_id: int | None
    way: str


def _key(by: Acting, given: str, content: object) -> str:
    """Who, which filling-in of the page, and a keyed hash of what was typed."""
    typed = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return f"{by.officer_id}:{given.replace(':', '-')[:60]}:{keyed_hash(typed)[:32]}"


def _opened_before(key: str) -> StepResult | None:
    """The case of this filling-in. Raises AlreadyDone when it had other content."""
    page = key.rpartition(":")[0]
    found = Case.objects.filter(opening_key__startswith=f"{page}:")
    row = found.values_list("id", "number", "opening_key").first()
    if row is None:
        return None
    if row[2] != key:
        raise AlreadyDone(
            _(
                "这一页刚才已经登记为办件{number}，现在的内容与它不同，所以没有再登记。"
                "改正那件申请请到它的页面；如果这是另一件申请，请核对后再按一次登记。"
            ).format(number=row[1])
        )
    return StepResult(case_id=row[0], case_number=row[1])


def _open(request: _Request) -> StepResult:
    by = request.by
    item = catalogue.item_by_code(request.item_code)
    if request.way:
        item = for_visitor(item)
    place = _place(by, item, request)
    case_id, at, calendar = new_id()
    mandate = None if request.way else _mandate(by, item, place, request.mandate, at)
    values = _checked(item, place, request.values, at)
    delivery_mode = _delivery_mode(values, mandate)
    facts = facts_at_start(item, place, values, at, delivery_mode, agent=mandate is not None)
    lines = checklist_of(item, values, facts, request.materials, by.officer_id, at)
    state = blank_case(
        item,
        place,
        (case_id, at, calendar),
        processes.current_version_id(_process_of(item, place, request.way)),
        values,
        by_id=by.officer_id,
        agent_id=mandate.agent_id if mandate else None,
        delivery_mode=delivery_mode,
    )
    outcome = start_process(state, facts)
    stored, secret = split(item.form, values, case_id, "application")
    paper = _paper_of(mandate, by, outcome)
    secret += unique_rows(item.code, item.form, values, case_id)

    def add(step: Step) -> None:
        step.changes.new_case = row_of(state, request.key)
        step.changes.new_materials = lines
        step.changes.sensitive.extend(secret)
        step.changes.mandate = mandate
        step.orders.extend(paper)
        step.changes.submissions.append(
            NewSubmission(None, ITEM_FORM + item.code, stored, by.officer_id, at)
        )

    return carry_out(
        state,
        outcome,
        actor_of(by, place.pool_id),
        kind="opened",
        payload={"item": item.code, "level": place.level, "agent": mandate is not None},
        papers=papers_at_start(
            item, lines, values, outcome, frozenset(order.code for order in paper)
        ),
        prepare=add,
    )


def _paper_of(mandate: NewMandate | None, by: Acting, outcome: Outcome) -> list[Order]:
    """The mandate as a paper to sign (D21), unless the diagram will issue it (village)."""
    if mandate is None or any(one.place.process == VILLAGE for one in outcome.opened):
        return []
    words = words_of_mandate(
        by.name, mandate.reason, mandate.powers, mandate.signed_on, mandate.witness
    )
    return [Order("D21", {}, words=words)]


def for_visitor(item: ItemFacts) -> ItemFacts:
    """The item as somebody needs it who is only told or helped in the village: who came."""
    fields = tuple(one for one in item.form.fields if one.key in VISITOR)
    return replace(
        item, form=replace(item.form, parts=fields), materials=(), offered_at=("village",)
    )


def _process_of(item: ItemFacts, place: Place, way: str) -> str:
    if way:
        return VILLAGE
    return processes.choose(
        handling=item.handling, flow=item.flow, level=place.level, process_key=item.process_key
    )


def _place(by: Acting, item: ItemFacts, request: _Request) -> Place:
    """The post for which she registers, and the units that follow from it."""
    posts = [held for held in by.held if held.role in policy.REGISTERING]
    if request.pool_id is not None:
        posts = [held for held in posts if held.pool_id == request.pool_id]
    held = next((h for h in posts if h.unit_level in item.offered_at), None)
    if held is None:
        levels = _("、").join(_(_LEVELS.get(level, level)) for level in item.offered_at)
        raise Refused(
            _("“{item}”不在这里受理，请引导申请人到{levels}级窗口办理。").format(
                item=item.name, levels=levels
            ),
            rule="IN-01",
        )
    village_id = _village(by, held, request.village_id)
    accountable = held.unit_id
    if held.unit_level == "village":
        centre = township_centre(village_id) if village_id else None
        if centre is None:
            raise Refused(
                "找不到本村所属的乡镇便民服务中心。请县政务办登记该单位。", rule="ORG-01"
            )
        accountable = centre
    return Place(
        level=held.unit_level,
        pool_id=held.pool_id,
        village_id=village_id,
        accountable_unit_id=accountable,
        competent_unit_id=competent_unit(
            item.competent_unit_id, item.competent_local, accountable
        ),
    )


def _village(by: Acting, held: Held, village_id: int | None) -> int | None:
    """The village of the case: the station's own, or one of those that the window serves."""
    if held.unit_level == "village":
        return unit_facts(held.unit_id).division_id
    if village_id is None:
        return None
    if village_id not in {number for number, _name in villages_of(frozenset({held.unit_id}))}:
        raise Invalid({"village": _("请从名单里选择本乡镇的村(社区)。")})
    return village_id


def _mandate(
    by: Acting,
    item: ItemFacts,
    place: Place,
    mandate: Mapping[str, Any] | None,
    at: datetime,
) -> NewMandate | None:
    """A village agent always files for somebody else: on a mandate, and only where allowed."""
    if place.level != "village":
        if mandate is not None:
            raise Refused(
                "代办委托由村级代办员登记；窗口收件请直接登记申请人本人的申请。", rule="AGT-01"
            )
        return None
    if item.in_person:
        reason = item.in_person_reason or _("法律法规规定须由本人到场")
        raise Refused(
            _("“{item}”不能代办：{reason}。请陪同申请人到乡镇窗口办理。").format(
                item=item.name, reason=reason
            ),
            rule="AGT-04",
        )
    if not item.agent_allowed:
        raise Refused(
            _("“{item}”不能代办，请陪同申请人到乡镇窗口办理。").format(item=item.name),
            rule="AGT-04",
        )
    return checked_mandate(mandate, by, local_day(at))


def _checked(
    item: ItemFacts, place: Place, raw: Mapping[str, Any], at: datetime
) -> Mapping[str, Any]:
    mode = "agent" if place.level == "village" else raw.get("application_mode") or "self"
    if item.in_person:  # nobody else may apply, whatever was sent (AGT-04)
        mode = "self"
    variables = {**facts_of(item, delivery_mode=""), "level": place.level}
    checked = validate(
        item.form, {**raw, "application_mode": mode}, variables, today=local_day(at)
    )
    if not checked.ok:
        raise Invalid(dict(checked.errors))
    return checked.values


def _delivery_mode(values: Mapping[str, Any], mandate: NewMandate | None) -> str:
    """As chosen; an agent who may collect the result brings it home (AGT-03)."""
    chosen = str(values.get("delivery_mode") or "window")
    if mandate is not None and "collect" in mandate.powers and chosen == "window":
        return "village_agent"
    return chosen
