"""Counting wrong passwords without keeping what else was on the page.

The sign-in page carries the form of an expired session along (`webapp.core.sign_in`): identity
numbers and telephones of applicants. django-axes would store every posted field, in clear, with
each wrong password.
"""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.http import HttpRequest, QueryDict


class DiscreetHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """Keeps who, from where and when; nothing of the query or the form."""

    def user_login_failed(
        self, sender: Any, credentials: Any, request: HttpRequest | None = None, **more: Any
    ) -> None:
        """Note one wrong password."""
        if request is None:
            super().user_login_failed(sender, credentials, request, **more)
            return
        query, form = request.GET, request.POST
        request.GET = request.POST = QueryDict()
        try:
            super().user_login_failed(sender, credentials, request, **more)
        finally:
            request.GET, request.POST = query, form
