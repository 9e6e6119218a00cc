"""Addresses of fees."""

from __future__ import annotations

from django.urls import path

from webapp.fees import views

app_name = "fees"

urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("<int:case_id>/", views.fee, name="fee"),
    path("<int:case_id>/<slug:verb>/", views.fee_do, name="fee_do"),
]
