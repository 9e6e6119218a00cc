"""What a one-time notice (D03) says about an item before anybody applies: IN-07, IN-08.

Conditions, way, papers and limits, from the version of the item that is in force.
"""

from __future__ import annotations

from webapp.cases.facts import PROCEDURES
from webapp.cases.planning.limits import limit_of
from webapp.catalogue.queries import ItemFacts, MaterialFacts
from workflows.clocks import limit_text

_LEVELS = {
    "village": "村便民服务站",
    "township": "乡镇便民服务中心",
    "county": "县政务服务大厅",
}
FORMS = {
    "original": "原件",
    "copy": "复印件",
    "original_and_copy": "原件及复印件",
    "original_check": "原件核验",
    "electronic": "电子",
}


def words_of_item(item: ItemFacts) -> dict[str, str]:
    """Placeholders of D03; what the catalogue does not say is not printed."""
    guide = item.guide
    fee = (guide.get("fee") or {}).get("amount")
    actors = [str(row.get("actor") or "") for row in guide.get("steps") or ()]
    special = [str(row.get("kind")) for row in guide.get("special_procedures") or ()]
    return {
        "guide_basis": "、".join(_basis(row) for row in guide.get("legal_basis") or ())
        or "法律法规",
        "guide_flow": "→".join(actor for actor in dict.fromkeys(actors) if actor),
        "guide_where": "、".join(_LEVELS.get(level, level) for level in item.offered_at),
        "guide_fee": f"{fee}元" if fee else "不收费",
        "guide_result": str((guide.get("result") or {}).get("granted") or ""),
        "in_person_reason": item.in_person_reason if item.in_person else "",
        "in_person_steps": item.in_person_reason if item.in_person else "没有",
        "guide_limits": _limits(item, [PROCEDURES.get(kind, kind) for kind in special]),
    }


def _limits(item: ItemFacts, special: list[str]) -> str:
    found = []
    for kind, name in (("statutory", "法定"), ("promised", "承诺")):
        limit = limit_of(item, kind)
        if limit is not None:
            found.append(f"{name}{limit_text(limit)}")
    if special:
        found.append(f"需要{'、'.join(special)}的，时间另行书面告知")
    return "，".join(found)


def _basis(row: dict[str, object]) -> str:
    return f"《{row.get('title')}》{row.get('article') or ''}"


def required(item: ItemFacts) -> list[dict[str, str]]:
    """Every paper of the item, once, also those that only some people need (IN-08)."""
    return [_row(material) for material in item.materials]


def _row(material: MaterialFacts) -> dict[str, str]:
    if material.condition:
        when = "符合情形的才要"
    else:
        when = "政府部门共享的免交" if material.shared_exempt else "都要"
    return {
        "name": material.name,
        "form": FORMS.get(material.form, material.form),
        "copies": str(material.copies or 1),
        "when": when,
    }
