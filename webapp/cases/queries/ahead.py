"""What completing a step would lead to: said before the button is pressed (选“…”后:交…;出…).

The engine is a function: it is asked with the answers that could be given, and nothing is
stored. One statement (the snapshot), and remembered look-ups of pools.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.cases.documents import NAMES
from webapp.cases.facts import facts_of
from webapp.cases.models import AwaitedMessage, Case, CaseSnapshot, WorkItem
from webapp.cases.places import pool_facts, role_name
from webapp.cases.planning.completing import DECIDING
from webapp.cases.queries.seen import ItemSeen
from webapp.cases.queries.timeline import RESULT_NAMES
from webapp.catalogue import queries as catalogue
from webapp.core.errors import Refused
from webapp.organisations.queries import resolve_pool
from webapp.processes import queries as processes
from workflows.engine import (
    Complete,
    Definition,
    Deliver,
    OpenedItem,
    Outcome,
    State,
    advance,
    inspect,
)
from workflows.errors import WorkflowError
from workflows.forms import Field, FieldKind, Form

APPLICANTS: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "materials_supplied": (gettext_lazy("申请人"), gettext_lazy("补交材料")),
    "paper_arrived": (gettext_lazy("申请人"), gettext_lazy("补齐容缺材料")),
}
"""Messages that the applicant sends by bringing papers: who, and what she does."""
FURTHEST = 12
"""Steps that `expected_hands` looks ahead at most."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows an answer. `to`: (unit, role, step); `waits`: who else is waited for."""

    key: str
    value: str
    label: str
    to: tuple[tuple[str, str, str], ...] = ()
    documents: tuple[str, ...] = ()
    filed: bool = False
    waits: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a form's expressions may ask about the case, and what each answer leads to."""

    variables: Mapping[str, Any]
    consequences: tuple[Consequence, ...] = ()


def ahead(case: Case, item: ItemSeen, form: Form | None) -> Ahead:
    """Look one step ahead from an open item of a case that she may see: one statement."""
    facts = facts_of(
        catalogue.item_version(case.item_version_id), delivery_mode=case.delivery_mode
    )
    state = CaseSnapshot.objects.filter(case=case).values_list("state", flat=True).first()
    if state is None:
        return Ahead(facts)
    snapshot = bytes(state)
    definition = processes.definition(case.process_version_id)
    try:
        waiting = inspect(definition, snapshot).items
    except WorkflowError:  # completing will say in words what is wrong
        return Ahead(facts)
    here = next((one for one in waiting if one.token == item.token), None)
    if here is None:
        return Ahead(facts)
    found = []
    for key, value, label, routing in _answers(form):
        try:
            outcome = advance(definition, snapshot, Complete(item.token, routing))
        except WorkflowError:
            continue
        found.append(_told(case, definition, (key, value, label), outcome))
    return Ahead({**facts, **here.variables}, tuple(found))


