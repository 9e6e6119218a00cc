"""`bianmin makemessages -l en`: Django's, told where our sentences are.

Constant refusals (`Refused("…")` and its kinds) are sentences too: they are collected here and
translated when somebody reads them (`webapp.core.errors`).
"""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

REFUSALS = ("Refused", "AlreadyDone", "NotYours", "Unknown")
AT_THE_CONSOLE = (
    "commands/*",
    "demonstration/*",
    "importers.py",
    "county_plan.py",
    "processes/actions.py",
)
"""What speaks only to whoever set the system up, at the console: Chinese."""


class Command(makemessages.Command):
    """No line numbers, nothing obsolete, no guesses: a diff shows what changed, nothing else."""

    xgettext_options = [
        *makemessages.Command.xgettext_options,
        *(f"--keyword={name}:1" for name in REFUSALS),
    ]
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect from `webapp` wherever the command was called."""
        options |= {"no_location": True, "no_obsolete": True}
        options["ignore_patterns"] = [
            *options["ignore_patterns"],
            "frontend/*",
            *AT_THE_CONSOLE,
        ]
        os.chdir(settings.LOCALE_PATHS[0].parent)
        super().handle(*args, **options)
