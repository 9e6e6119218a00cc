"""Where a value meets a declared type, and what is given to files behind imports (DMN 1.5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.decision_drawing import (
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
    service,
)
from workflows.feel.decisions import consult
from workflows.sources.decisions import Model, read_model

TYPES = (
    item("tLevels", of("number"), many=True),
    item("tWords", of("string"), many=True),
    item("tPerson", members(family="string", age="number")),
    item("tGrade", of("string", '"甲", "乙"')),
    item("tShort", of("number", "[0..9]")),
    item("fWords", '<functionItem outputTypeRef="tWords"/>'),
    item("fMoment", '<functionItem outputTypeRef="date and time"/>'),
)
TYPED = ' typeRef="{}"'.format


def consulted(model: Model, name: str, **inputs: Any) -> Any:
    every = (*model.decisions, *model.services, *model.knowledge)
    return consult(next(one for one in every if one.name == name), inputs).value


@pytest.mark.parametrize(
    ("kind", "expression", "expected"),
    [
        ("string", "1 + 1", None),
        ("tLevels", '[1, "x"]', None),
        ("tLevels", "[1, null]", [1, None]),
        ("tLevels", "7", [7]),
        ("tLevels", '"x"', None),
        ("tWords", "null", None),
        ("string", '["x"]', "x"),
        ("string", "[1]", None),
        ("number", "[[7]]", None),
        ("tPerson", '{family: "王", age: 40, town: "新安"}', {"family": "王", "age": 40}),
        ("tPerson", '{family: "王"}', None),
        ("tPerson", '{family: "王", age: null}', {"family": "王", "age": None}),
    ],
)
def test_the_result_of_a_decision_meets_its_type(
    kind: str, expression: str, expected: Any
) -> None:
    model = read_model(definitions(*TYPES, decision("d", literal(expression), kind=kind)), "f")
    found = consulted(model, "d")
    if isinstance(found, dict):
        found.pop("town", None)
    assert found == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('whole({family: "王", age: 1})', True),
        ('whole({family: "王"})', False),
        ("listed(10)", [10]),
        ('listed("x")', None),
        ("listed(null)", None),
        ("bare(10)", 10),
        ('bare("x")', None),
        ("bare([10])", None),
        ("words()", ["x"]),
        ("moment().hour", 0),
        ("asked(1)", None),
        ('asked(["x"])', "x"),
    ],
)
def test_what_goes_into_and_comes_out_of_a_function_meets_its_type(
    call: str, expected: Any
) -> None:
    links = [f"knowledge:{name}" for name in ("whole", "listed", "bare", "words", "moment")]
    file = definitions(
        *TYPES,
        knowledge("whole", ["p: tPerson"], literal("p != null")),
        knowledge("listed", ["x"], literal("x", TYPED("tLevels"))),
        knowledge("bare", ["x"], literal("[x]", TYPED("number"))),
        knowledge("words", [], literal('"x"', TYPED("string")), kind="fWords"),
        knowledge("moment", [], literal("date(2026, 1, 2)", TYPED("date")), kind="fMoment"),
        given("word", "string"),
        decision("echo", literal("word"), "input:word"),
        service("asked", ["echo"], inputs=["word"]),
        decision("d", literal(call), *links, "knowledge:asked"),
    )
    assert consulted(read_model(file, "f"), "d") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"丙" instance of tGrade', True),
        ("99 instance of tShort", True),
        ('{family: "王"} instance of tPerson', False),
        ('{family: "王", age: null} instance of tPerson', True),
        ("1 instance of tLevels", False),
        ("null instance of tGrade", False),
        ('(function() "x") instance of fWords', False),
        ('(function() ["x"]) instance of fWords', True),
    ],
)
def test_instance_of_asks_for_the_type_alone(expression: str, expected: bool) -> None:
    """Constraints say which values are allowed, not of which type they are."""
    model = read_model(definitions(*TYPES, decision("d", literal(expression))), "f")
    assert consulted(model, "d") is expected


def test_an_input_may_leave_members_out_and_a_type_of_an_expression_counts() -> None:
    file = definitions(
        *TYPES,
        given("who", "tPerson"),
        decision("d", literal("who.family"), "input:who"),
        decision("e", context(("a", literal("[5]", TYPED("number"))))),
        decision(
            "f",
            context(
                ("f", function(["x"], literal("[x]", TYPED("number")))),
                ("", invocation("f", x=literal("5"))),
            ),
        ),
    )
    model = read_model(file, "f")
    assert consulted(model, "d", who={"family": "王"}) == "王"
    assert consulted(model, "e") == {"a": 5}
    assert consulted(model, "f") == 5


Asked = Callable[[str, dict[str, Any]], Any]


@pytest.fixture
def asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Asked:
    """Three files: `top` imports `left` and `right`, and each of them imports `base`."""
    from workflows.cli import main

    brought = '<import name="{0}" namespace="urn:{1}" locationURI="{1}.dmn" importType="DMN"/>'
    (tmp_path / "base.dmn").write_bytes(
        definitions(
            given("n", "number"),
            decision("twice", literal("n * 2"), "input:n"),
            namespace="urn:base",
        )
    )
    for side in ("left", "right"):
        (tmp_path / f"{side}.dmn").write_bytes(
            definitions(
                brought.format("base", "base"),
                given("n", "number"),
                decision(
                    "sum",
                    literal("n + base.twice"),
                    "input:n",
                    "decision:urn:base#twice",
                ),
                namespace=f"urn:{side}",
            )
        )
    (tmp_path / "top.dmn").write_bytes(
        definitions(
            brought.format("left", "left"),
            brought.format("right", "right"),
            decision(
                "both",
                literal("[left.sum, right.sum]"),
                "decision:urn:left#sum",
                "decision:urn:right#sum",
            ),
        )
    )

    def ask(name: str, inputs: dict[str, Any]) -> Any:
        given_text = json.dumps(inputs)
        path = str(tmp_path / "top.dmn")
        main(["decide", path, "--decision", name, "--input", given_text, "--json"])
        return json.loads(capsys.readouterr().out)["result"]

    return ask


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"n": 1}, [3, 3]),
        ({"left": {"n": 1}, "right": {"n": 10}}, [3, 30]),
        ({"n": 1, "left.base.n": 10, "right": {"n": 2, "base": {"n": 3}}}, [21, 8]),
        ({"left.n": 1, "left.base.n": 5, "right.n": 2, "right.base.n": 6}, [11, 14]),
    ],
)
def test_each_way_of_imports_has_inputs_of_its_own(
    inputs: dict[str, Any], expected: list[int], asked: Asked
) -> None:
    assert asked("both", inputs) == expected


def test_files_that_import_each_other_over_and_over_are_read_a_few_times(
    tmp_path: Path,
) -> None:
    """Twelve files that import all of them would be read twelve to the eighth times."""
    brought = '<import name="{0}" namespace="urn:{0}" locationURI="{0}.dmn" importType="DMN"/>'
    names = [f"f{number}" for number in range(12)]
    files = {
        f"{name}.dmn": definitions(*map(brought.format, names), namespace=f"urn:{name}")
        for name in names
    }
    asked_file = definitions(*map(brought.format, names), decision("d", literal("1")))
    model = read_model(asked_file, "asked.dmn", files)
    assert "dmn-too-large" in {one.code for one in model.findings}
    assert consulted(model, "d") == 1


def test_a_file_of_too_many_decisions_is_refused_in_words() -> None:
    file = definitions(*(decision(f"d{number}", "") for number in range(3_001)))
    model = read_model(file, "f")
    assert len(model.decisions) == 3_000
    assert "dmn-too-large" in {one.code for one in model.findings}


def test_a_constraint_that_cannot_be_read_lets_nothing_through() -> None:
    file = definitions(item("t", of("string", "><")), decision("d", literal('"x"'), kind="t"))
    model = read_model(file, "f")
    assert "dmn-expression" in {one.code for one in model.findings}
    assert consulted(model, "d") is None
