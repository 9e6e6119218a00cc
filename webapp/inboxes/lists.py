"""The inbox as a person asks for it: tab, band, conditions, order and columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils import timezone, translation

from webapp.cases.models import Case
from webapp.cases.queries import BANDS, SORTS, Filters, Key, Page, inbox, visible_to
from webapp.cases.queries.blocking import Blocks, blocking
from webapp.core.typed import whole
from webapp.inboxes.actions import COLUMNS
from webapp.inboxes.models import ListSettings, SavedView, Watch
from webapp.organisations.queries import Acting

OPEN_VIEWS = ("mine", "unit", "cover")
KEPT = ("view", "band", "item", "step", "unit", "village", "held", "tolerance")
"""What a saved view remembers; never `q`, which may be a person's name."""
USUAL = ("step", "village", "blocks", "who")
"""Columns as the product comes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one address of the inbox means."""

    view: str
    band: str
    filters: Filters
    sort: str
    columns: tuple[str, ...]
    after: Key | None

    @property
    def narrowed(self) -> bool:
        """Whether anything but the tab narrows the list."""
        return bool(self.band) or self.filters != Filters()


def asked(typed: QueryDict, acting: Acting) -> Asked:
    """Read an address; whatever is not known counts as not said. One statement."""
    settings = ListSettings.objects.filter(officer=acting.officer_id).first()
    view, band, sort = (typed.get(key, "") for key in ("view", "band", "sort"))
    held = typed.get("held", "")
    if sort not in SORTS:
        sort = settings.sort if settings else SORTS[0]
    return Asked(
        view=view if view in OPEN_VIEWS else "mine",
        band=band if band in BANDS else "",
        filters=Filters(
            item_code=typed.get("item", "")[:20],
            element=typed.get("step", "")[:80],
            q=typed.get("q", "")[:60],
            unit=whole(typed.get("unit")),
            village=whole(typed.get("village")),
            held=held if held in {"none", "me"} else "",
            tolerance=typed.get("tolerance") == "1",
        ),
        sort=sort,
        columns=tuple(settings.columns) if settings else USUAL,
        after=key_from(typed.get("after", "")),
    )


def found_for(acting: Acting, wanted: Asked) -> tuple[Page, dict[int, Blocks]]:
    """The page that was asked for, and what holds its cases up: three statements."""
    page = inbox(
        acting, wanted.view, wanted.band, wanted.filters, wanted.after, sort=wanted.sort
    )
    return page, blocking(row.case_id for row in page.rows)


def etag_of(acting: Acting, wanted: Asked, page: Page, blocks: dict[int, Blocks]) -> str:
    """Changes when the list would look different: rows, counts, posts, the day, the language."""
    seen = (
        acting.officer_id, acting.held, wanted, page.rows, sorted(page.counts.items()),
        sorted(blocks.items()), timezone.localdate(acting.at), translation.get_language(),
    )  # fmt: skip
    return f'"{sha256(repr(seen).encode()).hexdigest()[:32]}"'


def key_from(text: str) -> Key | None:
    """Read where a page ends; a damaged key means the first page."""
    moment, _sep, number = text.partition("~")
    last = whole(number)
    if last is None:
        return None
    try:
        return (datetime.fromisoformat(moment).isoformat() if moment else "", last)
    except ValueError:
        return None


def next_url(request: HttpRequest, after: Key | None, **more: str) -> str:
    """The address of the page after this one, "" where there is none."""
    if after is None:
        return ""
    query = request.GET.dict() | {"after": f"{after[0]}~{after[1]}"} | more
    return f"?{urlencode(query)}"


def link(request: HttpRequest, **changes: str) -> str:
    """The same list with other choices, from its first page."""
    dropped = {"after", "sort"}
    query = {k: v for k, v in request.GET.items() if k not in dropped} | changes
    return "?" + urlencode({k: v for k, v in query.items() if v})


def kept_query(typed: QueryDict) -> str:
    """What a saved view keeps of an address."""
    pairs = {key: typed.get(key, "").strip() for key in KEPT}
    if not any(value for key, value in pairs.items() if key != "view"):
        return ""
    return urlencode({key: value for key, value in pairs.items() if value})


def saved_views(acting: Acting) -> list[SavedView]:
    """Her own views, then those of her units: one statement."""
    found = SavedView.objects.filter(
        Q(owner=acting.officer_id) | Q(unit__in=acting.unit_ids)
    ).select_related("owner")
    return sorted(found, key=lambda view: (view.owner_id != acting.officer_id, view.name))


def columns_of(wanted: Asked) -> Iterable[tuple[str, bool]]:
    """Every column that may be chosen, and whether it is."""
    return [(key, key in wanted.columns) for key in COLUMNS]


def watched(acting: Acting, after: Key | None, size: int = 20) -> tuple[list[Any], Key | None]:
    """Cases she follows and may still see, the latest mark first: one statement."""
    marks = Watch.objects.filter(officer=acting.officer_id, case__in=visible_to(acting))
    if after is not None:
        marks = marks.filter(pk__lt=after[1])
    rows = list(
        marks.select_related(
            "case__item_version", "case__holder_unit", "case__holder_officer"
        ).order_by("-pk")[: size + 1]
    )
    more = len(rows) > size
    return rows[:size], ("", rows[size - 1].pk) if more else None


def is_watched(acting: Acting, case: Case) -> bool:
    """Whether she follows it."""
    return Watch.objects.filter(officer=acting.officer_id, case=case).exists()
