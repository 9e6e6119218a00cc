"""What came into force, by whom and why; and the way back."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from webapp.core.access import page
from webapp.core.errors import Refused, Unknown
from webapp.designer import policy
from webapp.organisations.middleware import acting_of
from webapp.processes import actions
from webapp.processes import policy as processes
from webapp.processes.models import Process, Publication
from webapp.processes.queries import drafts as seen


@page(policy.may_read)
def publications(request: HttpRequest) -> HttpResponse:
    """The register of publications, newest first."""
    return _shown(request)


@page(policy.may_publish, methods=("POST",))
def roll_back(request: HttpRequest, publication_id: int) -> HttpResponse:
    """Put in force again what was before one publication."""
    try:
        actions.roll_back(publication_id, acting_of(request), request.POST.get("reason", ""))
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return _shown(request, typed=request.POST.get("reason", ""), status=409)
    messages.success(request, _("已退回上一版；退回以前开办的办件仍按当时的版本走。"))
    return redirect("designer:publications")


def _shown(request: HttpRequest, typed: str = "", status: int = 200) -> HttpResponse:
    names = dict(Process.objects.values_list("key", "name"))
    found = Paginator(seen.publications(), 30).get_page(request.GET.get("page"))
    context = {
        "publications": [(one, _versions(one, names)) for one in found],
        "page": found,
        "may_publish": processes.may_publish(acting_of(request)),
        "typed": typed,
    }
    return render(request, "designer/publications.html", context, status=status)


def _versions(one: Publication, names: Mapping[str, str]) -> list[tuple[str, object, object]]:
    """Name of each process with the version before and after, None where there is none."""
    return [(names.get(key, key), was, now) for key, (was, now) in one.versions.items()]
