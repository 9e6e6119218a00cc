"""Addresses of the pages where cases are registered and worked."""

from __future__ import annotations

from django.urls import path

from webapp.inboxes.views import (
    cases,
    commands,
    delays,
    documents,
    duty,
    groups,
    inbox,
    items,
    materials,
    reassigning,
    register,
    rosters,
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
    path("done/", inbox.done, name="done"),
    path("cases/", inbox.cases, name="cases"),
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
    path("cases/<int:case_id>/papers/", materials.papers, name="papers"),
    path(
        "cases/<int:case_id>/diagrams/<str:process>.bpmn",
        cases.diagram_file,
        name="diagram_file",
    ),
    path("cases/<int:case_id>/<str:tab>/", cases.case, name="case_tab"),
    path("files/<int:attachment_id>/", cases.attachment, name="attachment"),
]
