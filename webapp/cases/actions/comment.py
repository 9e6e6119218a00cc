"""A word among colleagues about a case (沟通), with @ for those who should read it.

It stands at the case, never on a paper and never in what the applicant reads. Its text may name
people, so the chain of records holds only that it was said.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from webapp.cases import policy
from webapp.cases.actions.copy_to import officer_named
from webapp.cases.models import Remark
from webapp.cases.noting import changes_of, note
from webapp.cases.queries.seen import case_seen_by, visible_to
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import Invalid
from webapp.organisations.queries import Acting, acting

MOST = 1000  # characters
_AT = re.compile(r"[@＠]([\w.·]{1,40})")


def comment(case_id: int, by: Acting, text: str) -> list[str]:
    """Say something; gives the names of those mentioned.

    Raises Unknown, NotYours, or Invalid: also for @somebody who may not see the case.
    """
    return transaction_with_retry(lambda: _comment(case_id, by, text.strip()))


def _comment(case_id: int, by: Acting, text: str) -> list[str]:
    case_seen_by(by, case_id)
    pool = policy.check_verb(by, "comment")
    state = lock_case(case_id)
    if not text:
        raise Invalid({"text": _("请写要说的话。")})
    if len(text) > MOST:
        raise Invalid({"text": _("最多{n}个字。").format(n=MOST)})
    people = {}
    for typed in dict.fromkeys(_AT.findall(text)):
        try:
            officer = officer_named(typed)
        except Invalid as wrong:
            raise Invalid({"text": wrong.errors["to"]}) from wrong
        if not visible_to(acting(officer.pk, state.at)).filter(pk=case_id).exists():
            words = _("{name}看不到这件办件，@了也打不开。请先抄送给她，或者去掉@。")
            raise Invalid({"text": words.format(name=officer.name)})
        people[officer.pk] = officer.name
    made = Remark.objects.create(
        case_id=case_id, by_id=by.officer_id, at=state.at, text=text, mentioned=list(people)
    )
    payload = {"remark": made.pk, "to_names": list(people.values())}
    note(state, changes_of(state), actor_of(by, pool), "commented", payload)
    return list(people.values())
