"""What a person may ask of colleagues about a case (更多): each with what follows, before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.cases import actions, policy
from webapp.cases.models import WorkItem
from webapp.cases.queries import CasePage
from webapp.core.typed import whole
from webapp.organisations.queries import Acting

Typed = Mapping[str, str]
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a verb's page; `kind`: area, line or day."""

    key: str
    label: Words
    kind: str = "area"
    about: Words = ""
    most: int = 300


@dataclass(frozen=True, slots=True)
class Verb:
    """A page of a verb: its name, what follows, its questions, and the action."""

    name: Words
    follows: tuple[Words, ...]
    asks: tuple[Ask, ...]
    call: Callable[[int, Acting, Typed], str]
    """Takes case or item, who acts, what was typed; gives the sentence of success."""


def day_of(text: str) -> date | None:
    """A day as the browser writes it, None when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _urge(case_id: int, by: Acting, typed: Typed) -> str:
    actions.urge(case_id, by, typed.get("text", ""))
    return _("已催办，办件的人打开办件就看到。")


def _supervise(case_id: int, by: Acting, typed: Typed) -> str:
    actions.supervise(case_id, by, typed.get("text", ""), day_of(typed.get("answer_by", "")))
    return _("已督办，等办件的人答复。")


def _answer(_case_id: int, by: Acting, typed: Typed) -> str:
    actions.answer_demand(whole(typed.get("demand")) or 0, by, typed.get("text", ""))
    return _("已答复督办。")


def _copy(case_id: int, by: Acting, typed: Typed) -> str:
    name = actions.copy_to(case_id, by, typed.get("to", ""), typed.get("text", ""))
    return _("已抄送{name}。").format(name=name)


def _comment(case_id: int, by: Acting, typed: Typed) -> str:
    names = actions.comment(case_id, by, typed.get("text", ""))
    if names:
        return _("已留言，并提醒{names}。").format(names=_("、").join(names))
    return _("已留言。")


def _snooze(item_id: int, by: Acting, typed: Typed) -> str:
    if typed.get("do") == "wake":
        actions.wake(item_id, by)
        return _("已经放回您的待办。")
    until = day_of(typed.get("until", ""))
    actions.snooze(item_id, by, until)
    return _("到{day}再出现在您的待办里；期限照常。").format(day=typed["until"])


OF_CASE: Mapping[str, Verb] = {
    "urge": Verb(
        gettext_lazy("催办"),
        (
            gettext_lazy("办件的人打开这件办件就看到，记入经过；期限不变。"),
            gettext_lazy("一人一天催一次。"),
        ),
        (Ask("text", gettext_lazy("催什么")),),
        _urge,
    ),
    "supervise": Verb(
        gettext_lazy("督办"),
        (
            gettext_lazy("记录在案：办件的人必须在您定的日子以前答复，答复以前一直显示。"),
            gettext_lazy("办件的期限不变。"),
        ),
        (
            Ask("text", gettext_lazy("督办什么、要求怎么办")),
            Ask("answer_by", gettext_lazy("最迟哪天答复"), "day"),
        ),
        _supervise,
    ),
    "answer_demand": Verb(
        gettext_lazy("答复督办"),
        (gettext_lazy("答复记入经过，督办的人看得到。"),),
        (Ask("text", gettext_lazy("办到哪一步、什么时候办完"), most=600),),
        _answer,
    ),
    "copy": Verb(
        gettext_lazy("抄送"),
        (
            gettext_lazy("她能看这一件，不能办；看不到别的件。办结或者您收回以后就不能再看。"),
            gettext_lazy("隐去的个人信息她看不到。"),
        ),
        (
            Ask(
                "to",
                gettext_lazy("抄送给谁"),
                "line",
                gettext_lazy("填姓名；有同名的填登录名。"),
            ),
            Ask("text", gettext_lazy("为什么请她看")),
        ),
        _copy,
    ),
    "comment": Verb(
        gettext_lazy("沟通"),
        (gettext_lazy("只有看得到这件办件的同事能看；不打印，申请人看不到。"),),
        (
            Ask(
                "text",
                gettext_lazy("留言"),
                about=gettext_lazy("要提醒某位同事，写 @姓名，后面空一格。"),
                most=1000,
            ),
        ),
        _comment,
    ),
}
OF_ITEM: Mapping[str, Verb] = {
    "snooze": Verb(
        gettext_lazy("稍后处理"),
        (
            gettext_lazy("到这一天以前，您的待办里不显示；同岗位的同事照样看到，期限照常。"),
            gettext_lazy("不能晚于环节到期的日子；到期那天一定会出现。"),
        ),
        (Ask("until", gettext_lazy("哪天再看"), "day"),),
        _snooze,
    ),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Verbs that belong together in the menu: name and address of each."""

    name: str
    verbs: tuple[tuple[str, str], ...]


def menu(by: Acting, page: CasePage, mine: WorkItem | None) -> list[Group]:
    """What the menu 更多 offers her now, in groups; empty groups are left out."""
    case = page.case
    pools = [item.pool_id for item in page.open_items]

    def of_case(verb: str) -> tuple[str, str]:
        return str(OF_CASE[verb].name), reverse(f"inboxes:{verb}", args=[case.pk])

    talk = [of_case("comment")] if policy.can_verb(by, "comment") else []
    haste = []
    if case.is_open:
        if policy.can_copy(by, case, pools):
            talk.append(of_case("copy"))
        if page.open_items and policy.can_verb(by, "urge"):
            haste.append(of_case("urge"))
        if policy.can_verb(by, "supervise"):
            haste.append(of_case("supervise"))
    own = []
    if mine is not None and policy.can_verb(by, "snooze", mine.pool_id):
        own.append((str(OF_ITEM["snooze"].name), reverse("inboxes:snooze", args=[mine.pk])))
    groups = ((_("同事之间"), talk), (_("催办督办"), haste), (_("我的待办"), own))
    return [Group(name, tuple(verbs)) for name, verbs in groups if verbs]


def shown(verb: Verb, typed: Typed, errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """The questions with what was typed and what is wrong."""
    return [
        {"ask": ask, "value": typed.get(ask.key, ""), "error": errors.get(ask.key, "")}
        for ask in verb.asks
    ]
