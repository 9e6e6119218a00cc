"""Numbers in addresses and forms: digits only, and never too many for the database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.typed import DIGITS, whole


@given(st.integers(0, 10**DIGITS - 1))
def test_what_fits_is_read(number):
    assert whole(str(number)) == number


@given(st.text())
def test_no_text_fails_and_what_is_read_fits_into_a_column(text):
    number = whole(text)
    assert number is None or 0 <= number < 2**63


@pytest.mark.parametrize("text", [None, "", " 1", "-1", "1.0", "²", "٣", "9" * 5000, "1" * 19])
def test_everything_else_is_nothing(text):
    assert whole(text) is None


def test_so_many_digits_as_are_asked_for():
    assert whole("2026", 4) == 2026
    assert whole("20260", 4) is None
