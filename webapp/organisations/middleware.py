"""Gives every request its `acting`: who is asking, with which posts, at which moment."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from webapp.core import db
from webapp.organisations.queries import Acting, acting


class ActingMiddleware:
    """Sets `request.acting` lazily; stands behind the authentication middleware.

    The database's clock and the officer's posts are read when a view first asks, once a
    request. Somebody who is not signed in holds nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.acting = SimpleLazyObject(lambda: _read(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def acting_of(request: HttpRequest) -> Acting:
    """Who is asking: the `Acting` that the middleware set."""
    found: Acting = request.acting  # type: ignore[attr-defined]
    return found


def _read(request: HttpRequest) -> Acting:
    at = db.now()
    if not request.user.is_authenticated:
        return Acting(officer_id=0, name="", held=(), at=at)
    return acting(request.user.pk, at)
