"""What stands in the side bar, by the roles of the person: nothing that she cannot use.

To add a page, add one `Line` to the group of `BAR` where a clerk would look for it: what it is
called, the name of its URL, and the rule of `policy` that says who may open it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webapp.contacts import policy as contacts
from webapp.core.access import page, signed_in
from webapp.designer import policy as designer
from webapp.inboxes import policy as inboxes
from webapp.office import policy as office
from webapp.organisations.middleware import acting_of
from webapp.organisations.notices import unseen

SHORT = 9  # so many entries are read at one glance, without headings


@dataclass(frozen=True, slots=True)
class Line:
    """A page of the side bar; `may` says who finds it there, `hint` is its key."""

    label: str | Promise
    view: str
    may: Callable[[HttpRequest], bool]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line as one person sees it."""

    label: str | Promise
    url: str
    current: bool
    hint: str


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together; no title where the bar is short anyway."""

    title: str | Promise
    entries: tuple[Entry, ...]


BAR: tuple[tuple[str | Promise, tuple[Line, ...]], ...] = (
    (
        pgettext_lazy("导航", "办件"),
        (
            Line(_("我的村"), "inboxes:village", inboxes.may_use_village_page),
            Line(_("待办"), "inboxes:inbox", inboxes.may_see_inbox),
            Line(_("登记新办件"), "inboxes:register", inboxes.may_register, "n"),
            Line(pgettext_lazy("导航", "首问"), "contacts:contacts", contacts.may_read),
            Line(_("我经手的"), "inboxes:done", inboxes.may_see_inbox),
            Line(_("关注"), "inboxes:done", inboxes.may_only_read),
            Line(_("代办台账"), "inboxes:village_ledger", inboxes.may_read_ledger),
            Line(_("材料交接"), "inboxes:ways", inboxes.may_see_inbox),
            Line(_("与我有关"), "inboxes:with_me", inboxes.may_search),
            Line(_("待打印"), "inboxes:printing", inboxes.may_see_inbox),
            Line(_("未销号"), "inboxes:numbers", inboxes.may_search),
            Line(_("收费台账"), "fees:ledger", inboxes.may_search),
            Line(_("办件查询"), "inboxes:cases", inboxes.may_search, "/"),
        ),
    ),
    (
        pgettext_lazy("导航", "人员岗位"),
        (
            Line(_("值班与顶岗"), "inboxes:duty", signed_in),
            Line(_("岗位安排"), "office:staff", office.may_arrange),
            Line(_("AB岗"), "office:coverage", office.may_see_county_office),
        ),
    ),
    (
        pgettext_lazy("导航", "监督"),
        (
            Line(_("督办看板"), "office:board", office.may_see_board),
            Line(_("督办牌"), "office:cards", office.may_see_cards),
            Line(_("督办规则"), "office:supervision", office.may_see_parameters),
            Line(_("否定报备"), "office:denials", office.may_see_county_office),
            Line(_("自查和修复"), "office:repairs", office.may_see_county_office),
            Line(_("封存"), "office:seals", office.may_see_seals),
        ),
    ),
    (
        pgettext_lazy("导航", "流程与参数"),
        (
            Line(_("流程"), "office:processes", office.may_see_county_office),
            Line(_("流程设计"), "designer:library", designer.may_read),
            Line(pgettext_lazy("导航", "事项"), "office:items", office.may_see_county_office),
            Line(_("参数"), "office:parameters", office.may_see_parameters),
            Line(_("日历"), "office:calendar", office.may_see_county_office),
        ),
    ),
)


def _bar(request: HttpRequest) -> tuple[Group, ...]:
    seen = [(title, [line for line in lines if line.may(request)]) for title, lines in BAR]
    urls = {line.view: reverse(line.view) for _title, lines in seen for line in lines}
    here = max(
        (url for url in urls.values() if request.path.startswith(url)), key=len, default=""
    )
    groups = tuple(
        Group(
            title,
            tuple(
                Entry(line.label, urls[line.view], urls[line.view] == here, line.hint)
                for line in lines
            ),
        )
        for title, lines in seen
        if lines
    )
    if len(urls) > SHORT:
        return groups
    return (Group("", tuple(entry for group in groups for entry in group.entries)),)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame: the side bar of somebody who is signed in."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"navigation": ()}
    return {
        "navigation": _bar(request),
        "may_search": inboxes.may_search(request),
        "may_arrange": office.may_arrange(request),
        "unseen": SimpleLazyObject(lambda: unseen(acting_of(request).officer_id)),
    }


@page(signed_in)
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to the page where her day begins."""
    acting = acting_of(request)
    if office.sees_county(acting) and "county.office" not in acting.roles:
        return redirect("office:board")
    if acting.roles == {"village.agent"}:
        return redirect("inboxes:village")
    if inboxes.may_see_inbox(request):
        return redirect("inboxes:inbox")
    if office.may_see_board(request):
        return redirect("office:board")
    if designer.may_read(request):
        return redirect("designer:library")
    if acting.away is not None:
        return redirect("inboxes:duty")
    return redirect("accounts:preferences")
