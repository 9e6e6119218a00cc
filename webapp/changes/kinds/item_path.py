"""How an item goes (办理方式): path, process of its own, and the organ with the power."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from webapp.catalogue.models import ItemVersion
from webapp.changes.kinds import asking
from webapp.changes.kinds.item import ItemKind, version_of
from webapp.changes.kinds.kind import Line, Value
from webapp.changes.kinds.organs import local_organs, organs
from webapp.core.errors import Invalid
from webapp.organisations.models import Unit
from webapp.processes import queries as processes
from webapp.processes.models import Process
from workflows.forms import Form


class ItemPath(ItemKind):
    """`{handling, flow, competent, entrusted_to_township, process, process_reason}`."""

    key = "item.path"

    def name(self) -> str:
        """What is changed."""
        return _("办理方式和流程")

    def read(self, version: ItemVersion) -> Value:
        """The columns; `competent` is a key."""
        return {
            "handling": version.handling,
            "flow": version.flow,
            "competent": version.competent.key
            if version.competent
            else version.competent_local,
            "entrusted_to_township": version.entrusted_to_township,
            "process": version.process_key,
            "process_reason": version.guide.get("process_reason") or "",
        }

    def form(self, subject: str) -> Form:
        """The path table decides by the first two, unless a process is named."""
        return asking.form(
            self.key,
            asking.choice("handling", _("办理类型"), handlings()),
            asking.choice("flow", _("办理层级"), flows()),
            asking.choice("competent", _("实施主体（有权决定的机关）"), organs()),
            asking.tick("entrusted_to_township", _("委托乡镇以实施主体的名义办理")),
            asking.choice(
                "process", _("另外指定流程"), paths(), must=False,
                about=_("空着：按办理路径表走。指定的，以指定的为准。"),
            ),
            asking.text("process_reason", _("为什么指定流程"), most=300),
        )  # fmt: skip

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """Texts are never null."""
        return {
            "handling": answers["handling"],
            "flow": answers["flow"],
            "competent": answers["competent"],
            "entrusted_to_township": bool(answers.get("entrusted_to_township")),
            "process": answers.get("process") or "",
            "process_reason": answers.get("process_reason") or "",
        }

    def columns(self, value: Value, version: ItemVersion) -> dict[str, Any]:
        """Columns of the version, and the reason in its guide."""
        unit = Unit.objects.filter(key=value["competent"]).values_list("pk", flat=True)
        return {
            "handling": value["handling"],
            "flow": value["flow"],
            "competent_id": unit.first(),
            "competent_local": "" if unit else value["competent"],
            "entrusted_to_township": value["entrusted_to_township"],
            "process_key": value["process"],
            "guide": {**version.guide, "process_reason": value["process_reason"] or None},
        }

    def row(self, value: Value, version: ItemVersion) -> dict[str, Any]:
        """As the items file has it."""
        return {**self.columns(value, version), **value}

    def check(self, subject: str, value: Value, today: date) -> None:
        """The organ exists, and a path leads on from every level where the item is taken."""
        version_row = self.current(subject)
        errors: dict[str, str] = {}
        if value["competent"] not in organs():
            errors["competent"] = _("没有这个单位，或者它已经停用。")
        if value["competent"] in local_organs() and value["entrusted_to_township"]:
            words = _("实施主体就在乡镇，不用委托。")
            errors["entrusted_to_township"] = words
        if value["process"] and value["process"] not in paths():
            errors["process"] = _("没有这个流程，或者它已经停用。")
        elif not errors and value != version_row and not _leads_on(subject, value):
            errors["flow"] = _("办理路径表里没有这样的一行，办件开不出来。")
        if errors:
            raise Invalid(errors)
        super().check(subject, value, today)

    def difference(self, before: Value, after: Value) -> list[Line]:
        """Everything here moves power or the way of the case: all in red."""
        names = organs()
        known = {
            "handling": (_("办理类型"), handlings()),
            "flow": (_("办理层级"), flows()),
            "competent": (_("实施主体"), names),
            "process": (_("指定流程"), paths()),
        }
        lines = []
        for key, (label, words) in known.items():
            old, new = before.get(key) or "", after.get(key) or ""
            if old != new:
                said = _("{label}由{old}改为{new}").format(
                    label=label, old=words.get(old, old) or "—", new=words.get(new, new) or "—"
                )
                lines.append(Line(said, True))
        if before.get("entrusted_to_township") != after.get("entrusted_to_township"):
            said = (
                _("改为委托乡镇办理")
                if after.get("entrusted_to_township")
                else _("不再委托乡镇办理")
            )
            lines.append(Line(said, True))
        if before.get("process_reason") != after.get("process_reason"):
            said = _("指定流程的理由改为：{new}")
            lines.append(Line(said.format(new=after.get("process_reason") or "—")))
        return lines


def _leads_on(subject: str, value: Value) -> bool:
    return any(
        processes.leads_on(
            handling=value["handling"],
            flow=value["flow"],
            level=level,
            process_key=value["process"],
        )
        for level in version_of(subject).offered_at
    )


def handlings() -> dict[str, str]:
    """Handled at once, or within a promise."""
    return {"immediate": _("即办件（当场办结）"), "promised": _("承诺件")}


def flows() -> dict[str, str]:
    """Which levels take part."""
    return {
        "local": _("本级办理"),
        "joint": _("部门联办"),
        "escalated": _("上报县级"),
        "escalated_joint": _("上报县级联办"),
    }


def paths() -> dict[str, str]:
    """Processes in force by key."""
    rows = Process.objects.exclude(current=None).order_by("key")
    return dict(rows.values_list("key", "name"))
