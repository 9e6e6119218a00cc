"""The guide of an item (办事指南): name, where it is taken, basis, steps, results, publicity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from webapp.catalogue.models import ItemVersion
from webapp.changes.kinds import asking
from webapp.changes.kinds.item import ItemKind, version_of
from webapp.changes.kinds.kind import Line, Row, Value
from webapp.core.errors import Invalid
from workflows.forms import Form


class ItemGuide(ItemKind):
    """`{name, offered_at, legal_basis, steps, granted, refused, publicity, note}` flat."""

    key = "item.guide"

    def name(self) -> str:
        """What is changed."""
        return _("办事指南")

    def read(self, version: ItemVersion) -> Value:
        """The parts of the guide that applicants read."""
        guide = version.guide
        result = guide.get("result") or {}
        return {
            "name": version.name,
            "offered_at": list(version.offered_at),
            "legal_basis": [_basis(row) for row in guide.get("legal_basis") or ()],
            "steps": [_step(row) for row in guide.get("steps") or ()],
            "granted": result.get("granted") or "",
            "refused": result.get("refused") or "",
            "publicity": (guide.get("publicity") or {}).get("rule") or "none",
            "note": guide.get("note") or "",
        }

    def form(self, subject: str) -> Form:
        """As a counter tells it."""
        return asking.form(
            self.key,
            asking.text("name", _("事项名称"), most=120, must=True),
            asking.choices("offered_at", _("在哪里受理"), levels(), must=True),
            asking.rows(
                "legal_basis",
                _("法律依据"),
                (
                    asking.text("title", _("名称和文号"), must=True),
                    asking.text("article", _("第几条"), most=60),
                    asking.tick("certain", _("已经核实")),
                ),
                most=20,
            ),
            asking.rows(
                "steps",
                _("办理环节（办事指南上写的；真正怎么走看流程图）"),
                (
                    asking.choice("level", _("哪一级"), step_levels()),
                    asking.text("actor", _("谁办"), most=60, must=True),
                    asking.text("limit", _("多长时间"), most=60),
                ),
                least=1,
                most=20,
            ),
            asking.text("granted", _("同意的结果文书"), must=True),
            asking.text("refused", _("不同意的结果文书"), must=True),
            asking.choice("publicity", _("公示"), publicity()),
            asking.area("note", _("说明")),
        )

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """Steps keep what they do, which the form does not ask."""
        actions = {row["step"]: row["action"] for row in current.get("steps", ())}
        steps = [
            _step({**row, "step": n, "action": actions.get(n)})
            for n, row in enumerate(answers["steps"], start=1)
        ]
        chosen = answers["offered_at"]
        return {
            "name": answers["name"],
            "offered_at": [level for level in levels() if level in chosen],
            "legal_basis": [_basis(row) for row in answers.get("legal_basis") or ()],
            "steps": steps,
            "granted": answers["granted"],
            "refused": answers["refused"],
            "publicity": answers["publicity"],
            "note": answers.get("note") or "",
        }

    def columns(self, value: Value, version: ItemVersion) -> dict[str, Any]:
        """Two columns and parts of the guide."""
        guide = {
            **version.guide,
            "legal_basis": value["legal_basis"],
            "steps": value["steps"],
            "result": {"granted": value["granted"], "refused": value["refused"]},
            "publicity": {
                **(version.guide.get("publicity") or {}),
                "rule": value["publicity"],
            },
            "note": value["note"] or None,
        }
        return {"name": value["name"], "offered_at": value["offered_at"], "guide": guide}

    def check(self, subject: str, value: Value, today: date) -> None:
        """The county hall does not act for a township's own organ (CAT-18)."""
        version = version_of(subject)
        if version.competent_id is None and "county" in value["offered_at"]:
            words = _("有权机关是乡镇的，县政务大厅不能代它受理（CAT-18）。")
            raise Invalid({"offered_at": words})
        super().check(subject, value, today)

    def difference(self, before: Value, after: Value) -> list[Line]:
        """Where it is no longer taken stands first."""
        lines = []
        old, new = before.get("offered_at") or (), after.get("offered_at") or ()
        for level in levels():
            if level in old and level not in new:
                words = _("不再在{level}受理").format(level=levels()[level])
                lines.append(Line(words, True))
            if level in new and level not in old:
                lines.append(Line(_("增加在{level}受理").format(level=levels()[level])))
        for key, label in (
            ("name", _("事项名称")), ("granted", _("同意的结果文书")),
            ("refused", _("不同意的结果文书")), ("note", _("说明")),
        ):  # fmt: skip
            if before.get(key) != after.get(key):
                words = _("{label}改为：{new}")
                lines.append(Line(words.format(label=label, new=after.get(key) or "—")))
        lines += _listed(_("法律依据"), before, after, "legal_basis", _basis_words)
        lines += _listed(_("办理环节"), before, after, "steps", _step_words)
        if before.get("publicity") != after.get("publicity"):
            rule = after.get("publicity") or "none"
            words = _("公示改为：{new}").format(new=publicity().get(rule, rule))
            lines.append(Line(words, True))
        return lines


def _listed(label: str, before: Row, after: Row, key: str, said: Any) -> list[Line]:
    old = [said(row) for row in before.get(key) or ()]
    new = [said(row) for row in after.get(key) or ()]
    lines = [
        Line(_("{label}：增加“{one}”").format(label=label, one=one))
        for one in new
        if one not in old
    ]
    lines += [
        Line(_("{label}：去掉“{one}”").format(label=label, one=one))
        for one in old
        if one not in new
    ]
    if not lines and before.get(key) != after.get(key):
        lines.append(Line(_("{label}的次序或核实情况变了").format(label=label)))
    return lines


def _basis(row: Row) -> dict[str, Any]:
    return {
        "title": row["title"],
        "article": row.get("article") or None,
        "certain": bool(row.get("certain")),
    }


def _step(row: Row) -> dict[str, Any]:
    return {
        "step": row["step"],
        "level": row["level"],
        "actor": row["actor"],
        "action": row.get("action") or "",
        "limit": row.get("limit") or "",
    }


def _basis_words(row: Row) -> str:
    return f"{row['title']}{row.get('article') or ''}"


def _step_words(row: Row) -> str:
    limit = row.get("limit")
    return f"{row['actor']} {limit}" if limit else str(row["actor"])


def levels() -> dict[str, str]:
    """Where an item can be filed."""
    return {
        "village": _("村便民服务站"),
        "township": _("乡镇便民服务中心"),
        "county": _("县政务服务大厅"),
    }


def step_levels() -> dict[str, str]:
    """Levels of a step of the guide."""
    return {
        "village": _("村"),
        "township": _("乡镇"),
        "county": _("县"),
        "external": _("县外"),
    }


def publicity() -> dict[str, str]:
    """Whether an application is made public."""
    return {
        "required": _("须公示"),
        "optional": _("可以公示"),
        "result_only": _("只公示结果"),
        "none": _("不公示"),
        "forbidden": _("不得公示（涉及隐私）"),
    }
