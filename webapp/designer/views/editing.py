"""The editors: a page for each kind of file, and what they ask of the server."""

from __future__ import annotations

import json
from typing import Any

from csp.decorators import csp_update
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from webapp.core.access import page
from webapp.core.errors import Refused, Unknown
from webapp.core.typed import whole
from webapp.designer import papers, policy, remarks, shelves, vocabulary
from webapp.designer.asking import trial
from webapp.designer.stories import story as told
from webapp.designer.views.library import as_file
from webapp.organisations.middleware import acting_of
from webapp.processes import actions
from webapp.processes import policy as processes
from webapp.processes.actions import Overtaken
from webapp.processes.models import Draft, DraftFile
from webapp.processes.queries import drafts as seen
from webapp.processes.queries.findings import findings_of_file
from webapp.processes.queries.library import SCENARIOS, WORDINGS, content_of, with_draft
from workflows.findings import Finding

EDITORS = {"bpmn": "diagram", "dmn": "table", "json": "form", "yaml": "text"}
"""Which editor a kind of file opens in."""


@page(policy.may_read)
@never_cache
@csp_update({"style-src": ["'self'", "'unsafe-inline'"]})  # type: ignore[arg-type]
def edit(request: HttpRequest, draft_id: int, path: str) -> HttpResponse:
    """The editor of one file; who may not change it reads it there."""
    draft, file = file_of(draft_id, path)
    kind = EDITORS.get(path.rpartition(".")[2])
    if kind is None or file.content_id is None:
        raise Http404
    content = content_of(file.content_id)
    may_edit = processes.can_edit(acting_of(request), draft)
    context: dict[str, Any] = {
        "draft": draft,
        "file": file,
        "name": shelves.name_in(with_draft(draft), path, content),
        "kind": kind,
        "may_edit": may_edit,
        "saves": file.saves.select_related("by").order_by("-version")[:30],
        "settings": {
            "path": path,
            "version": file.version,
            "readOnly": not may_edit,
            "who": request.user.pk,
            "lastBy": file.edited_by_id,
            **(vocabulary.of_diagrams(with_draft(draft)) if kind == "diagram" else {}),
        },
    }
    if kind == "diagram":
        marks = remarks.open_at(remarks.threads(draft, acting_of(request), path))
        context["open_remarks"] = sum(marks.values())
        context["settings"] |= {"remarks": marks, "remarkWord": _("意见")}
    if kind == "table":
        context["trial"] = trial(content, path, {})
    if kind == "text":
        context["content"] = content.decode("utf-8", "replace")
        if path.startswith(SCENARIOS):
            context["story"] = told(with_draft(draft), path, content)
        if path.startswith(WORDINGS):
            manifest = with_draft(draft)
            context["groups"] = papers.placeholders(manifest)
            context["shown"] = papers.shown(path, content, manifest, timezone.now())
    return render(request, f"designer/edit_{kind}.html", context)


@page(policy.may_read)
@never_cache
def story(request: HttpRequest, draft_id: int, path: str) -> HttpResponse:
    """A scenario as saved, step by step with what came of it: a part of its editor's page."""
    draft, file = file_of(draft_id, path)
    if not path.startswith(SCENARIOS) or file.content_id is None:
        raise Http404
    found = told(with_draft(draft), path, content_of(file.content_id))
    return render(request, "designer/parts/story.html", {"story": found})


@page(policy.may_read)
@never_cache
def content(request: HttpRequest, draft_id: int, path: str) -> HttpResponse:
    """The file as the draft has it; `?save=3` an earlier save of it."""
    _draft, file = file_of(draft_id, path)
    number = request.GET.get("save", "")
    digest = file.content_id
    if number:
        digest = (
            file.saves.filter(version=whole(number) or 0)
            .values_list("content_id", flat=True)
            .first()
        )
    if digest is None:
        raise Http404
    return as_file(path, content_of(digest))


@page(policy.may_read)
@never_cache
def base(request: HttpRequest, draft_id: int, path: str) -> HttpResponse:
    """The file as it was in force when the draft took it."""
    _draft, file = file_of(draft_id, path)
    if file.base_id is None:
        raise Http404
    return as_file(path, content_of(file.base_id))


@page(policy.may_design, methods=("POST",))
def save(request: HttpRequest, draft_id: int, path: str) -> HttpResponse:
    """Save what the editor holds: `{content, version}` → `{saved, version, findings}`."""
    try:
        sent = json.loads(request.body if request.content_type == "application/json" else b"")
        typed, version = str(sent["content"]), int(sent["version"])
    except RequestDataTooBig:
        return JsonResponse({"problem": actions.too_large().sentence}, status=413)
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"problem": _("没有收到文件内容，请再保存一次。")}, status=400)
    try:
        file = actions.save_file(
            draft_id, acting_of(request), path, typed.encode("utf-8", "replace"), version
        )
    except Unknown as unknown:
        raise Http404 from unknown
    except Overtaken as overtaken:
        return JsonResponse({"problem": overtaken.sentence, "overtaken": True}, status=409)
    except Refused as refusal:
        return JsonResponse({"problem": refusal.sentence}, status=409)
    at = timezone.localtime(file.edited_at)
    said = {"saved": f"{at:%H:%M}", "version": file.version}
    return JsonResponse(said | _told(seen.draft(draft_id), path))


@page(policy.may_read)
@never_cache
def check(request: HttpRequest, draft_id: int, path: str) -> HttpResponse:
    """What is wrong with the file as saved, element by element."""
    draft, file = file_of(draft_id, path)
    others = file.edited_by.name if file.edited_by_id != request.user.pk else ""
    return JsonResponse({"version": file.version, "by": others} | _told(draft, path))


def file_of(draft_id: int, path: str) -> tuple[Draft, DraftFile]:
    """A draft and one file of it. Raises Http404."""
    try:
        draft = seen.draft(draft_id)
        return draft, seen.file(draft, path)
    except Unknown as unknown:
        raise Http404 from unknown


def _told(draft: Draft, path: str) -> dict[str, Any]:
    return {"findings": [_plain(one) for one in findings_of_file(with_draft(draft), path)]}


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "line": finding.line,
        "element": finding.element,
        "sentence": finding.sentence,
        "remedy": finding.remedy,
    }
