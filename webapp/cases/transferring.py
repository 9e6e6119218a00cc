"""How a running case stands to another version of its process (在办件换版), in a director's words.

The engine says what a move would do (`workflows.transfer`); here is what the county adds: nobody's
separation of duties and no promised day may be lost on the way (design §3½: never to a longer
limit than the one on D05), and a case never ends by being moved. Pure but for cached versions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from django.utils.translation import gettext as _

from webapp.cases.places import role_name
from webapp.processes import queries as processes
from webapp.processes.queries.library import roles
from workflows.engine import OpenedItem, Place, inspect
from workflows.errors import CommandRefused, SnapshotUnreadable
from workflows.model import Element, Process
from workflows.transfer import Comparison, Question, Verdict, compare
from workflows.versions import Change
from workflows.versions import compare as differences

CHOSEN_ROUNDS = 4
"""A choice may bring up another question, at most so often."""
_LIMITS = frozenset({"promised", "statutory"})
NO_BACK: Mapping[str, tuple[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Subject:
    """What the comparison needs of a case: its state, and what has happened so far.

    `accepted`: D05 has been issued. `done`: (process, element) of completed steps.
    """

    snapshot: bytes
    accepted: bool
    done: Collection[tuple[str, str]] = ()


def place_key(place: Place) -> str:
    """A place without its instance: the same question of many cases has the same key."""
    return "/".join((place.process, *place.path, place.element))


def answer(
    source: int,
    target: int,
    subject: Subject,
    chosen: Mapping[str, str] | None = None,
    back: Mapping[str, tuple[str, str]] = NO_BACK,
) -> Comparison:
    """Say how a case on version `source` stands to version `target`.

    `chosen`: element of the new version by `place_key` of the question. `back`: by token of an
    item, where an earlier move put it and from where; one that still stands there goes back.
    """
    old, new = processes.definition(source), processes.definition(target)
    decisions: dict[str, str] = {}
    try:
        if back:
            here = {item.token: item.place for item in inspect(old, subject.snapshot).items}
            for token, (put, origin) in back.items():
                if token in here and place_key(here[token]) == put:
                    decisions[token] = origin
        found = compare(old, new, subject.snapshot, decisions)
        for _round in range(CHOSEN_ROUNDS):
            more = _decided(found.questions, chosen or {}, decisions)
            if not more:
                break
            decisions |= more
            found = compare(old, new, subject.snapshot, decisions)
        found = _county(source, target, subject, found)
        return _in_detail(source, target, subject, found)
    except (CommandRefused, SnapshotUnreadable) as problem:
        return Comparison(Verdict.STAYS, (str(problem),))


def _decided(
    questions: tuple[Question, ...], chosen: Mapping[str, str], made: Mapping[str, str]
) -> dict[str, str]:
    """Decisions by token for questions that were answered beforehand."""
    found = {}
    for question in questions:
        wanted = chosen.get(place_key(question.place))
        offered = {choice.element for choice in question.choices}
        if wanted in offered and question.token not in made:
            found[question.token] = wanted
    return found


def _county(source: int, target: int, subject: Subject, found: Comparison) -> Comparison:
    """The county's own obstacles, and only those choices that keep the promised day."""
    if found.verdict is Verdict.STAYS:
        return found
    lost = sorted(set(subject.done) & separated_under_another_name(source, target))
    if lost:
        names = "、".join(f"「{_name(source, *one)}」" for one in lost)
        said = _(
            "已办的{names}在新版里换了标识，后面要由另一个人办理的环节会核对不上（不相容岗位）。"
        ).format(names=names)
        return Comparison(Verdict.STAYS, (said,))
    if found.moved is not None:
        if found.moved.outcome.finished:
            return Comparison(
                Verdict.STAYS, (_("换到新版流程就直接结束了，这件办件要按原版办完。"),)
            )
        begun = {effect.params.get("clock") for effect in found.moved.outcome.effects}
        if subject.accepted and begun & _LIMITS:
            return Comparison(Verdict.STAYS, (_later_than_promised(),))
        return found
    return _keeping_the_day(target, subject, found)


def _in_detail(source: int, target: int, subject: Subject, found: Comparison) -> Comparison:
    """Say of each open step what is another now; a form or table of the same name counts too."""
    if found.moved is None:
        return found
    before = inspect(processes.definition(source), subject.snapshot).items
    after = inspect(processes.definition(target), found.moved.outcome.snapshot).items
    now = {item.token: item for item in after}
    pairs = [(item, now[item.token]) for item in before if item.token in now]
    said = [one for was, is_now in pairs for one in _of_step(source, target, was, is_now)]
    rest = [one for one in found.reasons if not one.startswith("待办「")]
    if found.verdict is Verdict.UNAFFECTED:
        answers = [c for c in changes_between(source, target) if _is_of_answers(target, c)]
        if not (said or answers):
            return found
        rest = [_("走法没有变化，表单或者决策表有变化。")]
    reasons = tuple(dict.fromkeys([*said, *rest]))
    return replace(found, verdict=Verdict.SAFE, reasons=reasons)


