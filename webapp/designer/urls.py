"""Addresses of the designer's pages."""

from __future__ import annotations

from django.urls import path

from webapp.designer.views import (
    beginning,
    comparing,
    drafts,
    editing,
    library,
    playing,
    publications,
    running,
    trying,
)

app_name = "designer"

urlpatterns = [
    path("", library.library, name="library"),
    path("files/<path:path>", library.file_in_force, name="file_in_force"),
    path("drafts/", beginning.begin, name="begin"),
    path("drafts/<int:draft_id>/", drafts.draft, name="draft"),
    path("drafts/<int:draft_id>/scenarios/", drafts.scenarios, name="scenarios"),
    path("drafts/<int:draft_id>/rehearsal/", drafts.rehearsal, name="rehearsal"),
    path("drafts/<int:draft_id>/do/<slug:verb>/", drafts.change, name="change"),
    path("drafts/<int:draft_id>/import/", beginning.import_file, name="import_file"),
    path("drafts/<int:draft_id>/imported/<path:path>", beginning.imported, name="imported"),
    path("drafts/<int:draft_id>/edit/<path:path>", editing.edit, name="edit"),
    path("drafts/<int:draft_id>/content/<path:path>", editing.content, name="content"),
    path("drafts/<int:draft_id>/base/<path:path>", editing.base, name="base"),
    path("drafts/<int:draft_id>/save/<path:path>", editing.save, name="save"),
    path("drafts/<int:draft_id>/check/<path:path>", editing.check, name="check"),
    path("drafts/<int:draft_id>/preview/<path:path>", trying.form_preview, name="form_preview"),
    path(
        "drafts/<int:draft_id>/preview-state/<path:path>",
        trying.form_preview_state,
        name="form_preview_state",
    ),
    path("drafts/<int:draft_id>/ask/<path:path>", trying.table_trial, name="table_trial"),
    path("drafts/<int:draft_id>/compare/<path:path>", comparing.compare, name="compare"),
    path("drafts/<int:draft_id>/counts/<path:path>", comparing.counts, name="counts"),
    path("drafts/<int:draft_id>/wording/<path:path>", trying.wording_page, name="wording_page"),
    path("running/", running.overview, name="running"),
    path("running/<slug:key>/", running.board, name="board"),
    path("transfers/<int:transfer_id>/", running.transfer, name="transfer"),
    path("transfers/<int:transfer_id>/lines/", running.lines, name="transfer_lines"),
    path("transfers/<int:transfer_id>/decide/", running.decide, name="transfer_decide"),
    path("transfers/<int:transfer_id>/retry/", running.retry, name="transfer_retry"),
    path("transfers/<int:transfer_id>/undo/", running.undo, name="transfer_undo"),
    path("drafts/<int:draft_id>/story/<path:path>", editing.story, name="story"),
    path("drafts/<int:draft_id>/play/", playing.begin, name="play_begin"),
    path("drafts/<int:draft_id>/play/<int:run_id>/", playing.run, name="play"),
    path("drafts/<int:draft_id>/play/<int:run_id>/form/", playing.form_state, name="play_form"),
    path(
        "drafts/<int:draft_id>/play/<int:run_id>/diagram/<slug:process>/",
        playing.diagram,
        name="play_diagram",
    ),
    path(
        "drafts/<int:draft_id>/play/<int:run_id>/save/",
        playing.save_scenario,
        name="play_save",
    ),
    path("drafts/<int:draft_id>/play/<int:run_id>/end/", playing.end, name="play_end"),
    path("publications/", publications.publications, name="publications"),
    path(
        "publications/<int:publication_id>/roll-back/",
        publications.roll_back,
        name="roll_back",
    ),
]
