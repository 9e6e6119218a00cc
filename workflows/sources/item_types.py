"""Reads DMN's item definitions: the types of a file by their names (DMN 1.4, 7.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflows.feel.evaluating import UnaryTests, holds
from workflows.feel.limits import Meter
from workflows.feel.nodes import Scope
from workflows.feel.types import ANY, BUILT_IN, Constraint, Type
from workflows.sources.formulas import (
    Element,
    Formulas,
    Unusable,
    called,
    children,
    first,
    text_of,
)
from workflows.sources.tables import listed_values

_MAX_LEVELS = 30


def read_types(root: Element, formulas: Formulas, imported: Mapping[str, Type]) -> None:
    """Put every item definition of the file among the types that `formulas` knows."""
    formulas.types.update(imported)
    drawn = {called(node): node for node in children(root, "itemDefinition")}
    reader = _Reader(drawn, formulas)
    for name in drawn:
        reader.named(name)


class _Reader:
    """Resolves item definitions, each after those that it is made of."""

    def __init__(self, drawn: Mapping[str, Element], formulas: Formulas) -> None:
        self.drawn = drawn
        self.formulas = formulas
        self.open: list[str] = []

    def named(self, name: str) -> None:
        """Read one definition, unless it is known already."""
        if name in self.formulas.types:
            return
        if name in self.open or len(self.open) > _MAX_LEVELS:
            node = self.drawn[name]
            sentence = f"类型“{name}”绕了一圈又用到自己，不作检查"
            self.formulas.remarks.unfit("dmn-type", node, sentence)
            self.formulas.types[name] = ANY
            return
        self.open.append(name)
        found = self.definition(self.drawn[name], 0)
        self.open.pop()
        self.formulas.types[name] = replace(found, name=name)
        values = first(self.drawn[name], "allowedValues")
        if values is not None:
            self.formulas.listed[name] = listed_values(text_of(values))

    def definition(self, node: Element, depth: int) -> Type:
        """The type of an item definition or of one of its components."""
        if depth > _MAX_LEVELS:
            return ANY
        base = self.base(node, depth)
        base = replace(
            base, allowed=_both(base.allowed, self.constraint(node, "allowedValues"))
        )
        if node.get("isCollection") == "true":
            base = Type("list", of=base)
        return replace(
            base, allowed=_both(base.allowed, self.constraint(node, "typeConstraint"))
        )

    def base(self, node: Element, depth: int) -> Type:
        """The type without collection and constraint."""
        components = children(node, "itemComponent")
        if components:
            members = tuple(
                (called(one), self.definition(one, depth + 1)) for one in components
            )
            return Type("context", members=members)
        function = first(node, "functionItem")
        if function is not None:
            return self.function(function)
        reference = first(node, "typeRef")
        return self.referred(reference.text or "" if reference is not None else "", node)

    def function(self, node: Element) -> Type:
        taken = tuple(
            self.referred(one.get("typeRef") or "", one) for one in children(node, "parameters")
        )
        result = self.referred(node.get("outputTypeRef") or "", node)
        return Type("function", of=result, parameters=taken)

    def referred(self, written: str, node: Element) -> Type:
        name = " ".join(written.split()).rpartition(":")[2]
        if name in self.drawn and name not in BUILT_IN:
            self.named(name)
        return self.formulas.named(written, node) or ANY

    def constraint(self, node: Element, kind: str) -> Constraint | None:
        written = first(node, kind)
        if written is None or not text_of(written):
            return None
        try:
            return _Constraint(self.formulas.tests(written, f"类型“{called(node)}”的取值"))
        except Unusable:
            return _unreadable  # told as an error; no value is let through unseen


class _Constraint:
    """Unary tests as a constraint on values."""

    def __init__(self, tests: UnaryTests) -> None:
        self.tests = tests

    def __call__(self, value: Any, meter: Meter) -> bool:
        return holds(self.tests, value, Scope({}, None, meter))


def _unreadable(_value: Any, _meter: Meter) -> bool:
    return False


def _both(one: Constraint | None, other: Constraint | None) -> Constraint | None:
    """Both constraints together."""
    if one is None or other is None:
        return one or other
    return lambda value, meter: one(value, meter) and other(value, meter)
