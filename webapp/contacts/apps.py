"""Django's entry for this app."""

from __future__ import annotations

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """Names the app; nothing runs at import."""

    name = "webapp.contacts"
    label = "contacts"
    default_auto_field = "django.db.models.BigAutoField"
