"""The page of one case: its head, relay, tabs and papers, the same for every tab."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.cases import policy
from webapp.cases.actions.issue_paper import ON_REQUEST, ONCE
from webapp.cases.actions.set_material import edition_of
from webapp.cases.documents import NAMES
from webapp.cases.filetypes import INLINE
from webapp.cases.models import Attachment, Case, CaseMaterial, StoredFile, WorkItem
from webapp.cases.places import unit_facts
from webapp.cases.planning.aftercare import ACKNOWLEDGE, ANSWER, GIVE_BACK, WITHOUT_GRANT
from webapp.cases.planning.ending import SUSPENSION
from webapp.cases.previews import DRAWN
from webapp.cases.queries import CasePage, Filled, case_seen_by
from webapp.cases.queries.ahead import expected_hands
from webapp.cases.queries.asked import asked_of_case
from webapp.cases.queries.departments import departments_of_case
from webapp.cases.queries.page import Hop
from webapp.core.errors import Refused, Unknown
from webapp.inboxes import verbs
from webapp.inboxes.lists import is_watched
from webapp.inboxes.papers import FORMS
from webapp.organisations.middleware import acting_of
from webapp.organisations.queries import Acting, village_station

STATES: dict[str, tuple[str | Promise, str]] = {
    "required": (gettext_lazy("未收"), "○"),
    "received": (gettext_lazy("已收"), "✓"),
    "to_check": (gettext_lazy("待核对"), "◐"),
    "checked": (gettext_lazy("已核对"), "✓"),
    "defective": (gettext_lazy("不符合"), "✗"),
    "missing": (gettext_lazy("缺"), "✗"),
    "waived": (gettext_lazy("免提交"), "—"),
}
EDITABLE = ("received", "checked", "to_check", "missing", "defective", "waived")
_SAID = {"outcome", "opinion"}
HOPS = 3  # so many past and present hands are shown; the earlier ones unfold
ON_A_LINE = 5  # hands that fit on one line at 1366 pixels
IN_ORDER = frozenset({"received", "checked", "waived"})
TABS: tuple[tuple[str, str | Promise], ...] = (
    ("overview", gettext_lazy("申请")),
    ("materials", gettext_lazy("材料")),
    ("timeline", gettext_lazy("经过")),
    ("documents", gettext_lazy("文书")),
    ("opinions", gettext_lazy("意见")),
    ("diagram", gettext_lazy("流程图")),
    ("clocks", gettext_lazy("时限账")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the case page."""

    key: str
    label: str
    url: str
    current: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """A file beside its paper; `inline` when the browser may show it here.

    `pages`: numbers of the preview pictures; `waits`: the scanner has not answered yet.
    """

    id: int
    name: str
    size: str
    inline: str
    pages: Sequence[int] = ()
    drawing: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Procedure:
    """A special procedure: which `clocks` it stopped and since when, or how long a notice hangs."""

    cause: str = ""
    evidence: str = ""
    clocks: str = ""
    since: datetime | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One line of the checklist with its files; `promised`: until when it may still come.

    `edition` tells whether somebody has changed it since; `changed_by` and `changed_at` who did.
    """

    key: str
    name: str
    role: str
    detail: str
    needed: bool
    state: str
    words: str
    sign: str
    defect: str
    remedy: str
    noticed: bool
    late: str
    files: tuple[Shown, ...]
    promised: date | None = None
    error: str = ""
    edition: str = ""
    changed_by: str = ""
    changed_at: datetime | None = None

    @property
    def lacking(self) -> bool:
        """Needed, and not here or not in order."""
        return self.needed and self.state not in IN_ORDER


def case_or_404(by: Acting, case_id: int) -> Case:
    """A case that she may know of; the query is the permission."""
    try:
        return case_seen_by(by, case_id)
    except Unknown as unknown:
        raise Http404 from unknown


def my_item(by: Acting, page: CasePage) -> WorkItem | None:
    """The open item that waits for her, her own claim first."""
    mine = [item for item in page.open_items if by.holds(item.pool_id)]
    return min(mine, key=lambda item: item.claimed_by_id != by.officer_id, default=None)


def may_keep_papers(by: Acting, page: CasePage) -> bool:
    """Whether she may change the checklist and files of this case now."""
    pools = [item.pool_id for item in page.open_items]
    return bool(policy.can_change_materials(by, page.case, pools))


def may_print(by: Acting, page: CasePage) -> bool:
    """Whether the papers of this case are hers to print."""
    return bool(policy.can_print(by, page.case, [item.pool_id for item in page.open_items]))


def may_revoke_mandate(by: Acting, page: CasePage) -> bool:
    """Whether there is a mandate in force, and the case is in her hands (AGT-01)."""
    held = page.mandate
    if held is None or held.revoked_at is not None:
        return False
    pools = [item.pool_id for item in page.open_items]
    return bool(policy.can_revoke_mandate(by, page.case, pools))


def papers_on_request(by: Acting, page: CasePage) -> list[tuple[str, str]]:
    """Papers that she may issue now though no step orders them: code and name."""
    pools = [item.pool_id for item in page.open_items]
    if not policy.can_issue_paper(by, page.case, pools):
        return []
    there = {one.code for one in page.documents if one.state == one.State.ISSUED}
    return [(code, _(NAMES[code])) for code in ON_REQUEST if code not in ONCE & there]


def may_reveal(by: Acting, page: CasePage) -> bool:
    """Whether she may ask for a sensitive value (the work is in her hands)."""
    try:
        policy.pool_for_papers(by, page.case, [item.pool_id for item in page.open_items])
    except Refused:
        return False
    return True


def may_supply(by: Acting, page: CasePage) -> bool:
    """Whether papers brought after the notice are hers to register now."""
    case = page.case
    units = {case.accountable_unit_id, case.received_at_unit_id}
    if case.village_id is not None:
        units.add(village_station(case.village_id) or 0)
    promised = page.promise is not None and page.promise.is_open
    return (page.waits_for_papers or promised) and bool(
        policy.can_supply(by, unit_ids=units, is_open=case.is_open)
    )


def omitted(by: Acting, page: CasePage) -> list[CaseMaterial]:
    """Papers that the notice left out, for a head who may allow that they are asked for."""
    if not page.case.supplemented or not policy.can_suspend(by, page.case):
        return []
    return [one for one in page.materials if not one.noticed and not one.late_reason]


def frame(request: HttpRequest, page: CasePage, tab: str) -> dict[str, Any]:
    """Context of everything around a tab."""
    by = acting_of(request)
    mine = my_item(by, page)
    pools = [item.pool_id for item in page.open_items]
    cut = _folded(page.relay)
    coming = _next_hands(page)
    room = max(1, ON_A_LINE - len(page.relay) + cut - bool(cut))
    return {
        "relay_before": page.relay[:cut],
        "relay_shown": page.relay[cut:],
        "relay_next": coming[:room],
        "relay_more": len(coming) > room,
        "case": page.case,
        "place": f"case:{page.case.pk}",
        "page": page,
        "at": by.at,
        "tab": tab,
        "tabs": list(_tabs(page, mine, tab)),
        "mine": mine,
        "newest": page.opinions[::-1],
        "sheets": sheets(page),
        "lacking": sum(sheet.lacking for sheet in sheets(page)),
        "papers_with": _papers_with(page),
        "may_reveal": may_reveal(by, page),
        "procedures": procedures(page),
        "promise": page.promise if page.promise and page.promise.is_open else None,
        "departments": departments_of_case(page),
        "menu": verbs.menu(by, page, mine),
        "exchange": asked_of_case(page.case, page.open_items),
        "may_copy": policy.can_copy(by, page.case, pools),
        "may_answer_demand": policy.can_answer_demand(by, page.case, pools),
        "may_decide": _may_decide(by, page),
        "watched": is_watched(by, page.case),
        **_aftercare(by, page),
    }


def _aftercare(by: Acting, page: CasePage) -> dict[str, Any]:
    """What is still owed after the end, and whether it is hers to do."""
    items = {item.element: item for item in page.open_items}
    return {
        "aftercare": {
            "give_back": items.get(GIVE_BACK),
            "acknowledge": items.get(ACKNOWLEDGE),
            "answer": items.get(ANSWER),
        },
        "holds_papers": any(one.goes_back for one in page.custody),
        "may_give_back": policy.can_give_back(by, page.case),
        "may_read_filing": policy.can_read_filing(by),
        "may_answer": policy.can_lead(by, page.case),
    }


def _folded(relay: Sequence[Hop]) -> int:
    """How many of the first hands unfold; who has the case now is always shown."""
    cut = len(relay) - HOPS if len(relay) > HOPS + 1 else 0
    now = next((n for n, hop in enumerate(relay) if hop.is_now), len(relay))
    return min(cut, max(now - 1, 0))


def procedures(page: CasePage) -> list[Procedure]:
    """Special procedures that go on now: clocks that one has stopped, a period of notice."""
    found: dict[str, Procedure] = {}
    for clock in page.clocks:
        if clock.kind == "publicity" and clock.state == "running":
            found[clock.kind] = Procedure(until=clock.due_on)
        if clock.stop is None or clock.step or clock.kind == "handup":
            continue  # a hand-up that the county has signed for stands still by itself
        if clock.stop.cause == SUSPENSION:
            continue
        known = found.get(clock.stop.cause)
        clocks = _("、").join([known.clocks, clock.name] if known else [clock.name])
        found[clock.stop.cause] = Procedure(
            clock.stop.cause, clock.stop.evidence, clocks, clock.stop.at
        )
    return list(found.values())


def _may_decide(by: Acting, page: CasePage) -> bool:
    """Whether an open proposal to end the case is hers to confirm."""
    if page.proposal is None:
        return False
    one = page.proposal
    proposers = {who for who in (one.proposed_by_id, one.proposed_for_id) if who is not None}
    return bool(policy.can_decide_termination(by, page.case, proposers))


def _next_hands(page: CasePage) -> list[tuple[str, str]]:
    """Hands still to come if nothing goes wrong, without repetition beside each other."""
    now = [(item.pool.unit.name, item.pool.role.name) for item in page.open_items]
    found: list[tuple[str, str]] = []
    for hand in expected_hands(page.case):
        if hand != (found[-1] if found else None) and (found or hand not in now):
            found.append(hand)
    return found


def earlier(page: CasePage) -> list[Filled]:
    """What was filled in at the steps before, newest first; opinions stand by themselves."""
    return [
        one
        for one in page.forms[::-1]
        if not one.is_application and {answer.key for answer in one.answers} - _SAID
    ]


def _tabs(page: CasePage, mine: WorkItem | None, tab: str) -> Iterator[Tab]:
    if mine is not None and mine.process_key:  # what no diagram drew is done on the tabs
        yield Tab("item", _("本环节"), reverse("inboxes:item", args=[mine.pk]), tab == "item")
    counts = {
        "materials": len(page.materials),
        "documents": len(page.documents),
        "opinions": len(page.opinions),
    }
    for key, label in TABS:
        url = reverse("inboxes:case_tab", args=[page.case.pk, key])
        yield Tab(key, str(label), url, key == tab, counts.get(key, 0))


def sheets(page: CasePage) -> list[Sheet]:
    """The checklist with its files, in order; papers still promised come first."""
    files: dict[int | None, list[Attachment]] = {}
    for one in page.attachments:
        files.setdefault(one.material_id, []).append(one)
    promise = page.promise if page.promise and page.promise.is_open else None
    open_papers = promise.open_papers if promise else ()
    due = {one.material_id: one.due_on for one in open_papers}
    found = [
        _sheet(
            one,
            tuple(shown(file, page.stored.get(file.sha256)) for file in files.get(one.pk, ())),
            due.get(one.pk),
        )
        for one in page.materials
    ]
    return sorted(found, key=lambda sheet: sheet.promised is None)


def other_files(page: CasePage) -> tuple[Shown, ...]:
    """Files that belong to no line of the checklist."""
    return tuple(
        shown(one, page.stored.get(one.sha256))
        for one in page.attachments
        if one.material_id is None
    )


def _sheet(one: CaseMaterial, files: tuple[Shown, ...], promised: date | None) -> Sheet:
    words, sign = STATES.get(one.state, (one.state, "?"))
    detail = str(FORMS.get(one.form, one.form))
    if one.copies and one.form not in {"original_check", "electronic"}:
        detail += f" {one.copies}"
    return Sheet(
        key=one.key,
        name=one.name,
        role=one.role,
        detail=detail,
        needed=one.needed,
        state=one.state,
        words=str(words),
        sign=sign,
        defect=one.defect,
        remedy=one.remedy,
        noticed=one.noticed,
        late=one.late_reason,
        files=files,
        promised=promised,
        edition=edition_of(one),
        changed_by=one.changed_by.name if one.changed_by else "",
        changed_at=one.changed_at,
    )


def shown(one: Attachment, stored: StoredFile | None) -> Shown:
    """A file as the page shows it."""
    kind = ""
    if one.media_type in INLINE:
        kind = "image" if one.media_type.startswith("image/") else "frame"
    size = one.size / 1024
    words = f"{size / 1024:.1f} MB" if size >= 1024 else f"{max(size, 1):.0f} KB"
    return Shown(
        one.pk,
        one.name,
        words,
        kind,
        pages=range(1, (stored.pages or 0) + 1) if stored else (),
        drawing=bool(stored and stored.pages is None and one.media_type in DRAWN),
        waits=bool(stored and stored.state == stored.State.SCANNING),
    )


def _papers_with(page: CasePage) -> str:
    """Where the originals are: the last hand-over says it (IN-03)."""
    case = page.case
    papers = [
        one for one in page.custody if one.papers == "materials" and not one.taken_back_at
    ]
    back = next((one for one in papers if one.to_pool is None), None)
    if back is not None:
        if back.received_at is not None:
            return _("已退还%(who)s") % {"who": back.recipient}
        where = next((one.from_unit.name for one in papers if one.is_open), back.from_unit.name)
        return _("%(where)s（待退还申请人）") % {"where": where}
    if not case.is_open and case.result in WITHOUT_GRANT:
        return _("没有留存的材料")
    if not papers:
        return unit_facts(case.received_at_unit_id).name
    last = papers[-1]
    assert last.to_pool is not None  # noqa: S101 - the way back was looked at above
    if not case.is_open:
        return _("随卷归档（%(unit)s）") % {"unit": last.to_pool.unit.name}
    if last.received_at is None:
        return _("%(to)s（待签收，%(from)s交出）") % {
            "to": last.to_pool.unit.name,
            "from": last.from_unit.name,
        }
    return str(last.to_pool.unit.name)
