"""Every address of the site, by surface."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from webapp.config.health import health
from webapp.config.navigation import home

_SURFACES = {
    "accounts/": "webapp.accounts.urls",
    "office/": "webapp.office.urls",
    "": "webapp.inboxes.urls",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("health/", health, name="health"),
]
urlpatterns += [path(at, include(urls)) for at, urls in _SURFACES.items() if find_spec(urls)]
