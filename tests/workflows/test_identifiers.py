"""Numbers and names (domain, section 6, validators)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import identifiers as ids

VALID_CARDS = (
    "11010519491231002X",
    "130123198001010012",
    "13012319550315002X",
    "130123202002290035",
)


@pytest.mark.parametrize("card", VALID_CARDS)
def test_valid_identity_numbers(card: str) -> None:
    assert ids.check_id_card(card, date(2026, 3, 2)) is None


@given(st.sampled_from(VALID_CARDS), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_changed_digit_is_found(card: str, place: int, sign: str) -> None:
    changed = card[:place] + sign + card[place + 1 :]
    assert (ids.check_id_card(changed) is None) is (changed == card)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("130123202102290035", "出生日期"),  # no 29 February
        ("13012319800101001", "17位"),
        ("130123800101001", "15位"),
        ("990123198001010012", "省份"),
        ("13012319800101001A", "只能是数字"),
        ("130123198001010013", "校验位"),
        ("", "0位"),
    ],
)
def test_wrong_identity_numbers_say_what_is_wrong(text: str, words: str) -> None:
    assert words in (ids.check_id_card(text) or "")


def test_born_after_today() -> None:
    assert "晚于今天" in (ids.check_id_card("130123202002290035", date(2020, 2, 28)) or "")
    assert ids.check_id_card("130123202002290035", date(2020, 2, 29)) is None


def test_birth_and_gender() -> None:
    assert ids.birth_date(VALID_CARDS[0]) == date(1949, 12, 31)
    assert ids.gender("130123198001010012") == "male"
    assert ids.gender("13012319550315002X") == "female"
    assert ids.birth_date("X") is None
    assert ids.gender("") is None


def test_normalisers() -> None:
    assert ids.normalise_number(" 130123 19550315 002x ") == "13012319550315002X"
    assert ids.normalise_number("13012319") == "13012319"
    assert ids.normalise_phone("+86 138 0000 1111") == "13800001111"
    assert ids.normalise_name("买买提•艾力 ") == "买买提·艾力"


@pytest.mark.parametrize("code", ["91350100M000100Y43", "12441500196720244T"])
def test_credit_codes(code: str) -> None:
    assert ids.check_uscc(code) is None
    assert "校验位" in (ids.check_uscc(code[:16] + "00") or "")
    assert "18位" in (ids.check_uscc(code[:17]) or "")
    assert "字母I" in (ids.check_uscc(code[:17] + "I") or "")


@pytest.mark.parametrize(
    ("text", "good"),
    [("13800001111", True), ("12800001111", False), ("1380000111", False), ("", False)],
)
def test_mobile(text: str, good: bool) -> None:
    assert (ids.check_mobile(text) is None) is good
    assert (ids.check_phone(text) is None) is good


@pytest.mark.parametrize("text", ["0311-88880000", "031188880000", "010-8888000-12"])
def test_landlines_are_phones_but_not_mobiles(text: str) -> None:
    assert ids.check_phone(text) is None
    assert ids.check_mobile(text)


def test_bank_accounts_fail_luhn_only_with_a_warning() -> None:
    assert ids.check_bank_card("6228480000000000000") is None
    assert ids.warn_bank_card("6228480000000000000") is None
    assert ids.check_bank_card("6228480000000000001") is None
    assert "校验规则" in (ids.warn_bank_card("6228480000000000001") or "")
    assert ids.warn_bank_card("123456789012") is None
    assert ids.check_bank_card("12345678901")
    assert ids.check_bank_card("6228-4800")


@pytest.mark.parametrize("name", ["买买提·艾力", "𠮷野", "王㐅", "John Smith", "张三"])
def test_names(name: str) -> None:
    assert ids.check_cn_name(name) is None


@pytest.mark.parametrize("name", ["张", "张3", "张三!", "·张三", "张三·", "张" * 31, "张..三"])
def test_wrong_names(name: str) -> None:
    assert ids.check_cn_name(name)


def test_postcode_and_passport() -> None:
    assert ids.check_postcode("050800") is None
    assert ids.check_postcode("05080")
    assert ids.check_passport("E12345678") is None
    assert ids.check_passport("E1")
