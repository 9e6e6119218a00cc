"""Addresses of first contact (首问)."""

from __future__ import annotations

from django.urls import path

from webapp.contacts import views

app_name = "contacts"

urlpatterns = [
    path("", views.contacts, name="contacts"),
    path("new/", views.contact_new, name="contact_new"),
    path("new/draft/", views.contact_draft, name="contact_draft"),
    path("figures/", views.contact_figures, name="figures"),
    path("<int:contact_id>/", views.contact, name="contact"),
    path("<int:contact_id>/notice.pdf", views.notice, name="notice"),
    path("<int:contact_id>/<slug:verb>/", views.contact_do, name="contact_do"),
]
