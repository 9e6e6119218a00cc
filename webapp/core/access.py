"""Deny by default: every view says who may open it, or nobody can.

A view is decorated with `page(rule, …)`. The middleware answers 404 for a view without a rule
(so a forgotten rule is a closed door, and the permission walk in the tests fails for it), sends
people who are not signed in to the sign-in page, and answers 404, never 403, when the rule says
no: nobody learns what exists elsewhere. Rules about one case or item are not decided here but by
the query that fetches it (`webapp.cases.queries`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from webapp.core.sign_in import ask_to_sign_in

Rule = Callable[[HttpRequest], bool]
View = Callable[..., HttpResponseBase]


def anyone(request: HttpRequest) -> bool:
    """Also people who are not signed in (sign-in page, health, public query)."""
    return True


def signed_in(request: HttpRequest) -> bool:
    """Every active officer, whatever her posts."""
    return request.user.is_authenticated


def page(rule: Rule, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Attach the rule and the allowed methods to a view (HEAD comes with GET)."""
    allowed = (*methods, "HEAD") if "GET" in methods else methods

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                words = render_to_string("405.html")
                return HttpResponseNotAllowed(allowed, words)
            return view(request, *args, **kwargs)

        guarded.rule = rule  # type: ignore[attr-defined]
        guarded.methods = allowed  # type: ignore[attr-defined]
        return guarded

    return decorate


class AccessMiddleware:
    """Applies the rule of the view that a URL resolved to.

    What only some may see is never kept by a browser: at a counter the next person presses
    “back” after the last one has signed out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if getattr(request, "for_some", False):
            add_never_cache_headers(answer)
        return answer

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Let the view run, send to sign-in, or answer 404."""
        rule: Rule | None = getattr(view, "rule", None)
        if rule is None:
            raise Http404
        if rule is anyone:
            return None
        request.for_some = True  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        if not rule(request):
            raise Http404
        return None
