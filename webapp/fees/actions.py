"""What can be done about the fee of a case: bill, reduce with a second person, receive.

Each under the lock of the case, with an event in the case's own chain.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from django.db import connection
from django.utils.translation import gettext as _

from webapp.cases import policy as cases
from webapp.cases.noting import changes_of, note
from webapp.cases.planning.step import organ_prefix
from webapp.cases.policy import REGISTERING
from webapp.cases.state import CaseState
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.cases.store.tables import TAKE_NUMBERS
from webapp.catalogue.queries import item_version
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid, NotYours, Refused
from webapp.fees.models import Bill, Receipt, Reduction
from webapp.fees.rates import Rate, rate_of
from webapp.organisations.queries import Acting
from workflows.calendars import local_day

T = TypeVar("T")
SERIES = "SJ"
"""Key of the gap-free series of receipts (收据), beside those of documents."""
MOST = 999
CENT = Decimal("0.01")


def make_bill(case_id: int, by: Acting, quantity: int) -> None:
    """Bill the item's rate times `quantity` (1…999), once a case (CAT-13, WIN-06).

    Raises Unknown, NotYours; Refused for an item without a fee or without its legal basis, and
    for what an agent has filed: agency costs nothing (AGT-05); AlreadyDone for a second bill.
    """

    def work(state: CaseState, pool: int) -> None:
        rate = _rate(state)
        if not 1 <= quantity <= MOST:
            raise Invalid({"quantity": _("数量要在1到999之间。")})
        if Bill.objects.filter(case=case_id).exists():
            raise AlreadyDone(_("这件申请已经开过缴费单；一件只有一张。"))
        Bill.objects.create(
            case_id=case_id,
            quantity=quantity,
            amount=(rate.amount * quantity).quantize(CENT),
            basis=rate.basis,
            standard=rate.standard,
            made_by_id=by.officer_id,
            made_at=state.at,
        )
        _note(state, by, pool, "billed", amount=rate.amount * quantity)

    _at_window(case_id, by, work)


def _rate(state: CaseState) -> Rate:
    if state.agent_id is not None:
        raise Refused(_("代办一律不收费，代办的件不能开缴费单。"), rule="AGT-05")
    rate = rate_of(item_version(state.item_version_id))
    if not rate.amount:
        raise Refused(_("这个事项不收费，不能开缴费单。"), rule="CAT-13")
    if not rate.basis:
        raise Refused(
            _("这个事项没有写收费依据，不能收费。请县政务办在事项的“收费”里补上依据。"),
            rule="CAT-13",
        )
    return rate


def propose_reduction(case_id: int, by: Acting, amount: str, reason: str, basis: str) -> None:
    """Propose to take something, or everything, off the bill; a head decides.

    Raises Unknown, NotYours, AlreadyDone, Refused, or Invalid by field.
    """

    def work(state: CaseState, pool: int) -> None:
        bill = _unpaid(case_id)
        if bill.reductions.filter(state=Reduction.State.OPEN).exists():
            raise AlreadyDone(_("已有一项减免等负责人确认。"))
        off, errors = _yuan(amount), {}
        if off is None or not 0 < off <= bill.amount - bill.reduced:
            errors["amount"] = _("请写要减多少元，不能超过还要缴的。")
        if not reason.strip():
            errors["reason"] = _("请写明为什么减免。")
        if not basis.strip():
            errors["basis"] = _("请写明减免的依据（哪个文件第几条）。")
        if errors or off is None:
            raise Invalid(errors)
        Reduction.objects.create(
            bill=bill,
            amount=off,
            reason=reason.strip(),
            basis=basis.strip(),
            proposed_by_id=by.officer_id,
            proposed_for_id=by.replaces(pool),
            proposed_at=state.at,
        )
        _note(state, by, pool, "reduction_proposed", amount=off)

    _at_window(case_id, by, work)


def decide_reduction(case_id: int, by: Acting, *, agree: bool) -> None:
    """A head of the window, and not who proposed it, agrees or declines.

    Raises Unknown, NotYours (also for the B of whom proposed it), AlreadyDone.
    """

    def work() -> None:
        state = lock_case(case_id)
        pool = cases.check_can_lead(by, state)
        bill = _unpaid(case_id)
        held = bill.reductions.filter(state=Reduction.State.OPEN).first()
        if held is None:
            raise AlreadyDone(_("没有等着确认的减免。"))
        acted = {held.proposed_by_id, held.proposed_for_id} - {None}
        cases.check_separate(by, [one for one in acted if one is not None], pool)
        held.state = Reduction.State.AGREED if agree else Reduction.State.DECLINED
        held.decided_by_id, held.decided_at = by.officer_id, state.at
        held.save(update_fields=["state", "decided_by", "decided_at"])
        if agree:
            bill.reduced += held.amount
            bill.save(update_fields=["reduced"])
        kind = "reduction_agreed" if agree else "reduction_declined"
        _note(state, by, pool, kind, amount=held.amount)

    transaction_with_retry(work)


def receive_fee(case_id: int, by: Acting, payer: str) -> str:
    """Record that what is due was paid; gives the number of the receipt.

    Raises Unknown, NotYours, AlreadyDone, Invalid without a payer, Refused while a reduction
    waits or nothing is due.
    """

    def work(state: CaseState, pool: int) -> str:
        bill = _unpaid(case_id)
        if bill.reductions.filter(state=Reduction.State.OPEN).exists():
            raise Refused(_("减免还等负责人确认，先不能收费。"))
        due = bill.amount - bill.reduced
        if not due:
            raise Refused(_("已经全部减免，不用缴费。"))
        if not payer.strip():
            raise Invalid({"payer": _("请填缴款人。")})
        unit, year = state.accountable_unit_id, local_day(state.at).year
        serial = _serial(unit, year)
        number = f"{organ_prefix(unit)}收据〔{year}〕{serial}号"
        Receipt.objects.create(
            bill=bill,
            unit_id=unit,
            year=year,
            serial=serial,
            number=number,
            amount=due,
            payer=payer.strip()[:100],
            received_by_id=by.officer_id,
            received_at=state.at,
        )
        _note(state, by, pool, "fee_received", amount=due, number=number)
        return number

    return _at_window(case_id, by, work)


def _at_window(case_id: int, by: Acting, work: Callable[[CaseState, int], T]) -> T:
    """Under the case's lock, by the window that answers for it: money is no agent's affair."""

    def locked() -> T:
        state = lock_case(case_id)
        pool = cases.pool_for_papers(by, state, ())
        roles = {held.role for held in by.held if held.pool_id == pool}
        if not roles & (set(REGISTERING) - {"village.agent"}):
            raise NotYours(_("收费由受理窗口办理，代办员不经手钱。"), rule="AGT-05")
        return work(state, pool)

    return transaction_with_retry(locked)


def _unpaid(case_id: int) -> Bill:
    bill = Bill.objects.filter(case=case_id).first()
    if bill is None:
        raise Refused(_("这件申请没有缴费单。"))
    if Receipt.objects.filter(bill=bill).exists():
        raise AlreadyDone(_("费用已经收过，收据已经开出。"))
    return bill


def _serial(unit_id: int, year: int) -> int:
    """The next number of the series; its row is locked until the commit, so there is no gap."""
    wanted = [{"organ_id": unit_id, "code": SERIES, "year": year, "many": 1}]
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBERS, {"wanted": json.dumps(wanted)})
        last: int = cursor.fetchone()[3]
    return last


def _yuan(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) > 10_000_000:
        return None
    return value if value == value.quantize(CENT) else None


def _note(state: CaseState, by: Acting, pool: int, kind: str, **facts: object) -> None:
    payload = {key: str(value) for key, value in facts.items()}
    note(state, changes_of(state), actor_of(by, pool), kind, payload)
