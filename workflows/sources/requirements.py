"""Follows the arrows of a DMN file: what each decision, knowledge and service requires.

Every element is resolved after those that it requires, over the borders of files: what is
imported is known under the name of the import (DMN 1.4, 6.3 and 7.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from lxml import etree

from workflows.feel.decisions import (
    MAX_REQUIRED,
    Decision,
    InputData,
    Knowledge,
    Service,
)
from workflows.feel.functions import FUNCTIONS
from workflows.feel.spelling import has_sign, normal
from workflows.feel.types import Type
from workflows.findings import Finding
from workflows.sources.boxed import logic_in, read_function, read_logic
from workflows.sources.formulas import (
    Element,
    Formulas,
    Unusable,
    called,
    children,
    first,
    wide_in,
)
from workflows.sources.item_types import read_types
from workflows.sources.remarks import Remarks, line_of

Found = TypeVar("Found", Decision, Knowledge, Service)
Linked = TypeVar("Linked", Decision, Knowledge, Service, InputData)

_MAX_IMPORTS = 8  # files that import files
_MAX_READ = 60  # imports in all, those of imported files among them
MAX_DRAWN = 3_000  # elements of one kind in a file


class ModelReader:
    """One file. `imports` are the files that it names, by that name.

    `read` are the files read so far, the asked one and all behind its imports.
    """

    def __init__(
        self,
        root: Element,
        remarks: Remarks,
        beside: Mapping[str, Element],
        depth: int = 0,
        read: list[str] | None = None,
    ) -> None:
        self.read = [] if read is None else read
        self.root = root
        self.remarks = remarks
        self.namespace = root.get("namespace") or ""
        self.decisions = self._drawn("decision")
        self.inputs = self._drawn("inputData")
        self.knowledge_nodes = self._drawn("businessKnowledgeModel")
        self.services = self._drawn("decisionService")
        self.imports: dict[str, ModelReader] = {}
        self._imported: dict[str, str] = {}  # name of an import by its namespace
        for node in children(root, "import"):
            self._import(node, beside, depth)
        self.formulas = self._formulas()
        self.declared = frozenset(self._names())
        functions = (*self.knowledge_nodes.values(), *self.services.values())
        named = {*self.declared, *map(called, functions)}
        self._signed = frozenset(name for name in named if has_sign(name))
        self._done: dict[tuple[str, str], Decision | Knowledge | Service | None] = {}
        self._open: list[tuple[str, str]] = []

    def _drawn(self, kind: str) -> dict[str, Element]:
        drawn: dict[str, Element] = {}
        for node in children(self.root, kind):
            if len(drawn) >= MAX_DRAWN:
                sentence = f"文件太大：同一种图形最多 {MAX_DRAWN} 个"
                self.remarks.error("dmn-too-large", node, sentence, "拆成几个文件")
                break
            key = node.get("id") or ""
            if not key:
                self.remarks.error("dmn-no-id", node, "决策没有编号（id）")
            elif key in drawn:
                self.remarks.error("dmn-same-id", node, f"决策编号“{key}”用了两次")
            else:
                drawn[key] = node
        return drawn

    def _import(self, node: Element, beside: Mapping[str, Element], depth: int) -> None:
        kind, namespace = node.get("importType") or "", node.get("namespace") or ""
        if "DMN" not in kind:
            self.remarks.error("dmn-unsupported", node, f"不支持引入“{kind:.60}”这类文件")
            return
        place = (node.get("locationURI") or "").rpartition("/")[2]
        found = beside.get(place)
        if found is None or found.get("namespace") != namespace:
            same = (one for one in beside.values() if one.get("namespace") == namespace)
            found = next(same, None)
        if found is None or found is self.root or depth >= _MAX_IMPORTS:
            sentence = f"找不到要引入的决策文件“{place or namespace:.80}”"
            self.remarks.error("dmn-import", node, sentence, "放在同一个文件夹里")
            return
        name = called(node)
        file = next(file for file, one in beside.items() if one is found)
        if len(self.read) >= _MAX_READ:
            sentence = f"一层层引入的文件太多，合起来最多 {_MAX_READ} 个"
            self.remarks.error("dmn-too-large", node, sentence)
            return
        self.read.append(file)
        self.imports[name] = ModelReader(found, Remarks(file), beside, depth + 1, self.read)
        self._imported[namespace] = name

    def _formulas(self) -> Formulas:
        known = set(wide_in(self.root))
        functions: set[str] = set()
        types: dict[str, Type] = {}
        for name, model in self.imports.items():
            known |= model.formulas.known
            types |= {f"{name}.{key}": one for key, one in model.formulas.types.items()}
            types |= model.formulas.types if not name else {}
            functions |= model.formulas.functions if not name else set()
        for node in (*self.knowledge_nodes.values(), *self.services.values()):
            functions.add(called(node))
        for node in self.root.iter("{*}variable", "{*}formalParameter", "{*}inputData"):
            functions.add(called(node))
        known |= functions & FUNCTIONS.keys()  # one's own goes before ours
        formulas = Formulas(
            self.remarks,
            self.root.get("expressionLanguage") or "feel",
            frozenset(known),
            frozenset(functions),
        )
        read_types(self.root, formulas, types)
        return formulas

    def import_names(self) -> Iterator[str]:
        """The names of all imports, and of those that the imported files make."""
        for name, model in self.imports.items():
            yield name
            yield from model.import_names()

    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the file and with those that it imports."""
        found = self.remarks.collected()
        for model in self.imports.values():
            found += model.findings()
        return found

    # ---- the elements, each once ----------------------------------------------------------

    def decision(self, key: str) -> Decision:
        """A decision by its id. Raises Unusable, with findings."""
        return self._once("decision", key, self._decision)

    def knowledge(self, key: str) -> Knowledge:
        """A business knowledge model by its id. Raises Unusable, with findings."""
        return self._once("knowledge", key, self._knowledge)

    def service(self, key: str) -> Service:
        """A decision service by its id. Raises Unusable, with findings."""
        return self._once("service", key, self._service)

    def _once(self, kind: str, key: str, read: Callable[[str], Found]) -> Found:
        place = kind, key
        if place not in self._done:
            self._open.append(place)
            try:
                self._done[place] = read(key)
            except Unusable:
                self._done[place] = None
            finally:
                self._open.pop()
        found = self._done[place]
        if found is None:
            raise Unusable
        return found  # type: ignore[return-value]  # kept under its own kind

    def _decision(self, key: str) -> Decision:
        node = self.decisions[key]
        name = called(node) or key
        inputs, required, knowledge = self._required(node)
        known_as, wanted = self._variable(node, name)
        seen = [
            *(one.name for one in (*inputs, *knowledge)),
            *(one.variable for one in required),
        ]
        logic = logic_in(node)
        if logic is None:
            self.remarks.unfit(
                "dmn-no-logic", node, "决策没有决策表，也没有表达式，结果是 null"
            )
        return Decision(
            id=key,
            name=name,
            variable=known_as,
            logic=read_logic(logic, "表达式", self._scoped(node, seen)),
            required=required,
            line=line_of(node),
            inputs=inputs,
            knowledge=knowledge,
            type=wanted,
            declared=self.declared,
            types=MappingProxyType(self.formulas.types),
            model=self.namespace,
        )

    def _scoped(self, node: Element, seen: Iterable[str]) -> Formulas:
        """The formulas of an element that sees some of the file's names.

        `a - b` is a name only where something so called is seen; names with blanks alone
        cannot be taken for anything else, so they stay.
        """
        variable = first(node, "variable")
        inner = [one for one in node.iter(etree.Element) if one not in (node, variable)]
        bound = {called(one) for one in inner}
        bound |= {normal(one.get("iteratorVariable") or "") for one in inner}
        bound.update(seen)
        return self.formulas.seeing(self.declared - bound, self._signed - bound)

    def _names(self) -> Iterator[str]:
        """The names of all inputs and decisions of the file."""
        for key, node in (*self.inputs.items(), *self.decisions.items()):
            variable = first(node, "variable")
            known_as = "" if variable is None else called(variable)
            yield known_as or called(node) or key

    def _variable(self, node: Element, name: str) -> tuple[str, Type | None]:
        """The name under which others know an element, and its type."""
        variable = first(node, "variable")
        if variable is None:
            return name, None
        return called(variable) or name, self.formulas.type(variable)

    def _required(
        self, node: Element
    ) -> tuple[tuple[InputData, ...], tuple[Decision, ...], tuple[Knowledge | Service, ...]]:
        inputs, decisions = [], []
        for requirement in children(node, "informationRequirement"):
            inputs += [
                one
                for link in children(requirement, "requiredInput")
                if (one := self._input(link)) is not None
            ]
            decisions += [
                self._linked(link, "decision", "decisions", ModelReader.decision)
                for link in children(requirement, "requiredDecision")
            ]
        return tuple(inputs), tuple(decisions), self._required_knowledge(node)

    def _required_knowledge(self, node: Element) -> tuple[Knowledge | Service, ...]:
        found: list[Knowledge | Service] = []
        for requirement in children(node, "knowledgeRequirement"):
            for link in children(requirement, "requiredKnowledge"):
                model, key, _ = self._place(link)
                if key in model.services:
                    read = self._linked(link, "service", "services", ModelReader.service)
                    found.append(read)
                else:
                    kind = "knowledge", "knowledge_nodes"
                    found.append(self._linked(link, *kind, ModelReader.knowledge))
        return tuple(found)

    def _knowledge(self, key: str) -> Knowledge:
        node = self.knowledge_nodes[key]
        name = called(node) or key
        written = first(node, "encapsulatedLogic")
        if written is None:
            raise self._error("dmn-no-logic", node, f"业务知识“{name}”没有内容")
        required = self._required_knowledge(node)
        formulas = self._scoped(node, [one.name for one in required])
        function = read_function(written, f"业务知识“{name}”", formulas)
        known_as, wanted = self._variable(node, name)
        result = wanted.of if wanted is not None and wanted.kind == "function" else wanted
        function = replace(function, result=function.result or result)
        return Knowledge(known_as, function, required)

    def _service(self, key: str) -> Service:
        node = self.services[key]
        name = called(node) or key

        def decisions(kind: str) -> tuple[Decision, ...]:
            links = children(node, kind)
            return tuple(
                self._linked(one, "decision", "decisions", ModelReader.decision)
                for one in links
            )

        outputs = decisions("outputDecision")
        if not outputs:
            raise self._error("dmn-no-output", node, f"决策服务“{name}”没有输出的决策")
        known_as, wanted = self._variable(node, name)
        result = wanted.of if wanted is not None and wanted.kind == "function" else wanted
        links = (self._input(link) for link in children(node, "inputData"))
        inputs = tuple(one for one in links if one is not None)
        return Service(known_as, outputs, inputs, decisions("inputDecision"), result)

    # ---- links ----------------------------------------------------------------------------

    def _place(self, link: Element) -> tuple[ModelReader, str, str | None]:
        """The file and the id that a link names, and the name of the import, if it is one."""
        namespace, _, key = (link.get("href") or "").rpartition("#")
        if namespace in ("", self.namespace):
            return self, key, None
        name = self._imported.get(namespace)
        if name is None:
            raise self._error("dmn-missing", link, f"没有引入“{namespace:.80}”这个文件")
        return self.imports[name], key, name

    def _input(self, link: Element) -> InputData | None:
        """The input that a link names; one that is not drawn is taken as it is given."""
        model, key, within = self._place(link)
        node = model.inputs.get(key)
        if node is None:
            self.remarks.unfit("dmn-missing", link, f"依赖的输入“{key}”不在这个文件里")
            return None
        name, wanted = model._variable(node, called(node) or key)
        return _inside(InputData(name, wanted), within)

    def _linked(
        self,
        link: Element,
        kind: str,
        among: str,
        read: Callable[[ModelReader, str], Found],
    ) -> Found:
        model, key, within = self._place(link)
        if key not in getattr(model, among):
            raise self._error("dmn-missing", link, f"依赖的决策“{key}”不在这个文件里")
        if (kind, key) in model._open:
            raise self._error("dmn-circle", link, f"决策“{key}”绕了一圈又依赖自己")
        if len(model._open) > MAX_REQUIRED:
            sentence = f"决策相互依赖超过 {MAX_REQUIRED} 层"
            raise self._error("dmn-too-large", link, sentence)
        try:
            return _inside(read(model, key), within)
        except Unusable:
            raise self._error("dmn-missing", link, f"依赖的决策“{key}”有错误") from None

    def _error(self, code: str, node: Element, sentence: str, remedy: str = "") -> Unusable:
        self.remarks.error(code, node, sentence, remedy)
        return Unusable()


def _inside(found: Linked, within: str | None) -> Linked:
    """The same element as it is known through an import; one without a name is at home."""
    return replace(found, within=(within, *found.within)) if within else found
