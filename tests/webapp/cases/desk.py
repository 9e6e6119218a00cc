"""A desk that registers and works cases through the real actions, as tests need them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from webapp.cases import actions
from webapp.cases.actions.complete import form_variables
from webapp.cases.facts import facts_of
from webapp.cases.models import Case, Timer, WorkItem
from webapp.cases.store import lock_by_item
from webapp.catalogue.models import ItemVersion, Material, ServiceItem
from webapp.catalogue.queries import item_by_code
from webapp.core import db
from webapp.organisations.models import Division, Holding
from webapp.organisations.queries import Acting, acting
from webapp.processes import queries as processes
from workflows.calendars import local_day
from workflows.forms import sample

CHINA = ZoneInfo("Asia/Shanghai")
_keys = itertools.count()

MANDATE = {
    "principal_name": "王建国",
    "reason": "elderly",
    "powers": ["file", "receipt", "correct", "collect"],
    "signed_on": "2026-03-02",
    "witness": "",
}
YES = {
    "intake-examine": "accept",
    "decision-check": "agree",
    "decision-approve": "grant",
    "denial-confirm": "confirm",
    "denial-acknowledge": "acknowledge",
    "hand-up": "send",
    "county-receive": "receive",
    "county-review": "complete",
    "review": "complete",
    "joint-consolidate": "complete",
    "county-consolidate": "complete",
    "joint-meet": "agreed",
    "opinion": "agree",
    "opinion-external": "agree",
    "opinion-follow": "again",
    "tolerance-verify": "complete",
    "tolerance-decide": "terminate",
    "extension-approve": "approve",
    "coordination-draft": "answer",
    "coordination-approve": "approve",
    "village-register": "guide",
    "immediate-handle": "grant",
    "delivery-counter": "delivered",
    "delivery-agent": "delivered",
    "delivery-post-proof": "delivered",
    "intake-overdue": "terminate",
}


def day(text: str, hour: int = 9, minute: int = 30) -> datetime:
    """A moment in Chinese time: `day("2026-03-03")`."""
    return datetime.fromisoformat(text).replace(hour=hour, minute=minute, tzinfo=CHINA)


@dataclass
class Desk:
    """Opens and works cases at the moment `at`; tests move it with `go_to`."""

    county: object
    at: datetime
    avoid: set[int] = field(default_factory=set)

    def go_to(self, text: str, hour: int = 9, minute: int = 30) -> Desk:
        """Move to another moment."""
        self.at = day(text, hour, minute)
        return self

    def acting(self, unit: str, role: str, cover: str = "A") -> Acting:
        """Whoever holds a post, acting now."""
        return acting(self.county.officer(unit, role, cover).pk, self.at)

    @property
    def window(self) -> Acting:
        """The first clerk of the township window."""
        return self.acting("xinan.centre", "township.window")

    @property
    def mate(self) -> Acting:
        """Another clerk of the same window, on duty in a post of her own."""
        window = self.window
        held = Holding.objects.filter(post__pool=window.pool_ids[0], cover="A")
        other = held.exclude(officer_id=window.officer_id).order_by("id").first()
        return acting(other.officer_id, self.at)

    def anybody(self, pool_id: int, *, but: set[int] = frozenset()) -> Acting:
        """A holder of a post of the pool who may act today, not one of `but`."""
        held = Holding.objects.filter(post__pool=pool_id).exclude(officer_id__in=but)
        for one in held.order_by("cover", "id"):
            person = acting(one.officer_id, self.at)
            if person.holds(pool_id):
                return person
        raise AssertionError(f"nobody in pool {pool_id}")

    def village(self, name: str = "") -> Division:
        """A village of the township."""
        found = Division.objects.filter(level="village", parent__code="130123103")
        return found.filter(name__contains=name).order_by("code").first()

    def answers(self, code: str, **given: object) -> dict:
        """Invented answers of an item's form that pass its rules."""
        item = item_by_code(code)
        return sample(
            item.form,
            next(_keys),
            today=local_day(self.at),
            variables={**facts_of(item, delivery_mode=""), "level": "township"},
            given={"delivery_mode": "window", "organisation_name": "", **given},
        )

    def marks(self, code: str, **states: str) -> dict:
        """The checklist, everything received but for what `states` says."""
        found = {m.key: {"state": "received"} for m in item_by_code(code).materials}
        for key, state in states.items():
            found[key] = {"state": state, "defect": "缺签名" if state == "defective" else ""}
        return found

    def open(
        self, code: str, by: Acting | None = None, *, key: str = "", marks: dict | None = None,
        mandate: dict | None = None, **given: object,
    ) -> Case:  # fmt: skip
        """Register an application at the township window (or by the agent, with a mandate)."""
        by = by or self.window
        with db.pretended(self.at):
            done = actions.open_case(
                by=by,
                item_code=code,
                values=self.answers(code, **given),
                materials=self.marks(code) if marks is None else marks,
                village_id=self.village().pk,
                agent_mandate=mandate,
                idempotency_key=key or f"desk-{next(_keys)}",
            )
        return Case.objects.get(pk=done.case_id)

    def reroute(self, code: str, process_key: str, **switches: object) -> str:
        """A new version of an item with a process of its own (the county edits it)."""
        item = ServiceItem.objects.select_related("current").get(code=code)
        materials = list(Material.objects.filter(version=item.current))
        version = item.current
        version.pk, version.process_key = None, process_key
        version.number = ItemVersion.objects.filter(item=item).count() + 1
        version.switches = {**version.switches, **switches}
        version.save()
        for material in materials:
            material.pk, material.version = None, version
            material.save()
        item.current = version
        item.save()
        return code

    def item(self, case: Case, element: str = "") -> WorkItem:
        """The open item of a case (of one element, where several are open)."""
        found = WorkItem.objects.filter(case=case, state="OPEN")
        return found.get(element=element) if element else found.get()

    def form_answers(self, item: WorkItem, **given: object) -> dict:
        """Answers for the form of an item that lead on, unless `given` says otherwise."""
        with transaction.atomic():
            state = lock_by_item(item.pk)
        form = processes.form(state.process_version_id, item.form)
        known = {"outcome": YES[item.form]} if item.form in YES else {}
        if item.form == "decision-propose":
            known["proposal"] = "grant"
        return sample(
            form,
            next(_keys),
            today=local_day(self.at),
            variables=form_variables(state, item.token, item.form, form),
            given={**known, **given},
        )

    def complete(self, item: WorkItem, by: Acting | None = None, **given: object):
        """Complete an item by somebody who may."""
        by = by or self.anybody(item.pool_id, but=self.separate_from(item))
        raw = self.form_answers(item, **given)
        with db.pretended(self.at):
            return actions.complete(item.pk, by, raw)

    def separate_from(self, item: WorkItem) -> set[int]:
        """People who may not do an item because of what they did before."""
        done = WorkItem.objects.filter(
            case=item.case_id, state="DONE", element__in=item.separate
        )
        return set(done.values_list("closed_by", flat=True))

    def run(self, case: Case, until: str = "", **choices: dict) -> Case:
        """Work the case until an element is open, or to its end. `choices`: element → answers."""
        for _ in range(40):
            drawn = WorkItem.objects.filter(case=case, state="OPEN").exclude(process_key="")
            items = list(drawn.order_by("id"))
            if not items or any(item.element == until for item in items):
                break
            self.complete(items[0], **choices.get(items[0].element, {}))
        case.refresh_from_db()
        return case

    def sweep(self, text: str = "", hour: int = 0, minute: int = 5):
        """Let the timers run at a moment."""
        if text:
            self.go_to(text, hour, minute)
        with db.pretended(self.at):
            return actions.fire_due_timers()

    def running(self, case: Case) -> set[str]:
        """Kinds of clocks that have not ended, but for those of what is owed after the end."""
        clocks = case.clocks.exclude(state="ended").exclude(item__process_key="")
        return set(clocks.values_list("kind", flat=True))

    def numbers(self, case: Case) -> list[str]:
        """Codes of the documents issued so far, in order."""
        return list(case.documents.order_by("id").values_list("code", flat=True))

    def clock(self, case: Case, kind: str, run: int = 1):
        """A run of a clock."""
        return case.clocks.get(kind=kind, run=run)

    def timers(self, case: Case) -> dict[str, Timer]:
        """Armed timers by element."""
        return {t.element: t for t in case.timers.filter(state="ARMED")}
