"""Which addresses the gate may send somebody to: pages of this site, nothing else."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme


def own_path(request: HttpRequest, wanted: str | None) -> str | None:
    """The path `wanted` when it leads to a page of this site, else None."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return None
    if any(ord(sign) < 33 or sign == "\\" for sign in wanted):
        return None
    if not url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    ):
        return None
    return wanted


def form_path(request: HttpRequest, wanted: str | None) -> str | None:
    """The path when a form of this site may be posted there, else None."""
    path = own_path(request, wanted)
    if path is None:
        return None
    try:
        view = resolve(path.partition("?")[0]).func
    except Resolver404:
        return None
    return path if "POST" in getattr(view, "methods", ()) else None
