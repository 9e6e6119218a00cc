"""A clerk at work on cases whose timers are due: run as a process of its own, until killed.

`python -m tests.faults.clerk SEED`: signs for open items, gives them back, ticks papers, again and
again, in the order that the seed decides. Every refusal is a sentence; anything else ends it.
"""

from __future__ import annotations

import random
import sys

import django

django.setup()

from webapp.cases import actions  # noqa: E402
from webapp.cases.models import CaseMaterial, WorkItem  # noqa: E402
from webapp.core import db  # noqa: E402
from webapp.core.errors import Refused  # noqa: E402
from webapp.organisations.models import Holding  # noqa: E402
from webapp.organisations.queries import acting  # noqa: E402


def clerk_of(item):
    """Somebody who may act for the item's pool now."""
    for one in Holding.objects.filter(post__pool=item.pool_id).order_by("id"):
        person = acting(one.officer_id, db.now())
        if person.holds(item.pool_id):
            return person
    return None


def once(chance):
    """One small act on a case taken at random."""
    items = list(WorkItem.objects.filter(state="OPEN").order_by("id"))
    if not items:
        return
    item = chance.choice(items)
    by = clerk_of(item)
    if by is None:
        return
    try:
        match chance.randrange(3):
            case 0:
                actions.claim(item.pk, by)
            case 1:
                actions.release(item.pk, by)
            case _:
                key = CaseMaterial.objects.filter(case=item.case_id).earliest("id").key
                actions.set_material(
                    item.case_id, by, key, chance.choice(["received", "checked"])
                )
    except Refused:
        return


if __name__ == "__main__":
    luck = random.Random(sys.argv[1])
    sys.stdout.write("at work\n")
    sys.stdout.flush()
    while True:
        once(luck)
