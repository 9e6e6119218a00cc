"""Good bodies of forms: what the right person would post."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.architecture.people import BESIDE
from tests.architecture.scene import PHONE, Scene, Staged
from webapp.core import db


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as the names and values of an HTML form: rows are `members[0].name`."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, row in enumerate(value):
                found |= {f"{key}[{number}].{k}": _text(v) for k, v in row.items()}
        else:
            found[key] = _text(value)
    return {key: value for key, value in found.items() if value is not None}


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else None
    if isinstance(value, list):
        return [str(one) for one in value]
    return None if value is None else str(value)


def body_of(scene: Scene, name: str, staged: Staged | None) -> dict[str, Any]:
    """What the right person would post to an address."""
    if staged is not None:
        return _about_case(scene, name, staged)
    if name in {"inboxes:register_item", "inboxes:register_state", "inboxes:register_draft"}:
        marks = scene.desk.marks("ZR01")
        ticked = {f"mat-{key}-state": mark["state"] for key, mark in marks.items()}
        village = {"reg-village": scene.desk.village().pk, "reg-key": "walk"}
        return flat(scene.desk.answers("ZR01")) | ticked | village
    if name in POSTS:
        return _about_posts(scene, name)
    if name.startswith("designer:"):
        return _about_draft(scene, name)
    return ALWAYS_THE_SAME.get(name, {})


ALWAYS_THE_SAME: dict[str, dict[str, Any]] = {
    "contacts:contact_new": {
        "name": "王女士", "question": "几点下班", "channel": "phone", "ends": "answer",
        "answer": "五点半", "key": "walk-1",
    },
    "contacts:contact_draft": {"name": "王女士"},
    "contacts:notice": {"item": "ZR01"},
    "inboxes:reach": {
        "mail": "a@example.cn", "by_mail": "on", "quiet_from": "18:00", "quiet_until": "08:00",
    },
    "inboxes:inbox_list": {"column": ["step", "who"], "sort": "received"},
    "inboxes:view_save": {"name": "没人签收的", "query": "view=unit&held=none"},
    "inboxes:upload_begin": {
        "place": "register:ZR01", "material": "application", "key": "walk", "name": "a.png",
        "size": "100",
    },
    "office:change_begin": {"kind": "item.limits", "subject": "ZR01"},
    "office:change_save": {
        "value": "100", "source": "县政务办会议纪要", "reason": "试改", "seen": "0",
    },
    "inboxes:roster_edit": {"do": "save", "note": "中午不休息"},
    "office:post_filing_answer": {"do": "return", "answer": "A岗只有两名"},
    "inboxes:absence_do": {"note": "钥匙在抽屉里"},
    "accounts:preferences": {"language": "en", "large_letters": "on"},
    "office:card_appeal": {"ground": "system", "reason": "当天全镇停电，系统无法登录"},
    "office:card_decide": {"outcome": "cancel", "note": "经核实当日全镇停电一天"},
}  # fmt: skip
POSTS = frozenset({
    "inboxes:absence_new", "inboxes:absence_change", "inboxes:roster_new", "office:post_assign",
    "office:leave", "office:a_posts", "inboxes:group_keep",
})  # fmt: skip


def _about_posts(scene: Scene, name: str) -> dict[str, Any]:
    day = (db.now() + timedelta(days=50)).date()
    if name in {"inboxes:absence_new", "inboxes:absence_change"}:
        return {"first": day.isoformat(), "last": day.isoformat(), "reason": "年休假"}
    if name == "inboxes:roster_new":
        last = (day + timedelta(days=4)).isoformat()
        unit = scene.desk.county.unit("xinan.centre").pk
        return {"unit": unit, "kind": "leader", "first": day.isoformat(), "last": last}
    if name == "inboxes:group_keep":
        station = scene.desk.county.unit("station.130123103201").pk
        return {"station": station, "name": "东头组", "contact": "王老五"}
    if name == "office:a_posts":
        clerk = scene.people["township.window @ own"].officer.pk
        return {"do": "save", f"born-{clerk}": "1990-05-01", f"employment-{clerk}": "civil"}
    other = scene.people[BESIDE].officer.pk
    if name == "office:leave":
        return {"receiver": other}
    return {"cover": "B", "officer": other, "first": day.isoformat(), "do": "assign"}


def _about_draft(scene: Scene, name: str) -> dict[str, Any]:
    unit = str(scene.desk.county.unit("xinan.centre").pk)
    return {
        "designer:begin": {"title": "县级审核改为3天", "reason": "县政务办会议纪要"},
        "designer:transfer_decide": {"do": "agree"},
        "designer:change": {"text": "名称不通顺"},
        "designer:play_begin": {
            "process": "promised",
            "item": "any",
            "unit": unit,
            "day": "2026-03-03",
        },
        "designer:play": {"do": "withdraw", "play-after": "0", "play-version": "0"},
        "designer:play_save": {"name": "只到开头", "file": "promised-begun", "play-after": "0"},
    }.get(name, {})


def _about_case(scene: Scene, name: str, staged: Staged) -> dict[str, Any]:
    if name in {"inboxes:item", "inboxes:item_state", "inboxes:item_draft"}:
        return flat(scene.desk.form_answers(staged.item)) | {"do": "complete"}
    if name == "inboxes:reveal":
        return {"field": PHONE}
    if name == "inboxes:withdraw":
        return {"reason": "本人不再需要办理"}
    if name == "inboxes:suspend":
        return {"cause": "party", "reason": "等待确定承受人", "legal_basis": "办法第四条"}
    if name == "inboxes:terminate":
        return {"reason": "申请人户籍已迁出", "legal_basis": "办法第三条"}
    if name in {"inboxes:resume", "inboxes:decide", "inboxes:answer"}:
        return {"reason": "已经确定", "do": "agree"}
    if name == "inboxes:issue_paper":
        return {"code": "D26"}
    if name == "inboxes:print_papers":
        return {"document": str(staged.case.documents.first().pk)}
    if name == "inboxes:papers":
        key = staged.case.materials.order_by("id").first().key
        return {"do": "marks", f"mat-{key}-state": "checked"}
    return {}
