"""Small BPMN files for tests: one element a line, so that lines can be asserted."""

from __future__ import annotations

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:gov="urn:bianmin:gov:1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' xmlns:flowable="http://flowable.org/bpmn" xmlns:activiti="http://activiti.org/bpmn"'
    ' id="Definitions" targetNamespace="urn:test">'
)
START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'


def task(key: str, attributes: str = "", inner: str = "", tag: str = "userTask") -> str:
    """An activity (or any other element) with an id."""
    return f'<bpmn:{tag} id="{key}" {attributes}>{inner}</bpmn:{tag}>'


def flow(source: str, target: str, condition: str | None = None, key: str = "") -> str:
    """A sequence flow, its id made of its ends."""
    name = key or f"{source}_{target}"
    ends = f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}"'
    if condition is None:
        return ends + "/>"
    said = condition.replace("&", "&amp;").replace("<", "&lt;")
    return f"{ends}><bpmn:conditionExpression>{said}</bpmn:conditionExpression></bpmn:sequenceFlow>"


def chain(*keys: str) -> str:
    """Flows from each element to the next."""
    return "\n".join(flow(a, b) for a, b in zip(keys, keys[1:], strict=False))


def process(*lines: str, key: str = "p", attributes: str = "") -> str:
    """A process; its first content is on line 4 of a file of one process."""
    body = "\n".join(lines)
    return (
        f'<bpmn:process id="{key}" isExecutable="true" {attributes}>\n{body}\n</bpmn:process>'
    )


def diagram(*lines: str, before: str = "") -> bytes:
    """A file of one process `p`: line 1 declaration, 2 definitions, 3 process, 4 … content."""
    return file(before + process(*lines))


def file(*parts: str) -> bytes:
    """A file of several root elements, each from a line of its own."""
    body = "\n".join(parts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{HEAD}\n{body}\n</bpmn:definitions>'.encode()
    )


def straight(middle: str, key: str = "a") -> bytes:
    """Start, one element on line 5, end."""
    return diagram(START, middle, END, chain("s", key, "e"))
