"""Who may do what to a case: pure predicates over an `Acting` and rows.

`check_x` raises with a sentence for the person, `can_x` asks. Views, actions and templates use
the same ones. Who may *see* a case is decided by the queries that fetch it (deny by default).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _

from webapp.catalogue.verbs import EVERY, VERBS, verb_rules
from webapp.core.errors import AlreadyDone, NotYours, Refused, Unknown
from webapp.organisations.policy import arranges_cover
from webapp.organisations.queries import Acting
from webapp.processes import policy as processes

REGISTERING = ("village.agent", "township.window", "county.window")
"""Roles that take applications (IN-11): each at its own level."""


class ItemLike(Protocol):
    """What a rule needs to know about a work item."""

    @property
    def pool_id(self) -> int:
        """Where it waits."""

    @property
    def claimed_by(self) -> int | None:
        """Who signed for it."""

    @property
    def separate(self) -> tuple[str, ...]:
        """Elements whose performer may not perform this one."""


class CaseLike(Protocol):
    """What a rule needs to know about a case."""

    @property
    def is_open(self) -> bool:
        """Whether it still runs."""

    @property
    def accountable_unit_id(self) -> int:
        """The unit that answers for it until delivery."""

    @property
    def agent_id(self) -> int | None:
        """The village agent who filed it."""


class DecidedLike(CaseLike, Protocol):
    """A case that may have been decided."""

    @property
    def decided_at(self) -> datetime | None:
        """When the decision was made."""


class LedLike(DecidedLike, Protocol):
    """A case with the organ that has the power."""

    @property
    def competent_unit_id(self) -> int:
        """The organ in whose name it is decided."""


def check_verb(by: Acting, verb: str, pool_id: int | None = None) -> int:
    """The county's table gives the verb to the role for which she acts (动作权限).

    `pool_id` is the post for which she acts; without it any of her posts will do. Gives the
    pool; raises NotYours with the way to have the table changed.
    """
    roles = verb_rules().get(verb, frozenset())
    for held in by.held:
        if pool_id not in {None, held.pool_id}:
            continue
        if held.role in roles or (held.works and EVERY in roles):
            return held.pool_id
    words = _("县里的动作权限没有给您的岗位“{verb}”。需要使用的，请县政务办在“参数”里修改。")
    raise NotYours(words.format(verb=VERBS[verb].words), rule="动作权限")


def check_can_see_item(by: Acting, item: ItemLike) -> None:
    """An open item is known to the people of its pool and to nobody else."""
    if not by.holds(item.pool_id):
        raise Unknown("没有这件待办。")


def check_can_claim(by: Acting, item: ItemLike, performed_by: Iterable[int]) -> None:
    """Unclaimed, of her own pool, and not reserved for another person (不相容岗位)."""
    check_can_see_item(by, item)
    if item.claimed_by is not None and item.claimed_by != by.officer_id:
        raise AlreadyDone("这件待办已由同事签收。")
    check_separate(by, performed_by, item.pool_id)


def check_can_release(by: Acting, item: ItemLike) -> None:
    """Only what she herself has claimed."""
    check_can_see_item(by, item)
    if item.claimed_by != by.officer_id:
        raise NotYours("这件待办不是您签收的，不能由您退回。")
    check_verb(by, "release", item.pool_id)


def check_can_reassign(by: Acting, item: ItemLike, case: LedLike) -> int:
    """Whoever has it, the post while nobody has it, or the heads (转办); gives the pool."""
    if by.holds(item.pool_id) and item.claimed_by in {None, by.officer_id}:
        pool = item.pool_id
    else:
        try:
            pool = check_can_lead(by, case)
        except Unknown:
            check_can_see_item(by, item)
            words = _("这件待办在同事手里。请让她转办，或者请负责人转办。")
            raise NotYours(words) from None
    check_verb(by, "reassign", pool)
    return pool


def check_can_complete(by: Acting, item: ItemLike, performed_by: Iterable[int]) -> None:
    """Open in one of her pools, claimed by her or by nobody, and separate from what she did."""
    check_can_claim(by, item, performed_by)


def check_can_return(by: Acting, item: ItemLike, performed_by: Iterable[int]) -> None:
    """Who may complete the step may send it back, where the county's table allows it."""
    check_can_complete(by, item, performed_by)
    check_verb(by, "return", item.pool_id)


