"""Reading DMN files: what is understood, and what is refused in words (engine study E24)."""

from __future__ import annotations

import pytest

from workflows.errors import Unreadable
from workflows.feel.decisions import decide
from workflows.findings import Severity, has_errors
from workflows.sources.decisions import read_decisions

DMN_13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"
DMN_14 = "https://www.omg.org/spec/DMN/20211108/MODEL/"


def dmn(body: str, namespace: str = DMN_13, encoding: str = "utf-8") -> bytes:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f'<definitions xmlns="{namespace}" id="defs" name="n" namespace="x">{body}'
        "</definitions>"
    )
    return text.encode(encoding)


def cells(kind: str, *texts: str) -> str:
    return "".join(f"<{kind}Entry><text>{text}</text></{kind}Entry>" for text in texts)


def rule(conditions: tuple[str, ...], results: tuple[str, ...]) -> str:
    return f"<rule>{cells('input', *conditions)}{cells('output', *results)}</rule>"


def table(*rules: str, attributes: str = "", output: str = "", source: str = "handling") -> str:
    return (
        f'<decisionTable {attributes}><input label="方式"><inputExpression typeRef="string">'
        f"<text>{source}</text></inputExpression></input>"
        f'<output name="path" typeRef="string">{output}</output>{"".join(rules)}'
        "</decisionTable>"
    )


def decision(logic: str, key: str = "path", more: str = "") -> str:
    return f'<decision id="{key}" name="办理路径">{more}<variable name="{key}" />{logic}</decision>'


IMMEDIATE = rule(('"immediate"',), ('"immediate"',))
PROMISED = rule(('"promised","long"',), ('"promised"',))


@pytest.mark.parametrize("namespace", [DMN_13, DMN_14])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_table_is_read_and_decides(namespace: str, encoding: str) -> None:
    data = dmn(decision(table(IMMEDIATE, PROMISED)), namespace, encoding)
    (found,), findings = read_decisions(data, "path.dmn")
    assert findings == ()
    assert (found.id, found.name, found.line) == ("path", "办理路径", 2)
    assert decide(found, {"handling": "long"}) == "promised"
    assert decide(found, {"handling": "other"}) is None


def test_hit_policy_aggregation_and_default_are_read() -> None:
    collect = table(
        rule(("-",), ("1",)),
        rule(('"a"',), ("2",)),
        attributes='hitPolicy="COLLECT" aggregation="SUM"',
    )
    (found,), _ = read_decisions(dmn(decision(collect)), "f.dmn")
    assert decide(found, {"handling": "a"}) == 3
    default = '<defaultOutputEntry><text>"none"</text></defaultOutputEntry>'
    (found,), _ = read_decisions(dmn(decision(table(IMMEDIATE, output=default))), "f.dmn")
    assert decide(found, {"handling": "?"}) == "none"
    ranked = table(
        rule(("-",), ('"b"',)),
        rule(("-",), ('"a"',)),
        attributes='hitPolicy="OUTPUT ORDER"',
        output='<outputValues><text>"a","b"</text></outputValues>',
    )
    (found,), _ = read_decisions(dmn(decision(ranked)), "f.dmn")
    assert decide(found, {}) == ["a", "b"]


def test_required_decisions_are_connected_in_whatever_order_they_stand() -> None:
    link = (
        '<informationRequirement id="i"><requiredDecision href="#base" />'
        '</informationRequirement><informationRequirement id="j">'
        '<requiredInput href="#x" /></informationRequirement>'
    )
    literal = "<literalExpression><text>{}</text></literalExpression>"
    body = decision(literal.format("base + 1"), "top", link) + decision(
        literal.format("x * 2"),
        "base",
        link.replace("requiredDecision", "requiredInput")
        .replace("#base", "#x")
        .partition("</informationRequirement>")[0]
        + "</informationRequirement>",
    )
    body += '<inputData id="x" name="x"><variable name="x" typeRef="number" /></inputData>'
    found, findings = read_decisions(dmn(body), "f.dmn")
    assert findings == ()
    assert [one.id for one in found] == ["top", "base"]
    assert decide(found[0], {"x": 5}) == 11


def circle(key: str, to: str) -> str:
    link = f'<informationRequirement><requiredDecision href="#{to}" /></informationRequirement>'
    return decision("<literalExpression><text>1</text></literalExpression>", key, link)


