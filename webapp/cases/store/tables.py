"""One small SQL text per table that a step writes.

Each text takes its rows as one JSON array (`%(name)s`), so the text is the same for any number of
rows. `write` puts the texts of the tables that have rows into one statement, as CTEs. All foreign
keys are checked at commit, so the order among tables does not matter; texts that need ids of rows
made in the same statement read them from the CTE `new_items`.
"""

from __future__ import annotations

from webapp.cases.store.cards import told

NEW_CASE = """
INSERT INTO cases_case (
  id, number, item_version_id, process_version_id, applicant_name, village_id,
  received_at_unit_id, accountable_unit_id, competent_unit_id, registered_by_id, agent_id,
  parent_id, delivery_mode, opened_at, received_at, search_grams, opening_key, status,
  suspended_from, result,
  deemed_accepted, supplemented, is_open, accepted_at, decided_at, closed_at, holder_unit_id, holder_role,
  holder_officer_id, holder_since, due_at, statutory_due_at, promised_due_at, version, audit_seq,
  audit_head)
SELECT %(case_id)s, r.number, r.item_version_id, r.process_version_id, r.applicant_name,
  r.village_id, r.received_at_unit_id, r.accountable_unit_id, r.competent_unit_id,
  r.registered_by_id, r.agent_id, r.parent_id, r.delivery_mode, r.opened_at, r.received_at,
  r.search_grams, r.opening_key, r.status, r.suspended_from, r.result, r.deemed_accepted, r.supplemented, r.is_open, r.accepted_at, r.decided_at,
  r.closed_at, r.holder_unit_id, r.holder_role, r.holder_officer_id, r.holder_since, r.due_at,
  r.statutory_due_at, r.promised_due_at, r.version, r.audit_seq, decode(r.audit_head, 'hex')
FROM jsonb_to_recordset(%(new_case)s) AS r(
  number text, item_version_id bigint, process_version_id bigint, applicant_name text,
  village_id bigint, received_at_unit_id bigint, accountable_unit_id bigint,
  competent_unit_id bigint, registered_by_id bigint, agent_id bigint, parent_id bigint, delivery_mode text,
  opened_at timestamptz, received_at timestamptz, search_grams text[], opening_key text, status text, suspended_from text,
  result text,
  deemed_accepted bool, supplemented bool, is_open bool, accepted_at timestamptz,
  decided_at timestamptz, closed_at timestamptz, holder_unit_id bigint, holder_role text,
  holder_officer_id bigint, holder_since timestamptz, due_at timestamptz,
  statutory_due_at timestamptz, promised_due_at timestamptz, version int, audit_seq int,
  audit_head text)
"""

CASE = """
UPDATE cases_case SET
  delivery_mode = r.delivery_mode, status = r.status, suspended_from = r.suspended_from,
  result = r.result, deemed_accepted = r.deemed_accepted,
  supplemented = r.supplemented, is_open = r.is_open, accepted_at = r.accepted_at,
  decided_at = r.decided_at, closed_at = r.closed_at, holder_unit_id = r.holder_unit_id,
  holder_role = r.holder_role, holder_officer_id = r.holder_officer_id,
  holder_since = r.holder_since, due_at = r.due_at, statutory_due_at = r.statutory_due_at,
  promised_due_at = r.promised_due_at, version = r.version, audit_seq = r.audit_seq,
  audit_head = decode(r.audit_head, 'hex')
FROM jsonb_to_recordset(%(case)s) AS r(
  delivery_mode text, status text, suspended_from text, result text, deemed_accepted bool, supplemented bool, is_open bool,
  accepted_at timestamptz, decided_at timestamptz, closed_at timestamptz, holder_unit_id bigint,
  holder_role text, holder_officer_id bigint, holder_since timestamptz, due_at timestamptz,
  statutory_due_at timestamptz, promised_due_at timestamptz, version int, audit_seq int,
  audit_head text)
WHERE cases_case.id = %(case_id)s
"""

NEW_SNAPSHOT = """
INSERT INTO cases_casesnapshot (case_id, state) VALUES (%(case_id)s, %(snapshot)s)
"""

SNAPSHOT = """
UPDATE cases_casesnapshot SET state = %(snapshot)s WHERE case_id = %(case_id)s
"""

