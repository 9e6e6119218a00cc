"""Where a step waits: role, place of the case and item decide (flows: lanes decide inboxes)."""

from __future__ import annotations

import pytest

from webapp.core.errors import Refused
from webapp.organisations.models import Division, Pool, Role, Unit
from webapp.organisations.queries import (
    competent_unit,
    resolve_pool,
    township_centre,
    village_station,
    villages_of,
)

VILLAGE = "130123103201"


def resolved(
    county, role, *, category="civil_affairs", competent="county_civil_affairs", **more
):
    """`unit/role` of the pool for a case of a village of 新安镇."""
    known = {
        "village_id": Division.objects.get(code=VILLAGE).pk,
        "township_unit_id": county.unit("xinan.centre").pk,
        "competent_unit_id": county.unit(competent).pk,
        "category": category,
    }
    pool = Pool.objects.select_related("unit").get(pk=resolve_pool(role, **known | more))
    return f"{pool.unit.key}/{pool.role_id}"


@pytest.mark.parametrize(
    ("role", "pool"),
    [
        ("village.agent", f"station.{VILLAGE}/village.agent"),
        ("township.window", "xinan.centre/township.window"),
        ("township.head_window", "xinan.centre/township.head_window"),
        ("township.leader", "xinan.centre/township.leader"),
        ("township.handler", "xinan.civil_affairs/township.handler"),
        ("county.window", "county_hall/county.window"),
        ("county.head_window", "county_hall/county.head_window"),
        ("county.section_head", "county_civil_affairs/county.section_head"),
        ("county.handler", "county_civil_affairs/county.handler"),
        ("county.leader", "county_civil_affairs/county.leader"),
        ("county.office", "county_service_office/county.office"),
        ("county.government", "county_government/county.government"),
    ],
)
def test_every_role_of_a_lane_has_its_place(county, role, pool):
    assert resolved(county, role) == pool


@pytest.mark.parametrize(
    ("category", "office"),
    [
        ("household", "police_station"),
        ("medical_insurance", "social_security"),
        ("homestead", "township_natural_resources"),
        ("forestry", "township_agriculture"),
    ],
)
def test_the_category_finds_the_office_of_the_township(county, category, office):
    assert resolved(county, "township.handler", category=category).startswith(
        f"xinan.{office}/"
    )


def test_an_item_without_an_office_goes_to_the_centre(county):
    Unit.objects.filter(key="xinan.civil_affairs").update(categories=[])
    Pool.objects.create(unit=county.unit("xinan.centre"), role_id="township.handler")

    assert resolved(county, "township.handler") == "xinan.centre/township.handler"


def test_a_departments_unit_is_named_by_the_diagram(county):
    """联办: `unit` of a branch; a township's own organ is found beside the centre."""
    assert resolved(county, "county.handler", unit_key="county_tax") == (
        "county_tax/county.handler"
    )
    assert resolved(county, "county.handler", unit_key="township_construction") == (
        "xinan.township_construction/township.handler"
    )


def test_a_township_power_is_guided_by_the_county_department(county):
    """XF01: the township has the power; above it stands the department of the business."""
    competent = "xinan.township_government"
    assert resolved(county, "county.handler", category="petition", competent=competent) == (
        "county_petition/county.handler"
    )


@pytest.mark.parametrize(
    ("role", "pool"),
    [
        ("township.window", "county_hall/county.window"),
        ("township.head_window", "county_hall/county.head_window"),
        ("township.handler", "county_civil_affairs/county.handler"),
        ("township.leader", "county_civil_affairs/county.leader"),
    ],
)
def test_a_case_received_at_the_hall_stays_at_the_county(county, role, pool):
    hall = county.unit("county_hall").pk
    assert resolved(county, role, township_unit_id=hall, village_id=None) == pool


def test_a_second_question_asks_the_database_nothing(county, django_assert_num_queries):
    known = {
        "village_id": None,
        "township_unit_id": county.unit("xinan.centre").pk,
        "competent_unit_id": None,
        "category": "civil_affairs",
    }
    first = resolve_pool("township.window", **known)
    with django_assert_num_queries(0):
        assert resolve_pool("township.window", **known) == first


def test_a_missing_post_is_named_with_its_remedy(county):
    with pytest.raises(
        Refused, match="转出地社会保险经办机构没有设置“县直部门承办人”岗位.*县政务办"
    ):
        resolved(county, "county.handler", unit_key="origin_insurance_agency")


def test_a_missing_unit_is_named_with_its_remedy(county):
    with pytest.raises(Refused, match="代码为“county_nothing”的单位.*县政务办"):
        resolved(county, "county.handler", unit_key="county_nothing")
    with pytest.raises(Refused, match="便民服务站.*村级代办员"):
        resolved(county, "village.agent", village_id=None)


def test_a_role_that_nobody_registered_is_refused(county):
    with pytest.raises(Refused, match="county.wizard"):
        resolved(county, "county.wizard")


def test_a_role_of_the_county_finds_the_competent_unit(county):
    """The county may add roles (flows: conventions)."""
    Role.objects.create(key="county.expert", name="评审专家", level="county")
    Pool.objects.create(unit=county.unit("county_civil_affairs"), role_id="county.expert")

    assert resolved(county, "county.expert") == "county_civil_affairs/county.expert"


def test_a_village_has_its_station_and_its_centre(county):
    village = Division.objects.get(code=VILLAGE)
    assert village_station(village.pk) == county.unit(f"station.{VILLAGE}").pk
    assert township_centre(village.pk) == county.unit("xinan.centre").pk


def test_the_organ_with_the_power_is_the_items_or_the_townships_own(county):
    """CAT-18: documents print the competent organ, not the centre."""
    centre = county.unit("xinan.centre").pk
    department = county.unit("county_tax").pk
    assert competent_unit(department, "", centre) == department
    assert competent_unit(None, "police_station", centre) == (
        county.unit("xinan.police_station").pk
    )
    assert competent_unit(None, "", centre) == county.unit("xinan.township_government").pk
    with pytest.raises(Refused, match="没有行使这项职权的机关"):
        competent_unit(None, "police_station", county.unit("county_hall").pk)


@pytest.mark.parametrize(
    ("unit", "count"), [(f"station.{VILLAGE}", 1), ("xinan.centre", 14), ("county_hall", 187)]
)
def test_people_register_for_the_villages_of_their_unit(county, unit, count):
    found = villages_of(frozenset({county.unit(unit).pk}))
    assert len(found) == count
    assert unit == "county_hall" or all(name.startswith("新安镇") for _, name in found)
