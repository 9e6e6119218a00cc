"""Addresses of the pages where cases are registered and worked."""

from __future__ import annotations

from django.urls import path

from webapp.inboxes.verbs import OF_CASE, OF_ITEM
from webapp.inboxes.views import (
    bulk,
    cases,
    commands,
    delays,
    documents,
    duty,
    files,
    groups,
    inbox,
    items,
    materials,
    messages,
    numbers,
    reassigning,
    register,
    rosters,
    uploads,
    verbs,
    village,
    watching,
    ways,
)

app_name = "inboxes"

urlpatterns = [
    path("inbox/", inbox.waiting, name="inbox"),
    path("inbox/list/", inbox.inbox_list, name="inbox_list"),
    path("inbox/views/", inbox.view_save, name="view_save"),
    path("inbox/views/<int:view_id>/drop/", inbox.view_drop, name="view_drop"),
    path("inbox/export/", watching.export, name="export"),
    path("cases/<int:case_id>/watch/", watching.watch, name="watch"),
    path("together/", bulk.together, name="together"),
    path("messages/", messages.messages, name="messages"),
    path("messages/seen/", messages.messages_seen, name="messages_seen"),
    path("messages/reach/", messages.reach, name="reach"),
    path("done/", inbox.done, name="done"),
    path("cases/", inbox.cases, name="cases"),
    path("numbers/", numbers.numbers, name="numbers"),
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("documents/<int:document_id>/paper.pdf", documents.document_pdf, name="document_pdf"),
    path("papers/", ways.ways, name="ways"),
    path("papers/receive/", ways.receive, name="receive_papers"),
    path("papers/run/", ways.take_along, name="put_on_run"),
    path("papers/run/<str:number>/paper.pdf", ways.run_paper, name="run_paper"),
    path("printing/", documents.printing, name="printing"),
    path("cases/<int:case_id>/volume/", documents.volume, name="volume"),
    path("cases/<int:case_id>/printing/", documents.print_papers, name="print_papers"),
    path("cases/<int:case_id>/issuing/", documents.issue, name="issue_paper"),
    path("register/", register.register, name="register"),
    path("register/<str:code>/", register.register_item, name="register_item"),
    path("register/<str:code>/state/", register.register_state, name="register_state"),
    path("register/<str:code>/draft/", register.register_draft, name="register_draft"),
    path("registered/<int:case_id>/", register.registered, name="registered"),
    path("duty/", duty.duty, name="duty"),
    path("duty/seen/", duty.duty_seen, name="duty_seen"),
    path("duty/cover/", duty.cover, name="cover"),
    path("duty/absences/new/", duty.absence_new, name="absence_new"),
    path("duty/absences/<int:absence_id>/", duty.absence, name="absence"),
    path("duty/absences/<int:absence_id>/change/", duty.absence_change, name="absence_change"),
    path("duty/absences/<int:absence_id>/<slug:verb>/", duty.absence_do, name="absence_do"),
    path("duty/handovers/<int:handover_id>/", duty.handover, name="handover"),
    path("duty/rosters/", rosters.rosters, name="rosters"),
    path("duty/rosters/new/", rosters.roster_new, name="roster_new"),
    path("duty/rosters/<int:roster_id>/", rosters.roster, name="roster"),
    path("duty/rosters/<int:roster_id>/edit/", rosters.roster_edit, name="roster_edit"),
    path("duty/groups/", groups.groups, name="groups"),
    path("duty/groups/keep/", groups.group_keep, name="group_keep"),
    path("cases/<int:case_id>/mandate/", village.revoke, name="revoke_mandate"),
    path("village/ledger/", village.village_ledger, name="village_ledger"),
    path("village/ledger/table.csv", village.village_ledger_csv, name="village_ledger_csv"),
    path("village/", village.village, name="village"),
    path("items/<int:item_id>/", items.item, name="item"),
    path("items/<int:item_id>/state/", items.item_state, name="item_state"),
    path("items/<int:item_id>/draft/", items.item_draft, name="item_draft"),
    path("items/<int:item_id>/back/", items.send_back, name="send_back"),
    path("items/<int:item_id>/reassign/", reassigning.reassign, name="reassign"),
    path("items/<int:item_id>/delay/", delays.delay, name="delay"),
    path("items/<int:item_id>/claim/", items.claim, name="claim"),
    path("items/<int:item_id>/release/", items.release, name="release"),
    path("cases/<int:case_id>/", cases.case, name="case"),
    path("cases/<int:case_id>/reveal/", cases.reveal, name="reveal"),
    *(
        path(f"cases/<int:case_id>/{verb}/", commands.command, {"verb": verb}, name=verb)
        for verb in commands.VERBS
    ),
    *(
        path(f"cases/<int:case_id>/ask/{verb}/", verbs.of_case, {"verb": verb}, name=verb)
        for verb in OF_CASE
    ),
    *(
        path(f"items/<int:item_id>/{verb}/", verbs.of_item, {"verb": verb}, name=verb)
        for verb in OF_ITEM
    ),
    path("cases/<int:case_id>/copies/end/", verbs.end_copy, name="end_copy"),
    path("with-me/", verbs.with_me, name="with_me"),
    path("cases/<int:case_id>/papers/", materials.papers, name="papers"),
    path(
        "cases/<int:case_id>/diagrams/<str:process>.bpmn",
        cases.diagram_file,
        name="diagram_file",
    ),
    path("cases/<int:case_id>/<str:tab>/", cases.case, name="case_tab"),
    path("uploads/", uploads.begin, name="upload_begin"),
    path("uploads/<uuid:upload_id>/", uploads.upload, name="upload"),
    path("files/<int:attachment_id>/", files.attachment, name="attachment"),
    path("files/<int:attachment_id>/pages/<int:number>.png", files.preview, name="preview"),
]
