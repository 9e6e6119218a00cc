"""Numbers of documents (文书): which series have no gaps, and how a number reads.

Placed apart from planning and storing because both need it. Catalogue of documents: domain §3.2.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

SERIES = frozenset(
    {"D04", "D05", "D06", "D07", "D08", "D10", "D14", "D15", "D18", "D19", "D20", "D25"}
    | {"D14S", "D14R"}
)
"""Gap-free per organ, type and year (design: data); D14S and D14R are served like D14."""

DENIALS = frozenset({"D06", "D07", "D10", "D20", "D25"})
"""Filed with the county office (DENY-01)."""

NAMES = {
    "D01": gettext_noop("申请书"),
    "D02": gettext_noop("材料接收凭证"),
    "D03": gettext_noop("一次性告知单"),
    "D04": gettext_noop("补正告知书"),
    "D05": gettext_noop("受理通知书"),
    "D06": gettext_noop("不予受理通知书"),
    "D07": gettext_noop("不受理告知书"),
    "D08": gettext_noop("容缺受理告知书"),
    "D09": gettext_noop("容缺受理承诺书"),
    "D10": gettext_noop("退回通知书"),
    "D11": gettext_noop("便民服务承办单"),
    "D12": gettext_noop("审批表"),
    "D13": gettext_noop("笔录"),
    "D14": gettext_noop("特别程序告知书"),
    "D14S": gettext_noop("中止办理告知书"),
    "D14R": gettext_noop("恢复办理告知书"),
    "D15": gettext_noop("延期办理通知书"),
    "D16": gettext_noop("听证告知书"),
    "D17": gettext_noop("联办通知"),
    "D18": gettext_noop("上报函"),
    "D19": gettext_noop("准予决定书"),
    "D20": gettext_noop("不予决定书"),
    "D21": gettext_noop("代办委托书"),
    "D22": gettext_noop("送达回证"),
    "D23": gettext_noop("领取证照签收单"),
    "D24": gettext_noop("否定报备登记表"),
    "D25": gettext_noop("终止办理告知书"),
    "D25W": gettext_noop("撤回申请书"),
    "D26": gettext_noop("政务服务评价单"),
    "D27": gettext_noop("投诉登记和督办整改表"),
    "D28": gettext_noop("公示"),
    "D29": gettext_noop("卷内目录"),
}

_WORDS = {
    "D04": "补",
    "D05": "受",
    "D06": "不受",
    "D07": "告",
    "D08": "容",
    "D10": "退",
    "D14": "特",
    "D14S": "中",
    "D14R": "恢",
    "D15": "延",
    "D18": "报",
    "D19": "准",
    "D20": "不准",
    "D25": "终",
}


def number_text(prefix: str, code: str, year: int, serial: int) -> str:
    """正民受〔2026〕12号: organ, kind, year in 六角括号, no leading zeros (GB/T 9704)."""
    return f"{prefix}{_WORDS[code]}〔{year}〕{serial}号"
