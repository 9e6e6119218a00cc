"""Somebody leaves for good (离岗移交): nothing stays with a person who has gone.

In one transaction her posts end, her absences to come are withdrawn, her drafts go, her account
is closed and the hand-over sheet waits for the signature of whoever takes over. Then each case
that she carries for a villager goes to another agent and each item that she had signed for is
given back, a transaction a case; should that be cut short, the same act again finishes it
(meanwhile her claims bind nobody).

A mandate names its agent: whoever takes over needs the consent of the person who gave it
(民法典第一百六十九条), which the act puts on record. The paper that was signed stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from webapp.accounts.models import Officer
from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.cases import policy
from webapp.cases.models import Case, Draft, WorkItem
from webapp.cases.noting import changes_of, note
from webapp.cases.planning.step import item_row
from webapp.cases.queries.agencies import carried_by, successors
from webapp.cases.queries.handover import handover_sheet
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_by_item, lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid, Unknown
from webapp.organisations.models import Absence, Handover, Holding
from webapp.organisations.notices import tell
from webapp.organisations.queries import Acting
from webapp.organisations.staff import unit_ids_of, units_over


@dataclass(frozen=True, slots=True)
class Left:
    """What the leaving did: the sheet to sign, posts ended, items given back."""

    handover_id: int
    posts: int
    released: int
    carried: int = 0


@dataclass(frozen=True, slots=True)
class Agency:
    """Who carries on what she carried for villagers, and whether those have agreed."""

    agent_id: int | None = None
    agreed: bool = False


def leave(
    officer_id: int,
    by: Acting,
    receiver_id: int,
    remark: str = "",
    agency: Agency | None = None,
) -> Left:
    """Close an officer's account at the end of her last day and hand everything over.

    `agency` only counts where she carries cases of villagers.
    Raises Unknown (not hers to do), Invalid (receiver, agent, agreed) or AlreadyDone.
    """
    agency = agency or Agency()
    try:
        handover, posts = transaction_with_retry(
            lambda: _close(officer_id, by, receiver_id, remark.strip(), agency)
        )
    except AlreadyDone:  # where the first time was cut short
        _hand_on_all(officer_id, by, agency)
        _give_back_all(officer_id, by)
        raise
    carried = _hand_on_all(officer_id, by, agency)
    return Left(handover, posts, _give_back_all(officer_id, by), carried)


def _checked_agency(officer_id: int, agency: Agency, today: date) -> None:
    """Raises Invalid where cases of villagers would stay with a person who has gone."""
    carried = len(carried_by(officer_id))
    if not carried:
        return
    errors = {}
    if agency.agent_id not in {one.officer_id for one in successors(officer_id, today)}:
        words = ngettext(
            "还有 {n} 件代办没有办完，请选择接着代办的代办员。",
            "还有 {n} 件代办没有办完，请选择接着代办的代办员。",
            carried,
        )
        errors["agent"] = words.format(n=carried)
    if not agency.agreed:
        errors["agreed"] = _("请先逐一告知委托人，征得同意以后勾选（民法典第一百六十九条）。")
    if errors:
        raise Invalid(errors)


def _hand_on_all(officer_id: int, by: Acting, agency: Agency) -> int:
    """Give every case that she carries to the other agent; how many. Again: what is left."""
    to = Officer.objects.filter(pk=agency.agent_id or 0, is_active=True).first()
    if to is None or not agency.agreed:
        return 0
    handed = 0
    for one in carried_by(officer_id):
        handed += transaction_with_retry(partial(_hand_on, one.case_id, by, officer_id, to))
    return handed


def _hand_on(case_id: int, by: Acting, officer_id: int, to: Officer) -> int:
    """Change the agent of one case, with a line in the case's record and word to the new agent."""
    with transaction.atomic():
        state = lock_case(case_id)
        if state.agent_id != officer_id or not state.is_open:
            return 0
        Case.objects.filter(pk=case_id).update(agent=to)
        payload = {"from": officer_id, "to": to.pk, "to_name": to.name, "agreed": True}
        note(state, changes_of(state), actor_of(by), "agent_changed", payload)
        tell({to.pk}, "agency", by.at, {"number": state.number, "by": by.name})
        return 1


def _give_back_all(officer_id: int, by: Acting) -> int:
    """Release what somebody who has left had signed for; how many. Again: what is still left."""
    mine = WorkItem.objects.filter(claimed_by=officer_id, state="OPEN")
    released = 0
    for item_id in list(mine.values_list("pk", flat=True).order_by("case_id", "id")):
        released += transaction_with_retry(partial(_give_back, item_id, by, officer_id))
    return released


