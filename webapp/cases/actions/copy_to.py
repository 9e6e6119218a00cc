"""Let a named person read one case while it runs (抄送); take that back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from webapp.accounts.models import Officer
from webapp.cases import policy
from webapp.cases.models import Copy
from webapp.cases.noting import changes_of, note
from webapp.cases.queries.seen import READ_ALL, visible_to
from webapp.cases.stepping import actor_of
from webapp.cases.store import lock_case
from webapp.core.db import transaction_with_retry
from webapp.core.errors import AlreadyDone, Invalid, Refused, Unknown
from webapp.organisations.queries import Acting, acting


def officer_named(text: str) -> Officer:
    """Who is meant by a name or a login. Raises Invalid at `to`, saying what to type instead."""
    typed = text.strip()
    if not typed:
        raise Invalid({"to": _("请填姓名或者登录名。")})
    by_login = Officer.objects.filter(username=typed, is_active=True).first()
    if by_login is not None:
        return by_login
    found = list(Officer.objects.filter(name=typed, is_active=True).order_by("username")[:6])
    if len(found) == 1:
        return found[0]
    if not found:
        raise Invalid({"to": _("没有叫“{name}”的工作人员，请核对姓名。").format(name=typed)})
    logins = _("、").join(one.username for one in found)
    words = _("有几位同名的工作人员，请改填登录名：{logins}。")
    raise Invalid({"to": words.format(logins=logins)})


def copy_to(case_id: int, by: Acting, to: str, text: str) -> str:
    """Give somebody sight of exactly this case until it closes; gives her name.

    By whoever has the case in hand, or its heads: sight of a case is theirs to give. Raises
    Unknown, NotYours, Invalid, Refused or AlreadyDone.
    """
    return transaction_with_retry(lambda: _copy(case_id, by, to, text.strip()))


def _copy(case_id: int, by: Acting, to: str, text: str) -> str:
    state = lock_case(case_id)
    pool = policy.check_can_copy(by, state, [item.pool_id for item in state.items])
    if not state.is_open:
        raise Refused(_("这件申请已经办结，不能再抄送。"))
    errors: dict[str, str] = {}
    try:
        officer = officer_named(to)
    except Invalid as wrong:
        errors |= wrong.errors
    if not text:
        errors["text"] = _("请写明为什么请她看。")
    if errors:
        raise Invalid(errors)
    reader = acting(officer.pk, state.at)
    if not (any(held.works for held in reader.held) or reader.roles & READ_ALL):
        words = _("{name}现在没有办件的岗位或者不在岗，不能抄送给她。")
        raise Invalid({"to": words.format(name=officer.name)})
    if visible_to(reader).filter(pk=case_id).exists():
        words = _("{name}本来就看得到这件办件，不用抄送；要提醒她，请用“沟通”里的@。")
        raise AlreadyDone(words.format(name=officer.name))
    Copy.objects.create(
        case_id=case_id, officer=officer, by_id=by.officer_id, at=state.at, note=text[:300]
    )
    payload = {"to": officer.pk, "to_name": officer.name, "why": text[:300]}
    note(state, changes_of(state), actor_of(by, pool), "copied", payload)
    return officer.name


def end_copy(copy_id: int, by: Acting) -> str:
    """Take the sight back. Raises Unknown, NotYours or AlreadyDone."""
    return transaction_with_retry(lambda: _end(copy_id, by))


def _end(copy_id: int, by: Acting) -> str:
    found = Copy.objects.select_related("officer").filter(pk=copy_id).first()
    if found is None:
        raise Unknown(_("没有这件抄送。"))
    state = lock_case(found.case_id)
    pool = policy.check_can_copy(by, state, [item.pool_id for item in state.items])
    if not Copy.objects.filter(pk=copy_id, ended_at=None).update(ended_at=state.at):
        raise AlreadyDone(_("这件抄送已经收回。"))
    payload = {"to": found.officer_id, "to_name": found.officer.name}
    note(state, changes_of(state), actor_of(by, pool), "copy_ended", payload)
    return str(found.officer.name)
