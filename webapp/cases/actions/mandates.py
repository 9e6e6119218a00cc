"""Checking a mandate to an agent (代办委托书 D21): AGT-01, AGT-03, AGT-05."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from webapp.cases.changes import NewMandate
from webapp.cases.mandates import POWERS, REASONS
from webapp.core.errors import Invalid, Refused
from webapp.organisations.queries import Acting


def checked_mandate(raw: Mapping[str, Any] | None, by: Acting, today: date) -> NewMandate:
    """The mandate as a row. Raises Refused without one, Invalid with a sentence per field."""
    if not raw:
        raise Refused(
            "代办须有申请人的委托书（D21）。请先请申请人签名或者按手印，再登记。", rule="AGT-01"
        )
    errors: dict[str, str] = {}
    name = str(raw.get("principal_name") or "").strip()
    reason = str(raw.get("reason") or "")
    powers = [str(power) for power in raw.get("powers") or ()]
    signed_on = _day(raw.get("signed_on"))
    if not name:
        errors["mandate.principal_name"] = _("请填写委托人姓名。")
    if reason not in REASONS:
        errors["mandate.reason"] = _("请选择代办的原因。")
    if "file" not in powers or set(powers) - POWERS.keys():
        errors["mandate.powers"] = _("请勾选委托的事项，至少要有“提交申请”。")
    if signed_on is None or signed_on > today:
        errors["mandate.signed_on"] = _("请填写委托书的签署日期，不能晚于今天。")
    if errors or signed_on is None:
        raise Invalid(errors)
    return NewMandate(
        principal_name=name[:100],
        agent_id=by.officer_id,
        reason=reason,
        powers=tuple(powers),
        signed_on=signed_on,
        witness=str(raw.get("witness") or "").strip()[:60],
    )


def _day(raw: Any) -> date | None:
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        return None