def check_separate(by: Acting, performed_by: Iterable[int], pool_id: int) -> None:
    """Proposer ≠ confirmer; it follows the person, and the one whom she replaces (B代A).

    An act of B is A's act, too: neither may confirm what the other one proposed in her place.
    """
    performed = set(performed_by)
    if by.officer_id in performed:
        raise NotYours(
            "这件申请的前一环节是您办的，这一环节要由另一位同事办（不相容岗位分开）。",
            rule="DENY-02",
        )
    if by.replaces(pool_id) in performed:
        raise NotYours(
            "这件申请的前一环节是您所代的A岗办的，您代A岗不能再办这一环节（不相容岗位分开）。请等本人以外的同事办，或者请负责人另外指定顶岗人。",
            rule="DENY-02",
        )


def check_can_register(by: Acting) -> None:
    """Windows and village agents register; others guide the applicant there."""
    if not any(by.has(role) for role in REGISTERING):
        raise NotYours("登记新办件是窗口和村级代办员的工作，您的岗位不能登记。", rule="IN-11")


def pool_for_papers(by: Acting, case: CaseLike, open_pools: Iterable[int]) -> int:
    """The post for which she handles papers and personal data of a case.

    Whoever has it in hand: an open item in one of her pools, the window that answers for it
    (applicants bring papers there at any time), or the agent who filed it. Raises Unknown for
    everybody else.
    """
    mine = [pool for pool in open_pools if by.holds(pool)]
    if mine:
        return mine[0]
    for held in by.held:
        answers = held.role in REGISTERING and held.unit_id == case.accountable_unit_id
        filed = held.role == "village.agent" and case.agent_id in {
            by.officer_id,
            held.for_officer or by.officer_id,
        }
        if answers or filed:
            return held.pool_id
    raise Unknown("没有这个办件。")


def check_can_change_materials(by: Acting, case: CaseLike, open_pools: Iterable[int]) -> int:
    """Whoever has the case in hand keeps its checklist, while it is open; gives her pool."""
    pool = pool_for_papers(by, case, open_pools)
    if not case.is_open:
        raise Refused("这件申请已经办结，材料不能再改。")
    return pool


def check_can_supply(by: Acting, *, unit_ids: Iterable[int], is_open: bool) -> None:
    """Supplements come to the window that answers for the case, or to the village agent."""
    if not is_open:
        raise Refused("这件申请已经办结，不能再补材料。")
    mine = {held.unit_id for held in by.held if held.role in REGISTERING}
    if not mine & set(unit_ids):
        raise NotYours("补交的材料由受理窗口或者村级代办员登记。")


def check_can_withdraw(by: Acting, case: DecidedLike, open_pools: Iterable[int]) -> int:
    """Applicants withdraw at the window that answers for the case, or through their agent.

    Until the decision has been made (flows: withdrawal is a command); gives the pool. Raises
    Unknown, or Refused when it is too late.
    """
    pool = pool_for_papers(by, case, ())
    check_not_decided(case)
    check_verb(by, "withdraw", pool)
    return pool


def check_not_decided(case: DecidedLike) -> None:
    """What has been decided is not withdrawn any more."""
    if not case.is_open or case.decided_at is not None:
        raise Refused(
            "决定已经作出，不能再撤回申请。申请人不服的，可以申请行政复议或者提起行政诉讼。"
        )


def check_can_copy(by: Acting, case: LedLike, open_pools: Iterable[int]) -> int:
    """Whoever has the case in hand, or its heads, gives others sight of it; gives the pool."""
    try:
        pool = pool_for_papers(by, case, open_pools)
    except Unknown:
        pool = check_can_lead(by, case)
    return check_verb(by, "copy", pool)


def check_can_answer_demand(by: Acting, case: LedLike, open_pools: Iterable[int]) -> int:
    """Whoever has the case in hand, or its heads, answers what leaders ask; gives the pool."""
    try:
        return pool_for_papers(by, case, open_pools)
    except Unknown:
        return check_can_lead(by, case)


LEADING = ("township.head_window", "township.leader", "county.head_window", "county.leader")
"""Who may stop, end or take up again a case of the unit, and confirm what others propose."""


def check_can_lead(by: Acting, case: LedLike) -> int:
    """The heads of the window that answers for the case, or of the organ with the power.

    Gives the pool for which she acts. Raises Unknown for everybody else.
    """
    units = {case.accountable_unit_id, case.competent_unit_id}
    for held in by.held:
        if held.role in LEADING and held.unit_id in units:
            return held.pool_id
    raise Unknown(_("没有这个办件。"))


