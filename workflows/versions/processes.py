"""What differs between two versions of one process."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.model import Element, Process
from workflows.sources.vocabulary import labels
from workflows.versions import wording
from workflows.versions.changes import Change
from workflows.versions.effects import moves_power
from workflows.versions.elements import DENIAL, PEOPLE, Pair, element_changes
from workflows.versions.matching import match
from workflows.versions.pictures import Picture, picture
from workflows.versions.wayround import way_round_changes
from workflows.versions.ways import Drawings, way_changes
from workflows.versions.wording import KINDS, Names, called


def process_changes(old: Process, new: Process, names: Names) -> Iterator[Change]:
    """Every difference of two processes of the same key."""
    before, after = picture(old), picture(new)
    both = Drawings(before, after, match(before, after))
    if old.key != new.key:
        said = f"流程的标识由 {old.key} 改为 {new.key}"
        yield Change("id", said, new.key, "", new.name, old.key, new.key)
    if old.name != new.name:
        said = f"流程“{old.name}”改名为“{new.name}”"
        yield Change("name", said, new.key, "", new.name, old.name, new.name)
    yield from _lanes(both, names)
    for key in both.match.gone:
        yield _gone(both, key, names)
    for key in both.match.new:
        yield _new(both, key, names)
    for old_id, new_id in both.match.pairs:
        one, other = before.elements[old_id], after.elements[new_id]
        yield from element_changes(Pair(old, new, one, other, both.match, names))
        yield from _moved(both, old_id, new_id)
    yield from way_changes(both)
    yield from way_round_changes(both)


def _lanes(both: Drawings, names: Names) -> Iterator[Change]:
    """A lane that now stands for another role moves all its steps to another inbox."""
    old, new = both.old.process, both.new.process
    moved: dict[str, list[Element]] = {}
    for old_id, new_id in both.match.pairs:
        was, now = both.old.elements[old_id], both.new.elements[new_id]
        if was.lane == now.lane and now.lane and was.role != now.role and now.kind in PEOPLE:
            moved.setdefault(now.lane, []).append(now)
    for key, lane in new.lanes.items():
        before = old.lanes.get(key)
        if before is not None and before.name != lane.name:
            said = f"泳道“{before.name}”改名为“{lane.name}”"
            yield Change("name", said, new.key, key, lane.name, before.name, lane.name)
        if key in moved:
            yield _lane(both, key, moved[key], names)
        elif before is not None and before.role != lane.role:
            texts = names.role(before.role), names.role(lane.role)
            said = f"泳道“{lane.name or key}”的角色由{texts[0]}改为{texts[1]}"
            yield Change("lane-role", said, new.key, key, lane.name, *texts)


def _lane(both: Drawings, key: str, steps: list[Element], names: Names) -> Change:
    lane = both.new.process.lanes[key]
    back = {new: old for old, new in both.match.renamed.items()}
    old_role = both.old.elements[back.get(steps[0].id, steps[0].id)].role
    was, now = names.role(old_role), names.role(steps[0].role)
    listed = "、".join(called(step) for step in steps)
    said = f"泳道“{lane.name or key}”的角色由{was}改为{now}：{listed}改由{now}办理"
    gains = (steps[0].role,) if steps[0].role else ()
    return Change("role", said, both.new.process.key, key, lane.name, was, now, True, gains)


def _gone(both: Drawings, key: str, names: Names) -> Change:
    element = both.old.elements[key]
    said = f"删去{_described(element, names)}{_where(both.old, key)}"
    return _whole(element, both, f"{said}{_orders(element, names)}", is_new=False)


def _new(both: Drawings, key: str, names: Names) -> Change:
    element = both.new.elements[key]
    said = f"新增{_described(element, names)}{_where(both.new, key)}"
    return _whole(element, both, f"{said}{_orders(element, names)}", is_new=True)


def _whole(element: Element, both: Drawings, said: str, *, is_new: bool) -> Change:
    ending = "added" if is_new else "removed"
    if element.kind in PEOPLE:
        kind, power = f"step-{ending}", True
    elif element.called == DENIAL or any(e.do == "file-denial" for e in element.effects):
        kind, power = "second-person", True
    elif element.result or any(moves_power(e) for e in element.effects):
        kind, power = "result" if element.result else f"element-{ending}", True
    else:
        kind, power = f"element-{ending}", False
    was, now = (None, called(element)) if is_new else (called(element), None)
    gains = (element.role,) if is_new and power and element.role else ()
    key = both.new.process.key
    return Change(kind, said, key, element.id, element.name, was, now, power, gains)


def _described(element: Element, names: Names) -> str:
    """环节「审核」（由“窗口负责人”办理，限 2 个工作日）."""
    name = f"{KINDS[element.kind]}「{element.name}」" if element.name else called(element)
    said = []
    if element.kind in PEOPLE:
        said.append(f"由{names.role(element.role)}办理" if element.role else "没有角色")
        limit = wording.limit(element.work.limit) if element.work is not None else None
        said += [f"限 {limit}"] if limit else []
    if element.event is not None and wording.event(element.event) != "无条件":
        said.append(str(wording.event(element.event)))
    if element.called:
        said.append(f"流程“{element.called}”")
    if element.result:
        said.append(f"结果“{labels('Result').get(element.result, element.result)}”")
    return name + (f"（{'，'.join(said)}）" if said else "")


def _where(drawing: Picture, key: str) -> str:
    before = [called(drawing.elements[one]) for one in drawing.before.get(key, ())]
    after = [called(drawing.elements[one]) for one in drawing.after.get(key, ())]
    said = []
    if before:
        said.append(f"在{'、'.join(dict.fromkeys(before))}之后")
    if after:
        said.append(f"{'' if said else '在'}{'、'.join(dict.fromkeys(after))}之前")
    return f"，{'、'.join(said)}" if said else ""


def _orders(element: Element, names: Names) -> str:
    texts = [wording.effect(one, names) for one in element.effects]
    return f"；动作：{'；'.join(texts)}" if texts else ""


def _moved(both: Drawings, old_id: str, new_id: str) -> Iterator[Change]:
    was = both.old.owners[old_id]
    now = both.new.owners[new_id]
    if both.match.renamed.get(was, was) == now:
        return
    element = both.new.elements[new_id]
    before, after = (
        called(drawing.elements[key]) if key else "流程的最外层"
        for drawing, key in ((both.old, was), (both.new, now))
    )
    said = f"{called(element)}由{before}移入{after}"
    key = both.new.process.key
    yield Change("moved", said, key, new_id, element.name, before, after)