MANDATE = """
INSERT INTO cases_mandate
  (case_id, principal_name, agent_id, reason, powers, signed_on, witness, revoked_at)
SELECT %(case_id)s, r.principal_name, r.agent_id, r.reason, r.powers, r.signed_on, r.witness, NULL
FROM jsonb_to_recordset(%(mandate)s) AS r(
  principal_name text, agent_id bigint, reason text, powers text[], signed_on date, witness text)
"""

NEW_ITEMS = """
INSERT INTO cases_workitem (
  case_id, token, process_key, element, name, pool_id, form, separate, state, claimed_by_id,
  claimed_at, opened_at, due_at, lapses_at, closed_at, closed_by_id, closed_as, outcome)
SELECT %(case_id)s, r.token, r.process_key, r.element, r.name, r.pool_id, r.form, r.separate,
  'OPEN', r.claimed_by_id, r.claimed_at, r.opened_at, r.due_at, r.lapses_at, NULL, NULL, '', ''
FROM jsonb_to_recordset(%(new_items)s) AS r(
  token text, process_key text, element text, name text, pool_id bigint, form text,
  separate text[], claimed_by_id bigint, claimed_at timestamptz, opened_at timestamptz,
  due_at timestamptz, lapses_at timestamptz)
RETURNING id, token
"""

ITEMS = """
UPDATE cases_workitem SET
  state = r.state, claimed_by_id = r.claimed_by_id, claimed_at = r.claimed_at,
  due_at = r.due_at, lapses_at = r.lapses_at, closed_at = r.closed_at,
  closed_by_id = r.closed_by_id, closed_for_id = r.closed_for_id, closed_as = r.closed_as,
  outcome = r.outcome
FROM jsonb_to_recordset(%(items)s) AS r(
  id bigint, state text, claimed_by_id bigint, claimed_at timestamptz, due_at timestamptz,
  lapses_at timestamptz, closed_at timestamptz, closed_by_id bigint, closed_for_id bigint,
  closed_as text, outcome text)
WHERE cases_workitem.id = r.id AND cases_workitem.case_id = %(case_id)s
"""

_CLOCK_ROW = """
  kind text, run int, state text, started_at timestamptz, due_on date, due_at timestamptz,
  lapses_at timestamptz, ended_at timestamptz, item_token text, item_id bigint"""

NEW_CLOCKS = f"""
INSERT INTO cases_clock
  (case_id, kind, run, item_id, state, started_at, due_on, due_at, lapses_at, ended_at)
SELECT %(case_id)s, r.kind, r.run, coalesce(r.item_id, {{item}}), r.state, r.started_at, r.due_on, r.due_at,
  r.lapses_at, r.ended_at
FROM jsonb_to_recordset(%(new_clocks)s) AS r({_CLOCK_ROW})
{{after}}
"""

CLOCKS = f"""
UPDATE cases_clock SET state = r.state, due_on = r.due_on, due_at = r.due_at,
  lapses_at = r.lapses_at, ended_at = r.ended_at
FROM jsonb_to_recordset(%(clocks)s) AS r({_CLOCK_ROW})
WHERE cases_clock.case_id = %(case_id)s AND cases_clock.kind = r.kind
  AND cases_clock.run = r.run
RETURNING cases_clock.id
"""

ENTRIES = """
INSERT INTO cases_clockentry (case_id, kind, run, seq, entry)
SELECT %(case_id)s, r.kind, r.run, r.seq, r.entry
FROM jsonb_to_recordset(%(entries)s) AS r(kind text, run int, seq int, entry jsonb)
"""

CARDS = f"""
INSERT INTO cases_card (case_id, rule, level, state, clock_id, due_at, key, cause, evidence,
  unit_id, pool_id, officer_id, told, issued_at)
SELECT %(case_id)s, r.rule, r.level, 'ISSUED', c.id, r.due_at, r.key, r.cause, '',
  coalesce(r.unit_id, k.accountable_unit_id), r.pool_id, r.officer_id,
  {told('r."to"', "r.unit_id", "k.accountable_unit_id", "k.competent_unit_id")}, r.issued_at
FROM jsonb_to_recordset(%(cards)s) AS r(
  rule text, level text, kind text, run int, due_at timestamptz, issued_at timestamptz,
  key text, cause text, unit_id bigint, pool_id bigint, officer_id bigint, "to" text[])
JOIN cases_case k ON k.id = %(case_id)s
LEFT JOIN cases_clock c ON c.case_id = %(case_id)s AND c.kind = r.kind AND c.run = r.run
ON CONFLICT DO NOTHING
"""