def check_can_repair(by: Acting) -> int:
    """The county office mends what the hourly check found; gives the pool for which she acts."""
    office = next(by.in_role("county.office"), None)
    if office is None:
        raise Unknown(_("没有这个办件。"))
    return office.pool_id


def check_undecided(case: DecidedLike) -> None:
    """Commands that are not drawn are allowed until the decision is recorded (flows)."""
    if not case.is_open or case.decided_at is not None:
        raise Refused(_("决定已经作出或者办件已经办结，不能再中止或者终止。"))


def check_can_suspend(by: Acting, case: LedLike) -> int:
    """Suspend (中止) or take up again: the heads, until the decision; gives the pool."""
    pool = check_can_lead(by, case)
    check_undecided(case)
    check_verb(by, "suspend", pool)
    return pool


def check_can_propose_termination(
    by: Acting, case: DecidedLike, open_pools: Iterable[int]
) -> int:
    """Whoever has the case in hand, or the window that answers for it; gives the pool."""
    pool = pool_for_papers(by, case, open_pools)
    check_undecided(case)
    check_verb(by, "terminate", pool)
    return pool


def check_can_give_back(by: Acting, case: CaseLike) -> int:
    """The window that answered for the case, or the agent who filed it; gives the pool."""
    return pool_for_papers(by, case, ())


def check_can_receive(
    by: Acting, case: CaseLike, sent_to: Iterable[int], open_pools: Iterable[int]
) -> int:
    """The people of a post to which papers are on their way (IN-03); gives the pool.

    Raises Unknown, or AlreadyDone for those who have the case in hand when nothing is on its way
    to them: somebody has signed for it.
    """
    for pool in sent_to:
        if by.holds(pool):
            return pool
    pool_for_papers(by, case, open_pools)
    raise AlreadyDone(_("没有等您签收的材料：已经签收，或者还没有交出。"))


def check_can_take_along(
    by: Acting, case: CaseLike, given_by: Iterable[int], open_pools: Iterable[int]
) -> int:
    """The people of the unit that has given papers which nobody has signed for (AGT-06)."""
    units = set(given_by)
    for held in by.held:
        if held.works and held.unit_id in units:
            return held.pool_id
    pool_for_papers(by, case, open_pools)
    raise AlreadyDone(_("没有您单位交出、还没有签收的材料，不用列入流转清单。"))


def check_can_revoke_mandate(by: Acting, case: CaseLike, open_pools: Iterable[int]) -> int:
    """The applicant says it to the window, the agent, or whoever has the case; gives the pool."""
    pool = pool_for_papers(by, case, open_pools)
    if not case.is_open:
        raise Refused(_("这件申请已经办结，委托已经到期。"))
    return pool


def check_can_issue_paper(by: Acting, case: CaseLike, open_pools: Iterable[int]) -> int:
    """Whoever has the case in hand, its window, its agent: also when it has ended; her pool."""
    return pool_for_papers(by, case, open_pools)


def check_can_print(by: Acting, case: LedLike, open_pools: Iterable[int]) -> int:
    """Whoever has the papers in hand, and the organ whose seal they carry; gives the pool."""
    for held in by.held:
        if held.works and held.unit_id == case.competent_unit_id:
            return held.pool_id
    return pool_for_papers(by, case, open_pools)


def check_can_read_filing(by: Acting) -> int:
    """Negative acts are filed with the county office (DENY-01); gives the pool."""
    for held in by.in_role("county.office"):
        return held.pool_id
    raise Unknown(_("没有这个办件。"))


def check_can_decide_termination(by: Acting, case: LedLike, proposed_by: Iterable[int]) -> int:
    """One of the heads, and not the person who proposed it (DENY-02); gives the pool."""
    pool = check_can_lead(by, case)
    check_undecided(case)
    check_separate(by, proposed_by, pool)
    return pool


def check_can_sign_handover(by: Acting, b_id: int | None) -> None:
    """The B for whom the sheet is made signs it, nobody else (DUTY-04)."""
    if b_id != by.officer_id:
        raise Unknown(_("没有这份移交单。"))


def check_can_propose_transfer(by: Acting) -> None:
    """Designers and reviewers propose that running cases change their version (在办件换版)."""
    if not (processes.may_design(by) or processes.may_publish(by)):
        raise NotYours(_("提出在办件换版要有流程设计员或者流程复核发布员的岗位。"))


