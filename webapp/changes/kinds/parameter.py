"""Figures that the county sets for itself (县参数): one number each, within its range."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from webapp.catalogue.models import Parameter
from webapp.catalogue.parameters import KNOWN, Known, parameter
from webapp.changes.kinds import asking
from webapp.changes.kinds.kind import Kind, Line, Value
from webapp.changes.models import Change
from webapp.core.errors import Invalid, Refused, Unknown
from workflows.forms import Form


class CountyParameter(Kind):
    """`{"value": 365, "source": "县里的文件"}` of a parameter that the product asks for."""

    key = "parameter"
    room = "county"

    def name(self) -> str:
        """What is changed."""
        return _("县参数")

    def subject_name(self, subject: str) -> str:
        """The name of the parameter."""
        known = _known(subject)
        row = Parameter.objects.filter(pk=subject).values_list("name", flat=True).first()
        return row or known.name

    def current(self, subject: str) -> Value:
        """Its value and where that stands."""
        _known(subject)
        row = Parameter.objects.filter(pk=subject).values_list("source", flat=True).first()
        return {"value": parameter(subject), "source": row or ""}

    def form(self, subject: str) -> Form:
        """The number, and the paper that fixes it."""
        known = _known(subject)
        about = _("{least} 到 {most} 之间的整数。").format(least=known.least, most=known.most)
        return asking.form(
            self.key,
            asking.number("value", _("改成"), known.least, known.most, must=True, about=about),
            asking.text("source", _("依据（哪份文件、第几条）"), must=True),
        )

    def check(self, subject: str, value: Value, today: date) -> None:
        """The range again: it may have changed since."""
        known = _known(subject)
        if not known.least <= value["value"] <= known.most:
            words = _("要在{least}到{most}之间。")
            raise Invalid({"value": words.format(least=known.least, most=known.most)})

    def difference(self, before: Value, after: Value) -> list[Line]:
        """The number first; a longer bar is graver for applicants."""
        lines = []
        if before["value"] != after["value"]:
            words = _("由 {old} 改为 {new}").format(old=before["value"], new=after["value"])
            lines.append(Line(words, grave=after["value"] > before["value"]))
        if before["source"] != after["source"]:
            words = _("依据改为：{new}").format(new=after["source"])
            lines.append(Line(words))
        return lines

    def apply(self, change: Change, today: date) -> None:
        """Write the row; a later release leaves it alone."""
        if change.after is None or change.in_force_at is None:
            raise Refused("改动没有内容。")
        Parameter.objects.update_or_create(
            key=change.subject,
            defaults={
                "value": change.after["value"],
                "source": change.after["source"],
                "name": change.subject_name[:120],
                "set_at": change.in_force_at,
                "by_county": True,
            },
        )


def _known(subject: str) -> Known:
    known = KNOWN.get(subject)
    if known is None:
        raise Unknown("没有这个参数。")
    return known
