"""Register an application: a case opens and its process starts, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.cases import policy
from webapp.cases.actions.mandates import checked_mandate
from webapp.cases.changes import NewCase, NewMandate, NewMaterial, NewSubmission
from webapp.cases.checklist import checklist_of, papers_of
from webapp.cases.facts import facts_of
from webapp.cases.models import Case
from webapp.cases.places import unit_facts
from webapp.cases.planning.setting import Papers
from webapp.cases.planning.step import Step
from webapp.cases.spoken import spoken
from webapp.cases.state import CaseState
from webapp.cases.stepping import (
    ITEM_FORM,
    StepResult,
    actor_of,
    carry_out,
    in_words,
    ordered_codes,
)
from webapp.cases.store.papers import read_wordings
from webapp.cases.uniques import unique_rows
from webapp.cases.values import split
from webapp.catalogue import queries as catalogue
from webapp.catalogue.queries import ItemFacts
from webapp.core.crypto import keyed_hash, name_grams
from webapp.core.db import MOMENT, transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid, Refused
from webapp.organisations.queries import (
    Acting,
    Held,
    competent_unit,
    township_centre,
    villages_of,
)
from webapp.processes import queries as processes
from workflows.calendars import CHINA, local_day
from workflows.engine import Outcome, start
from workflows.errors import CommandRefused, ExpressionError, NothingMatches
from workflows.forms import validate

_LEVELS = {
    "village": gettext_noop("村"),
    "township": gettext_noop("乡镇"),
    "county": gettext_noop("县"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an application is filed, and who answers for it."""

    level: str
    pool_id: int
    village_id: int | None
    accountable_unit_id: int
    competent_unit_id: int


def open_case(
    by: Acting,
    item_code: str,
    values: Mapping[str, Any],
    materials: Mapping[str, Mapping[str, str]],
    village_id: int | None,
    agent_mandate: Mapping[str, Any] | None,
    idempotency_key: str,
    pool_id: int | None = None,
) -> StepResult:
    """Open a case for an applicant. The same key gives the same case again (double click).

    The same key with other content (back in the browser, another name typed) opens nothing and
    raises AlreadyDone with the number of the first.

    `values` are the answers of the item's form, `materials` the state of each line by key
    (`state`, `defect`, `remedy`); `pool_id` the window or station for which she acts, needed
    only where she holds several. Raises Invalid (answers), NotYours, Unknown or Refused.
    """
    policy.check_can_register(by)
    content = (item_code, values, materials, village_id, agent_mandate, pool_id)
    key = _key(by, idempotency_key, content)
    request = _Request(
        by, item_code, values, materials, village_id, agent_mandate, key, pool_id
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
                "这一页刚才已经登记为办件{number},现在的内容与它不同,所以没有再登记。"
                "改正那件申请请到它的页面;如果这是另一件申请,请核对后再按一次登记。"
            ).format(number=row[1])
        )
    return StepResult(case_id=row[0], case_number=row[1])


def _open(request: _Request) -> StepResult:
    by = request.by
    item = catalogue.item_by_code(request.item_code)
    place = _place(by, item, request.village_id, request.pool_id)
    case_id, at, calendar = _new_id()
    mandate = _mandate(by, item, place, request.mandate, at)
    values = _checked(item, place, request.values, at)
    delivery_mode = _delivery_mode(values, mandate)
    facts = {
        **facts_of(item, delivery_mode=delivery_mode),
        "level": place.level,
        "agent": mandate is not None,
    }
    lines = checklist_of(item, values, facts, request.materials, by.officer_id, at)
    process_key = processes.choose(
        handling=item.handling, flow=item.flow, level=place.level, process_key=item.process_key
    )
    state = _blank(request, item, place, case_id, at, calendar,
                   processes.current_version_id(process_key), values, mandate, delivery_mode)  # fmt: skip
    outcome = _start(state, facts)
    stored, secret = split(item.form, values, case_id, "application")
    secret += unique_rows(item.code, item.form, values, case_id)

    def add(step: Step) -> None:
        step.changes.new_case = _row(state, request.key)
        step.changes.new_materials = lines
        step.changes.sensitive.extend(secret)
        step.changes.mandate = mandate
        step.changes.submissions.append(
            NewSubmission(None, ITEM_FORM + item.code, stored, by.officer_id, at)
        )

    return carry_out(
        state,
        outcome,
        actor_of(by, place.pool_id),
        kind="opened",
        payload={"item": item.code, "level": place.level, "agent": mandate is not None},
        papers=_papers(item, lines, values, outcome),
        prepare=add,
    )


