"""A brake for guessing: wrong query codes are counted by the hour, right ones never."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from webapp.core.crypto import keyed_hash
from webapp.portal.models import WrongTries

FROM_ONE_ADDRESS = 30
"""Wrong tries an hour from one address: a village shares one, and numbers are long."""
FOR_ONE_NUMBER = 200
"""Wrong tries an hour for one case from anywhere: a code has some 10¹² possibilities."""

_COUNT = """
INSERT INTO portal_wrongtries (whom, hour, tries) VALUES (%(whom)s, %(hour)s, 1)
ON CONFLICT (whom, hour) DO UPDATE SET tries = portal_wrongtries.tries + 1
"""


def _whom(request: HttpRequest, number: str) -> dict[str, int]:
    return {
        keyed_hash(f"query from {_address(request)}"): FROM_ONE_ADDRESS,
        keyed_hash(f"query for {number}"): FOR_ONE_NUMBER,
    }


def _address(request: HttpRequest) -> str:
    """Where the request comes from; behind a trusted proxy, what that proxy has seen."""
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    return seen.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def is_braked(request: HttpRequest, number: str, at: datetime) -> bool:
    """Whether there were too many wrong tries this hour: one statement."""
    limits = _whom(request, number)
    rows = WrongTries.objects.filter(whom__in=limits, hour=_hour(at))
    return any(tries >= limits[whom] for whom, tries in rows.values_list("whom", "tries"))


def note_wrong(request: HttpRequest, number: str, at: datetime) -> None:
    """Count a wrong try; what is older than a day is forgotten."""
    _count(sorted(_whom(request, number)), _hour(at))
    WrongTries.objects.filter(hour__lt=at - timedelta(days=1)).delete()


def _count(whom: Iterable[str], hour: datetime) -> None:
    with connection.cursor() as cursor:
        for one in whom:
            cursor.execute(_COUNT, {"whom": one, "hour": hour})


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
