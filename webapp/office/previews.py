"""What a change would mean for work that is under way, in sentences for the reviewer.

By the first word of the kind's key; a kind without an entry says nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from webapp.cases.models import Case, WorkItem
from webapp.cases.planning.ledger import label
from webapp.cases.queries.foreseen import foreseen
from webapp.cases.queries.moving import Moving, moving
from webapp.catalogue.parameters import AFTER_HOURS, DENIAL_CONFIRMER
from webapp.catalogue.queries import calendar_in_force, hours_of
from webapp.changes.models import Change
from webapp.core import db
from webapp.core.errors import Refused
from webapp.office.calendar_change import CalendarDays, CalendarWeek, UnitHours, unit_id
from webapp.office.card_views import LEVEL_WORDS
from webapp.office.kinds.supervision import rules_with
from workflows.calendars import Calendar
from workflows.errors import WorkflowError

Preview = Callable[[Change], list[str]]


def consequences(change: Change) -> list[str]:
    """Sentences about running and next cases."""
    preview = PREVIEWS.get(change.kind.partition(".")[0])
    return preview(change) if preview else []


def _from(change: Change) -> str:
    if change.effective_on is None:
        return _("从复核同意的那一刻起生效。")
    return _("从 {on} 零时起生效；到时没有复核同意的，从同意的那一刻起。").format(
        on=change.effective_on.isoformat()
    )


def of_item(change: Change) -> list[str]:
    """Cases keep the version that they were opened with (CAT-05): one statement."""
    if change.kind == "item.new":
        return [_from(change), _("生效以后窗口就能登记这个事项。")]
    running = Case.objects.filter(item_version__item__code=change.subject, is_open=True).count()
    stay = ngettext(
        "在办的 {n} 件不受影响，按开办时的版本办完。",
        "在办的 {n} 件不受影响，按开办时的版本办完。",
        running,
    ).format(n=running)
    return [_from(change), stay, _("生效以后登记的办件按新的内容办。")]


def of_parameter(change: Change) -> list[str]:
    """A figure counts when it is used; what was printed on a paper stays."""
    if change.subject == AFTER_HOURS:
        return [_from(change), _("以后收到的材料按新的算，已经起算的期限不变。")]
    if change.subject == DENIAL_CONFIRMER:
        return [_from(change), _("以后登记的办件按新的；已经登记的，仍由原来的岗位确认。")]
    return [
        _from(change),
        _("已经签的承诺、已经发出的文书按当时的数算，以后的按新的数算。"),
    ]


def of_post(change: Change) -> list[str]:
    """Work waits for a role of a unit, never for a post: two statements."""
    told = [_("复核同意以后立即生效。")]
    if change.kind == "post.new":
        return [*told, _("新岗位还没有人。生效以后请指定A岗和B岗。")]
    if change.before and change.after and _leaves(change.before, change.after):
        waiting = WorkItem.objects.filter(
            pool__unit__key=change.before["unit"],
            pool__role=change.before["role"],
            state="OPEN",
        ).count()
        words = ngettext(
            "原来的单位和角色有 {n} 件待办，留在原处，由同一角色的其他岗位办。",
            "原来的单位和角色有 {n} 件待办，留在原处，由同一角色的其他岗位办。",
            waiting,
        )
        told.append(words.format(n=waiting))
    return told


def _leaves(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    moved = (before["unit"], before["role"]) != (after["unit"], after["role"])
    return moved or not after["active"]


def of_unit(change: Change) -> list[str]:
    """Names on papers issued stay; what is printed from now on has the new ones."""
    return [
        _("复核同意以后立即生效。"),
        _("已经发出的文书不变，以后的文书和页面用新的。"),
    ]


def of_role(change: Change) -> list[str]:
    """A role is a name on pages; who holds it is a matter of posts."""
    return [_("复核同意以后立即生效。"), _("谁有这个角色由岗位决定，不随名称变。")]


def of_calendar(change: Change) -> list[str]:
    """Running cases whose dates move, old and new: before anybody agrees (design: clocks)."""
    if change.after is None or change.state not in _OPEN:
        return [_from(change)]
    try:
        found = _moving(change)
    except (Refused, WorkflowError) as refusal:
        return [str(refusal)]
    if not found.clocks:
        return [_from(change), _("没有在办件的日期会变。")]
    lead = _(
        "{cases} 件在办件的 {n} 个日期会变，其中 {early} 个提前。同意以后逐件改，并写进各件的记录："
    )
    lines = [
        _from(change),
        lead.format(cases=found.cases, n=found.clocks, early=found.earlier),
    ]
    for move in found.moves:
        words = _("{number} {clock}：{old} → {new}")
        old, new = str(move.old or "—"), str(move.new or "—")
        if move.by_time:
            old, new = f"{old} {move.by_time}".split(" → ")
        lines.append(words.format(number=move.number, clock=move.name, old=old, new=new))
    if found.clocks > len(found.moves):
        lines.append(_("只列出前 {n} 个。").format(n=len(found.moves)))
    return lines


_OPEN = frozenset({Change.State.DRAFT, Change.State.PROPOSED, Change.State.REJECTED})


def _moving(change: Change) -> Moving:
    old = calendar_in_force()
    after: dict[str, Any] = change.after or {}
    if change.kind == UnitHours.key:
        opening = UnitHours().opening(after) or hours_of(None)
        return moving(old, old, unit_id=unit_id(change.subject), opening=opening)
    if change.kind == CalendarWeek.key:
        facts = CalendarWeek().facts(after)
    else:
        facts = CalendarDays().facts(change.subject, after)
    new = Calendar.build(facts.days, facts.first, facts.last, frozenset(facts.weekdays))
    return moving(old, replace(new, last=max(new.last, old.last)))


def of_supervision(change: Change) -> list[str]:
    """Cards that the next sweep would issue and by today's rules would not: three statements."""
    lines = [_from(change), _("已经发的牌不变，下一次扫描起按新的发。")]
    if change.after is None or change.state not in _OPEN:
        return lines
    now, after = rules_with(change.after)
    calendar, at = calendar_in_force(), db.now()
    known = set(foreseen(now, calendar, at))
    new = [card for card in foreseen(after, calendar, at) if card not in known]
    if not new:
        return [*lines, _("照现在的情形，没有在办件会因此收到牌。")]
    lead = _("照现在的情形，{cases} 件在办件会收到 {n} 张：")
    cases = len({card.number for card in new})
    lines.append(lead.format(cases=cases, n=len(new)))
    for card in new[:MOST_CARDS]:
        words = _("{number} {rule} {level}（{clock}，{due}到期）")
        lines.append(
            words.format(
                number=card.number, rule=card.rule, level=_(LEVEL_WORDS[card.level]),
                clock=label(card.clock), due=card.due_on.isoformat(),
            )
        )  # fmt: skip
    if len(new) > MOST_CARDS:
        lines.append(_("只列出前 {n} 个。").format(n=MOST_CARDS))
    return lines


MOST_CARDS = 50

PREVIEWS: Mapping[str, Preview] = {
    "item": of_item,
    "parameter": of_parameter,
    "post": of_post,
    "unit": of_unit,
    "windows": of_unit,
    "role": of_role,
    "calendar": of_calendar,
    "supervision": of_supervision,
}
