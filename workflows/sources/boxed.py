"""Reads boxed expressions, whatever stands inside whatever (DMN 1.4, chapter 7 and 10.2)."""

from __future__ import annotations

from collections.abc import Callable

from workflows.feel.boxed import (
    Conditional,
    Entries,
    Entry,
    Filter,
    Function,
    Invocation,
    Listed,
    Logic,
    Loop,
    Relation,
    Typed,
)
from workflows.sources.formulas import (
    Element,
    Formulas,
    Unusable,
    called,
    children,
    first,
    name_of,
    text_of,
)
from workflows.sources.tables import read_table

Read = Callable[[Element, str, Formulas], Logic]


def logic_in(node: Element) -> Element | None:
    """The expression element inside a decision, an entry, a binding or a branch."""
    return next((child for child in node if name_of(child) in _READERS), None)


def read_logic(node: Element | None, what: str, formulas: Formulas) -> Logic:
    """The logic at `node`; `what` names it in findings. Raises Unusable, with findings."""
    if node is None:
        return None
    logic = _READERS[name_of(node)](node, what, formulas)
    if logic is None or isinstance(logic, Function) or not node.get("typeRef"):
        return logic
    wanted = formulas.type(node)
    return logic if wanted is None else Typed(logic, wanted)


def _inside(node: Element, what: str, formulas: Formulas) -> Logic:
    return read_logic(logic_in(node), what, formulas)


def _part(node: Element, name: str, what: str, formulas: Formulas) -> Logic:
    """The logic of a child such as `if` or `return`, with the type that it must have."""
    child = first(node, name)
    if child is None:
        formulas.remarks.error("dmn-part", node, f"{what}：缺少“{name}”部分")
        raise Unusable
    logic = _inside(child, what, formulas)
    wanted = formulas.type(child) if child.get("typeRef") else None
    return logic if wanted is None else Typed(logic, wanted)


def _literal(node: Element, what: str, formulas: Formulas) -> Logic:
    if not text_of(node) and first(node, "importedValues") is None:
        formulas.remarks.unfit("dmn-empty", node, f"{what}：表达式是空的，结果就是 null")
        return None
    return formulas.expression(node, what)


def _table(node: Element, _what: str, formulas: Formulas) -> Logic:
    return read_table(node, formulas)


def _context(node: Element, what: str, formulas: Formulas) -> Logic:
    entries = []
    for written in children(node, "contextEntry"):
        variable = first(written, "variable")
        name = "" if variable is None else called(variable)
        logic = _inside(written, f"{what}，“{name or '结果'}”", formulas)
        wanted = None if variable is None else formulas.type(variable)
        entries.append(Entry(name, logic, wanted))
    return Entries(tuple(entries))


def _invocation(node: Element, what: str, formulas: Formulas) -> Logic:
    bindings = []
    for written in children(node, "binding"):
        parameter = first(written, "parameter")
        name = "" if parameter is None else called(parameter)
        if not name:
            formulas.remarks.error("dmn-part", written, f"{what}：参数没有名称")
            raise Unusable
        bindings.append((name, _inside(written, f"{what}，参数“{name}”", formulas)))
    return Invocation(_inside(node, what, formulas), tuple(bindings))


def _list(node: Element, what: str, formulas: Formulas) -> Logic:
    items = [child for child in node if name_of(child) in _READERS]
    return Listed(tuple(read_logic(item, what, formulas) for item in items))


def _relation(node: Element, what: str, formulas: Formulas) -> Logic:
    columns = tuple(called(column) for column in children(node, "column"))
    rows = []
    for number, row in enumerate(children(node, "row"), 1):
        cells = [child for child in row if name_of(child) in _READERS]
        if len(cells) != len(columns):
            formulas.remarks.error("dmn-part", row, f"{what}：第 {number} 行的格数与列数不一致")
            raise Unusable
        rows.append(
            tuple(read_logic(cell, f"{what}，第 {number} 行", formulas) for cell in cells)
        )
    return Relation(columns, tuple(rows))


def read_function(node: Element, what: str, formulas: Formulas) -> Function:
    """A function definition. Raises Unusable, with a finding, for Java, PMML and the like."""
    kind = node.get("kind") or "FEEL"
    if kind != "FEEL":
        sentence = f"{what}：不支持外部函数（{kind:.20}），只支持 FEEL"
        formulas.remarks.error("dmn-external", node, sentence)
        raise Unusable
    parameters = tuple(
        (called(one), formulas.type(one)) for one in children(node, "formalParameter")
    )
    body = _inside(node, what, formulas)
    result = formulas.type(node) if node.get("typeRef") else None
    if result is not None and result.kind == "function":
        result = result.of
    return Function(parameters, body, result)


def _conditional(node: Element, what: str, formulas: Formulas) -> Logic:
    condition, yes, no = (
        _part(node, name, f"{what}，{name}", formulas) for name in ("if", "then", "else")
    )
    return Conditional(condition, yes, no)


def _loop(node: Element, what: str, formulas: Formulas) -> Logic:
    kind = name_of(node)
    body = "return" if kind == "for" else "satisfies"
    name = " ".join((node.get("iteratorVariable") or "").split())
    over = _part(node, "in", f"{what}，in", formulas)
    return Loop(kind, name, over, _part(node, body, f"{what}，{body}", formulas))


def _filter(node: Element, what: str, formulas: Formulas) -> Logic:
    over = _part(node, "in", f"{what}，in", formulas)
    return Filter(over, _part(node, "match", f"{what}，match", formulas))


_READERS: dict[str, Read] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "invocation": _invocation,
    "list": _list,
    "relation": _relation,
    "functionDefinition": read_function,
    "conditional": _conditional,
    "for": _loop,
    "some": _loop,
    "every": _loop,
    "filter": _filter,
}
