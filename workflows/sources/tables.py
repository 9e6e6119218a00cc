"""Reads one DMN decision table, cell by cell; all errors are told before it gives up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from workflows.errors import ExpressionError
from workflows.feel.evaluating import (
    Expression,
    UnaryTests,
    evaluate,
    read_expression,
)
from workflows.feel.tables import (
    Aggregation,
    HitPolicy,
    Input,
    Output,
    Rule,
    Table,
)
from workflows.sources.formulas import (
    Element,
    Formulas,
    Unusable,
    called,
    children,
    first,
    text_of,
)
from workflows.sources.remarks import line_of

MAX_RULES = 2_000
MAX_COLUMNS = 40
_RANKED = frozenset({HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER})

Compiled = TypeVar("Compiled", Expression, UnaryTests)


def listed_values(text: str) -> tuple[Any, ...]:
    """The values that a list of allowed ones names, in its order; none if it names none."""
    try:
        return tuple(evaluate(f"[{text}]", {}))
    except ExpressionError:
        return ()


def read_table(node: Element, formulas: Formulas) -> Table:
    """The table at `node`. Raises Unusable, with findings, if it cannot decide exactly."""
    reader = _TableReader(node, formulas)
    table = reader.read()
    if reader.failed:
        raise Unusable
    return table


class _TableReader:
    def __init__(self, node: Element, formulas: Formulas) -> None:
        self.node = node
        self.formulas = formulas
        self.remarks = formulas.remarks
        self.failed = False

    def error(self, code: str, node: Element, sentence: str, remedy: str = "") -> None:
        self.failed = True
        self.remarks.error(code, node, sentence, remedy)

    def compiled(
        self, node: Element, what: str, read: Callable[[Element, str], Compiled]
    ) -> Compiled | None:
        try:
            return read(node, what)
        except Unusable:
            self.failed = True
            return None

    def read(self) -> Table:
        policy = self.policy()
        aggregation = self.aggregation(policy)
        columns = children(self.node, "input"), children(self.node, "output")
        rows = children(self.node, "rule")
        if not columns[1]:
            self.error("dmn-no-output", self.node, "决策表没有结果列")
        if len(rows) > MAX_RULES or max(map(len, columns)) > MAX_COLUMNS:
            sentence = f"决策表太大：最多 {MAX_RULES} 条规则，{MAX_COLUMNS} 列"
            self.error("dmn-too-large", self.node, sentence)
            raise Unusable
        if not rows:
            self.remarks.unfit("dmn-no-rule", self.node, "决策表没有规则")
        inputs = [self.input(column, place) for place, column in enumerate(columns[0], 1)]
        outputs = [self.output(column, place) for place, column in enumerate(columns[1], 1)]
        self.check_outputs(policy, outputs)
        rules = [
            self.rule(row, number, [one.label for one in inputs], outputs)
            for number, row in enumerate(rows, 1)
        ]
        return Table(policy, tuple(inputs), tuple(outputs), tuple(rules), aggregation)

    def policy(self) -> HitPolicy:
        text = self.node.get("hitPolicy") or "UNIQUE"
        try:
            return HitPolicy(text)
        except ValueError:
            self.error("dmn-policy", self.node, f"不认识的命中策略“{text:.40}”")
            return HitPolicy.UNIQUE

    def aggregation(self, policy: HitPolicy) -> Aggregation:
        text = self.node.get("aggregation")
        if not text:
            return Aggregation.LIST
        if text not in set(Aggregation) - {Aggregation.LIST}:
            self.error("dmn-policy", self.node, f"不认识的汇总方式“{text:.40}”")
            return Aggregation.LIST
        if policy is not HitPolicy.COLLECT:
            self.error("dmn-policy", self.node, "只有命中策略 COLLECT 可以有汇总方式")
        return Aggregation(text)

    def check_outputs(self, policy: HitPolicy, outputs: Sequence[Output]) -> None:
        names = [output.name for output in outputs]
        if len(names) > 1 and (not all(names) or len(set(names)) != len(names)):
            self.error("dmn-output-name", self.node, "多个结果列必须各有不同的名称")
        if policy in _RANKED and not any(output.ranking for output in outputs):
            remedy = "在结果列的取值清单里，从最优先的写起"
            self.error("dmn-no-ranking", self.node, f"命中策略 {policy} 没有排出先后", remedy)

    def input(self, column: Element, place: int) -> Input:
        written = first(column, "inputExpression")
        label = column.get("label") or ("" if written is None else text_of(written))
        label = label or f"第 {place} 个输入"
        compiled = None
        if written is None or not text_of(written):
            self.error("dmn-input", column, f"输入“{label}”没有写表达式")
        else:
            compiled = self.compiled(written, f"输入“{label}”", self.formulas.expression)
        allowed = None
        values = first(column, "inputValues")
        if values is not None and text_of(values):
            allowed = self.compiled(values, f"输入“{label}”的取值清单", self.formulas.tests)
        wanted = None if written is None else self.formulas.type(written)
        return Input(label, compiled or read_expression("null"), allowed, wanted)

    def output(self, column: Element, place: int) -> Output:
        name = called(column)
        label = column.get("label") or name or f"第 {place} 个结果"
        default = first(column, "defaultOutputEntry")
        compiled = None
        if default is not None and text_of(default):
            what = f"结果“{label}”的默认值"
            compiled = self.compiled(default, what, self.formulas.expression)
        values = first(column, "outputValues")
        if values is None or not text_of(values):
            wanted = self.formulas.type(column)
            listed = self.formulas.listed.get(wanted.name, ()) if wanted is not None else ()
            return Output(name, label, listed, compiled)
        allowed = self.compiled(values, f"结果“{label}”的取值清单", self.formulas.tests)
        return Output(name, label, listed_values(text_of(values)), compiled, allowed)

    def rule(
        self, row: Element, number: int, inputs: Sequence[str], outputs: Sequence[Output]
    ) -> Rule:
        conditions, results = children(row, "inputEntry"), children(row, "outputEntry")
        if len(conditions) != len(inputs) or len(results) != len(outputs):
            self.error("dmn-rule", row, f"第 {number} 条规则的格数与列数不一致")
            return Rule(number, (), (), line_of(row))
        tests = [
            self.compiled(cell, f"第 {number} 条规则，输入“{label}”", self.formulas.tests)
            for cell, label in zip(conditions, inputs, strict=True)
        ]
        values = [
            self.result(cell, f"第 {number} 条规则，结果“{output.label}”")
            for cell, output in zip(results, outputs, strict=True)
        ]
        return Rule(
            number,
            tuple(test for test in tests if test is not None),
            tuple(value for value in values if value is not None),
            line_of(row),
        )

    def result(self, cell: Element, what: str) -> Expression | None:
        if text_of(cell) in ("", "-"):
            self.remarks.note("dmn-empty-result", cell, f"{what}是空的，结果就是 null")
            return read_expression("null")
        return self.compiled(cell, what, self.formulas.expression)
