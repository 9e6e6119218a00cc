"""Pages travel compressed: over a village's line the inbox would else be seven times as long.

Only HTML: static files lie compressed on the disk, attachments are compressed by nature. The
random length against guessing (BREACH) is Django's.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressPagesMiddleware(GZipMiddleware):
    """Compresses HTML for browsers that take it."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Leave everything else as it is."""
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
