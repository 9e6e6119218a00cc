"""Diagrams of every kind that DMN's conformance suites of level 2 and 3 have, through the
command line: each file is drawn, decided and its JSON compared (issue: FEEL and DMN)."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st
from lxml import etree

from tests.workflows.decision_drawing import (
    VERSIONS,
    context,
    decision,
    definitions,
    function,
    given,
    invocation,
    item,
    knowledge,
    literal,
    members,
    of,
    relation,
    service,
    table,
)
from workflows.cli import main
from workflows.errors import ExpressionError, Unreadable
from workflows.feel.decisions import consult
from workflows.sources.decisions import read_model

Decide = Callable[..., Any]


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Decide:
    """Write a file, decide, and give what the command says."""

    def run(data: bytes, name: str, **inputs: Any) -> Any:
        path = tmp_path / "asked.dmn"
        path.write_bytes(data)
        given_text = json.dumps({key.replace("__", " "): one for key, one in inputs.items()})
        main(["decide", str(path), "--decision", name, "--input", given_text, "--json"])
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def result(said: Decide) -> Decide:
    """The same, and only the result; an error fails."""

    def run(data: bytes, name: str, **inputs: Any) -> Any:
        answer = said(data, name, **inputs)
        assert "error" not in answer, answer
        return answer["result"]

    return run


@pytest.mark.parametrize("version", VERSIONS)
def test_names_with_blanks_and_signs_in_every_version(version: str, result: Decide) -> None:
    file = definitions(
        given("Full Name", "string"),
        given("a - b", "number"),
        decision("Greeting Message", literal('"Hello " + Full Name'), "input:Full Name"),
        decision("Pre-bureau risk", literal("a - b * 2 - 1"), "input:a - b"),
        version=version,
    )
    assert result(file, "Greeting Message", Full__Name="John Doe") == "Hello John Doe"
    assert result(file, "Pre-bureau risk", **{"a - b": 4}) == 7


def test_a_name_with_a_sign_counts_only_where_it_is_seen(result: Decide) -> None:
    file = definitions(
        given("a", "number"),
        given("b", "number"),
        knowledge("a/b", ["a", "b"], literal("a/b")),
        decision("a - b", literal("a - b"), "input:a", "input:b"),
        decision("twice", literal("2 * (a - b)"), "decision:a - b"),
        decision("mixed", literal("a - b"), "input:a", "input:b", "decision:a - b"),
        decision("called", literal("a/b(9, 3)"), "knowledge:a/b"),
        decision(
            "keyed",
            context(("a - b", literal("a + b")), ("c", literal("a - b"))),
            "input:a",
            "input:b",
        ),
    )
    assert result(file, "a - b", a=5, b=3) == 2
    assert result(file, "twice", a=5, b=3) == 4
    assert result(file, "mixed", a=5, b=3) == 2
    assert result(file, "called") == 3
    assert result(file, "keyed", a=5, b=3) == {"a - b": 8, "c": 8}


def test_numbers_are_exact(result: Decide) -> None:
    file = definitions(
        given("Monthly Salary", "number"),
        decision("Yearly Salary", literal("12 * Monthly Salary"), "input:Monthly Salary"),
    )
    assert result(file, "Yearly Salary", Monthly__Salary=10000.01) == 120000.12


PEOPLE = (
    item("tPerson", members(name="string", age="number", born="date", home_town="string")),
    item("tPeople", of("tPerson"), many=True),
    given("People", "tPeople"),
)


def test_structures_are_typed_and_dates_are_read_by_their_type(result: Decide) -> None:
    file = definitions(
        *PEOPLE,
        decision("Young", literal("People[age < 30].home town"), "input:People"),
        decision("Years", literal("for p in People return p.born.year"), "input:People"),
        decision("First", literal("People[1] instance of tPerson"), "input:People"),
    )
    people = [
        {"name": "Ann", "age": 20, "born": "2000-02-29", "home town": "A"},
        {"name": "Bob", "age": 40, "born": "1980-01-01", "home town": "B"},
    ]
    assert result(file, "Young", People=people) == ["A"]
    assert result(file, "Years", People=people) == [2000, 1980]
    assert result(file, "First", People=people) is True
    assert result(file, "Years", People=people[0]) == [2000], "an element is a list of one"


def test_a_wrong_type_is_null_and_told(said: Decide) -> None:
    file = definitions(
        *PEOPLE,
        given("n", "number"),
        decision("Doubled", literal("n * 2"), "input:n"),
        decision("Text", literal("n"), "input:n", kind="string"),
        decision("One", literal("[n]"), "input:n", kind="number"),
        decision("Moment", literal('date("2000-01-01")'), kind="date and time"),
        decision("Many", literal("n"), "input:n", kind="numbers"),
        item("numbers", of("number"), many=True),
    )
    wrong = said(file, "Doubled", n="three")
    assert wrong["result"] is None
    assert "不符合类型“number”" in wrong["findings"][0]["sentence"]
    wrong = said(file, "Text", n=3)
    assert wrong["result"] is None
    assert "决策“Text”的结果" in wrong["findings"][0]["sentence"]
    assert said(file, "One", n=3) == {"result": 3}
    assert said(file, "Many", n=3) == {"result": [3]}
    assert said(file, "Moment") == {"result": "2000-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("grade", "b", "b"),
        ("grade", "z", None),
        ("grades", ["a", "b"], ["a", "b"]),
        ("grades", ["a", "z"], None),
        ("few", ["x"], ["x"]),
        ("few", ["x", "y", "z"], None),
        ("age", 17, None),
        ("age", 18, 18),
        ("holder", {"grade": "a"}, {"grade": "a"}),
        ("holder", {"grade": "q"}, None),
    ],
)
def test_allowed_values_of_item_definitions(
    kind: str, value: Any, expected: Any, result: Decide
) -> None:
    file = definitions(
        item("holder", members(grade="grade")),
        item("grade", of("string", '"a","b","c"')),
        item("grades", of("string", '"a","b","c"'), many=True),
        item("few", of("string", "count(?) < 3", constraint="typeConstraint"), many=True),
        item("age", of("number", ">= 18")),
        given("x", kind),
        decision("d", literal("x"), "input:x"),
    )
    assert result(file, "d", x=value) == expected


LOAN = knowledge(
    "PMT",
    ["p: number", "r: number", "n: number"],
    literal("decimal((p * r / 12) / (1 - (1 + r / 12) ** -n), 2)"),
)


def test_knowledge_is_called_by_place_by_name_and_in_boxes(result: Decide) -> None:
    file = definitions(
        item("tLoan", members(principal="number", rate="number", termMonths="number")),
        given("Loan", "tLoan"),
        LOAN,
        decision(
            "By place",
            literal("PMT(Loan.principal, Loan.rate, Loan.termMonths)"),
            "input:Loan",
            "knowledge:PMT",
        ),
        decision(
            "By name",
            literal("PMT(n: Loan.termMonths, p: Loan.principal, r: Loan.rate)"),
            "input:Loan",
            "knowledge:PMT",
        ),
        decision(
            "Boxed",
            invocation(
                "PMT",
                p=literal("Loan.principal"),
                r=literal("Loan.rate"),
                n=literal("Loan.termMonths"),
            ),
            "input:Loan",
            "knowledge:PMT",
        ),
        decision("Too few", literal("PMT(1)"), "knowledge:PMT"),
        decision("Unknown", literal("PMT(1, 2, 3)"), "input:Loan"),
    )
    loan = {"principal": 600000, "rate": 0.0375, "termMonths": 360}
    for name in ("By place", "By name", "Boxed"):
        assert result(file, name, Loan=loan) == 2778.69
    assert result(file, "Too few", Loan=loan) is None
    assert result(file, "Unknown", Loan=loan) is None, "not required is not known"


def test_knowledge_may_be_a_table_and_may_need_knowledge(result: Decide) -> None:
    file = definitions(
        knowledge(
            "Rate Of",
            ["Product Kind: string", "amount: number"],
            table(
                ["Product Kind", "amount"],
                ["rate"],
                ['"A"', "< 1000", "0.01"],
                ['"A"', ">= 1000", "0.02"],
                ['not("A")', "-", "0.03"],
            ),
        ),
        knowledge(
            "Fee", ["k", "a"], literal("a * Rate Of(k, a)"), "knowledge:Rate Of", kind="number"
        ),
        decision("d", literal('[Fee("A", 500), Fee("A", 1000), Fee("B", 1)]'), "knowledge:Fee"),
    )
    assert result(file, "d") == [5, 20, 0.03]


def test_knowledge_may_call_itself_but_not_for_ever(said: Decide) -> None:
    file = definitions(
        knowledge("fac", ["n: number"], literal("if n < 2 then 1 else n * fac(n - 1)")),
        knowledge("again", ["n"], literal("again(n + 1)")),
        decision("six", literal("fac(3)"), "knowledge:fac"),
        decision("never", literal("again(1)"), "knowledge:again"),
    )
    assert said(file, "six") == {"result": 6}
    assert said(file, "never")["error"]["code"] == "budget"


def test_nested_contexts_and_their_result(result: Decide) -> None:
    file = definitions(
        given("x", "number"),
        decision(
            "nested",
            context(
                ("outer", context(("a: number", literal("x")), ("b", literal("a + 1")))),
                ("twice", function(["v: number"], literal("v * 2"))),
                ("c", literal("outer.b + twice(outer.a)")),
            ),
            "input:x",
        ),
        decision(
            "final",
            context(
                ("a", literal("x")),
                ("f", function(["n"], literal("n + a"))),
                ("", literal("f(1)")),
            ),
            "input:x",
        ),
    )
    assert result(file, "nested", x=3) == {"outer": {"a": 3, "b": 4}, "twice": None, "c": 10}
    assert result(file, "final", x=3) == 4


def test_lists_and_relations(result: Decide) -> None:
    file = definitions(
        decision("Employees", relation(["name", "dept no"], ['"A"', "10"], ['"B"', "20"])),
        decision("list", "<list>" + literal("1") + literal('"x"') + "</list>"),
        decision("join", literal("Employees[dept no = 20].name[1]"), "decision:Employees"),
    )
    assert result(file, "Employees") == [
        {"name": "A", "dept no": 10},
        {"name": "B", "dept no": 20},
    ]
    assert result(file, "list") == [1, "x"]
    assert result(file, "join") == "B"


def boxed(kind: str, attributes: str = "", **parts: str) -> str:
    inner = "".join(f"<{n.strip('_')}>{one}</{n.strip('_')}>" for n, one in parts.items())
    return f"<{kind}{attributes}>{inner}</{kind}>"


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        (
            boxed(
                "conditional", if_=literal("x > 1"), then=literal('"y"'), else_=literal('"n"')
            ),
            "y",
        ),
        (boxed("conditional", if_=literal("null"), then=literal("1"), else_=literal("2")), 2),
        (
            boxed(
                "for", ' iteratorVariable="i"', in_=literal("1..x"), return_=literal("i * 2")
            ),
            "error",
        ),
        (
            boxed(
                "for", ' iteratorVariable="i"', in_=literal("[1..x]"), return_=literal("i * 2")
            ),
            [2, 4, 6],
        ),
        (
            boxed(
                "for",
                ' iteratorVariable="i"',
                in_=literal("[1,1,1]"),
                return_=literal("count(partial) + i"),
            ),
            [1, 2, 3],
        ),
        (
            boxed(
                "some",
                ' iteratorVariable="i"',
                in_=literal("[1,5]"),
                satisfies=literal("i > x"),
            ),
            True,
        ),
        (
            boxed(
                "every",
                ' iteratorVariable="i"',
                in_=literal("[1,5]"),
                satisfies=literal("i > x"),
            ),
            False,
        ),
        (boxed("filter", in_=literal("[1,5,9]"), match=literal("item > x")), [5, 9]),
        (
            boxed("filter", in_=literal("[{a b: 1}, {a b: 5}]"), match=literal("a b > x")),
            [{"a b": 5}],
        ),
        (boxed("filter", in_=literal("[1,5,9]"), match=literal("2")), 5),
    ],
)
def test_boxed_conditions_loops_and_filters(logic: str, expected: Any, said: Decide) -> None:
    file = definitions(given("x", "number"), decision("d", logic, "input:x"))
    answer = said(file, "d", x=3)
    if expected == "error":
        assert answer["error"]["code"] == "no-decision"
        assert answer["findings"][0]["code"] == "dmn-expression"
    else:
        assert answer == {"result": expected}


POLICIES = [
    ("FIRST", "", {"a": 2, "b": "x"}),
    ("RULE ORDER", "", [{"a": 2, "b": "x"}, {"a": 1, "b": "y"}]),
    ("OUTPUT ORDER", "", [{"a": 1, "b": "y"}, {"a": 2, "b": "x"}]),
    ("PRIORITY", "", {"a": 1, "b": "y"}),
    ("COLLECT", "", [{"a": 2, "b": "x"}, {"a": 1, "b": "y"}]),
    ("COLLECT", "COUNT", 2),
    ("COLLECT", "MIN", {"a": 1, "b": "x"}),
    ("COLLECT", "MAX", {"a": 2, "b": "y"}),
]


@pytest.mark.parametrize(("policy", "aggregation", "expected"), POLICIES)
def test_tables_with_several_outputs(
    policy: str, aggregation: str, expected: Any, result: Decide
) -> None:
    logic = table(
        ["n"],
        ["a | 1,2,3", 'b | "x","y"'],
        ["> 1", "2", '"x"'],
        ["> 2", "1", '"y"'],
        ["> 100", "3", '"x"'],
        policy=policy,
        aggregation=aggregation,
    )
    file = definitions(given("n", "number"), decision("d", logic, "input:n"))
    assert result(file, "d", n=3) == expected


def test_rules_that_disagree_are_null_with_an_error(said: Decide) -> None:
    logic = table(["n"], ["a"], ["> 1", "1"], ["> 2", "2"])
    file = definitions(
        given("n"),
        decision("d", logic, "input:n"),
        decision("e", literal("[d]"), "decision:d"),
    )
    assert said(file, "d", n=2) == {"result": 1}
    answer = said(file, "d", n=3)
    assert answer["result"] is None
    assert answer["error"]["code"] == "rules-disagree"
    assert "第 1、2 条规则" in answer["error"]["sentence"]
    behind = said(file, "e", n=3)
    assert behind["result"] == [None]
    assert "第 1、2 条规则" in behind["findings"][0]["sentence"]


def test_values_that_a_table_does_not_allow_are_null_and_told(said: Decide) -> None:
    logic = table(
        ['kind | "a","b"'], ['r | "yes","no" | "no"'], ['"a"', '"yes"'], ['"b"', '"maybe"']
    )
    file = definitions(given("kind", "string"), decision("d", logic, "input:kind"))
    assert said(file, "d", kind="a") == {"result": "yes"}
    for kind, words in (("z", "输入“kind”的值 z"), ("b", "结果“r”是 maybe")):
        answer = said(file, "d", kind=kind)
        assert answer["result"] is None
        assert words in answer["findings"][0]["sentence"]
    assert said(file, "d", kind=None) == {"result": "no"}


def test_unary_tests_of_every_kind(result: Decide) -> None:
    rows = [
        ["null", '"null"'],
        ["< 0", '"negative"'],
        ["[1..3]", '"low"'],
        ["(3..5], 7", '"some"'],
        ["even(?) and ? > 7", '"even"'],
        ["not(null, < 0, [1..5], 7)", '"rest"'],
    ]
    file = definitions(
        given("n", "number"),
        decision("d", table(["n"], ["r"], *rows, policy="FIRST"), "input:n"),
    )
    found = [result(file, "d", n=n) for n in (None, -1, 1, 4, 7, 8, 9)]
    assert found == ["null", "negative", "low", "some", "some", "even", "rest"]


def test_a_decision_sees_only_what_it_requires(result: Decide) -> None:
    file = definitions(
        given("x", "number"),
        given("y", "number"),
        decision("Inner", literal("x + 1"), "input:x"),
        decision("Sees", literal("[Inner, y, x]"), "decision:Inner", "input:y"),
        decision("Blind", literal("[x, Inner]")),
    )
    assert result(file, "Sees", x=1, y=5) == [2, 5, None]
    assert result(file, "Blind", x=1, y=5) == [None, None]


def test_a_name_that_is_not_required_is_told(said: Decide) -> None:
    file = definitions(given("x", "number"), decision("d", literal("x + 1")))
    answer = said(file, "d", x=1)
    assert answer["result"] is None
    assert answer["findings"][0]["code"] == "dmn-not-required"
    bound = context(("x", literal("1")), ("", literal("x")))
    assert said(definitions(given("x"), decision("d", bound)), "d", x=5) == {"result": 1}


def test_knowledge_called_like_a_function_of_the_standard_goes_before_it(
    said: Decide,
) -> None:
    file = definitions(
        knowledge("max", ["a", "b"], literal("a - b")),
        decision("mine", literal("max(1, 9)"), "knowledge:max"),
        decision("ours", literal("max(1, 9)")),
    )
    assert said(file, "mine") == {"result": -8}
    assert said(file, "ours") == {"result": 9}


def test_decision_services_are_called_and_asked(result: Decide) -> None:
    file = definitions(
        given("a", "number"),
        decision("Base", literal("100")),
        decision("Sum", literal("a + Base"), "input:a", "decision:Base"),
        decision("Twice", literal("Sum * 2"), "decision:Sum"),
        service("S", ["Twice"], inside=["Sum"], inputs=["a"], brought=["Base"]),
        service("Both", ["Sum", "Twice"], inputs=["a"], inside=["Base"]),
        decision("Calls", literal("S(1, 10)"), "knowledge:S"),
        decision("Named", literal("S(Base: 10, a: 1) + 1"), "knowledge:S"),
        decision("Wrong", literal("S(1)"), "knowledge:S"),
    )
    assert result(file, "Calls") == 22
    assert result(file, "Named") == 23
    assert result(file, "Wrong") is None
    assert result(file, "S", a=2, Base=1) == 6
    assert result(file, "Both", a=1) == {"Sum": 101, "Twice": 202}


def test_imported_files_are_known_by_the_name_of_the_import(
    tmp_path: Path, result: Decide, said: Decide
) -> None:
    (tmp_path / "other.dmn").write_bytes(
        definitions(
            item("tPerson", members(name="string", age="number")),
            given("An Applicant", "tPerson"),
            decision(
                "Say Hello", literal('"Hello " + An Applicant.name'), "input:An Applicant"
            ),
            knowledge("Grown Up", ["p: tPerson"], literal("p.age >= 18")),
            namespace="urn:other",
        )
    )
    brought = (
        '<import name="my lib" namespace="urn:other" locationURI="other.dmn" '
        'importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
    )
    file = definitions(
        brought,
        given("L", "my lib.tPerson"),
        decision("Hello", literal("my lib.Say Hello"), "decision:urn:other#Say Hello"),
        decision(
            "Old", literal("my lib.Grown Up(L)"), "input:L", "knowledge:urn:other#Grown Up"
        ),
        decision("Who", literal("my lib.An Applicant.name"), "input:urn:other#An Applicant"),
        decision("Is", literal("L instance of my lib.tPerson"), "input:L"),
    )
    person = {"name": "Ann", "age": 20}
    assert result(file, "Hello", **{"An Applicant": person}) == "Hello Ann"
    assert result(file, "Hello", **{"my lib": {"An Applicant": person}}) == "Hello Ann"
    assert result(file, "Who", **{"my lib.An Applicant": person}) == "Ann"
    assert result(file, "Old", L=person) is True
    assert result(file, "Is", L=person) is True
    (tmp_path / "other.dmn").unlink()
    gone = said(file, "Hello")
    assert gone["error"]["code"] == "no-decision"
    assert "dmn-import" in {one["code"] for one in gone["findings"]}


def test_functions_from_outside_are_refused_and_the_rest_still_decides(said: Decide) -> None:
    java = function(
        ["x"],
        context(("java", context(("class", literal('"java.lang.Math"'))))),
        ' kind="Java"',
    )
    file = definitions(
        decision("max", context(("f", java), ("", literal("f(1)")))),
        decision("fine", literal("1")),
    )
    refused = said(file, "max")
    assert refused["error"]["code"] == "no-decision"
    assert "不支持外部函数（Java）" in refused["error"]["sentence"]
    assert said(file, "fine")["result"] == 1


def test_a_decision_without_logic_is_null_and_told(said: Decide) -> None:
    answer = said(definitions(decision("d", "")), "d")
    assert answer["result"] is None
    assert answer["findings"][0]["code"] == "dmn-no-logic"


def test_what_means_nothing_is_null_and_told_with_its_column(said: Decide) -> None:
    answer = said(definitions(decision("d", literal("1 + nothing(2)"))), "d")
    assert answer["result"] is None
    assert "第 5 列：没有“nothing”这个函数" in answer["findings"][0]["sentence"]


def test_a_whole_diagram_has_one_budget(said: Decide) -> None:
    """No table or diagram can hang a worker: many dear cells together are too dear."""
    dear = "count(for i in 1..9000 return i) > 0"
    rows = [[dear, "1"] for _ in range(200)]
    file = definitions(decision("d", table(["1"], ["r"], *rows, policy="COLLECT")))
    assert said(file, "d")["error"]["code"] == "budget"


def test_a_file_of_too_many_formulas_is_refused_in_words(said: Decide) -> None:
    dear = "+".join(["1"] * 1_500)
    file = definitions(*(decision(f"d{n}", literal(f"{n}+{dear}")) for n in range(60)))
    assert said(file, "d1")["result"] == 1501
    refused = said(file, "d59")
    assert refused["error"]["code"] == "no-decision"
    assert "dmn-too-large" in {one["code"] for one in refused["findings"]}


def test_a_chain_of_requirements_has_an_end(said: Decide) -> None:
    links = [decision("d0", literal("1"))]
    links += [
        decision(f"d{n}", literal(f"d{n - 1} + d{n - 1}"), f"decision:d{n - 1}")
        for n in range(1, 200)
    ]
    file = definitions(*links)
    assert said(file, "d25")["result"] == 2**25
    assert said(file, "d199")["error"]["code"] == "budget"
    backwards = said(definitions(*reversed(links)), "d199")
    assert backwards["error"]["code"] == "no-decision"


def test_calls_that_double_are_stopped(said: Decide) -> None:
    functions = [knowledge("k0", [], literal("1"))]
    functions += [
        knowledge(f"k{n}", [], literal(f"k{n - 1}() + k{n - 1}()"), f"knowledge:k{n - 1}")
        for n in range(1, 25)
    ]
    file = definitions(*functions, decision("d", literal("k24()"), "knowledge:k24"))
    error = said(file, "d")["error"]
    assert error["code"] == "budget"
    assert error["sentence"].count("列：") == 1


def test_inputs_of_files_behind_imports_are_found(tmp_path: Path, result: Decide) -> None:
    brought = (
        '<import name="{0}" namespace="urn:{0}" locationURI="{0}.dmn" '
        'importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
    )
    (tmp_path / "a.dmn").write_bytes(
        definitions(
            given("Person name", "string"),
            decision("hi", literal('"Hi " + Person name'), "input:Person name"),
            namespace="urn:a",
        )
    )
    (tmp_path / "b.dmn").write_bytes(
        definitions(
            brought.format("a"),
            decision(
                "both",
                literal("a.hi + a.Person name"),
                "decision:urn:a#hi",
                "input:urn:a#Person name",
            ),
            namespace="urn:b",
        )
    )
    file = definitions(
        brought.format("b"), decision("top", literal("b.both"), "decision:urn:b#both")
    )
    for inputs in (
        {"Person name": "A"},
        {"b.a.Person name": "A"},
        {"b": {"a": {"Person name": "A"}}},
    ):
        assert result(file, "top", **inputs) == "Hi AA"


EVERY_KIND = definitions(
    item("tP", members(a="number", b_c="date")),
    item("tL", of("tP"), many=True),
    given("In Put", "tL"),
    given("k", "string"),
    knowledge(
        "f g", ["x: number", "y"], context(("z", literal("x + 1")), ("", literal("z * y")))
    ),
    knowledge("tb", ["k"], table(["k"], ['r | "x","y" | "y"'], ['"a"', '"x"'], ["-", '"y"'])),
    decision(
        "D 1",
        context(
            ("u", literal("In Put[a > 1].b c")),
            ("w", invocation("f g", x=literal("1"), y=literal("2"))),
        ),
        "input:In Put",
        "knowledge:f g",
    ),
    decision(
        "D2", relation(["p"], ["tb(k)"]), "decision:D 1", "input:k", "knowledge:tb", kind="tL"
    ),
    service("S", ["D2"], inside=["D 1"], inputs=["In Put", "k"]),
)
SPLINTERS = [
    "",
    "-",
    "null",
    "1 +",
    "{",
    "function(x) x",
    "D 1",
    "f g(1)",
    "tL",
    "#_D2",
    "FIRST",
]


@given_(st.randoms(use_true_random=False))
def test_whatever_is_broken_the_answer_is_in_words(chance: Random) -> None:
    root = etree.fromstring(EVERY_KIND)
    for _ in range(chance.randint(1, 5)):
        _break(root, chance)
    try:
        model = read_model(etree.tostring(root), "f.dmn")
    except Unreadable:
        return
    for asked in (*model.decisions, *model.services, *model.knowledge):
        with suppress(ExpressionError):
            consult(asked, {"In Put": [{"a": 2, "b c": "2020-01-01"}], "k": "a"})


def _break(root: etree._Element, chance: Random) -> None:
    """Take away, rename, or move a piece of a file."""
    nodes = list(root.iter())
    node, other = chance.choice(nodes), chance.choice(nodes)
    how = chance.randint(0, 4)
    parent = node.getparent()
    if how == 0 and parent is not None:
        parent.remove(node)
    elif how == 1 and node.attrib:
        node.attrib[chance.choice(list(node.attrib))] = chance.choice(SPLINTERS)
    elif how == 2:
        node.text = chance.choice(SPLINTERS)
    elif how == 3 and other is not root:
        node.append(deepcopy(other))
    elif how == 4:
        node.tag = other.tag
