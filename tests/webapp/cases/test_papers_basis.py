"""The law that a paper cites: 行政许可法 binds licences, and only four items are any."""

from __future__ import annotations

import pytest

from webapp.cases.models import Document
from webapp.catalogue.queries import item_by_code

pytestmark = pytest.mark.django_db

LICENSING = "行政许可法"


def cited(case) -> str:
    return "".join("".join(d.content["basis"]) for d in Document.objects.filter(case=case))


def test_a_benefit_sent_to_the_county_does_not_cite_the_licensing_law(desk):
    """行政许可法第二条: nor the letter to the county (D18), nor receipt, acceptance, decision."""
    case = desk.run(desk.open("MZ01"))
    assert item_by_code("MZ01").item_type == "benefit"
    assert {"D02", "D05", "D18", "D19"} <= set(desk.numbers(case))
    assert LICENSING not in cited(case)


def test_a_licence_cites_it(desk):
    case = desk.run(desk.open("ZR01", land_type="construction_land"))
    assert item_by_code("ZR01").item_type == "licence"
    for code, article in (("D02", "第三十二条"), ("D19", "第三十八条第一款")):
        assert article in "".join(case.documents.filter(code=code).first().content["basis"])
