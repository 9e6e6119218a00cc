"""Service items in immutable versions, their materials, the calendar and opening hours."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Category(models.Model):
    """A group of items, as a window shows it (CAT-01)."""

    key = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class ServiceItem(models.Model):
    """A service item (事项): what can be applied for. Its content lives in versions."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    category = models.ForeignKey(Category, models.PROTECT, related_name="items")
    enabled = models.BooleanField(default=True)
    current = models.ForeignKey(
        "ItemVersion", models.PROTECT, null=True, related_name="+", db_index=False
    )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ItemVersion(models.Model):
    """One immutable state of an item; a case keeps the version it was opened with (CAT-05).

    `limits` is a list of {clock, days, unit, extension_days?, starts?, step?, actor?, source};
    `switches` maps switch names to values (flows: item switches); `form` is form-js JSON of the
    applicant's form; `guide` holds steps, publicity, fee, legal basis, results (CAT-06).
    """

    item = models.ForeignKey(ServiceItem, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    item_type = models.CharField(max_length=20)
    handling = models.CharField(max_length=10)
    flow = models.CharField(max_length=16)
    competent = models.ForeignKey(
        "organisations.Unit",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="The organ with the power; null: an organ of the case's own township.",
    )
    competent_local = models.CharField(
        max_length=40,
        blank=True,
        help_text="Which organ of the township when `competent` is null: "
        "township_government, police_station …",
    )
    entrusted_to_township = models.BooleanField(default=False)
    offered_at = models.JSONField(default=list)
    agent_allowed = models.BooleanField(default=True)
    in_person = models.BooleanField(default=False)
    in_person_reason = models.CharField(max_length=200, blank=True)
    process_key = models.CharField(
        max_length=60, blank=True, help_text="A process of its own; wins over the path table."
    )
    limits = models.JSONField(default=list)
    switches = models.JSONField(default=dict)
    form = models.JSONField(default=dict)
    guide = models.JSONField(default=dict)
    is_example = models.BooleanField(default=False)
    by_county = models.BooleanField(
        default=False, help_text="Made on a page: a later release never replaces it."
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="itemversion_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"


class Material(models.Model):
    """A paper that the applicant must bring for this version (材料)."""

    class Role(models.TextChoices):
        MAIN = "main"  # 主件
        SECONDARY = "secondary"  # 副件

    version = models.ForeignKey(ItemVersion, models.CASCADE, related_name="materials")
    order = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=10, choices=Role)
    tolerable = models.BooleanField(default=False)
    supplement_days = models.PositiveSmallIntegerField(null=True)
    form = models.CharField(max_length=20)
    copies = models.PositiveSmallIntegerField(default=1)
    source = models.CharField(max_length=12)
    shared_exempt = models.BooleanField(default=False)
    condition = models.CharField(max_length=500, blank=True, help_text="FEEL over the form.")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="material_key_once"),
            models.CheckConstraint(
                condition=Q(tolerable=False) | Q(role="secondary"),
                name="material_only_secondary_is_tolerable",  # TOL-03
            ),
        ]

    def __str__(self) -> str:
        return self.name


def monday_to_friday() -> list[int]:
    """The usual working weekdays."""
    return [0, 1, 2, 3, 4]


class Calendar(models.Model):
    """One published state of the county's working-day calendar; exactly one is in force."""

    number = models.PositiveIntegerField(unique=True)
    in_force = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    covers_from = models.DateField()
    covers_to = models.DateField()
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=monday_to_friday, help_text="Monday = 0."
    )
    reason = models.CharField(max_length=200, blank=True)
    recount_ordered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["in_force"], condition=Q(in_force=True), name="calendar_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"


class CalendarDay(models.Model):
    """A day that differs from its weekday: a day off, or a make-up working day (调休)."""

    class Kind(models.TextChoices):
        OFF = "off"
        WORK = "work"

    class Status(models.TextChoices):
        OFFICIAL = "official"
        ESTIMATED = "estimated"
        LOCAL = "local"  # decided by the county itself

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="days")
    date = models.DateField()
    kind = models.CharField(max_length=4, choices=Kind)
    name = models.CharField(max_length=30)
    status = models.CharField(max_length=10, choices=Status)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "date"], name="calendarday_once"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.kind} {self.name}"


class OpeningHours(models.Model):
    """When a unit is open on a weekday (0 = Monday); rows without a unit are the default."""

    unit = models.ForeignKey(
        "organisations.Unit", models.CASCADE, null=True, related_name="hours"
    )
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, closes__gt=models.F("opens")),
                name="openinghours_sensible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"


class Parameter(models.Model):
    """A figure that the county sets for itself; what it may be stands in `parameters`."""

    key = models.CharField(max_length=40, primary_key=True)
    value = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    by_county = models.BooleanField(
        default=False, help_text="Set on a page: a later release never replaces it."
    )

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class SupervisionRule(models.Model):
    """One rule of electronic supervision (R01 …, domain §4.4): when, what signal, who is told.

    A rule may have several parts. Days are working days, `share` percent of the limit; which of
    the figures count depends on the trigger.
    """

    class Signal(models.TextChoices):
        REMINDER = "reminder"
        WARNING = "warning"
        YELLOW = "yellow"
        RED = "red"
        BLOCK = "block"
        TALK = "talk"

    class Trigger(models.TextChoices):
        DUE_WITHIN = "due_within"
        DUE_TODAY = "due_today"
        LAPSED = "lapsed"
        STOPPED = "stopped"
        EVENT = "event"
        QUARTER = "quarter"

    code = models.CharField(max_length=4)
    part = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=80)
    signal = models.CharField(max_length=8, choices=Signal)
    trigger = models.CharField(max_length=10, choices=Trigger)
    clocks = ArrayField(models.CharField(max_length=16), default=list)
    to = ArrayField(models.CharField(max_length=40), default=list)
    days = models.PositiveSmallIntegerField(null=True)
    share = models.PositiveSmallIntegerField(null=True)
    late_from = models.PositiveSmallIntegerField(null=True)
    late_until = models.PositiveSmallIntegerField(null=True)
    count = models.PositiveSmallIntegerField(null=True)
    hours = models.BooleanField(default=False, help_text="Only while the unit is open.")
    enabled = models.BooleanField(default=True)
    by_county = models.BooleanField(
        default=False, help_text="Set on a page: a later release never replaces it."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "part"], name="supervisionrule_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code}.{self.part}"


class VerbRule(models.Model):
    """Which roles may use a verb of the inbox (转办, 催办 …); `*` is every role that has work.

    The county's table narrows what the rules of the product allow; it never widens it.
    """

    verb = models.CharField(max_length=20, primary_key=True)
    roles = ArrayField(models.CharField(max_length=40), default=list)
    source = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    by_county = models.BooleanField(
        default=False, help_text="Set on a page: a later release never replaces it."
    )

    def __str__(self) -> str:
        return f"{self.verb}: {', '.join(self.roles)}"
