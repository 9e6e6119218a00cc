"""How a draft begins: with a file to change, to copy, to retire or to import, or with none."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.designer import importing, policy, starting
from webapp.designer.views.drafts import shown
from webapp.designer.views.editing import file_of
from webapp.organisations.middleware import acting_of
from webapp.organisations.queries import Acting
from webapp.processes import actions
from webapp.processes.queries.library import content_of

STARTS = ("path", "copy", "retire", "import")
"""What a draft may begin with: a file to change, to copy, to retire; an import."""


@page(policy.may_design, methods=("GET", "POST"))
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft with what the designer came for; what is refused leaves no draft behind."""
    asked = request.POST if request.method == "POST" else request.GET
    start = {name: asked.get(name, "") for name in STARTS}
    if request.method != "POST":
        return render(request, "designer/begin.html", {"start": start, "typed": {}})
    try:
        with transaction.atomic():
            there = _begun(request, acting_of(request), start)
    except Unknown as unknown:
        raise Http404 from unknown
    except (Invalid, Refused) as wrong:
        errors = wrong.errors if isinstance(wrong, Invalid) else {"file": wrong.sentence}
        context = {"start": start, "typed": request.POST, "errors": errors}
        return render(request, "designer/begin.html", context, status=422)
    return redirect(there)


def _begun(request: HttpRequest, by: Acting, start: dict[str, str]) -> str:
    draft = actions.begin_draft(
        by, request.POST.get("title", ""), request.POST.get("reason", "")
    )
    if start["retire"]:
        actions.take_file(draft.pk, by, start["retire"])
        actions.remove_file(draft.pk, by, start["retire"])
        return reverse("designer:draft", args=[draft.pk])
    if start["import"]:
        path, content = _sent(request)
        actions.import_file(draft.pk, by, path, content)
        return reverse("designer:imported", args=[draft.pk, path])
    path = start["path"]
    if start["copy"]:
        path, content = starting.copied(start["copy"], request.POST.get("name", ""))
        actions.add_file(draft.pk, by, path, content)
    elif path:
        actions.take_file(draft.pk, by, path)
    if path:
        return reverse("designer:edit", args=[draft.pk, path])
    return reverse("designer:draft", args=[draft.pk])


@page(policy.may_design, methods=("POST",))
def import_file(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Put an uploaded file into a draft; a process of the same name is replaced in the draft."""
    by = acting_of(request)
    try:
        path, content = _sent(request)
        actions.import_file(draft_id, by, path, content)
    except Unknown as unknown:
        raise Http404 from unknown
    except Invalid as wrong:
        errors = {"file": "；".join(wrong.errors.values())}
        return shown(request, draft_id, {"errors": errors, "verb": "add"}, status=422)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return shown(request, draft_id, {"verb": "add"}, status=409)
    return redirect("designer:imported", draft_id=draft_id, path=path)


def _sent(request: HttpRequest) -> tuple[str, bytes]:
    """Where the uploaded file goes, and its content. Raises Invalid."""
    sent = request.FILES.get("file")
    if sent is None or not sent.name:
        raise Invalid({"file": _("请先选择文件。")})
    if (sent.size or 0) > actions.MAX_BYTES:
        raise Invalid({"file": _("文件太大，超过3 MB。请在原来的软件里拆成几张图，再导入。")})
    return starting.imported(sent.name), sent.read()


@page(policy.may_read)
def imported(request: HttpRequest, draft_id: int, path: str) -> HttpResponse:
    """What became of an imported file: converted, not supported, left out."""
    draft, file = file_of(draft_id, path)
    if file.content_id is None:
        raise Http404
    told = importing.told(content_of(file.content_id), path)
    return render(
        request, "designer/imported.html", {"draft": draft, "path": path, "told": told}
    )
