"""The organisation file: names, staff and order of units (ORG-06, ORG-11, ORG-13, WIN-08)."""

from __future__ import annotations

import csv
from copy import deepcopy

import pytest
import yaml

from tests.webapp.conftest import ROOT
from webapp.core.errors import Refused
from webapp.organisations.county_plan import (
    invent_people,
    read_divisions,
    read_units,
    village_name,
)

COUNTY = ROOT / "bpmn" / "catalogue" / "county"


@pytest.fixture(scope="module")
def organisation():
    return yaml.safe_load((COUNTY / "organisation.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def divisions(organisation):
    text = (COUNTY / "divisions_130123.csv").read_text("utf-8")
    return read_divisions(csv.DictReader(text.splitlines()), organisation)


@pytest.fixture(scope="module")
def units(organisation, divisions):
    return read_units(organisation, divisions)


@pytest.mark.parametrize(
    ("division", "name"),
    [
        ("北关村村民委员会", "北关村"),
        ("西关村民委员会", "西关村"),
        ("东关社区居民委员会", "东关社区"),
        ("东关居委会", "东关社区"),
        ("大临济村委会", "大临济村"),
        ("村民委员会", "村民委员会"),
    ],
)
def test_a_village_is_called_as_people_call_it(division, name):
    assert village_name(division) == name


def test_the_county_has_ten_townships_and_187_villages(divisions):
    levels = [division.level for division in divisions]
    assert (levels.count("township"), levels.count("village")) == (10, 187)
    former = {d.name: d.former_names for d in divisions if d.former_names}
    assert former["南岗镇"] == ("北早现乡",)


def test_centres_and_stations_bear_the_prescribed_names(units):
    """WIN-08: ××镇便民服务中心, ××镇××村便民服务站."""
    names = {unit.key: unit.name for unit in units}
    assert names["xinan.centre"] == "新安镇便民服务中心"
    assert names["station.130123103201"] == "新安镇新安村便民服务站"
    assert names["zhufutun.township_government"] == "诸福屯街道办事处"


def test_every_centre_is_staffed_as_the_establishment_says(units):
    """ORG-06: 4–6 people at windows, 1 director, 1–2 deputies; WIN-04: three windows at least."""
    centres = [unit for unit in units if unit.kind == "centre"]
    assert len(centres) == 10
    for centre in centres:
        windows = [post for post in centre.posts if post.window]
        assert len(windows) >= 3
        assert 4 <= len({code for post in windows for code in (post.a, post.b)}) <= 6
        assert all(post.a and post.b and post.a != post.b for post in centre.posts)  # DUTY-03


def test_every_village_has_an_agent_and_every_department_a_leader_and_a_handler(units):
    """ORG-13, ORG-11."""
    stations = [unit for unit in units if unit.kind == "station"]
    assert len(stations) == 187
    assert all(unit.posts[0].a for unit in stations)
    for unit in units:
        if (
            unit.kind in {"department", "agency", "mass_organisation"}
            and unit.level == "county"
        ):
            by_role = {post.role: post for post in unit.posts}
            three = ("county.handler", "county.section_head", "county.leader")
            assert set(three) <= set(by_role)
            assert len({by_role[role].a for role in three}) == 3  # 承办、审核、批准


def test_parents_stand_before_children(units):
    seen = set()
    for unit in units:
        assert not unit.parent or unit.parent in seen
        seen.add(unit.key)


def test_the_same_file_invents_the_same_people(organisation, units):
    once, again = invent_people(organisation, units), invent_people(organisation, units)
    assert once == again
    names = [person.username for person in once.values()]
    assert len(set(names)) == len(names) == len(once)


def test_a_new_unit_changes_nobody_elses_name(organisation, divisions, units):
    before = invent_people(organisation, units)
    more = deepcopy(organisation)
    more["county_units"].insert(
        0, {"key": "county_new", "name": "新局", "kind": "department", "slug": "xinju"}
    )

    after = invent_people(more, read_units(more, divisions))

    assert before.items() <= after.items()
    assert ("county_new", "first") in after


def test_broken_files_are_refused_in_words(organisation, divisions):
    with pytest.raises(Refused, match="第2行.*province"):
        read_divisions(
            [{"code": "13", "name": "河北省", "level": "province", "parent": ""}], organisation
        )
    with pytest.raises(Refused, match="第2行.*999"):
        read_divisions(
            [{"code": "1", "name": "甲村", "level": "village", "parent": "999"}], organisation
        )
    with pytest.raises(Refused, match="130123001不在行政区划文件中"):
        read_units(organisation, divisions[:1])
    orphan = deepcopy(organisation)
    orphan["county_units"][1]["parent"] = "nobody"
    with pytest.raises(Refused, match="nobody"):
        read_units(orphan, divisions)
    double = deepcopy(organisation)
    double["county_units"].append(double["county_units"][1])
    with pytest.raises(Refused, match="重复"):
        read_units(double, divisions)