NEW_TIMERS = """
INSERT INTO cases_timer
  (case_id, token, element, host, clock_kind, before, state, armed_at, fires_at)
SELECT %(case_id)s, r.token, r.element, r.host, r.clock_kind, r.before, 'ARMED', r.armed_at, r.fires_at
FROM jsonb_to_recordset(%(new_timers)s) AS r(
  token text, element text, host text, clock_kind text, before int, armed_at timestamptz,
  fires_at timestamptz)
"""

TIMERS = """
UPDATE cases_timer SET state = r.state, fires_at = r.fires_at
FROM jsonb_to_recordset(%(timers)s) AS r(token text, state text, fires_at timestamptz)
WHERE cases_timer.case_id = %(case_id)s AND cases_timer.token = r.token
"""

NEW_AWAITED = """
INSERT INTO cases_awaitedmessage (case_id, token, name, signal, element, since, over_at)
SELECT %(case_id)s, r.token, r.name, r.signal, r.element, r.since, NULL
FROM jsonb_to_recordset(%(new_awaited)s) AS r(
  token text, name text, element text, since timestamptz, signal bool)
"""

AWAITED_OVER = """
UPDATE cases_awaitedmessage SET over_at = %(at)s
WHERE case_id = %(case_id)s AND token IN (SELECT jsonb_array_elements_text(%(awaited_over)s))
"""

SUBMISSIONS = """
INSERT INTO cases_submission (case_id, item_id, form, values, by_id, at)
SELECT %(case_id)s, r.item_id, r.form, r.values, r.by_id, r.at
FROM jsonb_to_recordset(%(submissions)s) AS r(
  item_id bigint, form text, values jsonb, by_id bigint, at timestamptz)
"""

SENSITIVE = """
INSERT INTO cases_sensitivevalue (id, case_id, field, ciphertext, keyed_hash)
SELECT r.id, %(case_id)s, r.field, decode(r.ciphertext, 'hex'), r.keyed_hash
FROM jsonb_to_recordset(%(sensitive)s) AS r(
  id bigint, field text, ciphertext text, keyed_hash text)
"""

OPINIONS = """
INSERT INTO cases_opinion (
  case_id, item_id, step_name, unit_id, officer_id, outcome, outcome_label, text, basis, at)
SELECT %(case_id)s, r.item_id, r.step_name, r.unit_id, r.officer_id, r.outcome, r.outcome_label,
  r.text, r.basis, r.at
FROM jsonb_to_recordset(%(opinions)s) AS r(
  item_id bigint, step_name text, unit_id bigint, officer_id bigint, outcome text,
  outcome_label text, text text, basis text, at timestamptz)
"""

NEW_CUSTODY = """
INSERT INTO cases_custody (
  case_id, papers, from_unit_id, from_officer_id, to_pool_id, given_at, received_by_id,
  received_at, recipient, relation, mail_number, taken_back_at, run)
SELECT %(case_id)s, r.papers, r.from_unit_id, r.from_officer_id, r.to_pool_id, r.given_at,
  NULL, NULL, '', '', '', NULL, ''
FROM jsonb_to_recordset(%(new_custody)s) AS r(
  papers text, from_unit_id bigint, from_officer_id bigint, to_pool_id bigint,
  given_at timestamptz)
"""

CUSTODY_RECEIVED = """
UPDATE cases_custody SET received_by_id = %(actor_id)s, received_at = %(at)s
WHERE case_id = %(case_id)s AND received_at IS NULL
  AND id IN (SELECT jsonb_array_elements(%(custody_received)s)::bigint)
"""

CUSTODY_RETURNED = """
UPDATE cases_custody SET from_officer_id = r.from_officer_id, recipient = r.recipient,
  relation = r.relation, mail_number = r.mail_number, received_at = r.received_at
FROM jsonb_to_recordset(%(custody_returned)s) AS r(
  id bigint, from_officer_id bigint, recipient text, relation text, mail_number text,
  received_at timestamptz)
WHERE cases_custody.id = r.id AND cases_custody.case_id = %(case_id)s
  AND cases_custody.received_at IS NULL
"""

CUSTODY_TAKEN_BACK = """
UPDATE cases_custody SET taken_back_at = %(at)s
WHERE case_id = %(case_id)s AND received_at IS NULL
  AND id IN (SELECT jsonb_array_elements(%(custody_taken_back)s)::bigint)
"""

