"""Addresses of leaders and of the county office."""

from __future__ import annotations

from django.urls import path

from webapp.office import views

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
    path("items/", views.items, name="items"),
    path("calendar/", views.calendar, name="calendar"),
    path("coverage/", views.coverage, name="coverage"),
]
