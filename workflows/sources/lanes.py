"""Lanes → who works where: nested lanes, the innermost counts, roles are inherited."""

from __future__ import annotations

from lxml import etree

from workflows.model import Lane
from workflows.sources.remarks import line_of
from workflows.sources.sheet import Seat, Sheet, bpmn_children, gov, text_of


def read_lanes(container: etree._Element, sheet: Sheet) -> dict[str, Lane]:
    """Lanes of a process (or sub-process) by id; fills `sheet.seats`."""
    lanes: dict[str, Lane] = {}
    waiting: list[tuple[etree._Element, str | None, str | None]] = [
        (lane, None, None)
        for lane_set in bpmn_children(container, "laneSet")
        for lane in bpmn_children(lane_set, "lane")
    ]
    deepest: dict[str, int] = {}
    while waiting:
        node, parent, inherited = waiting.pop(0)
        own = node.get("id")
        if not own:
            sheet.remarks.error("no-id", node, "这条泳道没有标识", "给泳道一个 id")
            continue
        role = gov(node, "role")
        lanes[own] = Lane(own, node.get("name", ""), role, parent, line_of(node))
        holds = role or inherited
        depth = _depth(lanes, own)
        _seat(node, Seat(own, holds), depth, deepest, sheet)
        for child_set in bpmn_children(node, "childLaneSet"):
            waiting.extend((c, own, holds) for c in bpmn_children(child_set, "lane"))
    return lanes


def _depth(lanes: dict[str, Lane], lane_id: str) -> int:
    depth = 0
    at = lanes[lane_id].parent
    while at is not None and at in lanes:
        depth, at = depth + 1, lanes[at].parent
    return depth


def _seat(
    node: etree._Element, seat: Seat, depth: int, deepest: dict[str, int], sheet: Sheet
) -> None:
    """Lanes come level by level, so an inner lane overrides the outer one."""
    for reference in bpmn_children(node, "flowNodeRef"):
        target = text_of(reference)
        if target not in sheet.elements:
            sheet.remarks.note(
                "lane-dangling",
                reference,
                f"泳道里写的“{target}”不是流程元素",
                "删去这一行引用",
            )
            continue
        if deepest.get(target) == depth and sheet.seats[target].lane != seat.lane:
            sheet.remarks.error(
                "two-lanes",
                reference,
                f"“{target}”同时放在泳道“{sheet.seats[target].lane}”和“{seat.lane}”里",
                "一个元素只能属于一条泳道",
            )
            continue
        deepest[target] = depth
        sheet.seats[target] = seat
