"""Reads of changes: lists, one with its history, what waits. Each states its statements."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, QuerySet

from webapp.audit.models import Event
from webapp.changes.kinds import Line, kind_of
from webapp.changes.models import Change
from webapp.core.errors import Unknown

State = Change.State
OPEN = (State.DRAFT, State.REJECTED, State.PROPOSED, State.APPROVED)


def change(change_id: int) -> Change:
    """One change with its people: one statement. Raises Unknown."""
    rows = Change.objects.select_related("author", "reviewer", "undoes")
    found = rows.filter(pk=change_id).first()
    if found is None:
        raise Unknown("没有这份改动。")
    return found


def changes(state: str = "", kind_keys: Collection[str] = ()) -> QuerySet[Change]:
    """Changes, newest first; drafts stand with the others: nothing is hidden."""
    rows = Change.objects.select_related("author", "reviewer").order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    return rows.filter(kind__in=kind_keys) if kind_keys else rows


def changes_in(states: Collection[str], kind_keys: Collection[str]) -> list[Change]:
    """Changes of these kinds that stand in one of these states: one statement."""
    rows = Change.objects.filter(state__in=states, kind__in=kind_keys)
    return list(rows.select_related("author", "reviewer").order_by("-pk"))


def counts() -> dict[str, int]:
    """How many changes there are in each state: one statement."""
    return dict(Change.objects.values_list("state").annotate(n=Count("pk")))


def changes_of(subject: str, kind_keys: Collection[str]) -> list[Change]:
    """Every change of one thing, newest first: one statement."""
    rows = Change.objects.filter(subject=subject, kind__in=kind_keys)
    return list(rows.select_related("author", "reviewer").order_by("-pk"))


def open_change(kind_key: str, subject: str, author_id: int) -> Change | None:
    """The author's own change of this that she has not handed in: one statement."""
    return Change.objects.filter(
        kind=kind_key,
        subject=subject,
        author=author_id,
        state__in=(State.DRAFT, State.REJECTED),
    ).first()


def difference(found: Change) -> list[Line]:
    """What a change means, gravest first; empty while it has no value yet."""
    if found.after is None:
        return []
    lines = kind_of(found.kind).difference(found.before or {}, found.after)
    return sorted(lines, key=lambda line: not line.grave)


def events(change_id: int) -> list[Event]:
    """What was done with a change, in order: one statement."""
    chain = Event.objects.filter(subject=Event.Subject.CHANGE, subject_id=change_id)
    return list(chain.order_by("seq"))
