"""FEEL texts in a DMN file: compiled with the names that the file knows, their defects told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from lxml import etree

from workflows.errors import ExpressionError
from workflows.feel.evaluating import Expression, UnaryTests, read_expression, read_unary
from workflows.feel.limits import MAX_SOURCE
from workflows.feel.spelling import NONE, Names, is_name, is_wide, normal, own_names
from workflows.feel.types import BUILT_IN, Type
from workflows.sources.remarks import Remarks

MAX_FORMULAS = 100_000  # characters of different expressions in one file
Element = etree._Element
Compiled = TypeVar("Compiled", Expression, UnaryTests)

_NAMED = frozenset(
    {
        "inputData",
        "decision",
        "businessKnowledgeModel",
        "decisionService",
        "variable",
        "formalParameter",
        "column",
        "parameter",
        "parameters",
        "itemDefinition",
        "itemComponent",
        "output",
        "import",
    }
)


class Unusable(Exception):
    """The decision has an error, which is already among the findings."""


def name_of(node: Element) -> str:
    """Local name of an element, whatever version of DMN it is written in."""
    return str(etree.QName(node).localname)


def children(node: Element, name: str) -> list[Element]:
    """Child elements of a local name."""
    return [child for child in node if name_of(child) == name]


def first(node: Element, name: str) -> Element | None:
    """The first child of a local name."""
    return next(iter(children(node, name)), None)


def text_of(node: Element) -> str:
    """What stands in the `text` child."""
    found = first(node, "text")
    return "" if found is None else (found.text or "").strip()


def called(node: Element) -> str:
    """The `name` attribute, blanks made one."""
    return normal(node.get("name") or "")


def wide_in(root: Element) -> Iterator[str]:
    """The names with blanks or signs that a file gives to its elements or in its texts."""
    for node in root.iter(etree.Element):
        kind = name_of(node)
        name = called(node) if kind in _NAMED else node.get("iteratorVariable") or ""
        if name and is_wide(name) and is_name(name):
            yield name
        if kind == "text" and node.text and len(node.text) <= MAX_SOURCE:
            yield from own_names(node.text)


class Purse:
    """What is left of a file's budget of formulas; one read before costs nothing."""

    def __init__(self) -> None:
        self.left = MAX_FORMULAS
        self._seen: set[str] = set()

    def pays(self, text: str) -> bool:
        """Take a text from the budget; False when it is used up."""
        if text not in self._seen:
            self._seen.add(text)
            self.left -= len(text)
        return self.left >= 0


@dataclass(slots=True)
class Formulas:
    """What an expression of one file may speak of, and where its defects are told.

    `types` fills while the item definitions are read, and with it `listed`: the values that a
    type allows, in order. `functions` are the names of knowledge and services; `hidden` are
    inputs and decisions of the file that this place does not require.
    """

    remarks: Remarks
    language: str = "feel"
    known: Names = NONE
    functions: frozenset[str] = frozenset()
    types: dict[str, Type] = field(default_factory=dict)
    listed: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    purse: Purse = field(default_factory=Purse)
    hidden: frozenset[str] = frozenset()

    def seeing(self, hidden: frozenset[str], unread: Names) -> Formulas:
        """The same for a place from which some names are hidden, and some not even read."""
        if not hidden and not unread:
            return self
        return replace(self, hidden=hidden, known=self.known - unread if unread else self.known)

    def expression(self, node: Element, what: str) -> Expression:
        """The expression at `node`. Raises Unusable, with a finding, if it is none."""
        return self._compiled(node, what, read_expression)

    def tests(self, node: Element, what: str) -> UnaryTests:
        """The unary tests at `node`. Raises Unusable, with a finding, if they are none."""
        return self._compiled(node, what, read_unary)

    def _compiled(
        self, node: Element, what: str, read: Callable[[str, Names], Compiled]
    ) -> Compiled:
        language = node.get("expressionLanguage") or self.language
        if "feel" not in language.lower():
            sentence = f"{what}：只支持 FEEL，这里写的是“{language:.60}”"
            self.remarks.error("dmn-language", node, sentence)
            raise Unusable
        if first(node, "importedValues") is not None:
            self.remarks.error("dmn-unsupported", node, f"{what}：不支持引用外部的值")
            raise Unusable
        text = text_of(node)
        if not self.purse.pays(text):
            sentence = f"表达式太多，一个文件里合起来不能超过 {MAX_FORMULAS} 个字符"
            self.remarks.error("dmn-too-large", node, sentence)
            raise Unusable
        try:
            compiled = read(text, self.known)
        except ExpressionError as wrong:
            self.remarks.error("dmn-expression", node, f"{what}：{wrong}", "按提示的位置改正")
            raise Unusable from wrong
        for one in compiled.remarks:
            if not one.unknown or (
                one.unknown not in self.functions and one.unknown not in self.types
            ):
                sentence = f"{what}：第 {one.column} 列：{one.sentence}，结果只能是 null"
                self.remarks.unfit("dmn-null", node, sentence, "按提示的位置改正")
        for name in sorted(compiled.names & self.hidden):
            sentence = f"{what}：用到了“{name}”，但没有画出依赖它的箭头，值是 null"
            self.remarks.unfit("dmn-not-required", node, sentence, "从它画一条依赖的箭头过来")
        return compiled

    def type(self, node: Element) -> Type | None:
        """The type that `typeRef` names; None where there is none or nobody knows it."""
        written = node.get("typeRef")
        if written is None:
            child = first(node, "typeRef")
            written = (child.text or "") if child is not None else ""
        return self.named(written, node)

    def named(self, written: str, node: Element) -> Type | None:
        """A type by its name; an unknown one is a finding."""
        name = normal(written).rpartition(":")[2].rpartition("}")[2]
        if not name or name == "Any":
            return None
        found = self.types.get(name) or BUILT_IN.get(name)
        if found is None:
            self.remarks.unfit("dmn-type", node, f"没有“{name:.60}”这种类型，不作检查")
        return found
