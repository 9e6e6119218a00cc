"""All shipped items become forms that people can fill in (domain, section 6)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from workflows.forms import NoSample, item_form, read_form, routing_values, sample, validate
from workflows.identifiers import id_card_check_digit

TODAY = date(2026, 3, 2)
FOLDER = Path(__file__).parents[2] / "bpmn/catalogue"
CATALOGUE = yaml.safe_load((FOLDER / "items.yaml").read_text(encoding="utf-8"))
LISTS = yaml.safe_load((FOLDER / "lists.yaml").read_text(encoding="utf-8"))
ITEMS = {item["code"]: item for item in CATALOGUE["items"]}


def form_of(code: str):
    return read_form(item_form(ITEMS[code], CATALOGUE["base_fields"], LISTS), f"{code}.json")


def filled(code: str, seed: int = 1, **given: Any) -> dict[str, Any]:
    return sample(form_of(code), seed, today=TODAY, given=given)


def errors(code: str, **changed: Any) -> dict[str, str]:
    raw = filled(code) | changed
    return dict(validate(form_of(code), raw, today=TODAY).errors)


def test_there_are_thirty_five() -> None:
    assert len(ITEMS) == 35


@pytest.mark.parametrize("code", ITEMS)
def test_an_item_becomes_a_form_that_takes_plausible_answers(code: str) -> None:
    form = form_of(code)
    assert form.findings == ()
    for seed in range(3):
        raw = json.loads(json.dumps(sample(form, seed, today=TODAY)))
        result = validate(form, raw, today=TODAY)
        assert result.ok, result.errors
        assert not result.warnings
        for one in form.fields:
            if one.required and one.key in result.values:
                assert result.values[one.key] not in (None, "", []), one.key
        assert not any(form.field(key).sensitive for key in routing_values(form, result.values))


@pytest.mark.parametrize("code", ITEMS)
def test_an_empty_form_names_every_required_question(code: str) -> None:
    form = form_of(code)
    result = validate(form, {}, today=TODAY)
    asked = {one.key for one in form.fields if one.required and not one.computed}
    assert asked <= set(result.errors)
    for sentence in result.errors.values():
        assert sentence.endswith("。")
        assert "“" in sentence


def test_samples_repeat_and_differ() -> None:
    assert filled("MZ01", 7) == filled("MZ01", 7)
    assert filled("MZ01", 7) != filled("MZ01", 8)
    assert filled("MZ01", 7, household_size=2)["household_size"] == 2
    with pytest.raises(NoSample, match="造不出"):
        filled("MZ04", applicant_id_type="id_card", applicant_id_number="130123202002290035")


def test_birth_and_gender_come_from_the_identity_number() -> None:
    raw = filled("MZ01", applicant_id_type="id_card", applicant_id_number="130123198001010012")
    raw |= {"applicant_gender": "female", "applicant_birth_date": "1999-09-09"}
    values = validate(form_of("MZ01"), raw, today=TODAY).values
    assert (values["applicant_gender"], values["applicant_birth_date"]) == (
        "male",
        "1980-01-01",
    )


def test_a_passport_holder_says_birth_and_gender() -> None:
    given = {"applicant_id_type": "passport", "applicant_id_number": "E12345678"}
    raw = filled("MZ01", **given) | {"applicant_gender": "", "applicant_birth_date": ""}
    found = validate(form_of("MZ01"), raw, today=TODAY).errors
    assert found == {
        "applicant_gender": "请选择“性别”。",
        "applicant_birth_date": "请选择“出生日期”。",
    }
    raw |= {"applicant_gender": "female", "applicant_birth_date": "1990-01-02"}
    result = validate(form_of("MZ01"), raw, today=TODAY)
    assert result.ok
    assert result.values["applicant_birth_date"] == "1990-01-02"


@pytest.mark.parametrize(
    ("code", "changed", "key", "words"),
    [
        ("MZ01", {"household_size": 19}, "members", "“家庭成员表”的行数应等于"),
        ("MZ01", {"consent_check": False}, "consent_check", "请勾选“授权核对”"),
        ("MZ01", {"truth_promise": ""}, "truth_promise", "请勾选“真实性承诺”"),
        ("MZ01", {"applicant_id_number": "1"}, "applicant_id_number", "“证件号”不对"),
        ("MZ03", {"event": "太短"}, "event", "“困难事由”的字数不能小于10"),
        ("MZ03", {"event_date": "2026-03-03"}, "event_date", "“发生日期”不能晚于今天"),
        ("YB01", {"discharge": "1999-01-01"}, "discharge", "“出院日期”不能早于“入院日期”"),
        ("YB01", {"self_pay": "99999999"}, "self_pay", "“个人自付”不能大于“总费用”"),
        ("SJ05", {"area": "50"}, "area", "应小于50"),
        ("WJ01", {"due_date": "2030-01-01"}, "due_date", "今天起300天"),
        ("ZR01", {"height": 0}, "height", "“高度（米）”应大于0"),
    ],
)
def test_rules_of_the_items_hold(code: str, changed: dict, key: str, words: str) -> None:
    assert words in errors(code, **changed)[key]


def test_age_rules_count_full_years() -> None:
    """Domain, section 6: born 1946-11-24, applied 2026-11-23 → 79."""
    form = form_of("MZ04")
    number = "13012319461124001" + id_card_check_digit("13012319461124001")
    given = {"applicant_id_type": "id_card", "applicant_id_number": number}
    raw = sample(form, 1, today=date(2026, 11, 24), given=given)
    day_before = validate(form, raw, today=date(2026, 11, 23))
    assert set(day_before.errors) == {"age_check"}
    on_the_day = validate(form, raw, today=date(2026, 11, 24))
    assert on_the_day.ok
    assert (on_the_day.values["age_check"], on_the_day.values["tier"]) == (80, "80_89")
