"""Places, units, windows, posts, and who holds which post when (ORG-01, DUTY-03)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    DateRangeField,
    DateTimeRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q, Value


class Level(models.TextChoices):
    """Levels of the three-level service network, and organs outside the county."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    EXTERNAL = "external"


class Division(models.Model):
    """An administrative division (行政区划), 6 / 9 / 12 digits."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=10, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    former_names = ArrayField(models.CharField(max_length=60), default=list)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Unit(models.Model):
    """An office that people work in and that holds cases: station, centre, department."""

    class Kind(models.TextChoices):
        STATION = "station"  # village service station 村级便民服务站
        CENTRE = "centre"  # township convenience-service centre 乡镇便民服务中心
        OFFICE = "office"  # township office or branch station 站所
        DEPARTMENT = "department"  # county department 县直部门
        AGENCY = "agency"
        MASS_ORGANISATION = "mass_organisation"
        GOVERNMENT = "government"
        PARTY = "party"
        HALL = "hall"  # county service hall 县政务大厅
        SERVICE_OFFICE = "service_office"  # county service office 县政务办
        GROUP = "group"  # contact point of a natural village or villagers' group (ORG-01)

    key = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    level = models.CharField(max_length=10, choices=Level)
    kind = models.CharField(max_length=20, choices=Kind)
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="units")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    document_prefix = models.CharField(
        max_length=20, blank=True, help_text="机关代字 of document numbers."
    )
    categories = ArrayField(
        models.CharField(max_length=40),
        default=list,
        help_text="Keys of the item categories that this township office handles.",
    )
    phone = models.CharField(max_length=30, blank=True)
    supervision_phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=120, blank=True)
    contact = models.CharField(
        max_length=60, blank=True, help_text="Whom to ask at a contact point (group)."
    )
    active = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["level", "kind"], name="unit_level_kind")]

    def __str__(self) -> str:
        return self.name


class Window(models.Model):
    """A counter of a centre or hall (WIN-01 … WIN-05)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="windows")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="window_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.number}号 {self.name}"


class Role(models.Model):
    """A role at a level (角色), as data: the county may add roles (flows: conventions)."""

    key = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=40)
    level = models.CharField(max_length=10, choices=Level)
    may_own_lane = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Pool(models.Model):
    """Where work items wait: one role of one unit. Never a person."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="pools")
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "role"], name="pool_once")]

    def __str__(self) -> str:
        return f"{self.unit} {self.role_id}"


class Post(models.Model):
    """A position (岗位) of a pool, at a window or in an office."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="posts")
    window = models.ForeignKey(Window, models.SET_NULL, null=True, related_name="posts")
    name = models.CharField(max_length=60)
    active = models.BooleanField(default=True)
    former = ArrayField(
        models.CharField(max_length=170),
        default=list,
        help_text="unit/role/name under which the county's file knew it before pages changed it.",
    )

    def __str__(self) -> str:
        return self.name