FILING_ANSWERS = """
UPDATE cases_denialfiling SET state = r.state, answered_by_id = r.answered_by_id,
  answered_at = r.answered_at, answer = r.answer
FROM jsonb_to_recordset(%(filing_answers)s) AS r(
  state text, answered_by_id bigint, answered_at timestamptz, answer text)
WHERE cases_denialfiling.case_id = %(case_id)s
  AND cases_denialfiling.id = (
    SELECT max(f.id) FROM cases_denialfiling f WHERE f.case_id = %(case_id)s)
"""

DOCUMENTS = """
INSERT INTO cases_document (
  case_id, code, organ_id, year, serial, number, content, state, issued_at, issued_by_id)
SELECT %(case_id)s, r.code, r.organ_id, r.year, r.serial, r.number, r.content, 'ISSUED',
  r.issued_at, r.issued_by_id
FROM jsonb_to_recordset(%(documents)s) AS r(
  code text, organ_id bigint, year int, serial int, number text, content jsonb,
  issued_at timestamptz, issued_by_id bigint)
"""

FILINGS = """
INSERT INTO cases_denialfiling (
  case_id, document_code, number, proposer_id, confirmer_id, reason, basis, filed_at, state,
  answered_by_id, answered_at, answer)
SELECT %(case_id)s, r.document_code, r.number, r.proposer_id, r.confirmer_id, r.reason, r.basis,
  r.filed_at, 'FILED', NULL, NULL, ''
FROM jsonb_to_recordset(%(filings)s) AS r(
  document_code text, number text, proposer_id bigint, confirmer_id bigint, reason text,
  basis text, filed_at timestamptz)
"""

DELIVERIES = """
INSERT INTO cases_delivery (
  case_id, way, recipient, relation, mail_number, note, served_at, served_by_id)
SELECT %(case_id)s, r.way, r.recipient, r.relation, r.mail_number, r.note, r.served_at,
  r.served_by_id
FROM jsonb_to_recordset(%(deliveries)s) AS r(
  way text, recipient text, relation text, mail_number text, note text, served_at timestamptz,
  served_by_id bigint)
"""

NEW_MATERIALS = """
INSERT INTO cases_casematerial (
  case_id, "order", key, name, role, needed, form, copies, state, defect, remedy, noticed,
  changed_by_id, changed_at)
SELECT %(case_id)s, r."order", r.key, r.name, r.role, r.needed, r.form, r.copies, r.state,
  r.defect, r.remedy, r.noticed, r.changed_by_id, r.changed_at
FROM jsonb_to_recordset(%(new_materials)s) AS r(
  "order" int, key text, name text, role text, needed bool, form text, copies int, state text,
  defect text, remedy text, noticed bool, changed_by_id bigint, changed_at timestamptz)
"""

MATERIALS = """
UPDATE cases_casematerial SET state = r.state, defect = r.defect, remedy = r.remedy,
  noticed = r.noticed, changed_by_id = r.changed_by_id, changed_at = r.changed_at
FROM jsonb_to_recordset(%(materials)s) AS r(
  key text, state text, defect text, remedy text, noticed bool, changed_by_id bigint,
  changed_at timestamptz)
WHERE cases_casematerial.case_id = %(case_id)s AND cases_casematerial.key = r.key
"""

NEW_COMMITMENT = """
INSERT INTO cases_commitment (
  case_id, state, until, extended, digest, registered_by_id, registered_at, bars_days,
  closed_at)
SELECT %(case_id)s, 'OPEN', r.until, false, r.digest, r.registered_by_id, r.registered_at,
  r.bars_days, NULL
FROM jsonb_to_recordset(%(new_commitment)s) AS r(
  until date, digest text, registered_by_id bigint, registered_at timestamptz, bars_days int)
RETURNING id
"""

COMMITMENTS = """
UPDATE cases_commitment SET state = r.state, until = r.until, extended = r.extended,
  closed_at = r.closed_at
FROM jsonb_to_recordset(%(commitments)s) AS r(
  id bigint, state text, until date, extended bool, closed_at timestamptz)
WHERE cases_commitment.id = r.id AND cases_commitment.case_id = %(case_id)s
"""

