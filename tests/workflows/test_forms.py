"""Forms: reading form-js, checking answers (design: diagrams; requirement 章 forms on the server)."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.errors import Unreadable
from workflows.findings import Severity
from workflows.forms import (
    FieldKind,
    Form,
    Group,
    Words,
    from_pairs,
    read_form,
    routing_values,
    validate,
    visible,
)

TODAY = date(2026, 3, 2)


def component(kind: str, key: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": f"标签{key}"} | more


def form_of(*components: dict[str, Any]) -> Form:
    form = read_form({"type": "default", "id": "F", "components": list(components)})
    assert not form.findings, form.findings
    return form


def check(form: Form, raw: dict[str, Any], **variables: Any):
    return validate(form, raw, variables, today=TODAY)


def error_of(one: dict[str, Any], answer: object) -> str | None:
    return check(form_of(one), {"x": answer}).errors.get("x")


CHOICES = [{"value": "granted", "label": "准予"}, {"value": "refused", "label": "不予"}]


@pytest.mark.parametrize(
    ("one", "answer", "stored"),
    [
        (component("textfield"), "  甲\n乙 ", "甲 乙"),
        (component("textarea"), "甲\r\n乙", "甲\n乙"),
        (component("number"), "1,200", 1200),
        (component("number"), 12, 12),
        (component("number", decimalDigits=3), "2.5", "2.500"),
        (component("number", properties={"format": "money"}), "1200", "1200.00"),
        (component("checkbox"), "on", True),
        (component("checkbox"), None, False),
        (component("select", values=CHOICES), "granted", "granted"),
        (component("checklist", values=CHOICES), ["refused", "granted"], ["granted", "refused"]),
        (component("checklist", values=CHOICES), "refused", ["refused"]),
        (component("datetime", subtype="date"), "2026年3月2日", "2026-03-02"),
        (component("datetime", subtype="date"), "2026/3/2", "2026-03-02"),
        (component("datetime", subtype="date"), "20260302", "2026-03-02"),
        (component("textfield", properties={"format": "id_card"}), "13012319550315002x",
         "13012319550315002X"),
        (component("textfield", properties={"format": "phone"}), "138 0000 1111", "13800001111"),
        (component("textfield"), " ", None),
        (component("number"), "", None),
    ],
)  # fmt: skip
def test_answers_become_json_safe_values(one, answer, stored) -> None:
    result = check(form_of(one), {"x": answer})
    assert result.ok, result.errors
    assert result.values == {"x": stored}
    assert json.loads(json.dumps(result.values)) == result.values


@pytest.mark.parametrize(
    ("one", "answer", "sentence"),
    [
        (component("textfield", validate={"required": True}), "", "请填写“标签x”。"),
        (component("radio", values=CHOICES, validate={"required": True}), "", "请选择“标签x”。"),
        (component("checkbox", validate={"required": True}), "", "请勾选“标签x”。"),
        (component("radio", values=CHOICES), "other", "“标签x”里没有这个选项，请重新选择。"),
        (component("checklist", values=CHOICES), ["other"],
         "“标签x”里没有这个选项，请重新选择。"),
        (component("number"), "1.5", "“标签x”应填整数。"),
        (component("number"), "many", "“标签x”应填数字。"),
        (component("number"), "NaN", "“标签x”应填数字。"),
        (component("number"), True, "“标签x”应填数字。"),
        (component("number", properties={"format": "money"}), "1.234",
         "“标签x”最多保留2位小数。"),
        (component("number", validate={"min": 1, "max": 20}), 21, "“标签x”应在1至20之间。"),
        (component("number", validate={"min": 1}), 0, "“标签x”不能小于1。"),
        (component("number", validate={"max": 20}), 21, "“标签x”不能大于20。"),
        (component("datetime"), "2026-02-30",
         "“标签x”不是有效的日期，请按“2026-03-02”的样子填写。"),
        (component("datetime", properties={"not_future": "true"}), "2026-03-03",
         "“标签x”不能晚于今天。"),
        (component("textfield", validate={"maxLength": 3}), "一二三四",
         "“标签x”最多3个字，现在有4个字。"),
        (component("textfield", validate={"minLength": 3}), "一二",
         "“标签x”至少3个字，现在有2个字。"),
        (component("textfield", validate={"pattern": r"^\d{4}$"}), "12345",
         "“标签x”的格式不对，请核对。"),
        (component("textfield", properties={"format": "id_card"}), "130123195503150021",
         "“标签x”不对：身份证号码的校验位不对，请对照证件逐位核对。"),
        (component("textfield", properties={"format": "cn_name"}), "张3",
         "“标签x”不对：姓名只能用汉字、间隔号“·”或外文字母，请去掉数字和其他符号。"),
        (component("textfield"), "a\x00b", "“标签x”含有不可见的控制字符，请重新输入。"),
        (component("textfield"), "a\ud800b", "“标签x”含有不可见的控制字符，请重新输入。"),
        (component("textfield"), {"a": 1}, "“标签x”的内容不对，请重新填写。"),
    ],
)  # fmt: skip
def test_wrong_answers_get_one_plain_sentence(one, answer, sentence) -> None:
    assert error_of(one, answer) == sentence


def test_bank_accounts_are_asked_about_and_not_refused() -> None:
    form = form_of(component("textfield", properties={"format": "bank_card"}))
    result = check(form, {"x": "6228480000000000001"})
    assert result.ok
    assert "请核对" in result.warnings["x"]


def test_hidden_questions_are_dropped_and_ask_nothing() -> None:
    form = form_of(
        component("radio", "kind", values=CHOICES),
        component(
            "group",
            label="组",
            conditional={"hide": '=kind != "refused"'},
            components=[
                component("textarea", "reason", validate={"required": True}),
                component(
                    "textfield", "detail", conditional={"hide": "=reason = null"},
                    validate={"required": True},
                ),
            ],
        ),
    )  # fmt: skip
    granted = check(form, {"kind": "granted", "reason": "forged", "detail": "forged"})
    assert (granted.values, granted.errors) == ({"kind": "granted"}, {})
    refused = check(form, {"kind": "refused"})
    assert refused.errors == {"reason": "请填写“标签reason”。"}
    both = check(form, {"kind": "refused", "reason": "不符合条件"})
    assert set(both.errors) == {"detail"}


def test_required_conditions_see_the_case() -> None:
    form = form_of(component("textfield", properties={"required": '=item_type = "licence"'}))
    assert check(form, {}, item_type="licence").errors
    assert check(form, {}, item_type="benefit").ok
    assert check(form, {}).ok  # an unknown name is null, which requires nothing


def test_computed_fields_ignore_what_was_sent() -> None:
    form = form_of(
        component("number", "a"),
        component("number", "twice", properties={"computed": "=a * 2"}),
        component(
            "number", "four", properties={"computed": "=twice * 2", "check": "=four > 4"}
        ),
    )
    assert check(form, {"a": 3, "twice": 99, "four": "x"}).values == {
        "a": 3,
        "twice": 6,
        "four": 12,
    }
    assert set(check(form, {"a": 1}).errors) == {"four"}
    assert visible(form, {"a": 2}, today=TODAY)["four"] == 8


def test_a_check_over_a_missing_answer_waits() -> None:
    form = form_of(
        component("datetime", "begin"),
        component(
            "datetime",
            "end",
            properties={"check": "=end >= begin", "check_message": "结束不能早于开始。"},
        ),
    )
    assert check(form, {"end": "2026-01-01"}).ok
    wrong = check(form, {"begin": "2026-01-02", "end": "2026-01-01"})
    assert wrong.errors == {"end": "结束不能早于开始。"}


ROWS = component(
    "dynamiclist",
    "members",
    path="members",
    validate={"required": True},
    properties={"max_rows": "3", "check": "=count(members) = size"},
    components=[
        component("textfield", "name", validate={"required": True}),
        component("textfield", "id_card", properties={"format": "id_card"}),
        component(
            "number",
            "income",
            properties={"format": "money", "required": "=kind = \"refused\""},
        ),
    ],
)  # fmt: skip
ROWS_FORM = form_of(
    component("number", "size"), component("radio", "kind", values=CHOICES), ROWS
)


def test_rows_are_checked_one_by_one_with_their_address() -> None:
    rows = [
        {"name": "张三", "id_card": "130123198001010012"},
        {"name": "", "id_card": "", "income": " "},  # left empty: dropped
        {"name": "", "id_card": "1"},
    ]
    result = check(ROWS_FORM, {"size": 2, "kind": "refused", "members": rows})
    assert result.errors == {
        "members[0].income": "“标签members”第1行：请填写“标签income”。",
        "members[1].name": "“标签members”第2行：请填写“标签name”。",
        "members[1].id_card": (
            "“标签members”第2行：“标签id_card”不对：身份证号码应为18位，现在是1位。"
        ),
        "members[1].income": "“标签members”第2行：请填写“标签income”。",
    }
    assert result.values["members"][0]["name"] == "张三"


def test_number_of_rows() -> None:
    row = {"name": "张三"}
    assert check(ROWS_FORM, {"members": []}).errors == {"members": "“标签members”至少填写1行。"}
    many = check(ROWS_FORM, {"members": [row] * 100})
    assert "最多填写3行" in many.errors["members"]
    assert "不相符" in check(ROWS_FORM, {"size": 1, "members": [row] * 2}).errors["members"]
    assert check(ROWS_FORM, {"size": 2, "members": [row] * 2}).ok


def test_a_posted_form_is_put_together() -> None:
    posted = {
        "csrf": ["t"],
        "size": ["2"],
        "kind": ["granted"],
        "members[7].name": ["李四"],
        "members[2].name": ["张三"],
        "members[2].admin": ["1"],
        "others[0].name": ["x"],
    }
    assert from_pairs(ROWS_FORM, posted) == {
        "size": "2",
        "kind": "granted",
        "members": [{"name": "张三"}, {"name": "李四"}],
    }


def test_only_routing_values_reach_the_engine() -> None:
    form = form_of(
        component("radio", "outcome", values=CHOICES, properties={"routing": "true"}),
        component("textarea", "opinion"),
        component("number", "days", properties={"routing": "true"}),
        component(
            "number",
            "area",
            decimalDigits=2,
            properties={"routing": "true"},
            conditional={"hide": '=outcome = "refused"'},
        ),
        component("datetime", "on", properties={"routing": "true"}),
    )
    raw = {
        "outcome": "granted",
        "opinion": "同意",
        "days": 5,
        "area": "1.5",
        "on": "2026-03-02",
    }
    assert routing_values(form, check(form, raw).values) == {
        "outcome": "granted",
        "days": 5,
        "area": Decimal("1.50"),
        "on": date(2026, 3, 2),
    }
    hidden = routing_values(form, check(form, raw | {"outcome": "refused"}).values)
    assert hidden["area"] is None


def test_the_format_may_hang_on_the_kind_of_document() -> None:
    form = form_of(
        component(
            "select",
            "document",
            values=[
                {"value": "id_card", "label": "身份证"},
                {"value": "passport", "label": "护照"},
            ],
        ),
        component("textfield", "number", properties={"format_from": "document"}),
    )
    assert check(form, {"document": "passport", "number": "e12345678"}).values["number"] == (
        "E12345678"
    )
    assert (
        "18位" in check(form, {"document": "id_card", "number": "E12345678"}).errors["number"]
    )


def test_layout_and_words_are_kept() -> None:
    form = form_of(
        {"type": "text", "text": "请核对"},
        component("group", "g", label="组", components=[component("textfield", "a")]),
        component("dynamiclist", "rows", components=[component("textfield", "a")]),
    )
    assert [type(part).__name__ for part in form.parts] == ["Words", "Group", "Field"]
    assert isinstance(form.parts[0], Words)
    assert isinstance(form.parts[1], Group)
    assert [one.key for one in form.fields] == ["a", "rows"]
    rows = form.field("rows")
    assert rows is not None
    assert rows.kind is FieldKind.ROWS


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (component("image"), "form-component"),
        (component("filepicker"), "form-component"),
        (component("textfield", "1a"), "form-key"),
        (component("textfield", "a b"), "form-key"),
        ({"type": "textfield", "key": "x"}, "form-label"),
        (component("select"), "form-choice"),
        (component("select", values=[CHOICES[0], CHOICES[0]]), "form-choice"),
        (component("textfield", conditional={"hide": "=1 +"}), "form-expression"),
        (component("textfield", properties={"check": "=("}), "form-expression"),
        (component("textfield", properties={"format": "ssn"}), "form-format"),
        (component("textfield", properties={"format_from": "y"}), "form-format"),
        (component("textfield", validate={"pattern": "^(a$"}), "form-pattern"),
        (component("textfield", validate={"pattern": r"\d"}), "form-pattern"),
        (component("textfield", validate={"maxLength": "x"}), "form-limit"),
        (component("number", validate={"min": "NaN"}), "form-limit"),
        (component("datetime", subtype="datetime"), "form-date"),
        (component("group", path="g", components=[]), "form-path"),
        (component("dynamiclist", components=[]), "form-rows"),
        (
            component("textfield", properties={"routing": "true", "sensitive": "true"}),
            "form-routing-sensitive",
        ),
    ],
)
def test_what_the_profile_does_not_know_is_a_finding(one, code) -> None:
    form = read_form({"id": "F", "components": [one]}, "f.json")
    assert [(f.code, f.severity, f.file) for f in form.findings] == [
        (code, Severity.ERROR, "f.json")
    ]


def test_keys_stand_once_and_unknown_properties_are_noted() -> None:
    twice = read_form({"id": "F", "components": [component("textfield")] * 2})
    assert [f.code for f in twice.findings] == ["form-key-twice"]
    noted = read_form(
        {"id": "F", "components": [component("textfield", properties={"q": "1"})]}
    )
    assert [f.severity for f in noted.findings] == [Severity.NOTE]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"id": "F"}', b"\xff\xfe", b"[" * 100_000]
)
def test_what_is_no_form_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_form(data, "f.json")


def test_a_hostile_pattern_does_not_hang() -> None:
    one = component("textfield", validate={"pattern": "^(a+)+$", "maxLength": 300})
    assert error_of(one, "a" * 299 + "b")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
EVERY = form_of(
    component("textfield", "a", properties={"format": "address"}),
    component("textarea", "b", properties={"check": "=string length(b) > 2"}),
    component("number", "c", decimalDigits=2),
    component("select", "d", values=CHOICES),
    component("checkbox", "e"),
    component("checklist", "f", values=CHOICES),
    component("datetime", "g"),
    component("dynamiclist", "h", components=[component("number", "i")]),
)


@given(st.dictionaries(st.sampled_from("abcdefghi"), JSON))
def test_no_answer_breaks_the_check(raw: dict[str, Any]) -> None:
    result = check(EVERY, raw)
    json.dumps(result.values, ensure_ascii=False).encode()
    again = check(EVERY, dict(result.values))
    assert result.errors or again.values == result.values


@given(JSON)
def test_no_schema_breaks_the_reader(schema: Any) -> None:
    form = read_form(
        {"id": "F", "components": [schema, {"type": "textfield", "validate": schema}]}
    )
    assert form.findings


def test_a_choice_may_be_withheld_from_a_case() -> None:
    """TYPE-11: a licence is never refused for a missing main paper."""
    form = read_form(
        {
            "id": "f",
            "components": [
                {
                    "type": "radio",
                    "id": "a",
                    "key": "outcome",
                    "label": "结论",
                    "values": [
                        {"value": "accept", "label": "受理"},
                        {
                            "value": "refuse",
                            "label": "缺主件",
                            "conditional": {"hide": '=item_type = "licence"'},
                        },
                    ],
                }
            ],
        }
    )
    answers = {"outcome": "refuse"}
    licence = validate(form, answers, {"item_type": "licence"}, today=date(2026, 3, 2))
    assert "缺主件" in licence.errors["outcome"]
    assert validate(form, answers, {"item_type": "benefit"}, today=date(2026, 3, 2)).ok


def test_nought_is_an_answer():
    """0 份、0 日: a required number that is 0 is not a missing one."""
    form = form_of(component("number", "n", validate={"required": True}))
    assert validate(form, {"n": "0"}, today=TODAY).errors == {}
    assert validate(form, {"n": ""}, today=TODAY).errors
