"""Draws DMN files of every kind in a few words, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

VERSIONS = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}


def definitions(*parts: str, version: str = "1.5", namespace: str = "urn:t") -> bytes:
    """A whole file."""
    head = f'<definitions xmlns="{VERSIONS[version]}" id="d" name="d" namespace="{namespace}">'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>' + head + "".join(parts) + "</definitions>"
    ).encode()


def _id(name: str) -> str:
    return "_" + "".join(c if c.isalnum() else "_" for c in name)


def _type(kind: str | None) -> str:
    return f' typeRef="{escape(kind)}"' if kind else ""


def _variable(name: str, kind: str | None) -> str:
    return f'<variable name="{escape(name)}"{_type(kind)}/>'


def given(name: str, kind: str | None = None) -> str:
    """An input."""
    return (
        f'<inputData id="{_id(name)}" name="{escape(name)}">{_variable(name, kind)}</inputData>'
    )


def needs(*links: str) -> str:
    """Requirements, each written `input:NAME`, `decision:NAME` or `knowledge:NAME`."""
    tags = {
        "input": ("informationRequirement", "requiredInput"),
        "decision": ("informationRequirement", "requiredDecision"),
        "knowledge": ("knowledgeRequirement", "requiredKnowledge"),
    }
    out = ""
    for link in links:
        kind, _, name = link.partition(":")
        outer, inner = tags[kind]
        space, _, bare = name.rpartition("#")
        href = f"{space}#{_id(bare)}"
        out += f'<{outer}><{inner} href="{escape(href)}"/></{outer}>'
    return out


def decision(
    name: str, logic: str, *links: str, kind: str | None = None, known_as: str | None = None
) -> str:
    """A decision."""
    variable = _variable(known_as or name, kind)
    return (
        f'<decision id="{_id(name)}" name="{escape(name)}">{variable}{needs(*links)}{logic}'
        "</decision>"
    )


def literal(text: str, more: str = "") -> str:
    """A literal expression."""
    return f"<literalExpression{more}><text>{escape(text)}</text></literalExpression>"


def parameters(*names: str) -> str:
    """Formal parameters, each `NAME` or `NAME: TYPE`."""
    out = ""
    for one in names:
        name, _, kind = one.partition(":")
        out += f'<formalParameter name="{escape(name)}"{_type(kind.strip())}/>'
    return out


def knowledge(name: str, formal: Sequence[str], logic: str, *links: str, kind: str = "") -> str:
    """A business knowledge model."""
    return (
        f'<businessKnowledgeModel id="{_id(name)}" name="{escape(name)}">'
        f"{_variable(name, kind)}<encapsulatedLogic>{parameters(*formal)}{logic}"
        f"</encapsulatedLogic>{needs(*links)}</businessKnowledgeModel>"
    )


def function(formal: Sequence[str], logic: str, more: str = "") -> str:
    """A boxed function."""
    return f"<functionDefinition{more}>{parameters(*formal)}{logic}</functionDefinition>"


def context(*entries: tuple[str, str]) -> str:
    """A boxed context; `NAME: TYPE` declares a type, an empty name is the result."""
    out = ""
    for label, logic in entries:
        name, _, kind = label.partition(":")
        variable = _variable(name, kind.strip()) if name else ""
        out += f"<contextEntry>{variable}{logic}</contextEntry>"
    return f"<context>{out}</context>"


def invocation(function_name: str, **bindings: str) -> str:
    """A boxed invocation; `_` in a parameter's name stands for a blank."""
    out = "".join(
        f'<binding><parameter name="{name.replace("_", " ")}"/>{logic}</binding>'
        for name, logic in bindings.items()
    )
    return f"<invocation>{literal(function_name)}{out}</invocation>"


def relation(columns: Sequence[str], *rows: Sequence[str]) -> str:
    """A boxed relation of literal expressions."""
    heads = "".join(f'<column name="{escape(name)}"/>' for name in columns)
    lines = "".join(f"<row>{''.join(map(literal, row))}</row>" for row in rows)
    return f"<relation>{heads}{lines}</relation>"


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    *rows: Sequence[str],
    policy: str = "UNIQUE",
    aggregation: str = "",
) -> str:
    """A decision table.

    An input is `EXPRESSION` or `EXPRESSION | VALUES`; an output is `NAME`, `NAME | VALUES` or
    `NAME | VALUES | DEFAULT`.
    """
    heads = ""
    for column in inputs:
        text, _, values = (part.strip() for part in column.partition("|"))
        allowed = f"<inputValues><text>{escape(values)}</text></inputValues>" if values else ""
        heads += f"<input><inputExpression><text>{escape(text)}</text></inputExpression>{allowed}</input>"
    for column in outputs:
        name, values, default = (*(part.strip() for part in column.split("|")), "", "")[:3]
        heads += f'<output name="{escape(name)}">'
        if values:
            heads += f"<outputValues><text>{escape(values)}</text></outputValues>"
        if default:
            heads += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>"
        heads += "</output>"
    lines = ""
    for row in rows:
        cells = [
            f"<{'input' if place < len(inputs) else 'output'}Entry><text>{escape(cell)}</text>"
            f"</{'input' if place < len(inputs) else 'output'}Entry>"
            for place, cell in enumerate(row)
        ]
        lines += f"<rule>{''.join(cells)}</rule>"
    folded = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{policy}"{folded}>{heads}{lines}</decisionTable>'


def item(name: str, body: str, *, many: bool = False) -> str:
    """An item definition."""
    collection = ' isCollection="true"' if many else ""
    return f'<itemDefinition name="{escape(name)}"{collection}>{body}</itemDefinition>'


def of(kind: str, allowed: str = "", *, constraint: str = "allowedValues") -> str:
    """The body of an item definition that refers to a type."""
    values = f"<{constraint}><text>{escape(allowed)}</text></{constraint}>" if allowed else ""
    return f"<typeRef>{escape(kind)}</typeRef>{values}"


def members(**kinds: str) -> str:
    """The body of an item definition with components; `_` in a name stands for a blank."""
    return "".join(
        f'<itemComponent name="{name.replace("_", " ")}"><typeRef>{kind}</typeRef></itemComponent>'
        for name, kind in kinds.items()
    )


def service(
    name: str,
    outputs: Sequence[str],
    *,
    inside: Sequence[str] = (),
    inputs: Sequence[str] = (),
    brought: Sequence[str] = (),
    kind: str | None = None,
) -> str:
    """A decision service."""
    parts = [("outputDecision", outputs), ("encapsulatedDecision", inside)]
    parts += [("inputDecision", brought), ("inputData", inputs)]
    links = "".join(f'<{tag} href="#{_id(one)}"/>' for tag, names in parts for one in names)
    return (
        f'<decisionService id="{_id(name)}" name="{escape(name)}">{_variable(name, kind)}{links}'
        "</decisionService>"
    )