PROMISED_PAPERS = """
INSERT INTO cases_commitmentpaper (commitment_id, material_id, due_on, came_at)
SELECT {commitment}, m.id, r.due_on, r.came_at
FROM jsonb_to_recordset(%(promised_papers)s) AS r(key text, due_on date, came_at timestamptz)
JOIN cases_casematerial m ON m.case_id = %(case_id)s AND m.key = r.key
ON CONFLICT (commitment_id, material_id) DO UPDATE
  SET due_on = EXCLUDED.due_on, came_at = EXCLUDED.came_at
"""

NEW_PROPOSAL = """
INSERT INTO cases_proposal (
  case_id, state, reason, basis, proposed_by_id, proposed_for_id, proposed_at, decided_by_id,
  decided_at, note, refile)
SELECT %(case_id)s, 'OPEN', r.reason, r.basis, r.proposed_by_id, r.proposed_for_id,
  r.proposed_at, NULL, NULL, '', r.refile
FROM jsonb_to_recordset(%(new_proposal)s) AS r(
  reason text, basis text, proposed_by_id bigint, proposed_for_id bigint,
  proposed_at timestamptz, refile text)
"""

PROPOSALS = """
UPDATE cases_proposal SET state = r.state, decided_by_id = r.decided_by_id,
  decided_at = r.decided_at, note = r.note
FROM jsonb_to_recordset(%(proposals)s) AS r(
  id bigint, state text, decided_by_id bigint, decided_at timestamptz, note text)
WHERE cases_proposal.id = r.id AND cases_proposal.case_id = %(case_id)s
"""

NEW_FORWARDED = """
INSERT INTO cases_forwardedcommand (
  case_id, verb, state, reason, basis, by_id, asked_at, answered_at, note)
SELECT %(case_id)s, r.verb, 'OPEN', r.reason, r.basis, r.by_id, r.asked_at, NULL, ''
FROM jsonb_to_recordset(%(new_forwarded)s) AS r(
  verb text, reason text, basis text, by_id bigint, asked_at timestamptz)
"""

FORWARDED = """
UPDATE cases_forwardedcommand SET state = r.state, answered_at = r.answered_at, note = r.note
FROM jsonb_to_recordset(%(forwarded)s) AS r(state text, answered_at timestamptz, note text)
WHERE cases_forwardedcommand.case_id = %(case_id)s AND cases_forwardedcommand.state = 'OPEN'
"""

PASSAGES = """
INSERT INTO cases_passage (case_id, process_key, element, at)
SELECT %(case_id)s, r.process_key, r.element, r.at
FROM jsonb_to_recordset(%(passages)s) AS r(process_key text, element text, at timestamptz)
"""

MESSAGES = """
INSERT INTO core_outboxmessage (
  channel, ordering_key, payload, created_at, attempts, leased_until, sent_at, dead_at,
  last_error)
SELECT r.channel, r.ordering_key, r.payload, r.created_at, 0, NULL, NULL, NULL, ''
FROM jsonb_to_recordset(%(messages)s) AS r(
  channel text, ordering_key text, payload jsonb, created_at timestamptz)
"""

EVENTS = """
INSERT INTO audit_event (
  subject, subject_id, seq, at, kind, actor_id, actor_name, acting_as, payload, payload_digest,
  previous, digest)
SELECT 'case', %(case_id)s, r.seq, r.at, r.kind, r.actor_id, r.actor_name, r.acting_as,
  r.payload, decode(r.payload_digest, 'hex'), decode(r.previous, 'hex'), decode(r.digest, 'hex')
FROM jsonb_to_recordset(%(events)s) AS r(
  seq int, at timestamptz, kind text, actor_id bigint, actor_name text, acting_as text,
  payload jsonb, payload_digest text, previous text, digest text)
"""

DRAFTS_OVER = """
DELETE FROM cases_draft
WHERE item_id IN (SELECT jsonb_array_elements(%(drafts_over)s)::bigint)
"""

TAKE_NUMBERS = """
INSERT INTO cases_numberseries (organ_id, code, year, last)
SELECT r.organ_id, r.code, r.year, r.many
FROM jsonb_to_recordset(%(wanted)s) AS r(organ_id bigint, code text, year int, many int)
ORDER BY r.organ_id, r.code, r.year
ON CONFLICT (organ_id, code, year) DO UPDATE
  SET last = cases_numberseries.last + EXCLUDED.last
RETURNING organ_id, code, year, last
"""
