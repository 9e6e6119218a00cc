"""A large county diagram: stages of review, choice, parallel opinions and a way back."""

from __future__ import annotations

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:gov="urn:bianmin:gov:1" id="D" targetNamespace="urn:bench">'
    '<bpmn:process id="large" name="大图" isExecutable="true">'
)
FORM = (
    b'{"type": "default", "id": "f", "components": [{"type": "radio", "key": "outcome",'
    b' "label": "\\u7ed3\\u8bba", "properties": {"routing": "true"}, "values": [{"label":'
    b' "\\u66f4\\u6b63", "value": "correct"}, {"label": "\\u540c\\u610f", "value": "go"}]}]}'
)
STAGE = 10  # elements of one stage
_ROLES = ("window", "handler", "leader")


def large_library(nodes: int) -> dict[str, bytes]:
    """The diagram with the form that its steps show."""
    return {"large.bpmn": large(nodes), "forms/f.json": FORM}


def large(nodes: int) -> bytes:
    """A diagram of about `nodes` drawn elements that has no error."""
    lines: list[str] = []
    seats: dict[str, list[str]] = {role: [] for role in _ROLES}
    count = max(1, nodes // STAGE)
    lines.append('<bpmn:startEvent id="start"/>')
    lines.append('<bpmn:sequenceFlow id="first" sourceRef="start" targetRef="m0"/>')
    for at in range(count):
        onward = f"m{at + 1}" if at + 1 < count else "end"
        lines += _stage(at, onward)
        seats["handler"] += [f"t{at}", f"p{at}", f"q{at}"]
        seats["leader"].append(f"u{at}")
        seats["window"].append(f"c{at}")
    lines.append('<bpmn:endEvent id="end" gov:result="answered"/>')
    lanes = "".join(
        f'<bpmn:lane id="L{role}" gov:role="township.{role}">'
        + "".join(f"<bpmn:flowNodeRef>{key}</bpmn:flowNodeRef>" for key in keys)
        + "</bpmn:lane>"
        for role, keys in seats.items()
    )
    body = f'<bpmn:laneSet id="ls">{lanes}</bpmn:laneSet>' + "".join(lines)
    return f"{HEAD}{body}</bpmn:process></bpmn:definitions>".encode()


def _stage(at: int, onward: str) -> list[str]:
    """Merge, review, choice with a way back, two opinions side by side, leader, notice."""
    step = 'gov:form="f" gov:limit="2 workday"'
    return [
        f'<bpmn:exclusiveGateway id="m{at}"/>',
        f'<bpmn:userTask id="t{at}" name="审查{at}" {step}/>',
        f'<bpmn:exclusiveGateway id="g{at}" name="齐全？" default="go{at}"/>',
        f'<bpmn:userTask id="c{at}" name="更正{at}" {step}/>',
        f'<bpmn:parallelGateway id="f{at}"/>',
        f'<bpmn:userTask id="p{at}" name="意见一{at}" {step}/>',
        f'<bpmn:userTask id="q{at}" name="意见二{at}" {step}/>',
        f'<bpmn:parallelGateway id="j{at}"/>',
        f'<bpmn:userTask id="u{at}" name="审定{at}" {step} gov:separate="t{at}"/>',
        (
            f'<bpmn:serviceTask id="n{at}" name="告知{at}"><bpmn:extensionElements>'
            '<gov:effect on="complete" do="notify" to="applicant" template="answered"/>'
            "</bpmn:extensionElements></bpmn:serviceTask>"
        ),
        _flow(f"m{at}", f"t{at}"),
        _flow(f"t{at}", f"g{at}"),
        (
            f'<bpmn:sequenceFlow id="back{at}" sourceRef="g{at}" targetRef="c{at}">'
            f'<bpmn:conditionExpression>outcome = "correct" and level != "x{at}"'
            "</bpmn:conditionExpression></bpmn:sequenceFlow>"
        ),
        _flow(f"c{at}", f"m{at}"),
        f'<bpmn:sequenceFlow id="go{at}" sourceRef="g{at}" targetRef="f{at}"/>',
        *(_flow(f"f{at}", f"{key}{at}") for key in "pq"),
        *(_flow(f"{key}{at}", f"j{at}") for key in "pq"),
        _flow(f"j{at}", f"u{at}"),
        _flow(f"u{at}", f"n{at}"),
        _flow(f"n{at}", onward),
    ]


def _flow(source: str, target: str) -> str:
    return (
        f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'
    )
