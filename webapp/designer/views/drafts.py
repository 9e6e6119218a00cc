"""A draft: its files, what is wrong, what it changes, and the way to life."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.typed import whole
from webapp.designer import policy, starting
from webapp.designer.rehearsing import rehearse
from webapp.designer.standing import played, standing
from webapp.organisations.middleware import acting_of
from webapp.organisations.queries import Acting
from webapp.processes import actions
from webapp.processes.queries import drafts as seen

Typed = Mapping[str, str]


@page(policy.may_read)
def draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Everything about one draft on one page; `?copy=` begins a file from one of the library."""
    return shown(request, draft_id, {"copied": request.GET.get("copy", "")})


@page(policy.may_read)
def scenarios(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The scenarios of a draft, played now: a part of its page, which may take some seconds."""
    try:
        found = seen.draft(draft_id)
    except Unknown as unknown:
        raise Http404 from unknown
    return render(request, "designer/parts/scenarios.html", played(found))


@page(policy.may_read)
def rehearsal(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Past cases played on a draft (彩排): a part of its page, asked for with a button."""
    try:
        found = seen.draft(draft_id)
    except Unknown as unknown:
        raise Http404 from unknown
    return render(request, "designer/parts/rehearsal.html", {"rehearsed": rehearse(found)})


def shown(
    request: HttpRequest, draft_id: int, extra: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page of a draft, with what could not be done."""
    try:
        found = seen.draft(draft_id)
    except Unknown as unknown:
        raise Http404 from unknown
    context = standing(found, acting_of(request)) | extra
    return render(request, "designer/draft.html", context, status=status)


def _take(draft_id: int, by: Acting, typed: Typed) -> str:
    path = typed.get("path", "")
    actions.take_file(draft_id, by, path)
    return reverse("designer:edit", args=[draft_id, path])


def _add(draft_id: int, by: Acting, typed: Typed) -> str:
    path, content = starting.new_file(typed)
    actions.add_file(draft_id, by, path, content)
    return reverse("designer:edit", args=[draft_id, path])


def _remove(draft_id: int, by: Acting, typed: Typed) -> None:
    actions.remove_file(draft_id, by, typed.get("path", ""))


def _leave(draft_id: int, by: Acting, typed: Typed) -> None:
    actions.leave_file(draft_id, by, typed.get("path", ""))


def _restore(draft_id: int, by: Acting, typed: Typed) -> str:
    path, number = typed.get("path", ""), whole(typed.get("version"))
    if number is None:
        raise Unknown("没有这一稿。")
    actions.restore_save(draft_id, by, path, number)
    return reverse("designer:edit", args=[draft_id, path])


def _current(draft_id: int, by: Acting, typed: Typed) -> None:
    actions.take_current(draft_id, by, typed.get("path", ""))


def _submit(draft_id: int, by: Acting, typed: Typed) -> None:
    actions.submit_draft(draft_id, by)


def _recall(draft_id: int, by: Acting, typed: Typed) -> None:
    actions.recall_draft(draft_id, by)


def _approve(draft_id: int, by: Acting, typed: Typed) -> None:
    ticked = (whole(one) for one in typed.get("settled", "").split())
    settled = {one for one in ticked if one is not None}
    actions.approve_draft(draft_id, by, _day(typed.get("on", "")), settled)


def _return(draft_id: int, by: Acting, typed: Typed) -> None:
    actions.return_draft(draft_id, by, typed.get("why", ""))


def _publish(draft_id: int, by: Acting, typed: Typed) -> None:
    actions.publish_draft(draft_id, by)


def _discard(draft_id: int, by: Acting, typed: Typed) -> str:
    actions.discard_draft(draft_id, by)
    return reverse("designer:library")


def _remark(draft_id: int, by: Acting, typed: Typed) -> str | None:
    actions.remark(
        draft_id,
        by,
        typed.get("text", ""),
        typed.get("path", ""),
        typed.get("element", ""),
        whole(typed.get("answers")),
    )
    return _back(draft_id, typed)


def _settle(draft_id: int, by: Acting, typed: Typed) -> str | None:
    wanted = whole(typed.get("remark"))
    if wanted is None:
        raise Unknown("没有这条意见。")
    actions.settle_remark(draft_id, by, wanted)
    return _back(draft_id, typed)


def _back(draft_id: int, typed: Typed) -> str | None:
    """To the drawings, where the remark was made there."""
    where = typed.get("back", "")
    if not where:
        return reverse("designer:draft", args=[draft_id]) + "#remarks"
    return reverse("designer:compare", args=[draft_id, where]) + "#remarks"


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid({"on": _("日期请写成 2026-03-31 的样子。")}) from None


VERBS: Mapping[str, tuple[Callable[[int, Acting, Typed], str | None], str]] = {
    "take": (_take, gettext_noop("已放进草案，现行版不受影响。")),
    "add": (_add, gettext_noop("已新建。")),
    "remove": (_remove, gettext_noop("发布以后将停用这个文件；发布以前不受影响。")),
    "leave": (_leave, gettext_noop("这个文件不改了。")),
    "restore": (_restore, gettext_noop("已恢复到这一稿。")),
    "current": (_current, gettext_noop("已记下：您看过新的现行版。")),
    "submit": (_submit, gettext_noop("已提交复核。")),
    "recall": (_recall, gettext_noop("已撤回，可以继续修改。")),
    "approve": (_approve, gettext_noop("已同意。")),
    "return": (_return, gettext_noop("已退回起草人。")),
    "publish": (_publish, gettext_noop("已发布，下一件办件就按新版走；在办的仍按原来的版本。")),
    "discard": (_discard, gettext_noop("草案已作废。")),
    "remark": (_remark, gettext_noop("意见已记下。")),
    "settle": (_settle, gettext_noop("这条意见已解决。")),
}
"""What may be done to a draft: the end of the address, and what is said afterwards."""


@page(policy.may_read, methods=("POST",))
def change(request: HttpRequest, draft_id: int, verb: str) -> HttpResponse:
    """Carry out one verb; a refusal keeps the page and what was typed."""
    if verb not in VERBS:
        raise Http404
    act, said = VERBS[verb]
    typed = {key: str(value) for key, value in request.POST.items()}
    typed["settled"] = " ".join(request.POST.getlist("settled"))
    try:
        there = act(draft_id, acting_of(request), typed)
    except Unknown as unknown:
        raise Http404 from unknown
    except Invalid as wrong:
        extra = {
            "typed": typed,
            "errors": wrong.errors,
            "verb": verb,
            "copied": typed.get("copy", ""),
        }
        return shown(request, draft_id, extra, status=422)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return shown(request, draft_id, {"typed": typed, "verb": verb}, status=409)
    messages.success(request, _(said))
    return redirect(there or reverse("designer:draft", args=[draft_id]))
