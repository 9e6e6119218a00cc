"""The town of the walk: cases that wait at every role, with papers, drafts and documents.

Built once and undone at the end. Walkers' requests are undone one by one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.architecture.people import NO_POST, OUTSIDE, STAND_IN, Person, gather
from tests.webapp.cases.desk import MANDATE, Desk
from webapp.cases import actions, files
from webapp.cases.models import Card, Case, Custody, Transfer, WorkItem
from webapp.changes import actions as changes
from webapp.contacts.actions import Enquiry, register_contact
from webapp.core import db
from webapp.designer.playing.setup import Setup
from webapp.inboxes import actions as lists
from webapp.organisations import queries
from webapp.organisations.actions import begin_roster, record_absence
from webapp.organisations.models import Handover, PostFiling, Unit
from webapp.organisations.queries import Acting
from webapp.processes import actions as processes
from webapp.processes.models import Process, Publication

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00"
    b"\x00\x00IEND\xaeB`\x82"
)
PHONE = "application.applicant_phone"
FILES = ("promised.bpmn", "forms/review.json", "decisions/path.dmn", "documents/D05.yaml")

HOMESTEAD, OLD_AGE = "ZR01", "MZ04"
"""Decided by the township; decided by 县民政局."""

ALWAYS = frozenset({
    "village.agent @ own",  # the station of the applicant's village
    "township.window @ own", "township.head_window @ own", "township.leader @ own",  # its centre
    "county.office @ own", "inspection @ own", "oversight @ own",  # read every case
})  # fmt: skip
POWER = frozenset({"county.handler @ own", "county.section_head @ own", "county.leader @ own"})
"""县民政局 has the power to decide, so it may follow the case from its first day."""
HANDLER = frozenset({"township.handler @ own"})
HALL = frozenset({"county.window @ own", "county.head_window @ own"})


STORY = "scenarios/promised-granted.yaml"


@dataclass(frozen=True)
class Stage:
    """How far a case goes, and who besides ALWAYS may know of it then."""

    code: str
    until: str
    seen_by: frozenset[str]
    by_agent: bool = False
    denied: bool = False


STAGES = {  # the role that has the case in hand
    "village.agent": Stage(OLD_AGE, "Task_AgentDeliver", POWER | HANDLER | HALL, by_agent=True),
    "township.window": Stage(HOMESTEAD, "Task_Examine", frozenset()),
    "township.handler": Stage(OLD_AGE, "Task_Prelim", POWER | HANDLER),
    "township.head_window": Stage(OLD_AGE, "Task_Confirm", POWER, denied=True),
    "township.leader": Stage(OLD_AGE, "Task_HandUp", POWER | HANDLER),
    "county.window": Stage(OLD_AGE, "Task_CountyReceive", POWER | HANDLER | HALL),
    "county.handler": Stage(
        OLD_AGE, "Task_CountyReview", POWER | HANDLER | HALL, by_agent=True
    ),
    "county.section_head": Stage(OLD_AGE, "Task_Check", POWER | HANDLER | HALL),
    "county.leader": Stage(OLD_AGE, "Task_Approve", POWER | HANDLER | HALL),
    "county.office": Stage(OLD_AGE, "Task_Acknowledge", POWER, denied=True),
}


MESSENGERS = {
    "xinan.centre": {f"township.{role} @ own" for role in ("window", "head_window", "leader")},
    "xinan.civil_affairs": {"township.handler @ own"},
    "county_hall": HALL,
    "county_civil_affairs": POWER,
}


@dataclass
class Staged:
    """A case, the item in question, and who may do it: `role @ own`."""

    role: str
    case: Case
    item: WorkItem
    attachment: int

    @property
    def owner(self) -> str:
        """The walker in whose inbox the item is."""
        return f"{self.role} @ own"

    @property
    def seen_by(self) -> frozenset[str]:
        """Walkers who may know of the case."""
        return ALWAYS | STAGES[self.role].seen_by

    @property
    def in_hand(self) -> frozenset[str]:
        """Walkers who keep its papers: the post, the window that answers, the agent who filed."""
        return self.at_window | {self.owner}

    @property
    def leads(self) -> frozenset[str]:
        """Walkers who suspend it and confirm its end: heads of its centre, of the organ."""
        power = {"county.leader @ own"} if STAGES[self.role].code == OLD_AGE else set()
        return frozenset({"township.head_window @ own", "township.leader @ own"} | power)

    @property
    def prints(self) -> frozenset[str]:
        """Walkers who print its papers: who has it in hand, the organ whose seal they carry."""
        return self.in_hand | (POWER if STAGES[self.role].code == OLD_AGE else frozenset())

    @property
    def takes_along(self) -> frozenset[str]:
        """Walkers who put its papers on a run: in hand, the units whose papers are on the way."""
        given = Custody.objects.filter(case=self.case, received_at=None, taken_back_at=None)
        units = given.exclude(to_pool=None).values_list("from_unit__key", flat=True)
        return self.in_hand.union(*(MESSENGERS[unit] for unit in units))

    @property
    def at_window(self) -> frozenset[str]:
        """Walkers to whom the applicant turns: the window, the agent who filed."""
        agent = {"village.agent @ own"} if STAGES[self.role].by_agent else set()
        return frozenset({"township.window @ own"} | agent)


@dataclass
class Scene:
    """Everything that pages can be about."""

    desk: Desk
    people: dict[str, Person]
    staged: dict[str, Staged] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    browser: Client = field(default_factory=Client)
    draft: int = 0
    run: int = 0
    publication: int = 0
    transfer: int = 0
    change: int = 0
    absence: int = 0
    handover: int = 0
    roster: int = 0
    filing: int = 0
    card: int = 0
    contact: int = 0
    view: int = 0

    def acting(self, name: str, at: datetime | None = None) -> Acting:
        """A walker as actions want her."""
        officer = self.people[name].officer
        at = at or self.desk.at
        return queries.acting(officer.pk, at) if officer else Acting(0, "", (), at)

    def client(self, name: str) -> Client:
        """The browser, now in the hands of a walker (one for all: starting one is slow)."""
        self.browser.cookies.clear()
        if name in self.sessions:
            self.browser.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[name]
        return self.browser

    def sign_in(self) -> None:
        """Let everybody in who has an account."""
        for person in self.people.values():
            if person.officer is not None:
                self.browser.force_login(person.officer)
                cookie = self.browser.cookies.pop(settings.SESSION_COOKIE_NAME)
                self.sessions[person.name] = cookie.value

    @cached_property
    def everybody(self) -> list[str]:
        """All walkers; who is not signed in comes last."""
        return sorted(self.people, key=lambda name: (name == OUTSIDE, name))

    @cached_property
    def tables(self) -> list[str]:
        """Tables whose content a refused request must not change."""
        ours = [model._meta.db_table for model in apps.get_models()]
        kept = [name for name in ours if not name.startswith(("django_", "axes_", "auth_"))]
        return sorted(kept)

    def fingerprint(self) -> dict[str, str]:
        """A digest of the content of each table."""
        found = {}
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(
                    f"SELECT md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), "
                    f"'')) FROM {table} t"
                )
                found[table] = cursor.fetchone()[0]
        return found

    def prepare(self) -> Scene:
        """File and work the cases up to their stages."""
        self.sign_in()
        self._draft()
        office = self.acting("county.office @ own")
        self.change = changes.begin("parameter", "tolerance_bar_days", office).pk
        self._absence()
        for role, stage in STAGES.items():
            filer = "village.agent" if stage.by_agent else "township.window"
            by = self.acting(f"{filer} @ own")
            case = self.desk.open(stage.code, by, mandate=MANDATE if stage.by_agent else None)
            with db.pretended(self.desk.at):
                attachment = actions.attach(
                    case.pk, by, None, SimpleUploadedFile(f"{role}.png", _picture(role))
                )
            drawn = files.page_of(hashlib.sha256(_picture(role)).hexdigest(), 1)
            drawn.parent.mkdir(parents=True, exist_ok=True)
            drawn.write_bytes(PNG)
            answers = {"Task_Examine": {"outcome": "not_required"}} if stage.denied else {}
            self.desk.run(case, stage.until, **answers)
            item = self.desk.item(case, stage.until)
            self.staged[role] = Staged(role, case, item, attachment)
        window = self.acting("township.window @ own")
        self.view = lists.save_view(window, "容缺", "tolerance=1", None).pk
        clerk = self.acting("township.window @ own", db.now())
        self.upload = actions.begin_upload(
            clerk, "register:ZR01", "application", "scene", name="scene.png", size=100
        ).pk
        self.card = self._card(self.staged["township.window"]).pk
        self.contact = self._contact()
        return self

    def _contact(self) -> int:
        """An enquiry by telephone at the window, sent to the handler, who has not taken it."""
        to = self.acting("township.handler @ own")
        pool = next(held.pool_id for held in to.held if held.role == "township.handler")
        typed = Enquiry(
            "王建国",
            "问低保",
            "phone",
            ends="refer",
            target=f"{pool}:{to.officer_id}",
            key="scene",
        )
        return register_contact(self.acting("township.window @ own"), typed)

    def _absence(self) -> None:
        """Of tomorrow, for the pages, which live today: the clerk is away, a list is made.

        And somebody has left for good, whose sheet the B of the window signs.
        """
        by = self.acting("township.window @ own", db.now())
        day = timezone.localdate(by.at) + timedelta(days=1)
        self.absence = record_absence(
            by=by, officer_id=by.officer_id, first=day, last=day, reason="培训"
        ).absence_id

        head = self.acting("township.head_window @ own", db.now())
        unit = Unit.objects.get(key="xinan.centre").pk
        self.roster = begin_roster(by=head, unit_id=unit, kind="duty", first=day, last=day)
        self.filing = PostFiling.objects.create(
            unit_id=unit, filed_by_id=head.officer_id, filed_at=by.at
        ).pk
        self.handover = Handover.objects.create(
            officer=self.people[NO_POST].officer,
            to_officer=self.people[STAND_IN].officer,
            made_at=by.at,
        ).pk

    def _card(self, staged: Staged) -> Card:
        """A yellow card of the window, for which nobody had signed."""
        window = self.desk.window.pool_ids[0]
        return Card.objects.create(
            case=staged.case, rule="R03", level="yellow", key="scene", pool_id=window,
            unit=staged.case.accountable_unit, issued_at=self.desk.at, cause="环节超期",
        )  # fmt: skip

    def _draft(self) -> None:
        """A draft in hand, and the publication of the product's own library."""
        designer = self.acting("county.designer @ own")
        begun = processes.begin_draft(designer, "试改", "走一走")
        for path in (*FILES, STORY):
            processes.take_file(begun.pk, designer, path)
        setup = Setup("promised", None, self.desk.county.unit("xinan.centre").pk, self.desk.at)
        self.run = processes.begin_run(begun.pk, designer, setup.stored()).pk
        self.draft, self.publication = begun.pk, Publication.objects.earliest("pk").pk
        process = Process.objects.get(key="escalated")
        self.transfer = Transfer.objects.create(
            process=process,
            target=process.current,
            reason="走一走",
            proposed_by_id=designer.officer_id,
            proposed_at=designer.at,
        ).pk


def _picture(role: str) -> bytes:
    return PNG + hashlib.sha256(role.encode()).digest()


def build(county) -> Scene:
    """The whole scene, on a Tuesday in March 2026."""
    return Scene(Desk(county, county.at), gather()).prepare()
