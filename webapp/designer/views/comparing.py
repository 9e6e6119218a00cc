"""The two drawings of a diagram side by side, with changes, remarks and rehearsal on them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from webapp.core.access import page
from webapp.core.errors import Unknown
from webapp.designer import policy, remarks, shelves
from webapp.designer.comparing import side_by_side
from webapp.designer.rehearsing import counted
from webapp.designer.views.editing import file_of
from webapp.organisations.middleware import acting_of
from webapp.processes.models import Draft, DraftFile
from webapp.processes.queries.library import DIAGRAMS, content_of, with_draft


@page(policy.may_read)
@never_cache
def compare(request: HttpRequest, draft_id: int, path: str) -> HttpResponse:
    """The drawing in force and that of the draft, what differs, and what was said about it."""
    draft, file = _diagram(draft_id, path)
    both = side_by_side(draft, file)
    threads = remarks.threads(draft, acting_of(request), path)
    digest = both.after or both.before or ""
    context = {
        "draft": draft,
        "path": path,
        "name": shelves.name_in(with_draft(draft), path, content_of(digest)),
        "both": both,
        "threads": threads,
        "settings": {
            "before": reverse("designer:file_in_force", args=[path]) if both.before else None,
            "after": reverse("designer:content", args=[draft.pk, path]) if both.after else None,
            "marks": {"before": both.marks_before, "after": both.marks_after},
            "power": both.power,
            "remarks": remarks.open_at(threads),
            "words": {
                "added": _("新增"),
                "removed": _("删去"),
                "changed": _("有改动"),
                "remarks": _("意见"),
                "cases": _("件"),
                "counted": _("重走 {n} 件"),
                "stuck": _("件走不通"),
            },
        },
    }
    return render(request, "designer/compare.html", context)


@page(policy.may_read)
@never_cache
def counts(request: HttpRequest, draft_id: int, path: str) -> JsonResponse:
    """How many past cases pass each element on the drawing in force and on that of the draft."""
    draft, _file = _diagram(draft_id, path)
    return JsonResponse(counted(draft))


def _diagram(draft_id: int, path: str) -> tuple[Draft, DraftFile]:
    try:
        draft, file = file_of(draft_id, path)
    except Unknown as unknown:
        raise Http404 from unknown
    if not path.endswith(DIAGRAMS) or not (file.content_id or file.base_id):
        raise Http404
    return draft, file
