"""Rows of the items file: good ones pass, each kind of bad one is refused in words."""

from __future__ import annotations

from copy import deepcopy

import pytest
import yaml

from tests.webapp.conftest import ROOT
from webapp.catalogue.item_rules import problems_of

ITEMS = yaml.safe_load((ROOT / "bpmn" / "catalogue" / "items.yaml").read_text("utf-8"))["items"]


def item(code):
    return deepcopy(next(row for row in ITEMS if row["code"] == code))


def limit(row, clock):
    return next(x for x in row["limits"] if x["clock"] == clock)


@pytest.mark.parametrize("row", ITEMS, ids=[row["code"] for row in ITEMS])
def test_every_shipped_item_is_sound(row):
    assert problems_of(row) == []


@pytest.mark.parametrize(
    ("code", "change", "sentence"),
    [
        ("MZ01", lambda row: row.pop("limits"), "缺少栏目limits"),
        ("MZ01", lambda row: row.update(handling="tomorrow"), "tomorrow"),
        ("MZ01", lambda row: row.update(offered_at=["moon"]), "offered_at"),
        ("MZ01", lambda row: row.update(offered_at=[]), "offered_at"),
        ("MZ01", lambda row: limit(row, "promised").update(days=31), "长于法定期限30日"),
        ("MZ01", lambda row: limit(row, "promised").update(days=-1), "0到366"),
        ("MZ01", lambda row: limit(row, "promised").update(unit="weeks"), "weeks"),
        ("MZ01", lambda row: row["limits"].remove(limit(row, "promised")), "只有一个承诺"),
        ("LY01", lambda row: row["limits"].remove(limit(row, "statutory")), "第四十二条"),
        ("LY01", lambda row: limit(row, "check").update(days=6), "第三十二条"),
        ("LY01", lambda row: limit(row, "delivery").update(days=11), "第四十四条"),
        ("RS01", lambda row: row.update(flow="escalated"), "即办件只能"),
        ("RS01", lambda row: row["materials"][0].update(tolerable=True), "TOL-01"),
        ("MZ01", lambda row: row["materials"][0].update(tolerable=True), "TOL-03"),
        ("MZ01", lambda row: row["materials"][3].update(supplement_days=None), "补齐天数"),
        ("MZ01", lambda row: row["materials"][3].update(condition="1 +"), "条件读不懂"),
        ("MZ01", lambda row: row["materials"][1].update(key="application"), "重复"),
        ("MZ01", lambda row: row["materials"][0].pop("copies"), "copies"),
        ("MZ01", lambda row: row.update(materials=[]), "至少应有一份"),
        ("CL02", lambda row: row.update(in_person_reason=None), "写明理由"),
        ("CL02", lambda row: row.update(in_person=True, agent_allowed=True), "AGT-04"),
        ("MZ01", lambda row: row.update(fee={"amount": 5}), "收费依据"),
        ("XF01", lambda row: row.pop("process_reason"), "须写明理由"),
        ("MZ01", lambda row: row["switches"].update(magic=True), "没有叫“magic”的开关"),
        ("MZ01", lambda row: row["switches"].update(deemed_acceptance=True), "只有行政许可"),
        ("ZR01", lambda row: row["switches"].update(refuse_on_missing_main=True), "只能补正"),
        ("SJ01", lambda row: row["switches"].update(tolerance_allowed=True), "TOL-01"),
        ("ZR01", lambda row: row["switches"].update(delivery_days=11), "第四十四条"),
    ],
)
def test_a_bad_row_is_named_with_its_fault(code, change, sentence):
    row = item(code)
    change(row)

    problems = problems_of(row)

    assert any(sentence in problem for problem in problems), problems
    assert all(code in problem for problem in problems)


def test_something_that_is_no_row_at_all_is_refused():
    assert problems_of("MZ01") == ["事项应是一组栏目。"]
    assert "无编码" in problems_of({})[0]