def _close(
    officer_id: int, by: Acting, receiver_id: int, remark: str, agency: Agency
) -> tuple[int, int]:
    with transaction.atomic():
        officer = Officer.objects.select_for_update(no_key=True).filter(pk=officer_id).first()
        if officer is None:
            raise Unknown(_("没有这位工作人员。"))
        units = unit_ids_of(officer_id, by.at) or _last_units(officer_id)
        policy.check_can_dismiss(by, officer_id, units)
        if not officer.is_active:
            raise AlreadyDone(_("{name}的账号已经停用。").format(name=officer.name))
        receiver = Officer.objects.filter(pk=receiver_id, is_active=True).first()
        if receiver is None or receiver.pk == officer_id:
            raise Invalid({"receiver": _("请选择接手的人。")})
        today = timezone.localdate(by.at)
        _checked_agency(officer_id, agency, today)
        held = Holding.objects.select_for_update().filter(
            officer=officer, during__overlap=DateRange(today, None)
        )
        pools = sorted({row.post.pool_id for row in held.select_related("post")})
        claimed = WorkItem.objects.filter(claimed_by=officer, state="OPEN")
        pools = sorted({*pools, *claimed.values_list("pool_id", flat=True)})
        sheet = handover_sheet(officer_id, pools)
        names = "、".join(dict.fromkeys(row.post.name for row in held))
        posts = _end_posts(officer_id, today)
        Absence.objects.filter(officer=officer, during__startswith__gt=by.at).update(
            during=DateTimeTZRange(empty=True), withdrawn_at=by.at
        )
        Draft.objects.filter(officer=officer).delete()
        officer.is_active = False
        officer.save(update_fields=["is_active"])
        row = Handover.objects.create(
            officer=officer,
            to_officer=receiver,
            content=sheet.content() | {"posts": names, "note": remark[:2000]},
            made_at=by.at,
        )
        audit.record(
            subject=Event.Subject.OFFICER,
            subject_id=officer_id,
            kind="left",
            at=by.at,
            actor_id=by.officer_id,
            actor_name=by.name,
            acting_as=by.title[:120],
            payload={"handover": row.pk, "posts": posts, "lines": sheet.total},
        )
        about = {"name": officer.name, "by": by.name, "posts": names, "handover": row.pk}
        tell({receiver.pk} - {by.officer_id}, "left", by.at, about)
        return row.pk, posts


def _last_units(officer_id: int) -> frozenset[int]:
    """Where she was, once her posts have ended: so that the same act again is understood."""
    last = Holding.objects.filter(officer=officer_id).order_by("-during").first()
    return units_over(last.post.pool.unit_id) if last else frozenset()


def _end_posts(officer_id: int, today: date) -> int:
    """Her posts end before today's day is over: the rows that have begun are cut, others go."""
    count = 0
    for row in Holding.objects.filter(
        officer=officer_id, during__overlap=DateRange(today, None)
    ):
        count += 1
        if row.during.lower < today:
            row.during = DateRange(row.during.lower, today)
            row.save(update_fields=["during"])
        else:
            row.delete()
    return count


def _give_back(item_id: int, by: Acting, officer_id: int) -> int:
    """Release one item in its case, with a line in the case's record."""
    with transaction.atomic():
        state = lock_by_item(item_id)
        item = state.item(item_id)
        if item is None or item.claimed_by != officer_id:
            return 0
        changes = changes_of(state)
        row = item_row(item)
        row.claimed_by_id = row.claimed_at = None
        changes.items.append(row)
        if state.holder_officer_id == officer_id:
            changes.case.holder_officer_id = None
        note(
            state,
            changes,
            actor_of(by),
            "released",
            {"item": item.id, "step": item.name, "left": True},
        )
        return 1


def sign_leaver(handover_id: int, by: Acting, remark: str = "") -> None:
    """The one who takes over signs the sheet of somebody who has left. Raises Unknown."""
    with transaction.atomic():
        row = (
            Handover.objects.select_for_update(of=("self",))
            .select_related("officer")
            .filter(pk=handover_id, absence=None)
            .first()
        )
        policy.check_can_sign_handover(by, row.to_officer_id if row else None)
        assert row is not None  # noqa: S101 - the policy has refused
        if row.signed_at is not None:
            raise AlreadyDone(_("这份移交单您已经签收。"))
        row.signed_at, row.remark = by.at, remark.strip()[:300]
        row.save(update_fields=["signed_at", "remark"])
        audit.record(
            subject=Event.Subject.OFFICER,
            subject_id=row.officer_id,
            kind="handover_signed",
            at=by.at,
            actor_id=by.officer_id,
            actor_name=by.name,
            acting_as=by.title[:120],
            payload={"handover": row.pk},
        )