def _answers(form: Form | None) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Each answer of the deciding question, the other routing questions left open."""
    fields = form.fields if form else ()
    blank: dict[str, Any] = {f.key: None for f in fields if f.routing and not f.sensitive}
    one = _deciding(fields)
    if one is None:
        yield "", "", "", blank
        return
    for choice in one.choices:
        yield one.key, choice.value, choice.label, {**blank, one.key: choice.value}


def _deciding(fields: tuple[Field, ...]) -> Field | None:
    for key in DECIDING:
        for one in fields:
            if one.key == key and one.kind is FieldKind.CHOICE and one.routing:
                return one
    return None


def _told(
    case: Case, definition: Definition, answer: tuple[str, str, str], outcome: Outcome
) -> Consequence:
    key, value, label = answer
    orders = [effect for effect in outcome.effects if effect.do == "issue-document"]
    codes = dict.fromkeys(str(order.params["document"]) for order in orders)
    result = outcome.result or ""
    return Consequence(
        key=key,
        value=value,
        label=label,
        to=tuple(dict.fromkeys(_goes_to(case, opened) for opened in outcome.opened)),
        documents=tuple(_(NAMES.get(code, code)) for code in codes),
        filed=any(effect.do == "file-denial" for effect in outcome.effects),
        waits=_waits(case, definition, outcome),
        result=_(RESULT_NAMES.get(result, result)) if outcome.finished else "",
    )


def _waits(case: Case, definition: Definition, outcome: Outcome) -> str:
    """Who else is waited for, and what is started beside."""
    names = {one.name for one in outcome.awaited}
    if any(effect.do == "start-case" for effect in outcome.effects):
        return _("另立乡镇办件，由您跟到送达")
    if "materials_supplied" in names:
        return _("等申请人补交材料")
    if "paper_arrived" in names:
        return _("等申请人补齐容缺材料")
    if outcome.finished or outcome.opened:
        return ""
    still = inspect(definition, outcome.snapshot)
    hands = [_goes_to(case, one) for one in still.items]
    pairs: list[tuple[object, object]] = [(unit or role, step) for unit, role, step in hands]
    pairs += [who for one in still.messages if (who := APPLICANTS.get(one.name))]
    return waiting_words(pairs)


def waiting_words(pairs: Iterable[tuple[object, object]]) -> str:
    """等 农业综合服务站（部门意见）、申请人（补齐容缺材料）; "" for nobody."""
    each = [_("%(who)s（%(step)s）") % {"who": who, "step": step} for who, step in pairs]
    return _("等 %(who)s") % {"who": _("、").join(dict.fromkeys(each))} if each else ""


def still_waits(case_id: int) -> str:
    """Whom a case waits for now, in words: two statements."""
    items = WorkItem.objects.filter(case=case_id, state=WorkItem.State.OPEN)
    pairs: list[tuple[object, object]] = list(
        items.order_by("id").values_list("pool__unit__name", "name")
    )
    names = AwaitedMessage.objects.filter(case=case_id, over_at=None)
    pairs += [APPLICANTS[n] for n in names.values_list("name", flat=True) if n in APPLICANTS]
    return waiting_words(pairs)


def _goes_to(case: Case, opened: OpenedItem) -> tuple[str, str, str]:
    """Unit, role and step; the role alone where the pool cannot be found."""
    role = opened.role or ""
    try:
        pool = pool_facts(
            resolve_pool(
                role,
                village_id=case.village_id,
                township_unit_id=case.accountable_unit_id,
                competent_unit_id=case.competent_unit_id,
                category=catalogue.item_version(case.item_version_id).category,
                unit_key=opened.unit,
            )
        )
    except Refused:
        return "", role_name(role), opened.name
    return pool.unit.name, pool.role_name, opened.name


def expected_hands(case: Case) -> tuple[tuple[str, str], ...]:
    """(unit, role) of the hands that come next if nothing goes wrong: one statement.

    The first answer of every form is the one that leads on (library: order of answers); where it
    does not, the look ahead ends. A guess for the relay, never a promise: nothing is decided by it.
    """
    state = CaseSnapshot.objects.filter(case=case).values_list("state", flat=True).first()
    if state is None or not case.is_open:
        return ()
    snapshot = bytes(state)
    definition = processes.definition(case.process_version_id)
    hands: list[tuple[str, str]] = []
    for _step in range(FURTHEST):
        try:
            command = _leading_on(case, inspect(definition, snapshot))
            if command is None:
                break
            outcome = advance(definition, snapshot, command)
        except WorkflowError:
            break
        for opened in outcome.opened:
            unit, role, _name = _goes_to(case, opened)
            hands.append((unit, role))
        snapshot = outcome.snapshot
    return tuple(hands)


def _leading_on(case: Case, still: State) -> Complete | Deliver | None:
    """The next thing that happens: somebody answers, else the applicant brings her papers."""
    if still.items:
        return _first_answer(case, still.items[0])
    brought = next((one for one in still.messages if one.name in APPLICANTS), None)
    return Deliver(brought.name, token=brought.token) if brought else None


def _first_answer(case: Case, opened: OpenedItem) -> Complete:
    form = processes.form(case.process_version_id, opened.form) if opened.form else None
    _key, _value, _label, routing = next(_answers(form))
    return Complete(opened.token, routing)
