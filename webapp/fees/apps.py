"""Django's entry for this app."""

from __future__ import annotations

from django.apps import AppConfig


class FeesConfig(AppConfig):
    """Names the app; nothing runs at import."""

    name = "webapp.fees"
    label = "fees"
    default_auto_field = "django.db.models.BigAutoField"
