"""Writing what a step changes: one statement, or three when numbered documents are issued.

With documents: everything else first, then their numbers (the hot counters are locked last and
briefly: design, data), then the documents with the audit event that names them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from webapp.audit.chain import Link, payload_digest
from webapp.cases.changes import Changes, NewDocument, NewEvent
from webapp.cases.documents import SERIES, number_text
from webapp.cases.planning.words import number_mark
from webapp.cases.store import tables
from webapp.core.db import prepared

Written = dict[str, int]
"""Token of each new work item → its id."""

_PLAIN = (
    ("new_items", tables.NEW_ITEMS),
    ("items", tables.ITEMS),
    ("clocks", tables.CLOCKS),
    ("cards", tables.CARDS),
    ("new_timers", tables.NEW_TIMERS),
    ("timers", tables.TIMERS),
    ("new_awaited", tables.NEW_AWAITED),
    ("awaited_over", tables.AWAITED_OVER),
    ("submissions", tables.SUBMISSIONS),
    ("sensitive", tables.SENSITIVE),
    ("opinions", tables.OPINIONS),
    ("new_custody", tables.NEW_CUSTODY),
    ("custody_received", tables.CUSTODY_RECEIVED),
    ("custody_returned", tables.CUSTODY_RETURNED),
    ("custody_taken_back", tables.CUSTODY_TAKEN_BACK),
    ("filing_answers", tables.FILING_ANSWERS),
    ("deliveries", tables.DELIVERIES),
    ("new_materials", tables.NEW_MATERIALS),
    ("materials", tables.MATERIALS),
    ("commitments", tables.COMMITMENTS),
    ("proposals", tables.PROPOSALS),
    ("new_forwarded", tables.NEW_FORWARDED),
    ("forwarded", tables.FORWARDED),
    ("passages", tables.PASSAGES),
    ("messages", tables.MESSAGES),
    ("drafts_over", tables.DRAFTS_OVER),
)


def write(changes: Changes, *, at: datetime, actor_id: int | None) -> Written:
    """Store the changes inside the caller's transaction; give the ids of new items by token."""
    params: dict[str, Any] = {"case_id": changes.case_id, "at": at, "actor_id": actor_id}
    parts = _first_parts(changes, params)
    if not changes.documents:
        return _run([*parts, *_last_parts(changes, params)], params)
    written = _run(parts, params)
    _take_numbers(changes)
    _run(_last_parts(changes, params), params)
    return written


def _first_parts(changes: Changes, params: dict[str, Any]) -> list[tuple[str, str]]:
    """Texts and parameters of everything that needs no number."""
    parts = []
    if changes.snapshot is not None:
        params["snapshot"] = changes.snapshot
        sql = tables.NEW_SNAPSHOT if changes.new_case else tables.SNAPSHOT
        parts.append(("snapshot", sql))
    for name, sql in _PLAIN:
        found = getattr(changes, name)
        if found:
            params[name] = as_json(found)
            parts.append((name, sql))
    if changes.new_clocks:
        params["new_clocks"] = as_json(changes.new_clocks)
        item = "(SELECT id FROM new_items WHERE token = r.item_token)"
        # A run that ends here must be out of the unique index before its successor enters.
        after = "WHERE (SELECT count(*) FROM clocks) >= 0" if changes.clocks else ""
        sql = tables.NEW_CLOCKS.format(
            item=item if changes.new_items else "NULL::bigint", after=after
        )
        parts.append(("new_clocks", sql))
    if changes.mandate:
        params["mandate"] = as_json([changes.mandate])
        parts.append(("mandate", tables.MANDATE))
    if changes.new_proposal:
        params["new_proposal"] = as_json([changes.new_proposal])
        parts.append(("new_proposal", tables.NEW_PROPOSAL))
    return parts


def _last_parts(changes: Changes, params: dict[str, Any]) -> list[tuple[str, str]]:
    """Numbered papers, the audit event that names them, and the case row that ends the chain."""
    parts = _commitment_parts(changes, params)
    if changes.entries:
        params["entries"] = as_json(changes.entries)
        parts.append(("entries", tables.ENTRIES))
    if changes.documents:
        params["documents"] = as_json(changes.documents)
        parts.append(("documents", tables.DOCUMENTS))
    if changes.filings:
        params["filings"] = as_json(changes.filings)
        parts.append(("filings", tables.FILINGS))
    if changes.events:
        link_events(changes)
        params["events"] = as_json(changes.events)
        parts.append(("events", tables.EVENTS))
    if changes.new_case:
        whole = {**plain(changes.new_case), **plain(changes.case)}
        params["new_case"] = json.dumps([whole], ensure_ascii=False)
        parts.append(("new_case", tables.NEW_CASE))
    else:
        params["case"] = as_json([changes.case])
        parts.append(("case_row", tables.CASE))
    return parts


