"""What happens to a request of somebody who is not, or no longer, signed in.

A page is shown after signing in. A form that was being submitted is not lost: its fields travel
as hidden fields of the sign-in page (they never leave the person's own browser and are stored
nowhere) and are submitted again on her word after signing in. Files must be chosen again.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url

_OURS = {"csrfmiddlewaretoken", "next", "username", "password", "kept_path", "files_lost"}


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect a GET to the sign-in page; answer a POST with it, keeping what was typed."""
    if request.method in {"GET", "HEAD"}:
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{query}")
    context = {
        "kept_path": request.path,
        "kept_fields": kept_fields(request),
        "files_lost": bool(request.FILES),
    }
    return render(request, "accounts/sign_in.html", context, status=401)


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Every posted field that is the form's own, in order, with repeated names.

    Passwords typed into the form of a new password are never written into a page.
    """
    if request.resolver_match and request.resolver_match.view_name == "accounts:password":
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _OURS
        for value in values
    ]
