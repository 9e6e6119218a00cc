"""The designer's surface as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class DesignerConfig(AppConfig):
    """Pages on which the county changes its processes (流程设计)."""

    name = "webapp.designer"
    verbose_name = "流程设计"
