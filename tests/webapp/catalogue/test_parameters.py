"""The county's own figures (县参数): a file, a row, a range; the requirement's default without."""

from __future__ import annotations

import pytest

from webapp.catalogue.models import Parameter
from webapp.catalogue.parameters import TOLERANCE_BAR, load_parameters, parameter
from webapp.core.errors import Refused

pytestmark = pytest.mark.django_db


def row(value: object) -> dict:
    return {TOLERANCE_BAR: {"value": value, "name": "限制天数", "source": "TOL-06"}}


def test_a_changed_file_counts_only_when_asked_for(county, at):
    assert parameter(TOLERANCE_BAR) == 365
    assert load_parameters(row(90), at) == []
    assert parameter(TOLERANCE_BAR) == 365
    assert load_parameters(row(90), at, update=True) == ["限制天数"]
    assert parameter(TOLERANCE_BAR) == 90
    assert load_parameters(row(90), at, update=True) == []


def test_a_missing_row_is_written_and_has_the_default_until_then(db, at):
    Parameter.objects.all().delete()
    assert parameter(TOLERANCE_BAR) == 365
    assert load_parameters(row(180), at) == ["限制天数"]
    assert parameter(TOLERANCE_BAR) == 180


@pytest.mark.parametrize("value", [-1, 1826, "365", 3.5, True, None])
def test_a_value_out_of_range_is_refused_in_words(db, at, value):
    with pytest.raises(Refused, match="参数文件"):
        load_parameters(row(value), at, update=True)


def test_a_parameter_that_nobody_asks_for_is_refused(db, at):
    with pytest.raises(Refused, match="没有“no_such”这个参数"):
        load_parameters({"no_such": {"value": 1, "name": "x", "source": "y"}}, at)
