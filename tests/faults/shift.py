"""Works cases one after another until it is killed: run as a process of its own.

`python -m tests.faults.shift FIRST LAST`: opens cases number FIRST … LAST (by their idempotency
key) and works each to its end, with every choice decided by the case's number. It prints a line
before and after every action, so that the test knows what may have been going on.
"""

from __future__ import annotations

import sys

import django

django.setup()

from django.db import transaction  # noqa: E402

from webapp.cases import actions  # noqa: E402
from webapp.cases.actions.complete import form_variables  # noqa: E402
from webapp.cases.facts import facts_of  # noqa: E402
from webapp.cases.models import Case, CaseMaterial, WorkItem  # noqa: E402
from webapp.cases.store import lock_by_item  # noqa: E402
from webapp.catalogue.queries import item_by_code  # noqa: E402
from webapp.core import db  # noqa: E402
from webapp.organisations.models import Holding, Pool  # noqa: E402
from webapp.organisations.queries import acting  # noqa: E402
from webapp.processes import queries as processes  # noqa: E402
from workflows.calendars import local_day  # noqa: E402
from workflows.forms import sample  # noqa: E402

CODES = ("ZR01", "MZ04", "SJ01")
CHOICES = {
    "intake-examine": ("accept", "supplement", "not_competent"),
    "decision-check": ("agree",),
    "decision-approve": ("grant",),
    "denial-confirm": ("confirm",),
    "denial-acknowledge": ("acknowledge",),
    "hand-up": ("send",),
    "county-receive": ("receive",),
    "review": ("complete",),
    "county-review": ("complete",),
    "joint-consolidate": ("complete",),
    "opinion": ("agree",),
    "opinion-external": ("agree",),
    "immediate-handle": ("grant",),
    "delivery-counter": ("delivered",),
    "delivery-agent": ("delivered",),
    "delivery-post-proof": ("delivered",),
    "intake-overdue": ("terminate",),
}


def say(line):
    """Tell the test at once what is going on."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def someone(pool_id, but=()):
    """Somebody who may act for the pool now."""
    for one in Holding.objects.filter(post__pool=pool_id).exclude(officer_id__in=but):
        person = acting(one.officer_id, db.now())
        if person.holds(pool_id):
            return person
    raise AssertionError(pool_id)


def examined(number):
    """What the window concludes of this case at first."""
    choices = CHOICES["intake-examine"]
    return choices[number // len(CODES) % len(choices)]


def work(number):
    """Open one case, or find it half done, and work it to its end."""
    code = CODES[number % len(CODES)]
    item = item_by_code(code)
    window = Pool.objects.get(unit__key="xinan.centre", role="township.window")
    clerk = someone(window.pk)
    now = db.now()
    values = sample(
        item.form,
        number,
        today=local_day(now),
        variables={**facts_of(item, delivery_mode=""), "level": "township"},
        given={"delivery_mode": "window"},
    )
    lines = list(item.materials)
    marks = {m.key: {"state": "received"} for m in lines}
    if examined(number) == "supplement":
        marks[lines[0].key] = {"state": "missing", "remedy": "请补交"}
    say(f"open {number}")
    opened = actions.open_case(clerk, code, values, marks, None, None, f"shift-{number}")
    case = Case.objects.get(pk=opened.case_id)
    while True:
        case.refresh_from_db()
        if not case.is_open:
            break
        waiting = WorkItem.objects.filter(case=case, state="OPEN").order_by("id").first()
        if waiting is None:
            key = CaseMaterial.objects.filter(case=case, noticed=True).first().key
            say(f"supply {number}")
            actions.supply_materials(case.pk, clerk, {key: {"state": "received"}})
        else:
            say(f"{waiting.element} {number}")
            step(case, waiting, number)
    say(f"closed {number}")


def step(case, item, number):
    """Complete one item."""
    with transaction.atomic():
        state = lock_by_item(item.pk)
    form = processes.form(state.process_version_id, item.form)
    known = {}
    if item.form in CHOICES:
        choices = CHOICES[item.form]
        known["outcome"] = choices[number // len(CODES) % len(choices)]
        if known["outcome"] == "supplement" and case.supplemented:
            known["outcome"] = "accept"
    if item.form == "decision-propose":
        known["proposal"] = "grant"
    raw = sample(
        form,
        number,
        today=local_day(state.at),
        variables=form_variables(state, item.token, item.form, form),
        given=known,
    )
    done = WorkItem.objects.filter(case=case, state="DONE", element__in=item.separate)
    by = someone(item.pool_id, set(done.values_list("closed_by", flat=True)))
    actions.complete(item.pk, by, raw)


if __name__ == "__main__":
    for one in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
        work(one)
    say("all done")
