"""People: is there somebody for every step, and is it the right one?"""

from __future__ import annotations

from collections.abc import Iterator

from workflows.checks.registry import Hit, Subject, rule
from workflows.findings import Severity
from workflows.model import Element, Kind
from workflows.sources.vocabulary import labels, ranks

_RETURN_WORDS = frozenset({"none", "previous", "any"})


def _steps(subject: Subject) -> Iterator[Element]:
    for element in subject.process.scope.walk():
        if element.kind in {Kind.USER_TASK, Kind.MANUAL_TASK}:
            yield element


@rule("no-role", Severity.UNFIT, county=True)
def every_step_has_a_role(subject: Subject) -> Iterator[Hit]:
    """A step stands in a lane with a role, else nobody finds it in an inbox."""
    for step in _steps(subject):
        if not step.role:
            why = "所在的泳道没有角色" if step.lane else "不在任何泳道里"
            yield Hit(step, f"这个环节没有人能办：{why}", "放进泳道，并给泳道选择角色")


@rule("role-unknown", Severity.UNFIT, county=True, whole=True)
def roles_exist(subject: Subject) -> Iterator[Hit]:
    """Every role is in the county's catalogue and may own a lane."""
    roles = subject.bundle.roles
    if not roles:
        return
    said: set[str] = set()
    for step in _steps(subject):
        role = step.role
        if not role or role in said:
            continue
        said.add(role)
        if role not in roles:
            yield Hit(step, f"没有“{role}”这个角色", "选择角色清单里的角色")
        elif not roles[role].get("may_own_lane", True):
            name = roles[role].get("name", role)
            yield Hit(step, f"角色“{name}”不能拥有泳道，不办理环节", "换一个办理环节的角色")


@rule("rank-lane", Severity.UNFIT, county=True)
def ranks_begin_with_their_lane(subject: Subject) -> Iterator[Hit]:
    """DENY-02: who does a step may be a parameter, but never less than the rule asks.

    The lane stands for the case that carries no parameter, so that it is one of those roles too;
    a unit drawn beside it would send the step elsewhere; and the parameter names who confirms,
    so that the step keeps somebody apart.
    """
    for step in _steps(subject):
        rank = step.work.rank if step.work is not None else None
        if rank is None or step.work is None:
            continue
        allowed = ranks().get(rank, ())
        if step.role not in allowed:
            named = "、".join(_called(subject, role) for role in allowed)
            sentence = f"这个环节由参数“{labels('Rank').get(rank, rank)}”定岗位，泳道不在其中"
            yield Hit(step, sentence, f"移到这些角色之一的泳道：{named}")
        if step.work.unit:
            yield Hit(step, "岗位由参数定的环节不能再指定单位", "删去 gov:unit 或者 gov:rank")
        if not step.work.separate:
            sentence = "岗位由参数定的环节没有写谁不能是同一人（DENY-02）"
            yield Hit(step, sentence, "gov:separate 写上前面提出意见的环节")


def _called(subject: Subject, role: str) -> str:
    return str(subject.bundle.roles.get(role, {}).get("name", role))


@rule("addressee-unknown", Severity.UNFIT, county=True, whole=True)
def addressees_exist(subject: Subject) -> Iterator[Hit]:
    """Papers go to a role, the applicant or whoever has the case; notices also to the agent."""
    roles = subject.bundle.roles
    if not roles:
        return
    for element in subject.process.scope.walk():
        for effect in element.effects:
            to = effect.params.get("to", "")
            if effect.do not in {"hand-over", "notify"} or not to or to.startswith("="):
                continue
            people = {"applicant", "agent" if effect.do == "notify" else "holder"}
            if to not in roles and to not in people:
                yield Hit(element, f"没有“{to}”这个对象", "选择角色清单里的角色")


@rule("separate-unknown", Severity.UNFIT, county=True, whole=True)
def separations_exist(subject: Subject) -> Iterator[Hit]:
    """不相容岗位 names steps that exist; a shared part may name steps of several callers."""
    known = {e.id for p in subject.bundle.processes.values() for e in p.scope.walk()}
    for step in _steps(subject):
        named = step.work.separate if step.work is not None else ()
        missing = [one for one in named if one not in known]
        if step.id in named:
            yield Hit(step, "环节不能与自己不相容", "写上提出的那个环节")
        if not missing or (subject.is_shared and len(missing) < len(named)):
            continue
        if subject.is_shared and subject.bundle.root == subject.process.key:
            continue  # its callers are not in this bundle
        yield Hit(step, f"不相容环节“{'、'.join(missing)}”不存在", "写上提出的那个环节的标识")


@rule("returns-unknown")
def return_targets_exist(subject: Subject) -> Iterator[Hit]:
    """A step can be returned only to steps of the same process."""
    steps = {step.id for step in _steps(subject)}
    for step in _steps(subject):
        targets = step.work.returns if step.work is not None else ()
        if len(targets) == 1 and targets[0] in _RETURN_WORDS:
            continue
        for target in targets:
            if target in _RETURN_WORDS:
                yield Hit(step, f"“{target}”不能与别的退回去处同写", "只写一种")
            elif target not in steps:
                yield Hit(step, f"退回去处“{target}”不是本流程的环节", "写环节的标识")
            elif target == step.id:
                yield Hit(step, "环节不能退回给自己", "写前面的环节")
