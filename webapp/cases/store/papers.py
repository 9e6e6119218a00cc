"""The second read of a step, only when it issues documents: what they are made from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from webapp.cases.mandates import words_of_mandate
from webapp.cases.planning.setting import Held, Hop, OpinionLine, Paper, Papers
from webapp.cases.planning.words import day_of
from webapp.cases.values import masked, open_value
from webapp.core.db import prepared
from webapp.processes.queries import WordingInForce, wordings, wordings_of
from workflows.calendars import local_day

_READ = """
SELECT
  (SELECT jsonb_agg(jsonb_build_object(
      'key', m.key, 'name', m.name, 'role', m.role, 'needed', m.needed, 'form', m.form,
      'copies', m.copies, 'state', m.state, 'defect', m.defect, 'remedy', m.remedy,
      'noticed', m.noticed, 'late',
      CASE WHEN m.late_reason = '' THEN '' ELSE l.name || '：' || m.late_reason END)
      ORDER BY m."order")
     FROM cases_casematerial m LEFT JOIN accounts_officer l ON l.id = m.late_by_id
    WHERE m.case_id = %(case)s),
  (SELECT jsonb_agg(jsonb_build_array(s.form, s.values, s.filled_on_id) ORDER BY s.id)
     FROM cases_submission s WHERE s.case_id = %(case)s),
  (SELECT jsonb_agg(jsonb_build_array(
      o.step_name, coalesce(p.name, ''), o.at, o.outcome_label, o.text) ORDER BY o.id)
     FROM cases_opinion o LEFT JOIN accounts_officer p ON p.id = o.officer_id
    WHERE o.case_id = %(case)s),
  (SELECT jsonb_agg(jsonb_build_array(d.code, d.number, d.issued_at) ORDER BY d.id)
     FROM cases_document d WHERE d.case_id = %(case)s),
  (SELECT jsonb_agg(jsonb_build_array(v.field, encode(v.ciphertext, 'hex')) ORDER BY v.id)
     FROM cases_sensitivevalue v WHERE v.case_id = %(case)s
      AND %(masked)s AND v.field LIKE '%%.applicant%%'),
  (SELECT jsonb_build_array(a.name, g.reason, g.powers, g.signed_on, g.witness)
     FROM cases_mandate g JOIN accounts_officer a ON a.id = g.agent_id
    WHERE g.case_id = %(case)s AND %(masked)s),
  (SELECT jsonb_agg(jsonb_build_array(w.code, w.id))
     FROM processes_wording w WHERE w.in_force AND w.code = ANY(%(codes)s::varchar[]))
"""
_WITH_MASKS = {"D01", "D24", "D21"}
_FILED = "item:"
"""How the form of the application is called; a step's form has its own name."""

Speak = Callable[[str, dict[str, Any], int | None], dict[str, str]]
"""Gives the answers of a form (its key, its values, the version it was filled on) as text."""


def read_checklist(case_id: int) -> tuple[Paper, ...]:
    """The checklist of a case, in order."""
    return _checklist(_read(case_id, set())[0])


def read_papers(case_id: int, codes: set[str], speak: Speak) -> Papers:
    """Checklist, what was filled in so far, numbers issued, and the wording in force.

    One statement, whatever the case. Raises Refused when a wording is missing.
    """
    checklist, submissions, opinions, documents, secrets, mandate, in_force = _read(
        case_id, codes
    )
    words: dict[str, str] = {}
    application: dict[str, Any] = {}
    for form, values, filled_on in submissions:
        words |= speak(form, values, filled_on)
        if form.startswith(_FILED):
            application |= values
    for about, ciphertext in secrets:
        key = about.rpartition(".")[2]
        value = open_value(case_id, about, bytes.fromhex(ciphertext))
        words[f"{key}_masked"] = masked(value)
    words["applicant_id_masked"] = words.get("applicant_id_number_masked", "")
    words |= _mandate_words(mandate)
    numbers: dict[str, tuple[str, str]] = {}
    counts: dict[str, int] = {}
    for code, number, issued_at in documents:
        numbers[code] = (number, day_of(datetime.fromisoformat(issued_at)))
        counts[code] = counts.get(code, 0) + 1
    return Papers(
        checklist=_checklist(checklist),
        words=words,
        opinions=tuple(
            OpinionLine(step, officer, datetime.fromisoformat(at), outcome, text)
            for step, officer, at, outcome, text in opinions
        ),
        numbers=numbers,
        counts=counts,
        wordings=_contents(wordings_of(dict(in_force), codes)),
        application=application,
    )


