"""The verbs of a case, one a file, and the registry that the walk of permissions goes through.

Every action takes the acting officer (`by`), or is the system's own (`SYSTEM`). An action that
stands in neither list fails a test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.cases import policy
from webapp.cases.actions.allow_late_request import allow_late_request
from webapp.cases.actions.appeal_card import appeal_card, decide_appeal
from webapp.cases.actions.attach import attach, remove_attachment
from webapp.cases.actions.claim import claim
from webapp.cases.actions.comment import comment
from webapp.cases.actions.complete import complete
from webapp.cases.actions.copy_to import copy_to, end_copy
from webapp.cases.actions.deliver_message import deliver_message
from webapp.cases.actions.drafts import drop_draft, load_draft, save_draft
from webapp.cases.actions.examine_file import examine_file
from webapp.cases.actions.export_volume import export_volume
from webapp.cases.actions.filings import acknowledge_filing, answer_query
from webapp.cases.actions.fire_due_timers import fire_due_timers
from webapp.cases.actions.forward import carry_over
from webapp.cases.actions.give_back import give_back
from webapp.cases.actions.issue_cards import issue_cards
from webapp.cases.actions.issue_paper import issue_paper
from webapp.cases.actions.leave import leave, sign_leaver
from webapp.cases.actions.open_case import open_case
from webapp.cases.actions.preview_documents import preview_documents
from webapp.cases.actions.print_documents import print_documents
from webapp.cases.actions.put_on_run import put_on_run
from webapp.cases.actions.reassign import reassign
from webapp.cases.actions.receive_papers import receive_papers
from webapp.cases.actions.record_delay import record_delay
from webapp.cases.actions.recount_clocks import (
    WAIT_FOR_HOURS,
    cases_with_clocks,
    is_recounting,
    order_due_recount,
    order_recount,
    recount_all,
    recount_clocks,
)
from webapp.cases.actions.release import release
from webapp.cases.actions.repair_case import repair_case
from webapp.cases.actions.retry_transfer import retry_transfer
from webapp.cases.actions.return_step import return_step
from webapp.cases.actions.reveal import reveal
from webapp.cases.actions.revoke_mandate import revoke_mandate
from webapp.cases.actions.set_material import set_material
from webapp.cases.actions.sign_handover import sign_handover
from webapp.cases.actions.signals import deliver_signal, send_signal
from webapp.cases.actions.snooze import snooze, wake
from webapp.cases.actions.start_case import start_case
from webapp.cases.actions.supply_materials import supply_materials
from webapp.cases.actions.suspend import resume, suspend
from webapp.cases.actions.tell_cards import tell_cards
from webapp.cases.actions.terminate import decide_termination, propose_termination
from webapp.cases.actions.transfer_case import transfer_case
from webapp.cases.actions.transfers import decide_transfer, propose_transfer, undo_transfer
from webapp.cases.actions.typeset_documents import typeset_documents
from webapp.cases.actions.uploads import (
    add_piece,
    attach_uploads,
    begin_upload,
    drop_upload,
    keep_for_later,
    sweep_uploads,
)
from webapp.cases.actions.urge import answer_demand, supervise, urge
from webapp.cases.actions.withdraw import withdraw

REGISTRY: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "open_case": (open_case, policy.check_can_register),
    "claim": (claim, policy.check_can_claim),
    "release": (release, policy.check_can_release),
    "reassign": (reassign, policy.check_can_reassign),
    "complete": (complete, policy.check_can_complete),
    "preview_documents": (preview_documents, policy.check_can_complete),
    "return_step": (return_step, policy.check_can_return),
    "set_material": (set_material, policy.check_can_change_materials),
    "allow_late_request": (allow_late_request, policy.check_can_suspend),
    "supply_materials": (supply_materials, policy.check_can_supply),
    "attach": (attach, policy.check_can_change_materials),
    "begin_upload": (begin_upload, policy.check_can_change_materials),
    "add_piece": (add_piece, policy.check_can_change_materials),
    "attach_uploads": (attach_uploads, policy.check_can_change_materials),
    "keep_for_later": (keep_for_later, policy.check_can_register),
    "drop_upload": (drop_upload, policy.check_can_register),
    "remove_attachment": (remove_attachment, policy.check_can_change_materials),
    "save_draft": (save_draft, policy.check_can_see_item),
    "load_draft": (load_draft, policy.check_can_see_item),
    "drop_draft": (drop_draft, policy.check_can_see_item),
    "reveal": (reveal, policy.pool_for_papers),
    "print_documents": (print_documents, policy.check_can_print),
    "issue_paper": (issue_paper, policy.check_can_issue_paper),
    "export_volume": (export_volume, policy.check_can_print),
    "revoke_mandate": (revoke_mandate, policy.check_can_revoke_mandate),
    "receive_papers": (receive_papers, policy.check_can_receive),
    "put_on_run": (put_on_run, policy.check_can_take_along),
    "withdraw": (withdraw, policy.check_can_withdraw),
    "suspend": (suspend, policy.check_can_suspend),
    "resume": (resume, policy.check_can_suspend),
    "propose_termination": (propose_termination, policy.check_can_propose_termination),
    "decide_termination": (decide_termination, policy.check_can_decide_termination),
    "give_back": (give_back, policy.check_can_give_back),
    "acknowledge_filing": (acknowledge_filing, policy.check_can_read_filing),
    "answer_query": (answer_query, policy.check_can_lead),
    "sign_handover": (sign_handover, policy.check_can_sign_handover),
    "propose_transfer": (propose_transfer, policy.check_can_propose_transfer),
    "decide_transfer": (decide_transfer, policy.check_can_decide_transfer),
    "undo_transfer": (undo_transfer, policy.check_can_undo_transfer),
    "retry_transfer": (retry_transfer, policy.check_can_retry_transfer),
    "leave": (leave, policy.check_can_dismiss),
    "sign_leaver": (sign_leaver, policy.check_can_sign_handover),
    "record_delay": (record_delay, policy.check_can_claim),
    "urge": (urge, policy.check_verb),
    "supervise": (supervise, policy.check_verb),
    "answer_demand": (answer_demand, policy.check_can_answer_demand),
    "copy_to": (copy_to, policy.check_can_copy),
    "end_copy": (end_copy, policy.check_can_copy),
    "comment": (comment, policy.check_verb),
    "snooze": (snooze, policy.check_verb),
    "wake": (wake, policy.check_can_see_item),
    "appeal_card": (appeal_card, policy.check_can_appeal),
    "decide_appeal": (decide_appeal, policy.check_can_decide_appeal),
    "repair_case": (repair_case, policy.check_can_repair),
}
"""Name → the action of an officer and the policy that decides."""

SYSTEM = {
    "fire_due_timers": fire_due_timers,
    "issue_cards": issue_cards,
    "tell_cards": tell_cards,
    "deliver_message": deliver_message,
    "send_signal": send_signal,
    "deliver_signal": deliver_signal,
    "start_case": start_case,
    "carry_over": carry_over,
    "recount_clocks": recount_clocks,
    "recount_all": recount_all,
    "order_recount": order_recount,
    "order_due_recount": order_due_recount,
    "typeset_documents": typeset_documents,
    "examine_file": examine_file,
    "sweep_uploads": sweep_uploads,
    "transfer_case": transfer_case,
}
"""Actions that nobody asks for: sweeps and commands of the outbox."""

__all__ = [
    "REGISTRY",
    "SYSTEM",
    "WAIT_FOR_HOURS",
    "acknowledge_filing",
    "add_piece",
    "allow_late_request",
    "answer_demand",
    "answer_query",
    "appeal_card",
    "attach",
    "attach_uploads",
    "begin_upload",
    "carry_over",
    "cases_with_clocks",
    "claim",
    "comment",
    "complete",
    "copy_to",
    "decide_appeal",
    "decide_termination",
    "decide_transfer",
    "deliver_message",
    "deliver_signal",
    "drop_draft",
    "drop_upload",
    "end_copy",
    "examine_file",
    "export_volume",
    "fire_due_timers",
    "give_back",
    "is_recounting",
    "issue_cards",
    "issue_paper",
    "keep_for_later",
    "leave",
    "load_draft",
    "open_case",
    "order_due_recount",
    "order_recount",
    "preview_documents",
    "print_documents",
    "propose_termination",
    "propose_transfer",
    "put_on_run",
    "reassign",
    "receive_papers",
    "record_delay",
    "recount_all",
    "recount_clocks",
    "release",
    "remove_attachment",
    "repair_case",
    "resume",
    "retry_transfer",
    "return_step",
    "reveal",
    "revoke_mandate",
    "save_draft",
    "send_signal",
    "set_material",
    "sign_handover",
    "sign_leaver",
    "snooze",
    "start_case",
    "supervise",
    "supply_materials",
    "suspend",
    "sweep_uploads",
    "tell_cards",
    "transfer_case",
    "typeset_documents",
    "undo_transfer",
    "urge",
    "wake",
    "withdraw",
]
