"""Move one running case to another version of its process: one step under the case's lock.

Asked by the outbox, one message a case, so that many cases are moved one after another, by any
worker, each exactly once. The case is compared again at this moment: one that moved on meanwhile
stays where what was decided no longer fits, and the line says why.

Work items keep token, draft and claim; name, step, form, post and separation are those of the new
version. Clocks go on as they are (an open step keeps the limit that it began with); timers are
armed from them. Answers given so far stay with the forms that asked for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from webapp.cases.changes import NewCustody
from webapp.cases.models import TransferLine
from webapp.cases.places import pool_facts
from webapp.cases.planning.setting import Actor, Held
from webapp.cases.planning.step import Step
from webapp.cases.state import CaseState, Item
from webapp.cases.stepping import carry_out, ordered_codes, papers_for
from webapp.cases.store import lock_case
from webapp.cases.store.papers import read_held
from webapp.cases.store.repin import repin
from webapp.cases.transferring import Subject, answer, place_key
from webapp.catalogue import queries as catalogue
from webapp.core.db import now, transaction_with_retry
from webapp.core.errors import Refused
from webapp.organisations.queries import on_duty, resolve_pool
from webapp.processes import queries as processes
from workflows.engine import OpenedItem, inspect
from workflows.transfer import Moved


@dataclass(frozen=True, slots=True)
class Reshaped:
    """An open item on the old version and on the new one."""

    old: Item
    new: Item
    opened: OpenedItem


def transfer_case(line_id: int) -> bool:
    """Carry out one line of a confirmed act; tells whether the case is on the new version.

    Doing it again changes nothing. A case that cannot be moved stays, with the reason on the line.
    """
    try:
        return transaction_with_retry(lambda: _transfer(line_id))
    except Refused as refusal:
        sentence = refusal.sentence
        transaction_with_retry(lambda: _stays(line_id, sentence))
        return False


def _transfer(line_id: int) -> bool:
    case_id = TransferLine.objects.values_list("case_id", flat=True).get(pk=line_id)
    state = lock_case(case_id)
    line = (
        TransferLine.objects.select_for_update(of=("self",))
        .select_related("transfer__decided_by", "transfer__process", "target")
        .get(pk=line_id)
    )
    if line.state != TransferLine.State.WAITING:
        return line.state == TransferLine.State.MOVED
    if not state.is_open:
        raise Refused(_("这件申请已经办结。"))
    if state.process_version_id == line.target_id:
        raise Refused(_("这件办件已经在这一版上了。"))
    in_force = line.transfer.process.current_id
    if line.transfer.undoes_id is None and in_force != line.target_id:
        raise Refused(_("确认以后现行版又变了，没有换。"))
    done = frozenset((one.process_key, one.element) for one in state.done)
    subject = Subject(state.snapshot, state.accepted_at is not None, done)
    back = {token: (put, origin) for token, (put, origin) in line.back.items()}
    found = answer(state.process_version_id, line.target_id, subject, line.decisions, back)
    if found.moved is None:
        raise Refused("".join(found.reasons))
    _move(state, line, found.moved)
    return True


def _stays(line_id: int, why: str) -> None:
    line = TransferLine.objects.select_for_update(of=("self",)).get(pk=line_id)
    if line.state == TransferLine.State.WAITING:
        line.state, line.words, line.done_at = TransferLine.State.STAYED, why, now()
        line.save(update_fields=["state", "words", "done_at"])


def _move(state: CaseState, line: TransferLine, moved: Moved) -> None:
    source, act = state.process_version_id, line.transfer
    shapes = _reshaped(state, moved)
    by_token = {one.new.token: one.new for one in shapes}
    fresh = replace(
        state,
        process_version_id=line.target_id,
        items=tuple(by_token.get(item.token, item) for item in state.items),
    )
    repin(state.id, source, line.target_id, [one.new for one in shapes])
    held = (
        read_held(state.id)
        if any(one.old.pool_id != one.new.pool_id for one in shapes)
        else None
    )
    closed = {one.token for one in moved.outcome.closed}

    def add(step: Step) -> None:
        step.standing = inspect(
            processes.definition(line.target_id), moved.outcome.snapshot
        ).items
        step.changes.drafts_over += [i.id for i in state.items if i.token in closed]
        for one in shapes:
            _begin_limit(step, one)
            _papers_along(step, one, held)

    by = act.decided_by
    actor = Actor(by.pk, by.name) if by is not None else Actor(None, "")
    outcome = moved.outcome
    carry_out(
        fresh,
        outcome,
        actor,
        kind="transferred",
        payload={
            "transfer": act.pk,
            "reason": act.reason,
            "back": act.undoes_id is not None,
            "process": _process_name(source),
            "from": processes.number_of(source),
            "to": line.target.number,
            "changed": [_told(one) for one in shapes if _told(one)],
            "closed": [i.name for i in state.items if i.token in closed],
            "armed": [one.place.element for one in outcome.armed],
            "disarmed": len(outcome.disarmed),
        },
        papers=papers_for(fresh, ordered_codes(outcome), ()),
        prepare=add,
    )
    line.source_id, line.done_at = source, state.at
    line.state, line.words = TransferLine.State.MOVED, ""
    line.back = _way_back(state, moved)
    line.pools = {
        str(one.old.id): one.old.pool_id for one in shapes if one.old.pool_id != one.new.pool_id
    }
    line.save(update_fields=["source", "done_at", "state", "words", "back", "pools"])


def _reshaped(state: CaseState, moved: Moved) -> list[Reshaped]:
    before = {
        one.token: one
        for one in inspect(processes.definition(state.process_version_id), state.snapshot).items
    }
    items = {item.token: item for item in state.items}
    return [
        Reshaped(items[one.token], _shape(state, items[one.token], before[one.token], one), one)
        for one in moved.changed
        if one.token in items
    ]


def _shape(state: CaseState, item: Item, was: OpenedItem, now: OpenedItem) -> Item:
    """The item as the new version draws it; a claim that could no longer be used is released."""
    if now.role is None:
        raise Refused(_("新版里环节“{name}”没有画在任何岗位的泳道里。").format(name=now.name))
    pool = item.pool_id
    if (was.role, was.unit) != (now.role, now.unit):
        pool = resolve_pool(
            now.role,
            village_id=state.village_id,
            township_unit_id=state.accountable_unit_id,
            competent_unit_id=state.competent_unit_id,
            category=catalogue.item_version(state.item_version_id).category,
            unit_key=now.unit,
        )
    shaped = replace(
        item,
        process_key=now.place.process,
        element=now.place.element,
        name=now.name,
        form=now.form or "",
        pool_id=pool,
        separate=tuple(now.separate),
    )
    by = item.claimed_by
    if by is not None:
        done = [one for one in state.done if one.element in shaped.separate]
        performed = {person for one in done for person in one.persons}
        kept = pool == item.pool_id or on_duty(by, pool, state.at)
        if by in performed or not kept:
            shaped = replace(shaped, claimed_by=None, claimed_at=None)
    return shaped


def _begin_limit(step: Step, one: Reshaped) -> None:
    """A step that had no limit gets the new one from now; a running limit is never touched."""
    running = step.ledger.of_item(one.new.id, one.new.token)
    if one.opened.limit is not None and running is None:
        step.ledger.start(
            "step", one.opened.limit, "环节时限", item_token=one.new.token, item_id=one.new.id
        )


def _papers_along(step: Step, one: Reshaped, held: Held | None) -> None:
    """The applicant's papers go where the work goes."""
    old, new = one.old.pool_id, one.new.pool_id
    stays = any(item.pool_id == old for item in step.state.items)
    if old == new or held is None or stays:
        return
    here = pool_facts(old).unit.id
    on_the_way = [handed for handed in step.state.handed if handed.to_pool_id == old]
    step.changes.custody_taken_back.extend(handed.id for handed in on_the_way)
    papers = {handed.papers for handed in on_the_way}
    if held.any and held.unit_after(set()) == here and here != pool_facts(new).unit.id:
        papers.add("materials")
    giver = step.state.papers_unit_id or here
    for kind in sorted(papers):
        step.changes.new_custody.append(
            NewCustody(
                papers=kind,
                from_unit_id=giver if kind == "materials" else here,
                from_officer_id=None,
                to_pool_id=new,
                given_at=step.at,
            )
        )


def _told(one: Reshaped) -> list[str]:
    """Old name, new name, unit and role: where something a person sees has changed."""
    if (one.old.name, one.old.pool_id, one.old.form) == (
        one.new.name,
        one.new.pool_id,
        one.new.form,
    ):
        return []
    pool = pool_facts(one.new.pool_id)
    moved = one.old.pool_id != one.new.pool_id
    return [
        one.old.name,
        one.new.name,
        pool.unit.name if moved else "",
        pool.role_name if moved else "",
    ]


def _way_back(state: CaseState, moved: Moved) -> dict[str, tuple[str, str]]:
    """For items that went on as another step: where they are now, and where they were."""
    items = {item.token: item for item in state.items}
    return {
        one.token: (place_key(one.place), items[one.token].element)
        for one in moved.changed
        if one.token in items and items[one.token].element != one.place.element
    }


def _process_name(version_id: int) -> str:
    bundle = processes.bundle(version_id)
    return bundle.processes[bundle.root].name
