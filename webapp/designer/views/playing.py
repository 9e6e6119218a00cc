"""Playing a draft step by step (试走): begin a run, go on, look back, keep it as a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from webapp.core.access import page
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.core.form_pages import change_rows, show_form
from webapp.core.typed import whole
from webapp.designer import policy
from webapp.designer.playing import Played, replay
from webapp.designer.playing.answering import deciding, invented
from webapp.designer.playing.anything import written
from webapp.designer.playing.asked import Asked, move_of
from webapp.designer.playing.ground import Ground, ground_of
from webapp.designer.playing.moves import opened, play, variables_of
from webapp.designer.playing.page import (
    calls,
    day_state,
    heading,
    is_stale,
    next_morning,
    page_of,
)
from webapp.designer.playing.replaying import problem_of
from webapp.designer.playing.saving import scenario_file, suggested_name
from webapp.designer.playing.setup import Setup, choices, typed_setup
from webapp.designer.views.library import as_file
from webapp.organisations.middleware import acting_of
from webapp.processes import actions
from webapp.processes import policy as processes
from webapp.processes.models import Draft, TrialRun
from webapp.processes.queries import drafts as seen
from webapp.processes.queries import trials
from webapp.processes.queries.library import contents, library, with_draft
from workflows.calendars import local_day
from workflows.errors import WorkflowError
from workflows.forms import from_pairs

Typed = Mapping[str, str]


@page(policy.may_work, methods=("GET", "POST"))
@never_cache
def begin(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Choose process, item, place and moment; the runs that she has begun before."""
    draft, by = _draft(draft_id), acting_of(request)
    manifest = with_draft(draft)
    read = library(contents(manifest))
    typed = _typed(request) if request.method == "POST" else _proposed(request)
    errors: Mapping[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            setup = typed_setup(typed, read)
            run = actions.begin_run(draft_id, by, setup.stored())
            return redirect("designer:play", draft_id=draft_id, run_id=run.pk)
        except Invalid as wrong:
            errors, status = wrong.errors, 422
        except Refused as refusal:
            messages.warning(request, refusal.sentence)
            status = 409
    context = {
        "draft": draft,
        "typed": typed,
        "errors": errors,
        "problems": [(f"id_{name}", sentence) for name, sentence in errors.items()],
        "runs": [(one, _named(one)) for one in trials.mine(draft, by)],
    }
    try:
        context["choices"] = choices(read, _paths(draft), typed.get("process", ""))
    except WorkflowError as wrong:
        context["unreadable"] = str(wrong)
    return render(request, "designer/play_begin.html", context, status=status)


@page(policy.may_work, methods=("GET", "POST"))
@never_cache
def run(request: HttpRequest, draft_id: int, run_id: int) -> HttpResponse:
    """The page of a run at its last moment, or at an earlier one (`?at=3`); a POST goes on."""
    draft, row = _run(draft_id, run_id)
    if request.method != "POST":
        return _shown(
            request, draft, row, _number(request.GET.get("at", ""), len(row.moves)), {}
        )
    at = _number(request.POST.get("play-after", ""), len(row.moves))
    try:
        return _gone_on(request, draft, row, at)
    except Unknown as unknown:
        raise Http404 from unknown
    except Invalid as wrong:
        return _shown(request, draft, row, at, {"errors": wrong.errors}, 422)
    except (Refused, WorkflowError) as wrong:
        sentence = wrong.sentence if isinstance(wrong, Refused) else str(wrong)
        row.refresh_from_db()
        return _shown(request, draft, row, at, {"refused": sentence}, 409)


def _gone_on(request: HttpRequest, draft: Draft, row: TrialRun, at: int) -> HttpResponse:
    """Carry out what the page asked for, on the moment that it showed."""
    by, typed = acting_of(request), _typed(request)
    here = reverse("designer:play", args=[draft.pk, row.pk])
    do = typed.get("do", "")
    if do == "follow":
        actions.take_up_draft(row.pk, by)
        return redirect(here)
    if do.partition(":")[0] in {"add", "remove", "refresh"}:
        return _shown(request, draft, row, at, {})
    played = _played(row, at)
    if played.ground is None or len(played.moments) <= at:
        raise Refused("这一次试走在现在的草案上走不到这一步。")
    asked = Asked(typed, _pairs(request), played.last.board, played.ground, at)
    move = move_of(asked)
    play(played.last.board, played.ground, move)
    version = whole(typed.get("play-version"))
    moves = [*row.moves[:at], move]
    actions.set_moves(row.pk, by, moves, -1 if version is None else version)
    return redirect(f"{here}#now")


@page(policy.may_work, methods=("POST",))
def form_state(request: HttpRequest, draft_id: int, run_id: int) -> JsonResponse:
    """What the form of an open step looks like for what is typed so far."""
    _draft_row, row = _run(draft_id, run_id)
    nothing: dict[str, Any] = {"hidden": [], "required": [], "locked": {}, "ids": []}
    at = _number(request.POST.get("play-after", ""), len(row.moves))
    played = _played(row, at)
    try:
        if played.ground is None or len(played.moments) <= at:
            return JsonResponse(nothing)
        form = _form(request, played, played.ground, at, request.POST.get("play-at", ""), {})
    except (Refused, WorkflowError):
        return JsonResponse(nothing)
    return JsonResponse(form["form"].states() if form.get("form") else nothing)


@page(policy.may_work)
@never_cache
def diagram(request: HttpRequest, draft_id: int, run_id: int, process: str) -> HttpResponse:
    """The drawing of a process as the run has it."""
    _draft_row, row = _run(draft_id, run_id)
    try:
        ground = ground_of(Setup.of(row.setup), row.files)
    except (Refused, WorkflowError):
        raise Http404 from None
    drawn = ground.process(process)
    if drawn is None:
        raise Http404
    return as_file(drawn.file, ground.bundle.files[drawn.file])


@page(policy.may_design, methods=("POST",))
def save_scenario(request: HttpRequest, draft_id: int, run_id: int) -> HttpResponse:
    """Keep the run as a scenario of the draft, up to the moment that the page shows."""
    draft, row = _run(draft_id, run_id)
    at = _number(request.POST.get("play-after", ""), len(row.moves))
    by, typed = acting_of(request), _typed(request)
    try:
        processes.check_can_edit(by, draft)
        path, content = scenario_file(_played(row, at), with_draft(draft), typed)
        actions.add_file(draft_id, by, path, content)
    except Invalid as wrong:
        errors = {"file" if name == "path" else name: one for name, one in wrong.errors.items()}
        return _shown(request, draft, row, at, {"saving": errors, "typed": typed}, 422)
    except Refused as refusal:
        extra = {"refused": refusal.sentence, "typed": typed}
        return _shown(request, draft, row, at, extra, 409)
    messages.success(
        request,
        _("已存成情形“{name}”，以后每次保存和发布都会走一遍。").format(name=typed["name"]),
    )
    return redirect(f"{reverse('designer:draft', args=[draft_id])}#scenarios")


@page(policy.may_work, methods=("POST",))
def end(request: HttpRequest, draft_id: int, run_id: int) -> HttpResponse:
    """Give a run up."""
    _draft_row, row = _run(draft_id, run_id)
    actions.end_run(row.pk, acting_of(request))
    messages.success(request, _("这次试走已删除。"))
    return redirect("designer:play_begin", draft_id=draft_id)


# -- the page ------------------------------------------------------------------------------


def _shown(
    request: HttpRequest,
    draft: Draft,
    row: TrialRun,
    at: int,
    extra: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    by = acting_of(request)
    played = _played(row, len(row.moves))
    manifest = with_draft(draft)
    context: dict[str, Any] = {
        "draft": draft,
        "run": row,
        "stale": is_stale(row, draft, manifest),
        "problems_of_run": played.problems,
        "in_draft": _paths(draft),
        "may_save": processes.can_edit(by, draft),
        "last": len(row.moves),
        "typed": {},
    }
    ground = played.ground
    if ground is None or not played.moments:
        return render(request, "designer/play_stuck.html", context, status=status)
    at = min(at, len(played.moments) - 1)
    wanted = request.GET.get("picture", "")
    shown = page_of(played, ground, at, wanted)
    now = shown.board.at
    context |= {
        "at": at,
        "page": shown,
        "moments": played.moments,
        "later": len(row.moves) - at,
        "heading": heading(row, ground),
        "day_state": day_state(ground, now),
        "offered": next_morning(ground, now),
        "diagram_state": _marks(request, ground, row, shown.picture, played),
        "suggested": suggested_name(ground.setup.process, manifest),
    }
    fill = request.POST.get("play-at", "") or request.GET.get("fill", "")
    if fill and request.POST.get("do", "") not in {"quick", "return", "deliver"}:
        part = Played(ground, played.moments[: at + 1])
        try:
            context |= {"fill": fill, **_form(request, part, ground, at, fill, extra)}
        except (Refused, WorkflowError) as wrong:
            context["refused"] = problem_of(ground, at, wrong, fill).sentence
    return render(request, "designer/play.html", {**context, **extra}, status=status)


def _form(
    request: HttpRequest,
    played: Played,
    ground: Ground,
    at: int,
    fill: str,
    extra: Mapping[str, Any],
) -> dict[str, Any]:
    """The form of an open step: what was typed, else invented answers to begin with."""
    board = played.moments[at].board
    here, _item = opened(board, ground, fill)
    form = ground.form(here.form)
    if form is None:
        return {"form": None}
    today = local_day(board.at)
    variables = variables_of(board, ground, here)
    if request.method == "POST" and request.POST.get("play-at", "") == fill:
        raw = from_pairs(form, _pairs(request))
        change_rows(form, raw, request.POST.get("do", ""))
    else:
        one = deciding(form)
        answer = request.GET.get("answer", "")
        try:
            raw = invented(board, ground, here, at, answer)
        except WorkflowError:
            raw = {}
        if one is not None and not answer:
            raw.pop(one.key, None)
    errors = extra.get("errors") or {}
    shown = show_form(form, raw, variables, today=today, errors=errors)
    return {"form": shown, "problems": shown.problems}


def _marks(
    request: HttpRequest, ground: Ground, row: TrialRun, picture: Any, played: Played
) -> dict[str, Any]:
    """Marks of the diagram: the steps, what can be opened, and where the run is stuck."""
    here = request.path
    opens = {one: f"{here}?picture={key}" for one, key in calls(ground, picture.key).items()}
    process = ground.process(picture.key)
    notes = {
        one.element: _("走不下去")
        for one in played.problems
        if process is not None and one.file == process.file and one.element
    }
    return {
        **picture.state,
        "opens": opens,
        "notes": notes,
        "focus": request.GET.get("element", ""),
    }


def _played(row: TrialRun, at: int) -> Played:
    return replay(Setup.of(row.setup), row.files, row.moves[:at])


def _paths(draft: Draft) -> frozenset[str]:
    return frozenset(draft.files.values_list("path", flat=True))


def _draft(draft_id: int) -> Draft:
    try:
        return seen.draft(draft_id)
    except Unknown as unknown:
        raise Http404 from unknown


def _run(draft_id: int, run_id: int) -> tuple[Draft, TrialRun]:
    draft = _draft(draft_id)
    try:
        return draft, trials.run(draft, run_id)
    except Unknown as unknown:
        raise Http404 from unknown


def _number(typed: str, most: int) -> int:
    """A moment of the run; the last one where nothing else is said."""
    number = whole(typed)
    return most if number is None else min(number, most)


def _proposed(request: HttpRequest) -> dict[str, str]:
    """What the page of the beginning holds at first: a past setup, else today at nine."""
    today = local_day(timezone.now())
    first = {"day": today.isoformat(), "hour": "09:00"}
    return first | {name: str(value) for name, value in request.GET.items()}


def _named(row: TrialRun) -> str:
    setup = Setup.of(row.setup)
    facts = written(setup.facts)
    return f"{setup.process} {setup.begins:%Y-%m-%d %H:%M}" + (f" {facts}" if facts else "")


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items()}


def _pairs(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(one) for one in typed] for name, typed in request.POST.lists()}
