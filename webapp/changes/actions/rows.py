"""What every verb of a change needs: its row under lock, its value checked, its record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from webapp.audit import actions as audit
from webapp.audit.models import Event
from webapp.changes.kinds import Kind, Value
from webapp.changes.models import Change
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.organisations.queries import Acting
from workflows.forms import validate


class Overtaken(Refused):
    """What the change starts from is no longer in force, or it was saved elsewhere since."""


def lock(change_id: int) -> Change:
    """The change, locked for the transaction. Raises Unknown."""
    found = Change.objects.select_for_update(of=("self",)).filter(pk=change_id)
    change = found.select_related("author", "reviewer").first()
    if change is None:
        raise Unknown("没有这份改动。")
    return change


def checked(
    kind: Kind, subject: str, typed: Mapping[str, Any], before: Value, today: date
) -> Value:
    """The value that was typed. Raises Invalid with every error at its field."""
    found = validate(kind.form(subject), typed, today=today)
    if found.errors:
        raise Invalid(dict(found.errors))
    value = kind.value(found.values, before)
    kind.check(subject, value, today)
    return value


def check_base(kind: Kind, change: Change) -> None:
    """Nobody's change is undone unseen: what it starts from must still be in force."""
    if not kind.creates and kind.current(change.subject) != change.before:
        raise Overtaken(
            _("起草以后，现行的内容已经有人改过。您填的都在；请对照现行内容，确认后再提交。")
        )


def note(
    change: Change,
    event: str,
    by: Acting | None,
    payload: dict[str, Any],
    *,
    at: datetime | None = None,
) -> None:
    """Write an act on the chain of the change. Without `by`, its day has come: `at`."""
    moment = by.at if by else at
    if moment is None:
        raise ValueError("An act has a moment.")
    audit.record(
        subject=Event.Subject.CHANGE,
        subject_id=change.pk,
        kind=event,
        at=moment,
        actor_id=by.officer_id if by else None,
        actor_name=by.name if by else "",
        acting_as=by.title[:120] if by else "",
        payload={"kind": change.kind, "subject": change.subject, **payload},
    )
