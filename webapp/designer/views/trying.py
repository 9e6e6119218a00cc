"""Trying what a draft says, before anybody works with it: nothing is stored."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from webapp.core.access import page
from webapp.designer import papers, policy, shelves
from webapp.designer.asking import trial
from webapp.designer.previewing import Preview, preview
from webapp.designer.views.editing import file_of
from webapp.processes.models import Draft
from webapp.processes.queries.library import DECISIONS, FORMS, WORDINGS, content_of, with_draft
from workflows.calendars import local_day
from workflows.errors import WorkflowError


@page(policy.may_read, methods=("GET", "POST"))
@never_cache
def form_preview(request: HttpRequest, draft_id: int, path: str) -> HttpResponse:
    """A form as handlers will see it; a POST fills it in and shows what is wrong."""
    draft, content = _content(draft_id, path, FORMS)
    context: dict[str, Any] = {
        "draft": draft,
        "path": path,
        "name": shelves.name_in(with_draft(draft), path, content),
        "marked": True,
    }
    try:
        shown = _preview(request, path, content)
        context |= {"preview": shown, "form": shown.form, "problems": shown.form.problems}
    except WorkflowError as wrong:
        context["unreadable"] = str(wrong)
    return render(request, "designer/form_preview.html", context)


@page(policy.may_read, methods=("POST",))
def form_preview_state(request: HttpRequest, draft_id: int, path: str) -> JsonResponse:
    """What the form looks like for what is typed and supposed so far."""
    _draft, content = _content(draft_id, path, FORMS)
    try:
        return JsonResponse(_preview(request, path, content).form.states())
    except WorkflowError:
        return JsonResponse({"hidden": [], "required": [], "locked": {}, "ids": []})


@page(policy.may_read, methods=("POST",))
def wording_page(request: HttpRequest, draft_id: int, path: str) -> HttpResponse:
    """A wording as typed so far (`text`) on the page that it prints: a part of its editor's page."""
    draft, _file = file_of(draft_id, path)
    if not path.startswith(WORDINGS):
        raise Http404
    typed = request.POST.get("text", "").replace("\r\n", "\n").encode("utf-8", "replace")
    found = papers.shown(path, typed, with_draft(draft), timezone.now())
    return render(request, "designer/parts/wording_page.html", {"shown": found})


@page(policy.may_read, methods=("POST",))
def table_trial(request: HttpRequest, draft_id: int, path: str) -> HttpResponse:
    """What a decision table says to supposed values: a part of its editor's page."""
    _draft, content = _content(draft_id, path, DECISIONS)
    found = trial(content, path, _pairs(request))
    return render(request, "designer/parts/table_trial.html", {"trial": found})


def _content(draft_id: int, path: str, ending: str) -> tuple[Draft, bytes]:
    draft, file = file_of(draft_id, path)
    if not path.endswith(ending) or file.content_id is None:
        raise Http404
    return draft, content_of(file.content_id)


def _preview(request: HttpRequest, path: str, content: bytes) -> Preview:
    return preview(content, path, _pairs(request), local_day(timezone.now()))


def _pairs(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(one) for one in typed] for name, typed in request.POST.lists()}
