"""Papers on the way: given and not signed for, with their age; and the sheets of a trip."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.db.models import Count, Q
from django.db.models.query import QuerySet

from webapp.cases.models import Custody
from webapp.organisations.queries import Acting
from workflows.calendars import local_day

MOST = 300
_NUMBER = re.compile(r"[0-9A-Za-z-]{6,40}")


@dataclass(frozen=True, slots=True)
class Way:
    """One hand-over that nobody has signed for. `days`: calendar days since it was given.

    `files`: electronic papers of the case; they follow it and need no signature.
    """

    custody: Custody
    days: int
    files: int


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """What is to be signed for by her posts, and what her units have given."""

    to_sign: tuple[Way, ...]
    given: tuple[Way, ...]


def scanned(text: str) -> str:
    """The number in what a scanner typed: a number, or the address of a square code."""
    typed = text.strip()
    if "?" in typed:
        asked = parse_qs(urlsplit(typed).query)
        typed = (asked.get("q") or asked.get("n") or [""])[0].strip()
    return typed if _NUMBER.fullmatch(typed) else ""


def on_the_way(by: Acting, number: str = "") -> OnTheWay:
    """Oldest first, at most 300; with a number only that case's or run's. Two statements."""
    rows = _rows(Q(received_at=None, taken_back_at=None, to_pool__isnull=False))
    if number:
        rows = rows.filter(Q(case__number=number) | Q(run=number))
    units = [held.unit_id for held in by.held if held.works]
    return OnTheWay(
        _ways(rows.filter(to_pool__in=by.pool_ids)[:MOST], by),
        _ways(rows.filter(from_unit__in=units)[:MOST], by),
    )


def run_sheet(by: Acting, number: str) -> list[Custody]:
    """What is on a run, signed for or not: the lines that her units give or she receives."""
    rows = _rows(Q(run=number)) if number else ()
    units = {held.unit_id for held in by.held if held.works}
    return [one for one in rows if one.from_unit_id in units or by.holds(one.to_pool_id or 0)]


def _rows(which: Q) -> QuerySet[Custody]:
    return (
        Custody.objects.filter(which)
        .select_related(
            *("case__item_version", "from_unit", "from_officer", "to_pool__unit"),
            *("to_pool__role", "received_by"),
        )
        .annotate(files=Count("case__attachments", Q(case__attachments__removed_at=None)))
        .order_by("given_at", "id")
    )


def _ways(rows: Iterable[Custody], by: Acting) -> tuple[Way, ...]:
    today = local_day(by.at)
    return tuple(
        Way(one, (today - local_day(one.given_at)).days, one.files)  # type: ignore[attr-defined]
        for one in rows
    )
