"""An item made ready for the county office's page: sections, changes on their way, history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from webapp.catalogue.models import ItemVersion, ServiceItem
from webapp.catalogue.versions import versions_of
from webapp.changes import queries as changes
from webapp.changes.kinds import Line, kinds
from webapp.changes.kinds import item_departments as departments
from webapp.changes.kinds import item_guide as guide
from webapp.changes.kinds import item_limits as limits
from webapp.changes.kinds import item_materials as materials
from webapp.changes.kinds import item_path as path
from webapp.changes.kinds import item_switches as switches
from webapp.changes.kinds.item import ItemKind
from webapp.changes.kinds.organs import organs
from webapp.changes.models import Change
from webapp.office.change_pages import in_list

_HAN = re.compile("[\u4e00-\u9fff]")
Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of an item: pairs of words, or a table with a heading."""

    kind: str
    title: str
    facts: Facts
    heading: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """A version with what it changed against the one before; `change` is the act behind it."""

    number: int
    at: datetime
    lines: list[Line]
    change: Change | None
    current: bool


def section_kinds() -> list[ItemKind]:
    """The kinds that are sections of an item, in their order on the page."""
    return [kind for kind in kinds().values() if isinstance(kind, ItemKind)]


def item_keys() -> list[str]:
    """Keys of every kind of change about an existing item."""
    return [key for key, kind in kinds().items() if kind.room == "item" and not kind.creates]


def sections(version: ItemVersion) -> list[Section]:
    """What the version says, section by section."""
    return [SHOWN[kind.key](kind, kind.read(version)) for kind in section_kinds()]


def history(item: ServiceItem) -> list[Past]:
    """Its versions, newest first: four statements."""
    rows = versions_of(item)
    acts = {
        one.in_force_at: one
        for one in changes.changes_of(item.code, item_keys())
        if one.in_force_at is not None
    }
    older: list[ItemVersion | None] = [*rows[1:], None]
    return [
        Past(
            row.number,
            row.created_at,
            difference(before, row) if before is not None else [],
            acts.get(row.created_at),
            row.pk == item.current_id,
        )
        for row, before in zip(rows, older, strict=True)
    ]


def difference(before: ItemVersion, after: ItemVersion) -> list[Line]:
    """What one version says differently from another, gravest first."""
    lines = [
        Line(f"{kind.name()}：{line.words}", line.grave)
        for kind in section_kinds()
        for line in kind.difference(kind.read(before), kind.read(after))
    ]
    return sorted(lines, key=lambda line: not line.grave)


def _yes(value: object) -> str:
    return _("是") if value else _("否")


def _source(text: str) -> str:
    """Where a limit is written; the working notes of the example data say nothing to a county."""
    return text if _HAN.search(text) else _("示例数据，待县里写明")


def _guide(kind: ItemKind, value: Mapping[str, Any]) -> Section:
    facts = [
        (_("事项名称"), value["name"]),
        (_("在哪里受理"), "、".join(guide.levels()[one] for one in value["offered_at"])),
        (
            _("法律依据"),
            "；".join(f"{r['title']}{r['article'] or ''}" for r in value["legal_basis"]),
        ),
        (
            _("办理环节"),
            " → ".join(r["actor"] for r in value["steps"]),
        ),
        (_("同意的结果文书"), value["granted"]),
        (_("不同意的结果文书"), value["refused"]),
        (_("公示"), guide.publicity().get(value["publicity"], value["publicity"])),
        (_("说明"), value["note"]),
    ]
    return Section(kind.key, kind.name(), facts)


def _materials(kind: ItemKind, value: Mapping[str, Any]) -> Section:
    heading = (_("名称"), _("主副件"), _("形式"), _("容缺"), _("来源"), _("什么情况下要交"))
    rows = tuple(
        (
            row["name"],
            materials.roles()[row["role"]],
            materials.paper(row),
            _("{n}个工作日内补齐").format(n=row["supplement_days"])
            if row["tolerable"]
            else "—",
            materials.sources().get(row["source"], row["source"])
            + (_("，能共享的免交") if row["shared_exempt"] else ""),
            row["condition"] or _("都要"),
        )
        for row in value["materials"]
    )
    return Section(kind.key, kind.name(), [], heading, rows)


def _limits(kind: ItemKind, value: Mapping[str, Any]) -> Section:
    heading = (_("时限"), _("多长"), _("可以延长"), _("依据"), _("核实"))
    rows = tuple(
        (
            limits.limit_name(row),
            limits.days_words(row),
            str(row.get("extension_days") or "—"),
            _source(row.get("source") or ""),
            _yes(row["certain"]),
        )
        for row in value["limits"]
    )
    return Section(kind.key, kind.name(), [], heading, rows)


def _switches(kind: ItemKind, value: Mapping[str, Any]) -> Section:
    words = switches.switch_words()
    facts = [(words[key], _yes(value[key])) for key in ("agent_allowed", "in_person")]
    if value["in_person"]:
        facts.append((_("为什么须本人到场"), value["in_person_reason"]))
    facts += [(words[key], _yes(value[key])) for key in switches.TICKS]
    chosen = [switches.procedures().get(key, key) for key in value["excluded_procedures"]]
    facts.append((words["excluded_procedures"], "、".join(chosen) or _("没有")))
    facts.append((words["denial_confirmer"], switches.confirmer(value["denial_confirmer"])))
    return Section(kind.key, kind.name(), facts)


def _fee(kind: ItemKind, value: Mapping[str, Any]) -> Section:
    amount = _("{n} 元").format(n=value["amount"]) if value["amount"] else _("不收费")
    facts = [(_("收费"), amount), (_("收费依据"), value["basis"]), (_("说明"), value["note"])]
    return Section(kind.key, kind.name(), facts)


def _departments(kind: ItemKind, value: Mapping[str, Any]) -> Section:
    names = organs()
    heading = (_("部门"), _("做什么"), _("第几批"), _("问什么"), _("几天内答复"))
    rows = tuple(
        (
            names.get(row["unit"], row["unit"])
            + (_("（窗口去征求）") if row["external"] else ""),
            departments.parts().get(row["role"], row["role"]),
            str(row["order"] or "—"),
            row["question"] or "—",
            departments.days_words(row),
        )
        for row in value["departments"]
    )
    return Section(kind.key, kind.name(), [], heading, rows)


def _path(kind: ItemKind, value: Mapping[str, Any]) -> Section:
    facts = [
        (_("办理类型"), path.handlings().get(value["handling"], value["handling"])),
        (_("办理层级"), path.flows().get(value["flow"], value["flow"])),
        (_("实施主体"), organs().get(value["competent"], value["competent"])),
        (_("委托乡镇办理"), _yes(value["entrusted_to_township"])),
        (
            _("流程"),
            path.paths().get(value["process"], value["process"]) or _("按办理路径表"),
        ),
    ]
    if value["process_reason"]:
        facts.append((_("为什么指定流程"), value["process_reason"]))
    return Section(kind.key, kind.name(), facts)


SHOWN = {
    "item.guide": _guide,
    "item.materials": _materials,
    "item.limits": _limits,
    "item.switches": _switches,
    "item.fee": _fee,
    "item.departments": _departments,
    "item.path": _path,
}


def waiting(code: str) -> Iterator[tuple[Change, str, str]]:
    """Changes of the item that are on their way: the change, its kind and its state."""
    for one in changes.changes_of(code, item_keys()):
        if one.state in changes.OPEN:
            kind, state, _first = in_list(one)
            yield one, kind, state
