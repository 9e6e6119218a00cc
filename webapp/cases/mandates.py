"""What a mandate to an agent says (代办委托书 D21): its reasons, its powers, and the words of both.

AGT-01 voluntary and revocable · AGT-03 why an agent · AGT-04 what one must do in person · AGT-05
free of charge (the wording says so).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_noop

REASONS = {
    "elderly": gettext_noop("年老体弱"),
    "mobility": gettext_noop("行动不便"),
    "away": gettext_noop("外出不便返回"),
    "higher_level": gettext_noop("需上级审批"),
    "convenience": gettext_noop("本人要求代办"),
}
"""Why an agent may act (AGT-03; AGT-01: whenever it helps and the person wants it)."""

POWERS = {
    "file": gettext_noop("提交申请"),
    "receipt": gettext_noop("签收文书"),
    "correct": gettext_noop("补正材料"),
    "collect": gettext_noop("领取结果"),
}


def words_of_mandate(
    agent: str, reason: str, powers: Iterable[str], signed_on: date, witness: str
) -> dict[str, str]:
    """Words for D21, which is Chinese whoever reads the page; powers in their fixed order."""
    given = set(powers)
    return {
        "agent": agent,
        "mandate_from": f"{signed_on.year}年{signed_on.month}月{signed_on.day}日",
        "mandate_until": "这件事办结",
        "mandate_powers": "、".join(name for key, name in POWERS.items() if key in given),
        "mandate_reason": REASONS.get(reason, reason),
        "mandate_witness": witness,
    }
