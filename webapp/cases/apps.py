"""Django's entry for this app."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register


class CasesConfig(AppConfig):
    """Names the app, and what Django's `check` asks about it."""

    name = "webapp.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of the settings."""
        from webapp.cases.checks import scanner_is_named, scanner_is_there

        register(scanner_is_named, Tags.security)
        register(scanner_is_there, Tags.security, deploy=True)
