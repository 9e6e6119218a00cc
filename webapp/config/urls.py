"""Every address of the site, by surface."""

from __future__ import annotations

from django.urls import include, path

from webapp.config.health import health
from webapp.config.navigation import home

urlpatterns = [
    path("", home, name="home"),
    path("health/", health, name="health"),
    path("accounts/", include("webapp.accounts.urls")),
    path("designer/", include("webapp.designer.urls")),
    path("office/", include("webapp.office.urls")),
    path("contacts/", include("webapp.contacts.urls")),
    path("fees/", include("webapp.fees.urls")),
    path("q/", include("webapp.portal.urls")),
    path("", include("webapp.inboxes.urls")),
]