def check_can_decide_transfer(by: Acting) -> None:
    """Reviewers decide about it; who proposed it never confirms it (four eyes)."""
    if not processes.may_publish(by):
        raise NotYours(_("确认在办件换版要有流程复核发布员的岗位。"))


def check_can_decline_transfer(by: Acting, proposed_by: int) -> None:
    """A reviewer declines; who proposed it takes it back."""
    if by.officer_id == proposed_by:
        check_can_propose_transfer(by)
    else:
        check_can_decide_transfer(by)


def check_confirms_another(by: Acting, proposed_by: int) -> None:
    """The second person is another person."""
    if by.officer_id == proposed_by:
        raise NotYours(_("换版是您提出的，要由另一位复核发布员确认。"))


def check_can_retry_transfer(by: Acting) -> None:
    """Whoever may decide about an act may have its stopped cases tried again."""
    check_can_decide_transfer(by)


def check_can_undo_transfer(by: Acting) -> None:
    """Taking cases back to the version they came from is the reviewer's one act."""
    check_can_decide_transfer(by)


def check_can_dismiss(by: Acting, officer_id: int, unit_ids: frozenset[int]) -> None:
    """The head of her unit or the county office closes the account of somebody who leaves.

    Nobody closes her own: somebody else has to see that nothing stays behind.
    """
    if not arranges_cover(by, unit_ids):
        raise Unknown(_("没有这位工作人员。"))
    if by.officer_id == officer_id:
        raise NotYours(_("自己的离岗移交由另一位负责人或者县政务办办理。"))


class CardLike(Protocol):
    """What a rule needs to know about a card."""

    @property
    def officer_id(self) -> int | None:
        """Whose it is."""

    @property
    def pool_id(self) -> int | None:
        """Where the matter waited."""


def check_can_appeal(by: Acting, card: CardLike) -> int:
    """The person whose card it is; where nobody had signed, the people of the post.

    Gives the pool for which she acts. Raises Unknown for everybody else.
    """
    pool = card.pool_id
    mine = card.officer_id == by.officer_id
    if card.officer_id is None and pool is not None:
        mine = by.holds(pool)
    if not mine or not by.held:
        raise Unknown(_("没有这张牌。"))
    return pool if pool is not None and by.holds(pool) else by.held[0].pool_id


JUDGING = ("county.office", "inspection")
"""Who decides on an appeal against a card (domain §4.4)."""


def check_can_decide_appeal(by: Acting) -> int:
    """The county office or the inspection; gives the pool."""
    for held in by.held:
        if held.role in JUDGING:
            return held.pool_id
    raise Unknown(_("没有这张牌。"))


def asks(check: Callable[..., object]) -> Callable[..., bool]:
    """Turn `check_x` into `can_x`: true when nothing is refused."""

    def ask(*args: object, **kwargs: object) -> bool:
        try:
            check(*args, **kwargs)
        except Refused:
            return False
        return True

    ask.__doc__ = f"Whether `{check.__name__}` refuses nothing."
    return ask


can_verb = asks(check_verb)
can_copy = asks(check_can_copy)
can_answer_demand = asks(check_can_answer_demand)
can_claim = asks(check_can_claim)
can_release = asks(check_can_release)
can_complete = asks(check_can_complete)
can_reassign = asks(check_can_reassign)
can_return = asks(check_can_return)
can_register = asks(check_can_register)
can_change_materials = asks(check_can_change_materials)
can_supply = asks(check_can_supply)
can_withdraw = asks(check_can_withdraw)
can_suspend = asks(check_can_suspend)
can_propose_termination = asks(check_can_propose_termination)
can_give_back = asks(check_can_give_back)
can_read_filing = asks(check_can_read_filing)
can_revoke_mandate = asks(check_can_revoke_mandate)
can_issue_paper = asks(check_can_issue_paper)
can_print = asks(check_can_print)
can_appeal = asks(check_can_appeal)
can_decide_appeal = asks(check_can_decide_appeal)
can_lead = asks(check_can_lead)
can_decide_termination = asks(check_can_decide_termination)
can_propose_transfer = asks(check_can_propose_transfer)
can_decide_transfer = asks(check_can_decide_transfer)
can_decline_transfer = asks(check_can_decline_transfer)
can_retry_transfer = asks(check_can_retry_transfer)
