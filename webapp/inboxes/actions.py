"""What changes a person's own lists: columns, saved views, cases she follows, a file taken out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.cases.queries import SORTS, case_seen_by
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.inboxes.models import ListSettings, SavedView, Watch
from webapp.organisations.queries import Acting

COLUMNS = ("step", "unit", "village", "blocks", "who", "received")
"""Columns that may be left out, in the order in which they stand."""
MOST_VIEWS = 30
LONGEST_NAME = 30


def set_list(by: Acting, columns: Iterable[str], sort: str) -> None:
    """Keep which columns her inbox shows, and its order."""
    chosen = set(columns)
    ListSettings.objects.update_or_create(
        officer_id=by.officer_id,
        defaults={
            "columns": [key for key in COLUMNS if key in chosen],
            "sort": sort if sort in SORTS else SORTS[0],
        },
    )


def save_view(by: Acting, name: str, query: str, unit_id: int | None) -> SavedView:
    """Keep conditions under a name; the same name of hers is overwritten. Raises Invalid."""
    name = name.strip()
    if not name:
        raise Invalid({"name": _("请给视图起个名字。")})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": _("名字最多30个字。")})
    if not query:
        raise Invalid({"name": _("现在没有筛选条件。请先筛选，再另存为视图。")})
    if unit_id is not None and unit_id not in by.unit_ids:
        raise Invalid({"name": _("只能共享给您现在所在的单位。")})
    own = SavedView.objects.filter(owner=by.officer_id)
    if not own.filter(name=name).exists() and own.count() >= MOST_VIEWS:
        raise Invalid({"name": _("视图最多30个。请先删掉不用的。")})
    view, _made = SavedView.objects.update_or_create(
        owner_id=by.officer_id, name=name, defaults={"query": query[:300], "unit_id": unit_id}
    )
    return view


def drop_view(by: Acting, view_id: int) -> str:
    """Delete a view of hers; gives its name. Raises Unknown."""
    view = SavedView.objects.filter(pk=view_id, owner=by.officer_id).first()
    if view is None:
        raise Unknown("没有这个视图。")
    view.delete()
    return view.name


def watch(by: Acting, case_id: int) -> None:
    """Follow a case that she may see; following twice is following. Raises Unknown."""
    case_seen_by(by, case_id)
    try:
        with transaction.atomic():
            Watch.objects.get_or_create(
                officer_id=by.officer_id, case_id=case_id, defaults={"since": by.at}
            )
    except IntegrityError as gone:  # pragma: no cover - the case went in between
        raise Refused("没有这个办件。") from gone


def unwatch(by: Acting, case_id: int) -> None:
    """Follow it no longer."""
    Watch.objects.filter(officer=by.officer_id, case=case_id).delete()


def record_export(by: Acting, about: Mapping[str, str], rows: int) -> None:
    """Who took which list out of the system, and how long it was (WEB: every export on record).

    What was searched for may be a name: the record says that something was, never what.
    """
    kept = {key: value for key, value in about.items() if key != "q"}
    with transaction.atomic():
        audit.record(
            subject=Event.Subject.OFFICER,
            subject_id=by.officer_id,
            kind="list_exported",
            at=by.at,
            actor_id=by.officer_id,
            actor_name=by.name,
            payload={"list": "inbox", "rows": rows, "searched": bool(about.get("q")), **kept},
        )
