"""Addresses of leaders and of the county office."""

from __future__ import annotations

from django.urls import path

from webapp.office import (
    calendar_views,
    card_views,
    change_views,
    filing_views,
    item_views,
    organ_views,
    parameter_views,
    repairing,
    staffing,
    supervision_views,
    views,
)

app_name = "office"

urlpatterns = [
    path("", views.board, name="board"),
    path("units/<int:unit_id>/<slug:band>/", views.unit_items, name="unit_items"),
    path("denials/", views.denials, name="denials"),
    path("processes/", views.process_list, name="processes"),
    path("processes/<slug:key>/", views.process, name="process"),
    path("processes/<slug:key>/<slug:part>/", views.process, name="process_part"),
    path(
        "processes/<slug:key>/<slug:part>/drawing.bpmn",
        views.process_drawing,
        name="process_drawing",
    ),
    path("items/", item_views.items, name="items"),
    path("items/<slug:code>/", item_views.item, name="item"),
    path("parameters/organs/", organ_views.units, name="units"),
    path("parameters/organs/<str:key>/", organ_views.unit, name="unit"),
    path("parameters/roles/", organ_views.roles, name="roles"),
    path("parameters/verbs/", parameter_views.verbs, name="verbs"),
    path("parameters/supervision/", supervision_views.supervision, name="supervision"),
    path("seals/", views.seals, name="seals"),
    path("staff/", staffing.staff, name="staff"),
    path("staff/<int:unit_id>/", staffing.staff_unit, name="staff_unit"),
    path("staff/posts/<int:post_id>/", staffing.post, name="post"),
    path("staff/posts/<int:post_id>/assign/", staffing.post_assign, name="post_assign"),
    path("staff/people/<int:officer_id>/leave/", staffing.leave, name="leave"),
    path("staff/<int:unit_id>/a-posts/", filing_views.unit_a_posts, name="a_posts"),
    path("a-posts/", filing_views.post_filings, name="post_filings"),
    path(
        "a-posts/<int:filing_id>/answer/",
        filing_views.post_filing_answer,
        name="post_filing_answer",
    ),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/import/", calendar_views.calendar_import, name="calendar_import"),
    path("cards/", card_views.cards, name="cards"),
    path("cards/<int:card_id>/", card_views.card, name="card"),
    path("cards/<int:card_id>/appeal/", card_views.card_appeal, name="card_appeal"),
    path("cards/<int:card_id>/decide/", card_views.card_decide, name="card_decide"),
    path("repairs/", repairing.repairs, name="repairs"),
    path("repairs/<int:case_id>/", repairing.repair, name="repair"),
    path("coverage/", views.coverage, name="coverage"),
    path("parameters/", parameter_views.parameters, name="parameters"),
    path("parameters/changes/", change_views.changes, name="changes"),
    path("parameters/changes/begin/", change_views.change_begin, name="change_begin"),
    path("parameters/changes/<int:change_id>/", change_views.change, name="change"),
    path(
        "parameters/changes/<int:change_id>/save/", change_views.change_save, name="change_save"
    ),
    path(
        "parameters/changes/<int:change_id>/state/",
        change_views.change_state,
        name="change_state",
    ),
    path(
        "parameters/changes/<int:change_id>/<slug:verb>/",
        change_views.change_verb,
        name="change_verb",
    ),
]
