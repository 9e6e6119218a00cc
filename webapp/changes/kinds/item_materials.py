"""Papers to bring (材料): main or secondary, tolerable for some days, needed under a condition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from webapp.catalogue.item_rules import Problem
from webapp.catalogue.models import ItemVersion
from webapp.catalogue.versions import materials_of
from webapp.changes.kinds import asking
from webapp.changes.kinds.item import ItemKind
from webapp.changes.kinds.kind import Line, Row, Value, as_typed
from workflows.forms import Form

_ADDED = re.compile(r"added_(\d{1,4})")


class ItemMaterials(ItemKind):
    """`{"materials": [row of the items file, …]}` in their order."""

    key = "item.materials"

    def name(self) -> str:
        """What is changed."""
        return _("材料")

    def read(self, version: ItemVersion) -> Value:
        """The papers in their order."""
        return {"materials": materials_of(version)}

    def form(self, subject: str) -> Form:
        """One row a paper."""
        fields = (
            asking.number("order", _("次序"), 1, 99, about=_("按数字从小到大排")),
            asking.text("name", _("名称"), most=200, must=True),
            asking.choice("role", _("主件还是副件"), roles()),
            asking.choice("form", _("形式"), forms()),
            asking.number("copies", _("份数"), 0, 20, must=True),
            asking.choice("source", _("从哪里来"), sources()),
            asking.tick("tolerable", _("可以容缺（只有副件可以）")),
            asking.number(
                "supplement_days", _("容缺后几个工作日内补齐"), 1, 60,
                hide="tolerable != true",
            ),
            asking.tick("shared_exempt", _("能共享核验的免交")),
            asking.text(
                "condition", _("什么情况下要交（FEEL 条件）"), most=500,
                about=_('空着就是都要交。例如：applicant_age >= 60 and relation = "spouse"'),
            ),
            asking.text("note", _("说明"), most=500),
            asking.text(
                "key", _("代码"), most=60, pattern=r"[a-z][a-z0-9_]{0,59}",
                about=_("新增的空着，系统自动编；已有的不要改"),
            ),
        )  # fmt: skip
        return asking.form(
            self.key, asking.rows("materials", _("材料"), fields, least=1, most=40)
        )

    def typed(self, value: Value) -> dict[str, Any]:
        """With the numbers by which they can be put in another order."""
        rows = [{"order": n, **row} for n, row in enumerate(value["materials"], start=1)]
        return as_typed({"materials": rows})

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """In the order of the numbers; a new paper gets a code that none had before."""
        numbered = list(enumerate(answers["materials"]))
        numbered.sort(key=lambda one: (one[1].get("order") or 1000 + one[0], one[0]))
        taken = {row["key"] for row in current.get("materials", ())}
        taken |= {row["key"] for _n, row in numbered if row.get("key")}
        rows = [_row(row, taken) for _n, row in numbered]
        return {"materials": rows}

    def columns(self, value: Value, version: ItemVersion) -> dict[str, Any]:
        """The materials of the version."""
        return {"materials": value["materials"]}

    def address(self, problem: Problem) -> str:
        """Problems of other columns stand at the list."""
        return problem.at if problem.at.startswith("materials") else "materials"

    def difference(self, before: Value, after: Value) -> list[Line]:
        """What applicants must bring more, or may bring less late, stands first."""
        old = {row["key"]: row for row in before.get("materials", ())}
        new = {row["key"]: row for row in after.get("materials", ())}
        lines = [
            Line(_("增加材料“{name}”（{how}）").format(name=row["name"], how=_how(row)), True)
            for key, row in new.items()
            if key not in old
        ]
        lines += [
            Line(_("不再要“{name}”").format(name=row["name"]))
            for key, row in old.items()
            if key not in new
        ]
        for key, row in new.items():
            if key in old:
                lines += _changed(old[key], row)
        if [key for key in old if key in new] != [key for key in new if key in old]:
            lines.append(Line(_("材料的次序变了")))
        return lines


def _row(row: Row, taken: set[str]) -> dict[str, Any]:
    key = row.get("key") or ""
    if not key:
        last = max((int(m[1]) for one in taken if (m := _ADDED.fullmatch(one))), default=0)
        key = f"added_{last + 1}"
        taken.add(key)
    tolerable = bool(row.get("tolerable"))
    return {
        "key": key,
        "name": row["name"],
        "role": row["role"],
        "tolerable": tolerable,
        "supplement_days": row.get("supplement_days") if tolerable else None,
        "form": row["form"],
        "copies": row["copies"],
        "source": row["source"],
        "shared_exempt": bool(row.get("shared_exempt")),
        "condition": row.get("condition") or "",
        "note": row.get("note") or "",
    }


def _changed(old: Row, new: Row) -> Iterator[Line]:
    name = new["name"]
    if old["name"] != name:
        yield Line(_("“{old}”改名为“{new}”").format(old=old["name"], new=name))
    if old["role"] != new["role"]:
        words = _("“{name}”改为{role}").format(name=name, role=roles()[new["role"]])
        yield Line(words, grave=new["role"] == "main")
    if (old["tolerable"], old["supplement_days"]) != (new["tolerable"], new["supplement_days"]):
        yield _tolerance(old, new)
    if old["condition"] != new["condition"]:
        when = new["condition"] or _("任何情况下都要")
        yield Line(_("“{name}”什么时候要交改为：{when}").format(name=name, when=when), True)
    if (old["form"], old["copies"]) != (new["form"], new["copies"]):
        words = _("“{name}”由{old}改为{new}").format(name=name, old=paper(old), new=paper(new))
        yield Line(words, grave=new["copies"] > old["copies"])
    if old["source"] != new["source"]:
        words = _("“{name}”改为{source}").format(name=name, source=sources()[new["source"]])
        yield Line(words, grave=new["source"] == "applicant")
    if old["shared_exempt"] != new["shared_exempt"]:
        words = _("“{name}”能共享核验的免交") if new["shared_exempt"] else _("“{name}”不再免交")
        yield Line(words.format(name=name), grave=not new["shared_exempt"])
    if old["note"] != new["note"]:
        yield Line(_("“{name}”的说明改为：{note}").format(name=name, note=new["note"] or "—"))


def _tolerance(old: Row, new: Row) -> Line:
    name, days = new["name"], new["supplement_days"]
    if not new["tolerable"]:
        return Line(_("“{name}”不能再容缺").format(name=name), True)
    if not old["tolerable"]:
        words = _("“{name}”可以容缺，{n}个工作日内补齐").format(name=name, n=days)
        return Line(words)
    words = _("“{name}”容缺后补齐的天数由{old}改为{new}个工作日").format(
        name=name, old=old["supplement_days"], new=days
    )
    return Line(words, grave=(days or 0) < (old["supplement_days"] or 0))


def _how(row: Row) -> str:
    tolerable = (
        _("，可容缺{n}个工作日").format(n=row["supplement_days"]) if row["tolerable"] else ""
    )
    return f"{roles()[row['role']]}，{paper(row)}{tolerable}"


def paper(row: Row) -> str:
    """The form, and how many; nothing is counted where no copy is kept (seen and given back)."""
    form = forms().get(row["form"]) or str(row["form"])
    return _("{form}{n}份").format(form=form, n=row["copies"]) if row["copies"] else form


def roles() -> dict[str, str]:
    """Main and secondary papers."""
    return {"main": _("主件"), "secondary": _("副件")}


def forms() -> dict[str, str]:
    """In what form a paper is brought."""
    return {
        "original": _("原件"),
        "copy": _("复印件"),
        "original_and_copy": _("原件和复印件"),
        "original_check": _("原件（核验后退还）"),
        "electronic": _("电子件"),
    }


def sources() -> dict[str, str]:
    """Who has the paper."""
    return {
        "applicant": _("申请人自备"),
        "government": _("政府部门核发"),
        "other": _("其他单位出具"),
    }
