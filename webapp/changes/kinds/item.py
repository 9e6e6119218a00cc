"""What the kinds of an item share: the version in force, its rules, the next version."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from webapp.catalogue.item_rules import Problem, problems_at
from webapp.catalogue.models import ItemVersion, ServiceItem
from webapp.catalogue.versions import add_version, fields_of, materials_of, row_of
from webapp.changes.kinds.kind import Kind, Value
from webapp.changes.models import Change
from webapp.core.errors import Invalid, Refused, Unknown


class ItemKind(Kind):
    """One section of an item. What it changes becomes the next immutable version (CAT-05).

    `columns(value, version)` says which columns of the version the value fills, `materials`
    among them; `version` is the one in force, whose guide and switches change in parts.
    """

    room = "item"

    def subject_name(self, subject: str) -> str:
        """Code and name of the item."""
        return f"{subject} {version_of(subject).name}"

    def current(self, subject: str) -> Value:
        """What the version in force says here."""
        return self.read(version_of(subject))

    def lock(self, subject: str) -> None:
        """Versions of one item follow one another."""
        list(ServiceItem.objects.select_for_update().filter(code=subject).values_list("pk"))

    @abstractmethod
    def read(self, version: ItemVersion) -> Value:
        """The section of a version."""

    @abstractmethod
    def columns(self, value: Value, version: ItemVersion) -> dict[str, Any]:
        """The columns of the next version that the value fills."""

    def row(self, value: Value, version: ItemVersion) -> dict[str, Any]:
        """The same as columns of the items file, for the rules."""
        found = self.columns(value, version)
        return {**found, **found.get("guide", {})}

    def address(self, problem: Problem) -> str:
        """The field of the form that a problem is about."""
        return problem.at

    def check(self, subject: str, value: Value, today: date) -> None:
        """The rules of the items file; what was wrong before is nobody's fault here."""
        version = version_of(subject)
        row = row_of(version)
        known = set(problems_at(row))
        wanted = row | self.row(value, version)
        errors: dict[str, str] = {}
        for problem in problems_at(wanted):
            if problem not in known:
                errors.setdefault(self.address(problem), _(str(problem)))
        if errors:
            raise Invalid(errors)

    def apply(self, change: Change, today: date) -> None:
        """Write the next version; cases that are open keep theirs."""
        if change.after is None or change.in_force_at is None:
            raise Refused("改动没有内容。")
        version = version_of(change.subject)
        columns = fields_of(version) | self.columns(change.after, version)
        materials = columns.pop("materials", None)
        if materials is None:
            materials = materials_of(version)
        add_version(version.item, columns, materials, change.in_force_at, by_county=True)


def version_of(code: str) -> ItemVersion:
    """The version in force of an item, also of one that is closed. Raises Unknown."""
    rows = ItemVersion.objects.select_related("item__category", "competent")
    item = ServiceItem.objects.filter(code=code).values("current")
    version = rows.filter(pk__in=item).first()
    if version is None:
        raise Unknown("没有这个事项。")
    return version
