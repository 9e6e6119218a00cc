"""The library in force as a list to search: a page of it, in a fixed number of statements.

Whatever may be asked (a word of a diagram, an item, a state) is asked of what the files say
(`contained`), which is kept; the database is asked for what changes by the minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Count

from webapp.cases.models import Case
from webapp.catalogue.queries import items_in_force
from webapp.designer import contained, shelves
from webapp.designer.contained import Said
from webapp.processes.models import Draft, LibraryFile, Process
from webapp.processes.queries import drafts as seen
from webapp.processes.queries.published import PATH_TABLE, chooser

PER_PAGE = 50
_USED_BY_ALL = (f"decisions/{PATH_TABLE}.dmn",)
STATES = ("county", "drafted", "unused", "running")
"""What can be asked of a file: changed by the county, in an open draft, used by nobody, with
cases running on it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked for, as it was typed."""

    words: str = ""
    kind: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A file of the list, with everything that its row says."""

    path: str
    key: str  # of its process, "" where it has none
    place: str
    name: str
    by_county: bool
    found: str = ""  # the words in which the search found it, when it was not the name
    used_by: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    version: int | None = None
    running: tuple[tuple[int, int], ...] = ()  # (number of the version, running cases)
    drafts: tuple[Draft, ...] = ()
    changed_at: datetime | None = None
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """A page of the list, and how many files were found of each kind."""

    page: Page[Line]
    all: int
    kinds: tuple[tuple[str, str, int], ...]  # key, name, files found


def stock(asked: Asked, number: str | None) -> Stock:
    """A page of what is asked for: at most nine statements, however large the library."""
    rows = list(LibraryFile.objects.values_list("path", "content_id", "by_county"))
    manifest = {
        path: digest for path, digest, _county in rows if _place(path) in shelves.PLACES
    }
    said = contained.read(manifest)
    users = contained.users(said)
    steps = contained.names_of_forms(said)
    items = _items(said)
    running = _running()
    drafted = seen.drafted_paths() if asked.state == "drafted" else frozenset()
    lines = [
        Line(
            path,
            next(iter(said[path].keys), ""),
            _place(path),
            steps.get(path) or said[path].name,
            county,
            used_by=tuple(users.get(path, ())),
            items=tuple(items.get(path, ())),
            running=tuple(row for key in said[path].keys for row in running.get(key, ())),
        )
        for path, _digest, county in rows
        if path in manifest
    ]
    words = asked.words.strip().casefold()
    found = [hit for line in lines if (hit := _hit(line, said[line.path], words)) is not None]
    found = [line for line in found if _in_state(line, asked.state, drafted)]
    counts = dict.fromkeys(shelves.PLACES, 0)
    for line in found:
        counts[line.place] += 1
    wanted = [line for line in found if asked.kind in ("", shelves.PLACES[line.place])]
    order = list(shelves.PLACES)
    wanted.sort(key=lambda line: (order.index(line.place), line.path))
    page = Paginator(wanted, PER_PAGE).get_page(number)
    page.object_list = _completed(page.object_list, said)
    titles = shelves.kinds()
    kinds = tuple((k, titles[k][0], counts[place]) for place, k in shelves.PLACES.items())
    return Stock(page, len(found), kinds)


def _place(path: str) -> str:
    return path.rpartition("/")[0]


def _hit(line: Line, said: Said, words: str) -> Line | None:
    """The line, with the words in which it was found; None where it has none of them."""
    if not words or words in line.name.casefold() or words in line.path.casefold():
        return line
    for text in (*line.items, *said.words):
        if words in text.casefold():
            return _with(line, found=_around(text, words))
    return None


def _around(text: str, words: str) -> str:
    start = max(0, text.casefold().index(words) - 12)
    cut = text[start : start + 60]
    return ("…" if start else "") + cut + ("…" if start + 60 < len(text) else "")


def _in_state(line: Line, state: str, drafted: frozenset[str]) -> bool:
    if state == "county":
        return line.by_county
    if state == "drafted":
        return line.path in drafted
    if state == "unused":
        return not (line.used_by or line.items) and line.path not in _USED_BY_ALL
    return state != "running" or bool(line.running)


def _with(line: Line, **values: Any) -> Line:
    return Line(**{name: getattr(line, name) for name in Line.__slots__} | values)


def _completed(lines: Iterable[Line], said: Mapping[str, Said]) -> list[Line]:
    """The rows of one page with what only they need: versions, drafts, last changes."""
    lines = list(lines)
    paths = [line.path for line in lines]
    drafts = seen.drafts_by_path(paths)
    changes = _last_changes(paths)
    versions = dict(
        Process.objects.filter(current__isnull=False).values_list("key", "current__number")
    )
    found = []
    for line in lines:
        at, by = changes.get(line.path, (None, ""))
        own = [versions[key] for key in said[line.path].keys if key in versions]
        found.append(
            _with(
                line,
                version=own[0] if own else None,
                drafts=tuple(drafts.get(line.path, ())),
                changed_at=at,
                changed_by=by or "",
            )
        )
    return found


def _last_changes(paths: list[str]) -> dict[str, tuple[datetime, str]]:
    """When each file last came into force, and by whom ("" for the product's own library)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (change->>'path') change->>'path', one.at, officer.name
            FROM processes_publication one
            CROSS JOIN LATERAL jsonb_array_elements(one.changes) AS change
            LEFT JOIN accounts_officer officer ON officer.id = one.by_id
            WHERE change->>'path' = ANY(%s)
            ORDER BY change->>'path', one.id DESC
            """,
            [paths],
        )
        return {path: (at, name) for path, at, name in cursor.fetchall()}


def _running() -> dict[str, list[tuple[int, int]]]:
    """Open cases on each version of each process: one statement."""
    found: dict[str, list[tuple[int, int]]] = {}
    rows = Case.objects.filter(is_open=True).values_list(
        "process_version__process__key", "process_version__number"
    )
    for key, number, count in rows.annotate(n=Count("pk")).order_by(
        "process_version__process__key", "-process_version__number"
    ):
        found.setdefault(key, []).append((number, count))
    return found


def _items(said: Mapping[str, Said]) -> dict[str, dict[str, None]]:
    """Names of the enabled items that lead to a process's file: three statements."""
    choose = chooser()
    where = {key: path for path, one in said.items() for key in one.keys}
    found: dict[str, dict[str, None]] = {}
    for item in items_in_force():
        for level in item.offered_at:
            key = choose(item.handling, item.flow, level, item.process_key)
            if key in where:
                found.setdefault(where[key], {})[item.name] = None
    return found
