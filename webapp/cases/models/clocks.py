"""The clock ledger of a case: entries are the truth, due dates are derived from them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from webapp.cases.models.case import Case
from webapp.cases.models.work import WorkItem


class Clock(models.Model):
    """One run of one clock of a case, with its materialised dates.

    Derived from `entries` and the calendar in force by `workflows.clocks`; recomputed whenever
    either changes. `due_at`: close of business (display); `lapses_at`: next midnight (legal
    effect). Both null while stopped.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        STOPPED = "stopped"
        ENDED = "ended"

    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=16)
    run = models.PositiveSmallIntegerField(help_text="1 for the first, 2 after a supplement …")
    item = models.ForeignKey(
        WorkItem, models.PROTECT, null=True, related_name="clocks", help_text="Step clocks."
    )
    state = models.CharField(max_length=8, choices=State)
    started_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    lapses_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "run"], name="clock_run_once"),
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=~Q(state="ended") & ~Q(kind="step") & ~Q(kind="department"),
                name="clock_one_open_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="running"), name="clock_running_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.run} of {self.case_id}"


class ClockEntry(models.Model):
    """One immutable fact about a clock: started, stopped, resumed, extended, ended."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="clock_entries")
    kind = models.CharField(max_length=16)
    run = models.PositiveSmallIntegerField()
    seq = models.PositiveSmallIntegerField()
    entry = models.JSONField(help_text="`workflows.clocks` entry as a plain dict.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "run", "seq"], name="clockentry_place_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.run}.{self.seq} of {self.case_id}"


class Timer(models.Model):
    """What the engine waits for, armed from a clock; only the sweep fires it.

    `fires_at` is null while its clock is stopped or not yet started. `host` is the token of
    the work item on whose border it is drawn: its clock is that item's own (a step, a
    department), "" for a clock of the case.
    """

    class State(models.TextChoices):
        ARMED = "ARMED"
        FIRED = "FIRED"
        DISARMED = "DISARMED"

    case = models.ForeignKey(Case, models.PROTECT, related_name="timers")
    token = models.CharField(max_length=40)
    element = models.CharField(max_length=80)
    host = models.CharField(max_length=40, blank=True)
    clock_kind = models.CharField(max_length=40)
    before = models.PositiveSmallIntegerField(default=0, help_text="Working days before due.")
    state = models.CharField(max_length=8, choices=State, default=State.ARMED)
    armed_at = models.DateTimeField()
    fires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "token"], name="timer_token_once"),
        ]
        indexes = [
            models.Index(fields=["fires_at"], condition=Q(state="ARMED"), name="timer_due"),
        ]

    def __str__(self) -> str:
        return f"{self.clock_kind}-{self.before} of {self.case_id}"
