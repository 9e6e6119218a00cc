"""What an item costs (收费): nothing, or what a law says, with its basis (AGT-05, CAT-13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from webapp.catalogue.item_rules import Problem
from webapp.catalogue.models import ItemVersion
from webapp.changes.kinds import asking
from webapp.changes.kinds.item import ItemKind
from webapp.changes.kinds.kind import Line, Value
from workflows.forms import Form


class ItemFee(ItemKind):
    """`{amount, basis, note}`; the rules allow no amount without its legal basis."""

    key = "item.fee"

    def name(self) -> str:
        """What is changed."""
        return _("收费")

    def read(self, version: ItemVersion) -> Value:
        """The fee of the guide."""
        fee = version.guide.get("fee") or {}
        return {
            "amount": fee.get("amount") or 0,
            "basis": fee.get("basis") or "",
            "note": fee.get("note") or "",
        }

    def form(self, subject: str) -> Form:
        """The amount in yuan, and on what it rests."""
        return asking.form(
            self.key,
            asking.number(
                "amount", _("收费（元）"), 0, 1_000_000, must=True,
                about=_("一般不收费；法律、行政法规规定收费的，写明依据。代办一律不收费，第三方收取的写在说明里。"),
            ),
            asking.text("basis", _("收费依据")),
            asking.area("note", _("说明"), most=300),
        )  # fmt: skip

    def value(self, answers: Mapping[str, Any], current: Value) -> Value:
        """Texts are never null."""
        return {
            "amount": answers["amount"],
            "basis": answers.get("basis") or "",
            "note": answers.get("note") or "",
        }

    def columns(self, value: Value, version: ItemVersion) -> dict[str, Any]:
        """A part of the guide."""
        fee = {key: value[key] or None for key in ("basis", "note")}
        return {"guide": {**version.guide, "fee": {"amount": value["amount"], **fee}}}

    def address(self, problem: Problem) -> str:
        """`fee.amount` is asked as `amount`."""
        return problem.at.removeprefix("fee.")

    def difference(self, before: Value, after: Value) -> list[Line]:
        """A higher fee stands in red."""
        lines = []
        if before.get("amount") != after.get("amount"):
            words = _("收费由{old}元改为{new}元").format(
                old=before.get("amount"), new=after.get("amount")
            )
            lines.append(Line(words, after["amount"] > (before.get("amount") or 0)))
        for key, label in (("basis", _("收费依据")), ("note", _("说明"))):
            if before.get(key) != after.get(key):
                words = _("{label}改为：{new}")
                lines.append(Line(words.format(label=label, new=after.get(key) or "—")))
        return lines