def _of_step(source: int, target: int, was: OpenedItem, now: OpenedItem) -> Iterator[str]:
    if was.name != now.name:
        yield _("待办「{old}」改为「{new}」。").format(old=was.name, new=now.name)
    elif was.place.element != now.place.element:
        yield _("待办「{new}」换了位置接着办。").format(new=now.name)
    if (was.role, was.unit) != (now.role, now.unit):
        role = role_name(now.role or "")
        yield _("「{step}」改由{role}办理，材料随着走。").format(step=now.name, role=role)
    old, new = (
        processes.bundle(version).forms.get(item.form or "")
        for version, item in ((source, was), (target, now))
    )
    if old != new:
        yield _("「{step}」的表单换成新版，已填的草稿保留。").format(step=now.name)
    if was.limit != now.limit and was.limit is not None:
        yield _("「{step}」正在办的仍按原来的时限，以后的按新版。").format(step=now.name)
    elif was.limit != now.limit:
        yield _("「{step}」从换版起按新版的时限。").format(step=now.name)
    if was.separate != now.separate:
        yield _("「{step}」必须由谁以外的人办，按新版。").format(step=now.name)


def _is_of_answers(target: int, change: Change) -> bool:
    """Whether a change is one of a form or a decision table."""
    return change.process not in processes.bundle(target).processes


def _keeping_the_day(target: int, subject: Subject, found: Comparison) -> Comparison:
    """Leave out choices behind which the promised limit would begin again."""
    if not subject.accepted:
        return found
    questions = tuple(
        replace(
            question,
            choices=tuple(
                choice
                for choice in question.choices
                if not starts_again(target, question.place.process, choice.element)
            ),
        )
        for question in found.questions
    )
    if all(question.choices for question in questions):
        return replace(found, questions=questions)
    return Comparison(Verdict.STAYS, (*found.reasons, _later_than_promised()))


def _later_than_promised() -> str:
    return _("换版后承诺期限会重新起算，晚于受理通知书上的日子，不可以。")


@lru_cache(maxsize=128)
def changes_between(source: int, target: int) -> tuple[Change, ...]:
    """Every difference of meaning between two published versions, changes of power first."""
    known = roles()
    old, new = (replace(processes.bundle(one), roles=known) for one in (source, target))
    return differences(old, new)


@lru_cache(maxsize=128)
def separated_under_another_name(source: int, target: int) -> frozenset[tuple[str, str]]:
    """Steps that others must not be done by the same person as, and whose id is another now.

    Where one went and another came that is kept apart in its place, it counts as renamed: who
    did it must not be forgotten by a move.
    """
    old, new = processes.bundle(source).processes, processes.bundle(target).processes
    found = {
        (change.process, change.before or "")
        for change in changes_between(source, target)
        if change.kind == "id" and (change.process, change.after) in _kept_apart(new)
    }
    for key in old.keys() & new.keys():
        before = {element.id: _separate(element) for element in old[key].scope.walk()}
        after = {element.id: _separate(element) for element in new[key].scope.walk()}
        for one in before.keys() & after.keys():
            if any(other not in before for other in after[one]):
                found |= {(key, other) for other in before[one] if other not in after}
    return frozenset(found)


def _kept_apart(known: Mapping[str, Process]) -> set[tuple[str, str]]:
    return {
        (process.key, other)
        for process in known.values()
        for element in process.scope.walk()
        for other in _separate(element)
    }


def _separate(element: Element) -> tuple[str, ...]:
    return element.work.separate if element.work is not None else ()


@lru_cache(maxsize=1024)
def starts_again(version: int, process_key: str, element_id: str) -> bool:
    """Whether the statutory or promised clock is started at or after an element."""
    bundle = processes.bundle(version)
    process = bundle.processes.get(process_key)
    if process is None:
        return False
    after: dict[str, set[str]] = {}
    scopes = [process.scope, *(e.scope for e in process.scope.walk() if e.scope is not None)]
    for scope in scopes:
        for flow in scope.flows:
            after.setdefault(flow.source, set()).add(flow.target)
        for border in scope.elements.values():
            if border.attached_to:
                after.setdefault(border.attached_to, set()).add(border.id)
    seen: set[str] = set()
    todo = [element_id]
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo += after.get(one, set())
    inside = [e for e in process.scope.walk() if e.id in seen]
    return any(_starts(element, bundle.processes) for element in inside)


def _starts(
    element: Element, known: Mapping[str, Process], above: frozenset[str] = frozenset()
) -> bool:
    if any(e.do == "start-clock" and e.params.get("clock") in _LIMITS for e in element.effects):
        return True
    inner = list(element.scope.walk()) if element.scope is not None else []
    called = element.called
    if called and called in known and called not in above:
        above |= {called}
        inner += known[called].scope.walk()
    return any(_starts(one, known, above) for one in inner)


def _name(version: int, process_key: str, element_id: str) -> str:
    process = processes.bundle(version).processes.get(process_key)
    element = process.element(element_id) if process is not None else None
    return element.name if element is not None else element_id