class Holding(models.Model):
    """An officer holds a post as A, or covers it as B (AB岗), for a span of days."""

    class Cover(models.TextChoices):
        A = "A"
        B = "B"

    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings")
    officer = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="holdings")
    cover = models.CharField(max_length=1, choices=Cover)
    during = DateRangeField()

    class Meta:
        constraints = [
            # At most one A and one B of a post on any day. The embedded PostgreSQL has no
            # btree_gist, so the integer stands as a one-element range (design: data).
            ExclusionConstraint(
                name="holding_one_a_at_a_time",
                expressions=[
                    (
                        Func(F("post"), F("post"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(cover="A"),
            ),
            ExclusionConstraint(
                name="holding_one_b_at_a_time",
                expressions=[
                    (
                        Func(F("post"), F("post"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(cover="B"),
            ),
            models.CheckConstraint(
                condition=Q(cover__in=["A", "B"]), name="holding_cover_known"
            ),
        ]
        indexes = [models.Index(fields=["officer"], name="holding_officer")]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.cover} {self.post_id}"


class Absence(models.Model):
    """An officer is away; B covers meanwhile (DUTY-04, DUTY-05).

    `during` is exact to the moment: she may leave at noon and come back before her time. A
    withdrawn absence has the empty range: it stays on record and covers nothing.
    """

    class Kind(models.TextChoices):
        PLANNED = "planned"  # filed by the day before, with a hand-over sheet
        SUDDEN = "sudden"  # filed on the day itself: the hand-over is missing

    officer = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="absences")
    during = DateTimeRangeField()
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PLANNED)
    reason = models.CharField(max_length=120)
    note = models.TextField(blank=True, help_text="What she tells her B in her own words.")
    recorded_by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Nobody is away twice at one moment.
            ExclusionConstraint(
                name="absence_one_at_a_time",
                expressions=[
                    (
                        Func(F("officer"), F("officer"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.during}"

    @property
    def first(self) -> datetime:
        """The moment from which on she is away."""
        moment: datetime = self.during.lower
        return moment

    @property
    def back(self) -> datetime:
        """The moment from which on she is here again."""
        moment: datetime = self.during.upper
        return moment


class Handover(models.Model):
    """A hand-over sheet (岗位移交单): what one officer left to another, as it was then.

    Of an absence it is made when B signs. Without one it belongs to somebody who has left for
    good, and waits for the signature of whoever takes over. `content` holds case numbers, names
    of steps and dates, no personal data.
    """

    absence = models.ForeignKey(Absence, models.PROTECT, null=True, related_name="handovers")
    officer = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    to_officer = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    content = models.JSONField(default=dict)
    remark = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["absence", "to_officer"],
                condition=Q(absence__isnull=False),
                name="handover_signed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} to {self.to_officer_id} at {self.signed_at}"


class Notice(models.Model):
    """Something that an officer should know; hers until she has seen it.

    `key` is given by what may be told twice (a sweep): the second time changes nothing.
    """

    officer = models.ForeignKey("accounts.Officer", models.CASCADE, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    payload = models.JSONField(default=dict)
    seen_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=60, null=True, unique=True)  # noqa: DJ001 - null: no key

    class Meta:
        indexes = [
            models.Index(fields=["officer"], condition=Q(seen_at=None), name="notice_unseen"),
            models.Index(fields=["officer", "-id"], name="notice_of_officer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.officer_id}"


class Delivery(models.Model):
    """That an officer was reached outside the page: one row for each message and channel.

    `key` names both, so that a worker that dies between sending and marking sends once more at
    worst, and one that runs twice sends once. `sent_at` is null until a channel has taken it.
    """

    class Channel(models.TextChoices):
        MAIL = "mail"
        SMS = "sms"

    officer = models.ForeignKey("accounts.Officer", models.CASCADE, related_name="+")
    notice = models.ForeignKey(Notice, models.CASCADE, null=True, related_name="deliveries")
    channel = models.CharField(max_length=4, choices=Channel)
    key = models.CharField(max_length=60, unique=True)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key


class Roster(models.Model):
    """A duty list of a unit for a week or a month (ORG-20, DUTY-08); shown once published."""

    class Kind(models.TextChoices):
        DUTY = "duty"  # 窗口值班
        LEADER = "leader"  # 领导坐岗
        ONSITE = "onsite"  # 县直部门现场办公
        HOLIDAY = "holiday"  # 节假日轮值
        VILLAGE = "village"  # 村级值班
        COLLECTIVE = "collective"  # 每月集中办理日

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rosters")
    kind = models.CharField(max_length=10, choices=Kind)
    during = DateRangeField()
    note = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    published_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "during"], name="roster_once_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.unit_id} {self.during}"

    @property
    def first(self) -> date:
        """Its first day."""
        day: date = self.during.lower
        return day

    @property
    def last(self) -> date:
        """Its last day, included."""
        day: date = self.during.upper - timedelta(days=1)
        return day


class Shift(models.Model):
    """One line of a roster: a day, a part of it, and who is there.

    `name` is what stands on the paper: village cadres and people of county departments need not
    have an account.
    """

    class Part(models.TextChoices):
        DAY = "day"
        MORNING = "morning"
        AFTERNOON = "afternoon"
        NIGHT = "night"

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="shifts")
    day = models.DateField()
    part = models.CharField(max_length=10, choices=Part, default=Part.DAY)
    officer = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="shifts"
    )
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["roster", "day", "part", "name"], name="shift_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.part} {self.name}"


class StaffRecord(models.Model):
    """What the checks of A posts ask about a person (ORG-14); no identity number, no health."""

    class Employment(models.TextChoices):
        CIVIL = "civil"  # 公务员
        INSTITUTION = "institution"  # 事业编制
        CONTRACT = "contract"  # 合同制
        TEMPORARY = "temporary"  # 临时聘用

    officer = models.OneToOneField(
        "accounts.Officer", models.CASCADE, primary_key=True, related_name="staff_record"
    )
    born = models.DateField()
    employment = models.CharField(max_length=12, choices=Employment)

    def __str__(self) -> str:
        return f"{self.officer_id} {self.employment}"


class PostFiling(models.Model):
    """A centre files its A posts with the county (A岗备案, ORG-14), which answers.

    `lines` and `findings` are kept as they were when filed.
    """

    class State(models.TextChoices):
        FILED = "FILED"
        ACKNOWLEDGED = "ACKNOWLEDGED"
        RETURNED = "RETURNED"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="post_filings")
    state = models.CharField(max_length=12, choices=State, default=State.FILED)
    lines = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    filed_by = models.ForeignKey("accounts.Officer", models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        "accounts.Officer", models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(state="FILED"), name="postfiling_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"A posts of {self.unit_id} ({self.state})"
