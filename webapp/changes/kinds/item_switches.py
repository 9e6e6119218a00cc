"""Switches of an item (开关): what the county may decide about how it is handled."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from webapp.catalogue.item_rules import Problem
from webapp.catalogue.models import ItemVersion
from webapp.changes.kinds import asking
from webapp.changes.kinds.confirmers import CONFIRMER, confirmers, problem_of_confirmer
from webapp.changes.kinds.item import ItemKind, version_of
from webapp.changes.kinds.kind import Line, Value
from webapp.core.errors import Invalid
from workflows.forms import Form

ON_IS_GRAVE = frozenset({
    "in_person", "refuse_on_missing_main", "joint_silence_is_no_objection",
    "excluded_procedures",
})  # fmt: skip
"""Switching these on takes something from applicants; switching any other off does."""
TICKS = (
    *("tolerance_allowed", "deemed_acceptance", "refuse_on_missing_main"),
    *("check_clock_restarts_after_supplement", "joint_silence_is_no_objection"),
)


class ItemSwitches(ItemKind):
    """`{in_person, in_person_reason, agent_allowed, excluded_procedures, …}` flat."""

    key = "item.switches"

    def name(self) -> str:
        """What is changed."""
        return _("开关")

    def read(self, version: ItemVersion) -> Value:
        """Two columns and the switches; those that limits fix are with the limits."""
        return {
            "in_person": version.in_person,
            "in_person_reason": version.in_person_reason,
            "agent_allowed": version.agent_allowed,
            **{key: bool(version.switches.get(key)) for key in TICKS},
            "excluded_procedures": list(version.switches.get("excluded_procedures") or ()),
            CONFIRMER: version.switches.get(CONFIRMER) or "",
        }

    def form(self, subject: str) -> Form:
        """Each switch with what it does."""
        words = switch_words()
        return asking.form(
            self.key,
            asking.tick("agent_allowed", words["agent_allowed"]),
            asking.tick("in_person", words["in_person"]),
            asking.text("in_person_reason", _("为什么须本人到场"), hide="in_person != true"),
            *(asking.tick(key, words[key], about=about()[key]) for key in TICKS),
            asking.choices(
                "excluded_procedures",
                words["excluded_procedures"],
                procedures(),
                about=_("行政许可法第四十五条：勾选的程序可以提出，所需时间停法定时限。"),
            ),
            asking.choice(
                CONFIRMER,
                words[CONFIRMER],
                confirmers(),
                must=False,
                about=_(
                    "空着就按县参数。确认人不能是提出人，也不能低于窗口负责人（DENY-02）。"
                ),
            ),
        )

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """Every switch says something."""
        reason = answers.get("in_person_reason") if answers.get("in_person") else ""
        ticked = ("in_person", "agent_allowed", *TICKS)
        offered = procedures()
        chosen = answers.get("excluded_procedures") or ()
        return {
            **{key: bool(answers.get(key)) for key in ticked},
            "in_person_reason": reason or "",
            "excluded_procedures": [key for key in offered if key in chosen],
            CONFIRMER: answers.get(CONFIRMER) or "",
        }

    def columns(self, value: Value, version: ItemVersion) -> dict[str, Any]:
        """Columns of the version and its switches."""
        own = {key: value[key] for key in (*TICKS, "excluded_procedures", CONFIRMER)}
        return {
            "in_person": value["in_person"],
            "in_person_reason": value["in_person_reason"],
            "agent_allowed": value["agent_allowed"],
            "switches": {**version.switches, **own},
        }

    def address(self, problem: Problem) -> str:
        """Rules name switches `switches.…`; the form asks them flat."""
        return problem.at.removeprefix("switches.")

    def check(self, subject: str, value: Value, today: date) -> None:
        """Wherever the item is filed, the chosen role has somebody who confirms."""
        role, version = value.get(CONFIRMER), version_of(subject)
        words = role and problem_of_confirmer(
            role,
            version.offered_at,
            version.competent_id,
            version.competent_local,
            version.item.category_id,
        )
        if words:
            raise Invalid({CONFIRMER: words})
        super().check(subject, value, today)

    def difference(self, before: Value, after: Value) -> list[Line]:
        """What is switched on and off; what takes something from applicants in red."""
        words = switch_words()
        lines = []
        for key in ("in_person", "agent_allowed", *TICKS):
            old, new = bool(before.get(key)), bool(after.get(key))
            if old != new:
                said = _("打开“{name}”") if new else _("关闭“{name}”")
                grave = new if key in ON_IS_GRAVE else not new
                lines.append(Line(said.format(name=words[key]), grave))
        old_set, new_set = (
            set(one.get("excluded_procedures") or ()) for one in (before, after)
        )
        names = procedures()
        for key in sorted(new_set - old_set):
            said = _("“{name}”可以停法定时限").format(name=names.get(key, key))
            lines.append(Line(said, True))
        for key in sorted(old_set - new_set):
            said = _("“{name}”不再停法定时限").format(name=names.get(key, key))
            lines.append(Line(said))
        if (before.get(CONFIRMER) or "") != (after.get(CONFIRMER) or ""):
            old_role, new_role = (confirmer(one.get(CONFIRMER)) for one in (before, after))
            said = _("窗口提出的否定由{old}确认改为由{new}确认")
            lines.append(Line(said.format(old=old_role, new=new_role), True))
        if before.get("in_person_reason") != after.get("in_person_reason"):
            said = _("须本人到场的理由改为：{why}")
            lines.append(Line(said.format(why=after.get("in_person_reason") or "—")))
        return lines

    def gaining(self, before: Value, after: Value) -> Collection[str]:
        """The role that confirms denials from now on."""
        role = after.get(CONFIRMER) or ""
        return (role,) if role and role != (before.get(CONFIRMER) or "") else ()


def confirmer(role: str | None) -> str:
    """Who confirms, in words."""
    return confirmers().get(role, role) if role else _("县参数规定的岗位")


def switch_words() -> dict[str, str]:
    """What each switch is called on pages."""
    return {
        "agent_allowed": _("可以代办"),
        "in_person": _("须本人到场"),
        "tolerance_allowed": _("允许容缺受理"),
        "deemed_acceptance": _("审查期满视为受理"),
        "refuse_on_missing_main": _("缺主件可以不予受理"),
        "check_clock_restarts_after_supplement": _("补正后重新起算审查期"),
        "joint_silence_is_no_objection": _("部门逾期不答复视为无异议"),
        "excluded_procedures": _("不计入法定时限的程序"),
        CONFIRMER: _("窗口提出的否定由谁确认"),
        "extension_rule": _("决定期限可以延长的天数"),
        "delivery_days": _("决定后几个工作日内送达"),
    }


def about() -> dict[str, str]:
    """What each switch does, in a sentence."""
    return {
        "tolerance_allowed": _("主件齐全、只缺可以容缺的副件时可以先受理。即办件不可以。"),
        "deemed_acceptance": _("审查期满没有告知的，自收件之日视为受理。只有行政许可可以。"),
        "refuse_on_missing_main": _("行政许可不可以：缺主件只能补正。"),
        "check_clock_restarts_after_supplement": _("关：接着算补正以前剩余的天数。"),
        "joint_silence_is_no_objection": _("关：逾期的提醒、催办，由牵头窗口处理。"),
    }


def procedures() -> dict[str, str]:
    """Procedures of Art. 45."""
    return {
        "hearing": _("听证"),
        "inspection": _("检验"),
        "testing": _("检测"),
        "quarantine": _("检疫"),
        "appraisal": _("鉴定"),
        "expert_review": _("专家评审"),
    }
