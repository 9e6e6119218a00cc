"""What stands in the side bar, by the roles of the person: nothing that she cannot use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from webapp.core.access import page, signed_in
from webapp.designer import policy as designer
from webapp.inboxes import policy as inboxes
from webapp.office import policy as office
from webapp.organisations.middleware import acting_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the side bar; `hint` is its key."""

    label: str
    url: str
    current: bool
    hint: str = ""


def _lines(request: HttpRequest) -> list[tuple[str, str, str]]:
    lines: list[tuple[str, str, str]] = []
    if inboxes.may_use_village_page(request):
        lines.append((_("我的村"), reverse("inboxes:village"), ""))
    if inboxes.may_see_inbox(request):
        lines.append((_("待办"), reverse("inboxes:inbox"), ""))
    if inboxes.may_register(request):
        lines.append((_("登记新办件"), reverse("inboxes:register"), "n"))
    if inboxes.may_see_inbox(request):
        lines.append((_("我经手的"), reverse("inboxes:done"), ""))
        lines.append((_("待打印"), reverse("inboxes:printing"), ""))
    if inboxes.may_search(request):
        lines.append((_("办件查询"), reverse("inboxes:cases"), "/"))
    lines.append((_("值班与顶岗"), reverse("inboxes:duty"), ""))
    return lines + _lines_of_office(request)


def _lines_of_office(request: HttpRequest) -> list[tuple[str, str, str]]:
    """What leaders, the county office and designers have besides."""
    lines: list[tuple[str, str, str]] = []
    if office.may_arrange(request):
        lines.append((_("岗位安排"), reverse("office:staff"), ""))
    if office.may_see_board(request):
        lines.append((_("督办看板"), reverse("office:board"), ""))
    if office.may_see_cards(request):
        lines.append((_("督办牌"), reverse("office:cards"), ""))
    if office.may_see_county_office(request):
        lines += [
            (_("否定报备"), reverse("office:denials"), ""),
            (_("流程"), reverse("office:processes"), ""),
            (pgettext("导航", "事项"), reverse("office:items"), ""),
            (_("日历"), reverse("office:calendar"), ""),
            (_("AB岗"), reverse("office:coverage"), ""),
        ]
    if office.may_see_parameters(request):
        lines.append((_("参数"), reverse("office:parameters"), ""))
    if office.may_see_seals(request):
        lines.append((_("封存"), reverse("office:seals"), ""))
    if designer.may_read(request):
        lines.append((_("流程设计"), reverse("designer:library"), ""))
    return lines


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame: the side bar of somebody who is signed in."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"navigation": []}
    lines = _lines(request)
    here = max(
        (url for _l, url, _h in lines if request.path.startswith(url)), key=len, default=""
    )
    entries = [Entry(label, url, url == here, hint) for label, url, hint in lines]
    return {
        "navigation": entries,
        "may_search": inboxes.may_search(request),
        "may_arrange": office.may_arrange(request),
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
