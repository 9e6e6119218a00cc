"""Addresses that need no account."""

from __future__ import annotations

from django.urls import path

from webapp.portal import views

app_name = "portal"

urlpatterns = [path("", views.query, name="query")]
