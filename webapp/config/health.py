"""Whether this server can work: asked by `bianmin up` and by whatever watches a machine."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse

from webapp.core.access import anyone, page


@page(anyone)
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers; an error otherwise. Says nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
