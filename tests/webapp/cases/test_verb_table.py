"""Each verb asks the county's table: taken from her role, it is refused in words and not offered."""

from __future__ import annotations

from datetime import date

import pytest

from webapp.cases import actions
from webapp.catalogue.models import VerbRule
from webapp.catalogue.verbs import VERBS
from webapp.core import db
from webapp.core.errors import NotYours
from webapp.organisations import lookups

pytestmark = pytest.mark.django_db
NOT_THESE = ["county.government"]


def forbid(verb):
    VerbRule.objects.filter(pk=verb).update(roles=NOT_THESE)
    lookups.forget()


def calls(desk, case, item):
    window = desk.window
    head = desk.acting("xinan.centre", "township.head_window")
    mate = desk.mate.officer_id
    return {
        "release": lambda: actions.release(item.pk, window),
        "reassign": lambda: actions.reassign(item.pk, window, mate, "分担"),
        "return": lambda: actions.return_step(item.pk, window, "Task_X", "重核"),
        "withdraw": lambda: actions.withdraw(case.pk, window, "不办了"),
        "suspend": lambda: actions.suspend(case.pk, head, "party", "等承受人", "第四条"),
        "terminate": lambda: actions.propose_termination(case.pk, window, "户籍迁出", "第三条"),
        "urge": lambda: actions.urge(case.pk, head, "快办"),
        "supervise": lambda: actions.supervise(case.pk, head, "说明", desk.at.date()),
        "copy": lambda: actions.copy_to(case.pk, window, "somebody", "请了解"),
        "comment": lambda: actions.comment(case.pk, window, "材料在柜里"),
        "snooze": lambda: actions.snooze(item.pk, window, date(2026, 3, 5)),
    }


@pytest.mark.parametrize("verb", list(VERBS))
def test_a_verb_taken_from_her_role_is_refused_with_the_way_to_change_it(desk, verb):
    case = desk.open("MZ04")
    item = desk.item(case)
    with db.pretended(desk.at):
        actions.claim(item.pk, desk.window)
        forbid(verb)
        with pytest.raises(NotYours, match="动作权限"):
            calls(desk, case, item)[verb]()
