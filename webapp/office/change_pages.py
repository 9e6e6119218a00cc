"""A change made ready for its page: the form as typed, the difference, what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.changes import policy, queries
from webapp.changes.kinds import Kind, kind_of, kinds
from webapp.changes.models import Change
from webapp.core.errors import Invalid
from webapp.core.form_pages import ShownForm, change_rows, show_form, without_empty_rows
from webapp.office.previews import consequences
from webapp.organisations.queries import Acting
from workflows.forms import from_pairs

Pairs = Mapping[str, Sequence[str]]
State = Change.State


def answers(kind: Kind, subject: str, pairs: Pairs) -> tuple[dict[str, Any], bool]:
    """What was typed, and whether a row was only added or taken away (no JavaScript)."""
    form = kind.form(subject)
    typed = from_pairs(form, pairs)
    order = _last(pairs, "do")
    if change_rows(form, typed, order) or order == "refresh":
        return typed, True
    return without_empty_rows(form, typed), False


def day_of(pairs: Pairs) -> date | None:
    """The day typed. Raises Invalid for what is no day."""
    text = _last(pairs, "effective_on").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        words = _("日期请写成 2026-03-31 的样子。")
        raise Invalid({"effective_on": words}) from None


def shown(
    kind: Kind, change: Change, typed: Mapping[str, Any], errors: Mapping[str, str], at: date
) -> ShownForm:
    """The form with what was typed; errors beside the form's own questions go to the top."""
    own = {key: words for key, words in errors.items() if key not in BESIDE}
    return show_form(kind.form(change.subject), typed, today=at, errors=own)


BESIDE = frozenset({"reason", "effective_on"})
"""Questions that every change asks beside those of its kind."""


def standing(
    change: Change,
    by: Acting,
    *,
    typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Everything about one change for its page. `typed`: instead of what is kept."""
    kind = kind_of(change.kind)
    wrong = errors or {}
    today = timezone.localdate(by.at)
    may_edit = policy.can_edit(by, change)
    gaining = kind.gaining(change.before or {}, change.after or {}) if change.after else ()
    overtaken = (
        change.state in {State.DRAFT, State.REJECTED, State.PROPOSED}
        and not kind.creates
        and kind.current(change.subject) != change.before
    )
    context: dict[str, Any] = {
        "change": change,
        "kind": kind,
        "kind_name": kind.name(),
        "state_words": policy.state_name(change.state),
        "lines": queries.difference(change),
        "consequences": consequences(change),
        "events": [(one, _event_name(one.kind)) for one in queries.events(change.pk)],
        "may_edit": may_edit,
        "may_withdraw": policy.can_withdraw(by, change) and not may_edit,
        "may_review": policy.can_review(by, change, gaining),
        "may_cancel": policy.can_cancel(by, change),
        "may_go_back": policy.may_propose(by)
        and change.state == State.IN_FORCE
        and not kind.creates,
        "own": change.author_id == by.officer_id,
        "overtaken": overtaken,
        "errors": wrong,
        "today": today,
    }
    if overtaken:
        since = kind.difference(change.before or {}, kind.current(change.subject))
        context["since"] = sorted(since, key=lambda line: not line.grave)
    if may_edit:
        form = shown(kind, change, change.typed if typed is None else typed, wrong, today)
        beside = [(f"f-{key}", words) for key, words in wrong.items() if key in BESIDE]
        context |= {"form": form, "problems": [*form.problems, *beside]}
    return context


def groups() -> dict[str, list[str]]:
    """Keys of kinds by the room in which pages list them."""
    found: dict[str, list[str]] = {}
    for kind in kinds().values():
        found.setdefault(kind.room, []).append(kind.key)
    return found


def _last(pairs: Pairs, name: str) -> str:
    return (pairs.get(name) or [""])[-1]


def _event_name(key: str) -> str:
    return {
        "change_begun": _("起草"),
        "change_proposed": _("提交复核"),
        "change_compared_anew": _("对照了新的现行内容"),
        "change_withdrawn": _("撤回"),
        "change_approved": _("复核同意"),
        "change_rejected": _("退回"),
        "change_cancelled": _("取消"),
        "change_in_force": _("生效"),
        "change_not_in_force": _("到了日期没有生效"),
    }.get(key, key)


def bands() -> list[tuple[str, str]]:
    """States in the order in which somebody looks for them."""
    order = (State.PROPOSED, State.REJECTED, State.DRAFT, State.APPROVED, State.IN_FORCE)
    return [(one.value, policy.state_name(one)) for one in (*order, *ENDED)]


ENDED = (State.WITHDRAWN, State.CANCELLED)


def in_list(change: Change) -> tuple[str, str, str]:
    """A change in a line: its kind, its state, and its gravest difference."""
    kind = kinds().get(change.kind)
    name = kind.name() if kind else change.kind
    lines = queries.difference(change) if kind else []
    first = lines[0].words if lines else ""
    if len(lines) > 1:
        first = _("{first}等 {n} 处").format(first=first, n=len(lines))
    return name, policy.state_name(change.state), first
