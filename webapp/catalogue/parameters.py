"""Figures that the county sets for itself (县参数): data with a range, not constants of a program.

What no row says has the default here, which the requirements give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.catalogue.models import Parameter
from webapp.core.errors import Refused
from workflows.sources.vocabulary import ranks


@dataclass(frozen=True, slots=True)
class Known:
    """A parameter that the product asks for: its default and what it may lie between.

    `words` is its name until the county's file gives another. `roles`: a parameter that names
    one of several roles holds its place among them, counted from 0. `choices` names each value of
    a switch, from the most lenient to applicants on.
    """

    default: int
    least: int
    most: int
    words: str | Promise
    roles: tuple[str, ...] = ()
    choices: tuple[str | Promise, ...] = ()

    @property
    def name(self) -> str:
        """The name in the language of whoever reads it."""
        return str(self.words)

    def says(self, value: int) -> str:
        """A value as a page shows it."""
        return str(self.choices[value]) if self.choices else str(value)


TOLERANCE_BAR = "tolerance_bar_days"
"""Calendar days for which a broken commitment bars its applicant from another (TOL-06, TOL-x)."""
REFERRAL_TAKE = "referral_take_minutes"
"""Opening minutes within which the named person takes a referred enquiry (DUTY-02)."""
REFERRAL_ESCALATE = "referral_escalate_minutes"
"""Opening minutes after which a referral that nobody took goes to the heads (DUTY-02)."""
DENIAL_CONFIRMER = "denial_confirmer"
"""Who confirms a denial that a window proposes (DENY-02); an item may say another."""
COUNTY_WIDE = 2
"""How many of the confirming roles, from the lowest, sit at every window; the rest are items'."""
CONFIRMERS = ranks()[DENIAL_CONFIRMER]
AFTER_HOURS = "after_hours_next_day"
"""1: what comes after closing or on a day off is received on the next working day (domain §1.5)."""
KNOWN: Mapping[str, Known] = {
    REFERRAL_TAKE: Known(
        default=30, least=5, most=960, words=gettext_lazy("首问转交多少分钟（办公时间）内接收")
    ),
    REFERRAL_ESCALATE: Known(
        default=120,
        least=5,
        most=2400,
        words=gettext_lazy("首问转交多少分钟（办公时间）没有接收就报负责人"),
    ),
    TOLERANCE_BAR: Known(
        default=365, least=0, most=1825, words=gettext_lazy("容缺承诺没有兑现的限制天数")
    ),
    DENIAL_CONFIRMER: Known(
        default=0,
        least=0,
        most=COUNTY_WIDE - 1,
        words=gettext_lazy("窗口提出的否定由谁确认"),
        roles=CONFIRMERS[:COUNTY_WIDE],
    ),
    AFTER_HOURS: Known(
        default=0,
        least=0,
        most=1,
        words=gettext_lazy("办公时间以外收到的材料，算哪一天收到"),
        choices=(gettext_lazy("收到的当天"), gettext_lazy("下一个工作日")),
    ),
}


def parameter(key: str) -> int:
    """The value in force: one statement."""
    value = Parameter.objects.filter(pk=key).values_list("value", flat=True).first()
    return KNOWN[key].default if value is None else value


def denial_confirmer(switches: Mapping[str, Any]) -> str:
    """The role that confirms denials of an item with these switches: its own, else the county's.

    One statement, none where the item says it.
    """
    own = str(switches.get(DENIAL_CONFIRMER) or "")
    known = KNOWN[DENIAL_CONFIRMER]
    return own if own in CONFIRMERS else known.roles[parameter(DENIAL_CONFIRMER)]


def load_parameters(
    content: Mapping[str, Mapping[str, Any]], at: datetime, *, update: bool = False
) -> list[str]:
    """Write missing parameters, with `update` also changed ones; names of those written.

    What the county has set on a page stays.
    Raises Refused for one that the product does not know, or a value out of its range.
    """
    stored = dict(Parameter.objects.values_list("key", "value"))
    own = set(Parameter.objects.filter(by_county=True).values_list("key", flat=True))
    written = []
    for key, row in content.items():
        value = _checked(key, row["value"])
        if key in stored and (key in own or not update or stored[key] == value):
            continue
        Parameter.objects.update_or_create(
            key=key,
            defaults={
                "value": value,
                "name": row["name"],
                "source": row["source"],
                "set_at": at,
            },
        )
        written.append(str(row["name"]))
    return written


def _checked(key: str, value: object) -> int:
    known = KNOWN.get(key)
    if known is None:
        raise Refused(_("参数文件：没有“{key}”这个参数。").format(key=key))
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(_("参数文件：“{key}”要写整数。").format(key=key))
    if not known.least <= value <= known.most:
        words = _("参数文件：“{key}”要在{least}到{most}之间。")
        raise Refused(words.format(key=key, least=known.least, most=known.most))
    return value
