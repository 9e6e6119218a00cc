"""The difference of two versions: what is said, what comes first, what is no difference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.workflows.drawings import END, START, chain, diagram, file, flow, process, task
from workflows.sources.bundle import Library, read_bundle, read_library, read_roles
from workflows.versions import Change, compare, everything

LIBRARY = Path(__file__).parents[3] / "bpmn"
ROLES = read_roles(
    "- {key: township.window, name: 窗口}\n- {key: township.leader, name: 领导}\n".encode(),
    "roles.yaml",
)


def changes(old: bytes, new: bytes) -> tuple[Change, ...]:
    before, after = (everything(Library({"p.bpmn": data}, ROLES)) for data in (old, new))
    return compare(before, after)


def said(old: bytes, new: bytes) -> list[str]:
    return [change.sentence for change in changes(old, new)]


def lanes(**held: str) -> str:
    """`window="a b"`: the lane of that role with its elements."""
    inner = "".join(
        f'<bpmn:lane id="L_{role}" name="{role}" gov:role="township.{role}">'
        + "".join(f"<bpmn:flowNodeRef>{key}</bpmn:flowNodeRef>" for key in keys.split())
        + "</bpmn:lane>"
        for role, keys in held.items()
    )
    return f'<bpmn:laneSet id="ls">{inner}</bpmn:laneSet>'


def effect(do: str, on: str = "complete", **params: str) -> str:
    written = " ".join(f'{k}="{v}"' for k, v in params.items())
    return (
        "<bpmn:extensionElements>"
        f'<gov:effect on="{on}" do="{do}" {written}/></bpmn:extensionElements>'
    )


A = ("a", 'name="初审" gov:form="f" gov:limit="5 workday"')
B = ("b", 'name="批准" gov:separate="a"')
GATE = '<bpmn:exclusiveGateway id="g" name="同意？" default="g_e"/>'


def drawn(
    a: str = task(*A), b: str = task(*B), lane: str = lanes(window="a", leader="b"), *more: str
) -> bytes:
    ways = more or (
        chain("s", "a", "b", "g"),
        flow("g", "a", 'outcome = "back"'),
        flow("g", "e"),
    )
    return diagram(lane, START, a, b, GATE, END, *ways)


BASE = drawn()


def test_the_same_is_no_difference() -> None:
    assert changes(BASE, BASE) == ()


def test_layout_order_white_space_and_ids_of_flows_are_no_difference() -> None:
    swapped = diagram(
        flow("g", "e"), flow("g", "a", '  outcome="back" '), END, GATE, task(*B), task(*A),
        START, chain("b", "g"), chain("s", "a"), chain("a", "b"),
        lanes(leader="b", window="a"),
    ).replace(b"\n", b"\n\n   ").replace(b'id="a_b"', b'id="other"')  # fmt: skip
    assert changes(BASE, swapped) == ()


def test_a_gateway_that_only_merges_is_no_difference() -> None:
    merging = drawn(
        task(*A), task(*B), lanes(window="a", leader="b"), '<bpmn:exclusiveGateway id="m"/>',
        chain("s", "m", "a", "b", "g"), flow("g", "m", 'outcome = "back"'), flow("g", "e"),
    )  # fmt: skip
    assert changes(BASE, merging) == ()
    assert changes(merging, BASE) == ()


@pytest.mark.parametrize(
    ("a", "kind", "sentence"),
    [
        ('name="初审" gov:form="f" gov:limit="3 workday"', "limit",
         "「初审」的办理时限由 5 个工作日改为 3 个工作日"),
        ('name="初审" gov:form="f"', "limit", "「初审」不再有办理时限（原来 5 个工作日）"),
        ('name="复审" gov:form="f" gov:limit="5 workday"', "name", "「初审」改名为「复审」"),
        ('name="初审" gov:form="h" gov:limit="5 workday"', "form",
         "「初审」的表单由“f”改为“h”"),
        ('name="初审" gov:form="f" gov:limit="5 workday" gov:batch="true"', "batch",
         "「初审」现在可以批量办理"),
        ('name="初审" gov:form="f" gov:limit="5 workday" gov:unit="department"', "unit",
         "「初审」的承办单位新写为“department”"),
        ('name="初审" gov:form="f" gov:limit="5 workday" gov:rank="denial_confirmer"', "rank",
         "「初审」由哪个参数定岗位新写为“否定由谁确认”"),
        ('name="初审" gov:form="f" gov:limit="5 workday" gov:separate="b"', "separate",
         "「初审」从此必须与「批准」由不同的人办理"),
        ('name="初审" gov:form="f" gov:limit="5 workday" gov:returns="b"', "returns",
         "「初审」可退回到：由“不能退回”改为“「批准」”"),
    ],
)  # fmt: skip
def test_what_a_step_says(a: str, kind: str, sentence: str) -> None:
    (found,) = changes(BASE, drawn(task("a", a)))
    assert (found.kind, found.element, found.sentence) == (kind, "a", sentence)
    assert found.power == (kind in {"limit", "unit", "rank", "separate"})


def test_another_lane_is_another_role() -> None:
    moved = drawn(lane=lanes(window="", leader="a b"))
    (found,) = changes(BASE, moved)
    assert (found.kind, found.power, found.gains) == ("role", True, ("township.leader",))
    assert found.sentence == "「初审」由“窗口”改由“领导”办理"
    assert (found.before, found.after) == ("“窗口”", "“领导”")


def test_a_lane_that_becomes_another_role_moves_its_steps() -> None:
    (found,) = changes(BASE, BASE.replace(b"township.window", b"township.leader"))
    assert (found.kind, found.element, found.power) == ("role", "L_window", True)
    assert "「初审」改由“领导”办理" in found.sentence


def test_a_gateway_in_another_lane_is_layout() -> None:
    assert changes(drawn(lane=lanes(window="a g", leader="b")), BASE) == ()


def test_who_may_no_longer_be_kept_apart_gains() -> None:
    (found,) = changes(BASE, drawn(b=task("b", 'name="批准"')))
    assert found.sentence == "「批准」不再要求与「初审」由不同的人办理"
    assert (found.kind, found.power, found.gains) == ("separate", True, ("township.leader",))
    assert changes(drawn(b=task("b", 'name="批准"')), BASE)[0].gains == ()


@pytest.mark.parametrize(
    ("one", "other", "kind", "power", "sentence"),
    [
        (("issue-document", {"document": "D19"}), None, "document", True,
         "「初审」不再做：完成时发出文书 D19"),
        (("issue-document", {"document": "D11"}), None, "document", False, "D11"),
        (("stop-clock", {"clock": "statutory", "cause": "听证"}), None, "clock", True,
         "暂停时限“法定时限”（事由 听证）"),
        (("start-clock", {"clock": "promised"}), ("start-clock", {"clock": "statutory"}),
         "clock", True, "由“完成时起算时限“承诺时限””改为“完成时起算时限“法定时限””"),
        (("record-result", {"result": "granted"}), ("record-result", {"result": "refused"}),
         "result", True, "准予"),
        (("file-denial", {"document": "D24"}), None, "second-person", True, "否定报备"),
        (("notify", {"to": "applicant", "template": "done"}), None, "notice", False, "申请人"),
    ],
)  # fmt: skip
def test_effects(one, other, kind: str, power: bool, sentence: str) -> None:
    def with_effect(said) -> bytes:
        return drawn(task(*A, "" if said is None else effect(said[0], **said[1])))

    (found,) = changes(with_effect(one), with_effect(other))
    assert (found.kind, found.power) == (kind, power)
    assert sentence in found.sentence


def test_a_way_past_the_approval_is_a_change_of_power() -> None:
    past = drawn(
        task(*A), task(*B), lanes(window="a", leader="b"),
        chain("s", "a", "g"), flow("g", "b", 'outcome = "back"'), flow("g", "e"),
        flow("b", "e"),
    ).replace(b'id="e"', b'id="e" gov:result="granted"')  # fmt: skip
    before = BASE.replace(b'id="e"', b'id="e" gov:result="granted"')
    found = changes(before, past)
    assert (found[0].kind, found[0].power, found[0].element) == ("way-round", True, "b")
    assert "可以不经过「批准」" in found[0].sentence
    back = [change for change in changes(past, before) if change.kind == "way-round"]
    assert [(change.power, "从此必须" in change.sentence) for change in back] == [(False, True)]


def test_a_new_step_says_where_and_who_and_hides_its_ways() -> None:
    longer = drawn(
        task(*A), task(*B), lanes(window="a c", leader="b"),
        task("c", 'name="核查" gov:limit="same_day"'),
        flow("s", "a"), flow("a", "c", key="a_b"), chain("c", "b", "g"),
        flow("g", "a", 'outcome = "back"'), flow("g", "e"),
    )  # fmt: skip
    (found,) = changes(BASE, longer)
    assert (found.kind, found.power, found.gains) == ("step-added", True, ("township.window",))
    assert found.sentence == (
        "新增环节「核查」（由“窗口”办理，限 当日），在「初审」之后、「批准」之前"
    )
    (gone,) = changes(longer, BASE)
    assert (gone.kind, gone.power) == ("step-removed", True)
    assert gone.sentence.startswith("删去环节「核查」")


def test_a_step_that_stands_beside_shows_the_lost_way() -> None:
    """What is only led elsewhere is not explained by the new step."""
    beside = drawn(
        task(*A), task(*B), lanes(window="a c", leader="b"), task("c", 'name="核查"'),
        flow("s", "a"), flow("a", "c", key="a_b"), chain("b", "g"), flow("c", "e"),
        flow("g", "a", 'outcome = "back"'), flow("g", "e"),
    )  # fmt: skip
    assert "「初审」原来到「批准」，现在到「核查」" in said(BASE, beside)


def test_conditions_defaults_and_targets() -> None:
    where = (task(*A), task(*B), lanes(window="a", leader="b"), chain("s", "a", "b", "g"))
    other = drawn(*where, flow("g", "a", 'outcome = "no"'), flow("g", "e"))
    (found,) = changes(BASE, other)
    assert (found.kind, found.before, found.after) == (
        "condition", 'outcome = "back"', 'outcome = "no"',
    )  # fmt: skip
    turned = drawn(*where, flow("g", "b", 'outcome = "back"', key="g_a"), flow("g", "e"))
    (found,) = changes(BASE, turned)
    assert (found.kind, found.sentence) == (
        "flow-target", "「同意？」原来到「初审」，现在到「批准」",
    )  # fmt: skip
    default = drawn(*where, flow("g", "a"), flow("g", "e", 'outcome != "back"'))
    kinds = [c.kind for c in changes(BASE, default.replace(b'default="g_e"', b'default="g_a"'))]
    assert "default-flow" in kinds


def test_the_order_of_conditions_counts_where_both_may_be_true() -> None:
    def gate(first: str, second: str, *, swapped: bool) -> bytes:
        ways = [flow("g", "a", first), flow("g", "b", second)]
        return diagram(START, GATE, task(*A), task(*B), END, flow("s", "g"), flow("g", "e"),
                       *(reversed(ways) if swapped else ways), flow("a", "e"),
                       flow("b", "e"))  # fmt: skip

    apart = ('outcome = "x"', 'outcome = "y"')
    assert changes(gate(*apart, swapped=False), gate(*apart, swapped=True)) == ()
    both = ("amount > 1", "amount > 2")
    (found,) = changes(gate(*both, swapped=False), gate(*both, swapped=True))
    assert found.kind == "flow-order"


def test_an_id_that_obviously_stays_the_same_element() -> None:
    renamed = BASE.replace(b'id="a"', b'id="first"').replace(b'Ref="a"', b'Ref="first"')
    renamed = renamed.replace(b">a<", b">first<").replace(b'separate="a"', b'separate="first"')
    (found,) = changes(BASE, renamed)
    assert (found.kind, found.before, found.after) == ("id", "a", "first")


def test_another_step_in_its_place_is_one_gone_and_one_new() -> None:
    other = BASE.replace(b'id="a" name="\xe5\x88\x9d\xe5\xae\xa1"', b'id="z" name="other"')
    other = other.replace(b'Ref="a"', b'Ref="z"').replace(b">a<", b">z<")
    kinds = {change.kind for change in changes(BASE, other)}
    assert {"step-added", "step-removed"} <= kinds


def test_events_calls_and_repetition() -> None:
    def middle(element: str) -> bytes:
        return diagram(START, element, END, chain("s", "x", "e"))

    def timer(due: str) -> bytes:
        inner = f"<bpmn:timerEventDefinition gov:due='{due}'/>"
        return middle(task("x", 'name="等"', inner, "intermediateCatchEvent"))

    (found,) = changes(timer('due("promised")'), timer('before("promised", 2)'))
    assert (found.kind, found.power) == ("timer", True)
    assert found.after == "“承诺时限”到期前 2 个工作日"

    def call(what: str, inner: str = "") -> bytes:
        maps = f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>" if inner else ""
        return middle(task("x", f'name="叫" calledElement="{what}"', maps, "callActivity"))

    assert changes(call("denial"), call("other"))[0].kind == "second-person"
    (found,) = changes(call("denial"), call("denial", '<gov:in name="confirmed" from="true"/>'))
    assert (found.kind, found.power) == ("second-person", True)
    (found,) = changes(call("q"), call("q", '<gov:in name="n" from="1"/>'))
    assert (found.kind, found.power) == ("mapping", False)

    def many(inner: str) -> bytes:
        return middle(task("x", 'name="问"', inner))

    several = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="{}" gov:collection="departments"'
        ' gov:item="d"/>'
    )
    (found,) = changes(many(several.format("false")), many(several.format("true")))
    assert found.kind == "multi-instance"
    assert "逐个办" in (found.after or "")
    ended = diagram(
        START, task("x"), '<bpmn:endEvent id="e" gov:result="granted"/>', chain("s", "x", "e")
    )
    (found,) = changes(middle(task("x")), ended)
    assert (found.kind, found.power, found.after) == ("result", True, "准予")


def test_a_step_drawn_into_a_sub_process() -> None:
    inside = diagram(
        START, '<bpmn:subProcess id="u" name="审查"><bpmn:startEvent id="s1"/>' + task("x", 'name="核查"')
        + '<bpmn:endEvent id="e1"/>' + chain("s1", "x", "e1") + "</bpmn:subProcess>", END,
        chain("s", "u", "e"),
    )  # fmt: skip
    outside = diagram(START, task("x", 'name="核查"'), END, chain("s", "x", "e"))
    assert "「核查」由流程的最外层移入「审查」" in said(outside, inside)


def test_processes_of_a_library_come_and_go() -> None:
    one = file(process(START, task("a"), END, chain("s", "a", "e"), key="p"))
    two = file(
        process(START, task("a"), END, chain("s", "a", "e"), key="p"),
        process(START, task("a"), END, chain("s", "a", "e"), key="q", attributes='name="另"'),
    )
    (found,) = changes(one, two)
    assert (found.kind, found.sentence) == ("process-added", "新增流程“另”")
    assert changes(two, one)[0].kind == "process-removed"


# --- the shipped library -------------------------------------------------------------------


def _shuffled(data: bytes) -> bytes:
    """The same meaning drawn otherwise: flows backwards, other places, other white space."""
    text = data.decode()
    flows = re.findall(
        r"\n *<bpmn:sequenceFlow .*?(?:/>|</bpmn:sequenceFlow>)", text, re.DOTALL
    )
    for one in flows:
        assert text.count(one) == 1
    tops = [one for one in flows if one.startswith("\n    <")]
    held = text
    for one in tops:
        held = held.replace(one, "", 1)
    end = held.index("\n  </bpmn:process>")
    held = held[:end] + "".join(reversed(tops)) + held[end:]
    held = re.sub(r'(<dc:Bounds x=")(\d+)', r"\g<1>9\2", held)
    return re.sub(r"\n +", "\n\t", held).encode()


def test_the_library_drawn_otherwise_means_the_same() -> None:
    library = read_library(LIBRARY)
    files = {
        name: _shuffled(data) if name.endswith(".bpmn") else data
        for name, data in library.files.items()
    }
    assert files["promised.bpmn"] != library.files["promised.bpmn"]
    found = compare(everything(library), everything(Library(files, library.roles)))
    assert [change.sentence for change in found] == []


def test_each_step_that_moves_to_another_lane_is_seen() -> None:
    library = read_library(LIBRARY)
    file_name = "shared/decision.bpmn"
    text = library.files[file_name].decode()
    reference = "<bpmn:flowNodeRef>Task_Approve</bpmn:flowNodeRef>"
    first = "<bpmn:flowNodeRef>Task_Propose</bpmn:flowNodeRef>"
    text = text.replace(reference, "").replace(first, first + reference)
    old = library.bundle("decision")
    new = read_bundle("decision", {**library.files, file_name: text.encode()}, library.roles)
    (found,) = compare(old, new)
    assert (found.kind, found.element, found.gains) == (
        "role", "Task_Approve", ("township.handler",),
    )  # fmt: skip
    assert found.sentence == "「批准」由“分管领导（中心主任）”改由“站所承办人”办理"


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("P3D", "P1M5D", "时间（3 天）到", "时间（1 个月 5 天）到"),
        ("PT30M", "PT1H30M", "时间（30 分钟）到", "时间（1 小时 30 分钟）到"),
    ],
)
def test_a_fixed_time_is_told_in_days_and_hours(
    old: str, new: str, before: str, after: str
) -> None:
    """A director reads no ISO 8601; the name of the clock in the engine was shown."""

    def waiting(time: str) -> bytes:
        due = f"<bpmn:timeDuration>{time}</bpmn:timeDuration>"
        timer = f"<bpmn:timerEventDefinition>{due}</bpmn:timerEventDefinition>"
        catch = task("t", "", timer, "intermediateCatchEvent")
        return diagram(START, catch, END, chain("s", "t", "e"))

    (found,) = changes(waiting(old), waiting(new))
    assert (found.before, found.after) == (before, after)
