"""Boxed logic as one line of FEEL, for people who compare two versions."""

from __future__ import annotations

from workflows.feel.boxed import (
    Conditional,
    Entries,
    Filter,
    Function,
    Invocation,
    Listed,
    Logic,
    Loop,
    Relation,
    Typed,
)
from workflows.feel.evaluating import Expression
from workflows.feel.tables import Table


def logic_text(logic: Logic) -> str:
    """A piece of logic as text; a table is its rules, since it has no line of its own."""
    match logic:
        case None:
            return "null"
        case Expression():
            return logic.text
        case Table():
            return _table(logic)
        case Typed(inner, kind):
            return f"{logic_text(inner)} : {kind}"
        case Entries(entries):
            lines = (f"{one.name}: {logic_text(one.logic)}" for one in entries)
            return "{" + ", ".join(lines) + "}"
        case Invocation(called, bindings):
            given = (f"{name}: {logic_text(one)}" for name, one in bindings)
            return f"{logic_text(called)}({', '.join(given)})"
        case Listed(items):
            return f"[{', '.join(map(logic_text, items))}]"
        case Relation(columns, rows):
            return f"[{', '.join(_row(columns, row) for row in rows)}]"
        case Function(parameters, body, _):
            return f"function({', '.join(name for name, _ in parameters)}) {logic_text(body)}"
    return _chosen(logic)


def _chosen(logic: Conditional | Loop | Filter) -> str:
    """What decides, repeats or leaves out."""
    match logic:
        case Conditional(condition, yes, no):
            parts = logic_text(condition), logic_text(yes), logic_text(no)
            return f"if {parts[0]} then {parts[1]} else {parts[2]}"
        case Loop(kind, name, over, body):
            word = "return" if kind == "for" else "satisfies"
            return f"{kind} {name} in {logic_text(over)} {word} {logic_text(body)}"
        case Filter(over, condition):
            return f"{logic_text(over)}[{logic_text(condition)}]"


def _row(columns: tuple[str, ...], row: tuple[Logic, ...]) -> str:
    cells = (f"{name}: {logic_text(cell)}" for name, cell in zip(columns, row, strict=True))
    return "{" + ", ".join(cells) + "}"


def _table(table: Table) -> str:
    heads = " | ".join(column.expression.text for column in table.inputs)
    rules = (
        " | ".join(
            [*(one.text for one in rule.conditions), *(one.text for one in rule.results)]
        )
        for rule in table.rules
    )
    return f"{table.policy} ({heads}): {'; '.join(rules)}"