def _commitment_parts(changes: Changes, params: dict[str, Any]) -> list[tuple[str, str]]:
    """The undertaking with its papers; its digest needs the paper's number."""
    parts = []
    commitment = "%(commitment_id)s"
    if changes.commitment:
        params["new_commitment"] = as_json([changes.commitment])
        parts.append(("new_commitment", tables.NEW_COMMITMENT))
        commitment = "(SELECT id FROM new_commitment)"
    elif changes.promised_papers:
        params["commitment_id"] = changes.commitments[0].id
    if changes.promised_papers:
        params["promised_papers"] = as_json(changes.promised_papers)
        sql = tables.PROMISED_PAPERS.format(commitment=commitment)
        parts.append(("promised_papers", sql))
    return parts


def _run(parts: list[tuple[str, str]], params: dict[str, Any]) -> Written:
    """Send the texts as one statement; `new_items` tells its ids."""
    names = [name for name, _ in parts]
    ctes = ",\n".join(f"{name} AS ({sql})" for name, sql in parts)
    wanted = "id, token FROM new_items" if "new_items" in names else "1 WHERE false"
    with prepared() as cursor:
        cursor.execute(f"WITH {ctes}\nSELECT {wanted}", params)
        return {row[1]: row[0] for row in cursor.fetchall() if len(row) == 2}


def _take_numbers(changes: Changes) -> None:
    """Take a block of each gap-free series, in sorted order, and fill the rows."""
    numbered: list[NewDocument] = [d for d in changes.documents if d.code in SERIES]
    wanted = Counter((d.organ_id, d.code, d.year) for d in numbered)
    next_serial: dict[tuple[int, str, int], int] = {}
    if wanted:
        rows = [
            {"organ_id": organ, "code": code, "year": year, "many": many}
            for (organ, code, year), many in sorted(wanted.items())
        ]
        with prepared() as cursor:
            cursor.execute(tables.TAKE_NUMBERS, {"wanted": json.dumps(rows)})
            for organ, code, year, last in cursor.fetchall():
                next_serial[organ, code, year] = last - wanted[organ, code, year] + 1
    for document in numbered:
        key = (document.organ_id, document.code, document.year)
        document.serial = next_serial[key]
        next_serial[key] += 1
        document.number = number_text(
            document.prefix, document.code, document.year, document.serial
        )
    numbers = {number_mark(d.code): d.number for d in numbered}
    for document in changes.documents:
        document.content = with_numbers(document.content, numbers)
    for entry in changes.entries:
        entry.entry = with_numbers(entry.entry, numbers)
    if changes.commitment:
        undertaking = next((d for d in changes.documents if d.code == "D09"), None)
        changes.commitment.digest = _digest(undertaking) if undertaking else ""
    for event in changes.events:
        if "documents" in event.payload:
            event.payload["documents"] = [[d.code, d.number] for d in changes.documents]


def _digest(document: NewDocument) -> str:
    """SHA-256 of a paper as issued (TOL-07)."""
    whole = json.dumps([document.number, document.content], sort_keys=True, ensure_ascii=False)
    return sha256(whole.encode()).hexdigest()


def with_numbers(content: Any, numbers: dict[str, str]) -> Any:
    """Put numbers for the marks that planning left in a document's content."""
    if isinstance(content, str):
        for mark, number in numbers.items():
            content = content.replace(mark, number)
        return content
    if isinstance(content, dict):
        return {name: with_numbers(part, numbers) for name, part in content.items()}
    if isinstance(content, list):
        return [with_numbers(part, numbers) for part in content]
    return content


def link_events(changes: Changes) -> None:
    """Chain the new events to the case's last one; the case row keeps the new end."""
    seq, previous = changes.case.audit_seq, changes.case.audit_head
    for event in changes.events:
        seq += 1
        event.seq, event.previous = seq, previous
        event.payload_digest = payload_digest(event.payload)
        event.digest = previous = _link(changes.case_id, event).digest()
    changes.case.audit_seq, changes.case.audit_head = seq, previous


def _link(case_id: int, event: NewEvent) -> Link:
    return Link(
        subject="case",
        subject_id=case_id,
        seq=event.seq,
        at=event.at,
        kind=event.kind,
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        acting_as=event.acting_as,
        payload_digest=event.payload_digest,
        previous=event.previous,
    )


def as_json(rows: Iterable[Any]) -> str:
    """Rows (dataclasses or plain values) as a JSON array for `jsonb_to_recordset`."""
    return json.dumps([plain(row) if is_dataclass(row) else row for row in rows],
                      ensure_ascii=False)  # fmt: skip


def plain(row: Any) -> dict[str, Any]:
    """A row dataclass as JSON values: moments in ISO 8601, bytes in hex."""
    return {part.name: _value(getattr(row, part.name)) for part in fields(row)}


def _value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value