def _papers(
    item: ItemFacts, lines: list[NewMaterial], values: Mapping[str, Any], outcome: Outcome
) -> Papers:
    return Papers(
        checklist=papers_of(lines),
        words=spoken(item.form, values),
        wordings=read_wordings(ordered_codes(outcome)),
    )


def _start(state: CaseState, facts: Mapping[str, Any]) -> Outcome:
    try:
        return start(processes.definition(state.process_version_id), facts, state.number)
    except (NothingMatches, CommandRefused, ExpressionError) as problem:
        raise Refused(in_words(problem)) from problem


def _place(by: Acting, item: ItemFacts, village_id: int | None, pool_id: int | None) -> Place:
    """The post for which she registers, and the units that follow from it."""
    posts = [held for held in by.held if held.role in policy.REGISTERING]
    if pool_id is not None:
        posts = [held for held in posts if held.pool_id == pool_id]
    held = next((h for h in posts if h.unit_level in item.offered_at), None)
    if held is None:
        levels = _("、").join(_(_LEVELS.get(level, level)) for level in item.offered_at)
        raise Refused(
            _("“{item}”不在这里受理,请引导申请人到{levels}级窗口办理。").format(
                item=item.name, levels=levels
            ),
            rule="IN-01",
        )
    village_id = _village(by, held, village_id)
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


def _new_id() -> tuple[int, datetime, tuple[int, date, date] | None]:
    """The new case's id, the moment, and the calendar in force: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT nextval(pg_get_serial_sequence('cases_case', 'id')), {MOMENT}, "
            "c.id, c.covers_from, c.covers_to "
            "FROM (VALUES (1)) one LEFT JOIN catalogue_calendar c ON c.in_force"
        )
        number, at, calendar, first, last = cursor.fetchone()
    return number, at, None if calendar is None else (calendar, first, last)


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
                "代办委托由村级代办员登记;窗口收件请直接登记申请人本人的申请。", rule="AGT-01"
            )
        return None
    if item.in_person:
        reason = item.in_person_reason or _("法律法规规定须由本人到场")
        raise Refused(
            _("“{item}”不能代办:{reason}。请陪同申请人到乡镇窗口办理。").format(
                item=item.name, reason=reason
            ),
            rule="AGT-04",
        )
    if not item.agent_allowed:
        raise Refused(
            _("“{item}”不能代办,请陪同申请人到乡镇窗口办理。").format(item=item.name),
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


def _blank(
    request: _Request,
    item: ItemFacts,
    place: Place,
    case_id: int,
    at: datetime,
    calendar: tuple[int, date, date] | None,
    version_id: int,
    values: Mapping[str, Any],
    mandate: NewMandate | None,
    delivery_mode: str,
) -> CaseState:
    """The case as it is before its first step."""
    name = values.get("organisation_name") or values.get("applicant_name") or ""
    return CaseState(
        at=at,
        id=case_id,
        number=_number(place.accountable_unit_id, case_id, at),
        item_version_id=item.version_id,
        process_version_id=version_id,
        applicant_name=str(name)[:100],
        village_id=place.village_id,
        received_at_unit_id=place.accountable_unit_id,
        accountable_unit_id=place.accountable_unit_id,
        competent_unit_id=place.competent_unit_id,
        registered_by_id=request.by.officer_id,
        agent_id=mandate.agent_id if mandate else None,
        delivery_mode=delivery_mode,
        opened_at=at,
        received_at=at,
        calendar=calendar,
    )


def _number(unit_id: int, case_id: int, at: datetime) -> str:
    """130123102-20261124-000123: place of receipt, day, running number."""
    code = unit_facts(unit_id).division_code or "000000000"
    return f"{code[:9]}-{at.astimezone(CHINA):%Y%m%d}-{case_id:06d}"


def _row(state: CaseState, key: str) -> NewCase:
    return NewCase(
        number=state.number,
        item_version_id=state.item_version_id,
        process_version_id=state.process_version_id,
        applicant_name=state.applicant_name,
        village_id=state.village_id,
        received_at_unit_id=state.received_at_unit_id,
        accountable_unit_id=state.accountable_unit_id,
        competent_unit_id=state.competent_unit_id,
        registered_by_id=state.registered_by_id,
        agent_id=state.agent_id,
        opened_at=state.opened_at,
        received_at=state.received_at,
        search_grams=name_grams(state.applicant_name),
        opening_key=key,
    )
