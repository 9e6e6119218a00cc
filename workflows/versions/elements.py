"""What changed on an element that both versions have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflows.model import Element, Kind, Loop, MultiInstance, Process, Trigger, Work
from workflows.sources.vocabulary import labels
from workflows.versions import wording
from workflows.versions.changes import Change
from workflows.versions.effects import effect_changes
from workflows.versions.matching import Match
from workflows.versions.wording import KINDS, Names, called, flat

PEOPLE = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK})
DENIAL = "denial"
_SEATED = PEOPLE | {
    Kind.SERVICE_TASK, Kind.SEND_TASK, Kind.RECEIVE_TASK, Kind.RULE_TASK, Kind.PLAIN_TASK,
}  # fmt: skip
_NO_WORK = Work()


@dataclass(frozen=True, slots=True)
class Pair:
    """One element, then and now."""

    before: Process
    after: Process
    old: Element
    new: Element
    match: Match
    names: Names

    def change(
        self,
        kind: str,
        sentence: str,
        was: str | None,
        now: str | None,
        *,
        power: bool = False,
        gains: bool = False,
    ) -> Change:
        """A change of this element; `gains`: whoever does it may now do more."""
        roles = (self.new.role,) if gains and self.new.role else ()
        return Change(
            kind, sentence, self.after.key, self.new.id, self.new.name, was, now, power, roles
        )


def element_changes(pair: Pair) -> Iterator[Change]:
    """Everything a person would want to know about one element, most grave first."""
    yield from _identity(pair)
    yield from _who(pair)
    yield from _work(pair)
    yield from _event(pair)
    yield from _repetition(pair)
    yield from _references(pair)
    yield from effect_changes(pair.old, pair.new, pair.after.key, pair.names)


def _identity(pair: Pair) -> Iterator[Change]:
    old, new = pair.old, pair.new
    if old.id != new.id:
        said = f"{called(new)}的标识由 {old.id} 改为 {new.id}（其余不变）"
        yield pair.change("id", said, old.id, new.id)
    if old.kind is not new.kind:
        before, after = KINDS[old.kind], KINDS[new.kind]
        power = bool({old.kind, new.kind} & PEOPLE)
        yield pair.change(
            "kind",
            f"{called(new)}由{before}改为{after}",
            before,
            after,
            power=power,
            gains=power,
        )
    if old.name != new.name:
        said = f"{called(old)}改名为「{new.name}」" if new.name else f"{called(old)}去掉了名称"
        yield pair.change("name", said, old.name, new.name)


def _who(pair: Pair) -> Iterator[Change]:
    """Another lane is another role; where the lane itself changed, that is said of the lane."""
    old, new = pair.old, pair.new
    if new.kind not in _SEATED:
        return
    power = new.kind in PEOPLE
    if old.role != new.role and (old.lane != new.lane or old.lane is None):
        before, after = pair.names.role(old.role), pair.names.role(new.role)
        said = f"{called(new)}由{before}改由{after}{'办理' if power else '的泳道执行'}"
        yield pair.change("role", said, before, after, power=power, gains=power)
    elif not (old.role or new.role) and _lane(pair.before, old) != _lane(pair.after, new):
        before, after = _lane(pair.before, old), _lane(pair.after, new)
        said = f"{called(new)}由泳道“{before}”移到“{after}”"
        yield pair.change("role", said, before, after, power=power, gains=power)


def _lane(process: Process, element: Element) -> str:
    lane = process.lanes.get(element.lane or "")
    return (lane.name or lane.id) if lane is not None else "（无）"


def _work(pair: Pair) -> Iterator[Change]:
    old, new = pair.old.work or _NO_WORK, pair.new.work or _NO_WORK
    name = called(pair.new)
    if old.limit != new.limit:
        before, after = wording.limit(old.limit), wording.limit(new.limit)
        if before and after:
            said = f"{name}的办理时限由 {before}改为 {after}"
        elif after:
            said = f"{name}新设办理时限：{after}"
        else:
            said = f"{name}不再有办理时限（原来 {before}）"
        yield pair.change("limit", said, before, after, power=True)
    yield from _separation(pair, old, new)
    if flat(old.unit) != flat(new.unit):
        said = _from_to(f"{name}的承办单位", old.unit, new.unit)
        yield pair.change("unit", said, old.unit, new.unit, power=True, gains=True)
    if old.rank != new.rank:
        before, after = (labels("Rank").get(one or "", one) for one in (old.rank, new.rank))
        said = _from_to(f"{name}由哪个参数定岗位", before, after)
        yield pair.change("rank", said, before, after, power=True, gains=True)
    if old.form != new.form:
        yield pair.change(
            "form", _from_to(f"{name}的表单", old.form, new.form), old.form, new.form
        )
    if pair.match.ids(old.returns) != new.returns:
        before = wording.returns(old.returns, pair.before)
        after = wording.returns(new.returns, pair.after)
        said = f"{name}可退回到：由“{before}”改为“{after}”"
        yield pair.change("returns", said, before, after)
    if old.batch != new.batch:
        said = f"{name}{'现在可以' if new.batch else '不再可以'}批量办理"
        yield pair.change("batch", said, _yes(old.batch), _yes(new.batch))


def _separation(pair: Pair, old: Work, new: Work) -> Iterator[Change]:
    """不相容岗位: each step that somebody may now do again, or no longer."""
    kept = pair.match.ids(old.separate)
    name = called(pair.new)
    for one in kept:
        if one not in new.separate:
            gone = wording.steps([one], pair.before)
            other = wording.steps([one], pair.after) or gone or one
            said = f"{name}不再要求与{other}由不同的人办理"
            yield pair.change("separate", said, other, None, power=True, gains=True)
    for one in new.separate:
        if one not in kept:
            other = wording.steps([one], pair.after) or one
            said = f"{name}从此必须与{other}由不同的人办理"
            yield pair.change("separate", said, None, other, power=True)


def _event(pair: Pair) -> Iterator[Change]:
    old, new = pair.old, pair.new
    before, after = wording.event(old.event), wording.event(new.event)
    if flat(before) != flat(after):
        timer = Trigger.TIMER in {e.event.trigger for e in (old, new) if e.event is not None}
        said = _from_to(f"{called(new)}等的" if new.kind is not Kind.END else called(new),
                        before, after)  # fmt: skip
        yield pair.change("timer" if timer else "event", said, before, after, power=timer)
    if old.interrupting != new.interrupting:
        said = f"{called(new)}{'现在会打断' if new.interrupting else '不再打断'}正在办的事"
        yield pair.change("interrupting", said, _yes(old.interrupting), _yes(new.interrupting))
    if pair.match.ids([old.attached_to or ""]) != (new.attached_to or "",):
        hosts = [
            wording.steps([e.attached_to], p) if e.attached_to else None
            for e, p in ((old, pair.before), (new, pair.after))
        ]
        said = f"{called(new)}由附着在{hosts[0] or '（无）'}改为附着在{hosts[1] or '（无）'}"
        yield pair.change("attached", said, hosts[0], hosts[1])
    if old.result != new.result:
        results = labels("Result")
        was, now = (results.get(e.result or "", e.result) for e in (old, new))
        said = _from_to(f"{called(new)}的办理结果", was, now)
        yield pair.change("result", said, was, now, power=True)


def _repetition(pair: Pair) -> Iterator[Change]:
    before, after = _many(pair.old.multi), _many(pair.new.multi)
    if before != after:
        said = f"{called(pair.new)}由“{before}”改为“{after}”"
        yield pair.change("multi-instance", said, before, after)
    was, now = _loop(pair.old.loop), _loop(pair.new.loop)
    if was != now:
        yield pair.change("loop", f"{called(pair.new)}由“{was}”改为“{now}”", was, now)


def _many(several: MultiInstance | None) -> str:
    if several is None:
        return "办一次"
    order = "逐个办" if several.sequential else "同时办"
    over = several.collection or several.cardinality or ""
    said = (
        f"每一项{order}（{flat(over)}）" if several.collection else f"{order} {flat(over)} 次"
    )
    if several.item:
        said += f"，每一项叫 {several.item}"
    if several.behavior != "All":
        said += f"，事件 {several.behavior}"
    return said + (f"，满足 {flat(several.completion)} 即止" if several.completion else "")


def _loop(loop: Loop | None) -> str:
    if loop is None:
        return "不重复"
    when = "先看条件" if loop.test_before else "后看条件"
    most = f"，最多 {loop.maximum} 次" if loop.maximum is not None else ""
    return f"重复，{when}（{flat(loop.condition)}）{most}"


def _references(pair: Pair) -> Iterator[Change]:
    old, new = pair.old, pair.new
    if old.called != new.called:
        power = DENIAL in {old.called, new.called}
        said = _from_to(f"{called(new)}调用的流程", old.called, new.called)
        yield pair.change(
            "second-person" if power else "call", said, old.called, new.called, power=power
        )
    yield from _mappings(pair, "传入", old.ins, new.ins)
    yield from _mappings(pair, "传出", old.outs, new.outs)
    if old.decision != new.decision:
        said = _from_to(f"{called(new)}的决策表", old.decision, new.decision)
        yield pair.change("decision", said, old.decision, new.decision)
    if old.result_variable != new.result_variable:
        said = _from_to(f"{called(new)}的结果变量", old.result_variable, new.result_variable)
        yield pair.change("decision", said, old.result_variable, new.result_variable)


def _mappings(
    pair: Pair, what: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        was, now = old.get(name), new.get(name)
        if flat(was) == flat(now) and (was is None) == (now is None):
            continue
        power = pair.new.called == DENIAL and name == "confirmed"
        said = _from_to(f"{called(pair.new)}{what}的 {name}", was, now)
        yield pair.change("second-person" if power else "mapping", said, was, now, power=power)


def _from_to(what: str, was: str | None, now: str | None) -> str:
    if was and now:
        return f"{what}由“{was}”改为“{now}”"
    return f"{what}新写为“{now}”" if now else f"{what}去掉了（原来“{was}”）"


def _yes(value: bool) -> str:
    return "是" if value else "否"