_BROKE = """
SELECT max(c.closed_at + make_interval(days => c.bars_days))
  FROM cases_sensitivevalue mine
  JOIN cases_sensitivevalue other
    ON other.keyed_hash = mine.keyed_hash AND other.field = mine.field
  JOIN cases_commitment c ON c.case_id = other.case_id
 WHERE mine.case_id = %(case)s AND mine.field = 'application.applicant_id_number'
   AND mine.keyed_hash <> '' AND c.state = 'BROKEN'
"""


def barred_until(case_id: int, at: datetime) -> date | None:
    """Until when a broken commitment bars the applicant from another one (TOL-06, TOL-x).

    Each bars for as long as it said when it was signed.
    """
    with prepared() as cursor:
        cursor.execute(_BROKE, {"case": case_id})
        row = cursor.fetchone()
    until = row[0] if row else None
    return local_day(until) if until is not None and until > at else None


_HELD = """
SELECT
  EXISTS (SELECT 1 FROM cases_casematerial m WHERE m.case_id = %(case)s AND m.needed
    AND m.state IN ('received', 'to_check', 'checked', 'defective')
    AND m.form NOT IN ('electronic', 'original_check'))
    AND NOT EXISTS (SELECT 1 FROM cases_case s WHERE s.parent_id = %(case)s),
  (SELECT jsonb_agg(jsonb_build_array(
      p.id, p.from_unit_id, o.unit_id, p.received_at IS NOT NULL) ORDER BY p.id)
     FROM cases_custody p LEFT JOIN organisations_pool o ON o.id = p.to_pool_id
    WHERE p.case_id = %(case)s AND p.papers = 'materials' AND p.taken_back_at IS NULL),
  EXISTS (SELECT 1 FROM cases_delivery d WHERE d.case_id = %(case)s)
"""


def read_held(case_id: int) -> Held:
    """What is here of the applicant's papers; originals that were only looked at are not.

    The papers of a village case are with the township case that it started.
    """
    with prepared() as cursor:
        cursor.execute(_HELD, {"case": case_id})
        row = cursor.fetchone()
    papers, hops, served = row or (False, None, False)
    found = tuple(Hop(*one) for one in json.loads(hops or "[]"))
    return Held(bool(papers), found, bool(served))


def _mandate_words(stored: list[Any]) -> dict[str, str]:
    if not stored:
        return {}
    agent, reason, powers, signed_on, witness = stored
    return words_of_mandate(agent, reason, powers, date.fromisoformat(signed_on), witness)


def read_wordings(codes: set[str]) -> dict[str, dict[str, Any]]:
    """Wordings in force with their numbers: one statement."""
    return _contents(wordings(codes))


def _contents(found: Mapping[str, WordingInForce]) -> dict[str, dict[str, Any]]:
    return {code: {**one.content, "number": one.number} for code, one in found.items()}


def _read(case_id: int, codes: set[str]) -> list[list[Any]]:
    with prepared() as cursor:
        cursor.execute(_READ, _asked(case_id, codes))
        row = cursor.fetchone()
    return [json.loads(part or "[]") for part in row]


def _asked(case_id: int, codes: set[str]) -> dict[str, Any]:
    return {
        "case": case_id,
        "codes": sorted(codes),
        "masked": bool(codes & _WITH_MASKS),
    }


def _checklist(rows: list[dict[str, Any]]) -> tuple[Paper, ...]:
    return tuple(Paper(**row) for row in rows)