BROKEN = [
    (table(rule(('"a',), ('"b"',))), "dmn-expression", "第 1 条规则，输入“方式”：第 1 列"),
    (table(rule(("-",), ("1 +",))), "dmn-expression", "结果“path”：第 4 列"),
    (table(source="a =="), "dmn-expression", "输入“方式”"),
    (table(source=""), "dmn-input", "没有写表达式"),
    (table(rule(("-", "-"), ("1",))), "dmn-rule", "第 1 条规则的格数"),
    (table(attributes='hitPolicy="WHATEVER"'), "dmn-policy", "WHATEVER"),
    (table(attributes='aggregation="SUM"'), "dmn-policy", "COLLECT"),
    (table(attributes='hitPolicy="COLLECT" aggregation="AVG"'), "dmn-policy", "AVG"),
    (table(attributes='hitPolicy="PRIORITY"'), "dmn-no-ranking", "先后"),
    ("<decisionTable></decisionTable>", "dmn-no-output", "没有结果列"),
    ("<conditional></conditional>", "dmn-part", "if"),
    ('<for iteratorVariable="i"></for>', "dmn-part", "in"),
    ('<relation><column name="a"/><row></row></relation>', "dmn-part", "格数"),
    (
        "<literalExpression><text>function(x) external {java: {}}</text></literalExpression>",
        "dmn-expression",
        "外部函数",
    ),
    (
        '<functionDefinition kind="Java"><context/></functionDefinition>',
        "dmn-external",
        "Java",
    ),
    (
        '<literalExpression expressionLanguage="javascript"><text>1</text></literalExpression>',
        "dmn-language",
        "javascript",
    ),
    ("<literalExpression><text>now()</text></literalExpression>", "dmn-expression", "当前时间"),
]


@pytest.mark.parametrize(("logic", "code", "words"), BROKEN)
def test_what_cannot_be_decided_exactly_is_refused(logic: str, code: str, words: str) -> None:
    found, findings = read_decisions(dmn(decision(logic)), "f.dmn")
    assert found == ()
    errors = [one for one in findings if one.severity is Severity.ERROR]
    assert [one.code for one in errors] == [code]
    assert words in errors[0].sentence
    assert errors[0].element == "path"
    assert errors[0].line == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (circle("a", "b") + circle("b", "a"), "dmn-circle"),
        (circle("a", "a"), "dmn-circle"),
        (circle("a", "elsewhere"), "dmn-missing"),
        (decision("<literalExpression><text>1</text></literalExpression>") * 2, "dmn-same-id"),
        ('<businessKnowledgeModel id="b" name="b" />', "dmn-no-logic"),
        (
            '<import name="i" namespace="n" importType="http://www.w3.org/2001/XMLSchema" />',
            "dmn-unsupported",
        ),
        (
            f'<import name="i" namespace="n" importType="{DMN_13}" locationURI="i.dmn" />',
            "dmn-import",
        ),
        ('<decisionService id="s" name="s" />', "dmn-no-output"),
        ("", "dmn-empty"),
    ],
)
def test_what_is_wrong_between_decisions_is_told(body: str, code: str) -> None:
    _, findings = read_decisions(dmn(body), "f.dmn")
    assert has_errors(findings)
    assert code in {one.code for one in findings}


def test_all_broken_cells_are_told_at_once() -> None:
    bad = table(rule(("&lt;",), ("1 +",)), rule(("-",), (")",)))
    _, findings = read_decisions(dmn(decision(bad)), "f.dmn")
    assert len(findings) == 3


def test_an_empty_result_is_noted() -> None:
    (found,), findings = read_decisions(dmn(decision(table(rule(("-",), ("",))))), "f.dmn")
    assert [(one.code, one.severity) for one in findings] == [
        ("dmn-empty-result", Severity.NOTE)
    ]
    assert decide(found, {}) is None


def test_files_that_are_no_decisions() -> None:
    found, findings = read_decisions(b"<html/>", "f.dmn")
    assert (found, [one.code for one in findings]) == ((), ["dmn-not-dmn"])
    for data in (b"", b"not xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'):
        with pytest.raises(Unreadable):
            read_decisions(data, "f.dmn")
