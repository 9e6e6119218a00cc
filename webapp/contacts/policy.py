"""Who may take, see and go on with an enquiry: pure rules over the posts held."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from webapp.cases.queries.seen import READ_ALL
from webapp.contacts.models import Contact, Referral
from webapp.core.errors import AlreadyDone, NotYours, Unknown
from webapp.organisations.middleware import acting_of
from webapp.organisations.policy import HEADS
from webapp.organisations.queries import Acting, Held


def takes_enquiries(by: Acting) -> bool:
    """Whoever works here can be asked first (首问): no post is excused."""
    return any(held.works for held in by.held)


def may_take(request: HttpRequest) -> bool:
    """The register page of enquiries."""
    return takes_enquiries(acting_of(request))


def may_read(request: HttpRequest) -> bool:
    """Lists: those who work here, and the county's eyes."""
    by = acting_of(request)
    return takes_enquiries(by) or bool(by.roles & READ_ALL)


def may_see_figures(request: HttpRequest) -> bool:
    """Figures: heads for their units, the county's eyes for all (DUTY-02)."""
    return bool(acting_of(request).roles & (HEADS | READ_ALL))


def seen_by(by: Acting) -> Q:
    """Contacts that somebody may know of: of her unit, sent to or held by one of her posts."""
    if by.roles & READ_ALL:
        return Q()
    units = [held.unit_id for held in by.held if held.works]
    pools = [held.pool_id for held in by.held if held.works]
    return (
        Q(unit__in=units)
        | Q(holder_pool__unit__in=units)
        | Q(holder_pool__in=pools)
        | Q(referrals__to_pool__in=pools)
        | Q(referrals__to_pool__unit__in=units)
    )


def post_for(by: Acting, pool_id: int | None) -> Held:
    """The post for which she takes an enquiry. Raises NotYours without one."""
    posts = [held for held in by.held if held.works]
    if pool_id is not None:
        posts = [held for held in posts if held.pool_id == pool_id]
    if not posts:
        raise NotYours(_("首问登记是在岗工作人员的事，您现在没有在岗的岗位。"), rule="DUTY-01")
    return posts[0]


def check_can_go_on(by: Acting, contact: Contact) -> int:
    """The post that owes the answer now; gives its pool. Raises NotYours or AlreadyDone."""
    if contact.closed_at is not None:
        raise AlreadyDone(_("这次首问已经有结果，不用再处理。"))
    if not by.holds(contact.holder_pool_id):
        raise NotYours(_("这次首问由另一个岗位负责答复，请让她处理。"), rule="DUTY-01")
    if contact.state == Contact.State.REFERRED:
        raise AlreadyDone(_("已经转交，等对方接收；对方退回以后您才能再处理。"))
    return contact.holder_pool_id


def check_can_take_referral(by: Acting, referral: Referral | None) -> int:
    """Whoever does the work of the post it was sent to; gives the pool."""
    if referral is None:
        raise AlreadyDone(_("这次首问现在没有等着接收的转交。"))
    if not by.holds(referral.to_pool_id):
        raise NotYours(_("这次首问不是转给您的岗位的。"), rule="DUTY-01")
    return referral.to_pool_id


def check_can_reveal(by: Acting, contact: Contact, referral: Referral | None) -> int:
    """Telephone and identity number: the post that owes the answer, or is asked to take it."""
    if by.holds(contact.holder_pool_id):
        return contact.holder_pool_id
    if referral is not None and by.holds(referral.to_pool_id):
        return referral.to_pool_id
    raise Unknown(_("没有这次首问。"))
