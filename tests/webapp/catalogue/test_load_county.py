"""Loading the county: once, again, with changed and with broken files."""

from __future__ import annotations

import shutil

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import connection

from tests.webapp.conftest import ROOT
from webapp.accounts.models import Officer
from webapp.catalogue.models import Calendar, CalendarDay, ItemVersion, Material, ServiceItem
from webapp.organisations.models import Division, Holding, Post, Role, Unit

CATALOGUE = ROOT / "bpmn" / "catalogue"
TABLES = (
    Division,
    Unit,
    Post,
    Officer,
    Holding,
    ServiceItem,
    ItemVersion,
    Material,
    CalendarDay,
)


def counts():
    return {model.__name__: model.objects.count() for model in TABLES}


@pytest.fixture
def empty(db):
    """Tables as on a new machine, for this test only."""
    names = ", ".join(f'"{model._meta.db_table}"' for model in (*TABLES, Calendar))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} CASCADE")


@pytest.fixture
def files(tmp_path):
    """A copy of the input files that a test may change."""
    return shutil.copytree(CATALOGUE, tmp_path / "catalogue")


def change_items(folder, change):
    path = folder / "items.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    change({item["code"]: item for item in content["items"]})
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


def test_a_new_machine_gets_the_whole_county(empty, capsys):
    call_command("load_county", CATALOGUE)

    found = counts()
    assert found["Division"] == 198
    assert found["ServiceItem"] == found["ItemVersion"] == 35
    assert found["Material"] > 150
    assert found["CalendarDay"] == 91
    assert "单位" in capsys.readouterr().out


def test_nobody_invented_can_sign_in(county):
    officers = Officer.objects.filter(is_demo=False)
    assert officers.count() > 500
    assert not any(officer.has_usable_password() for officer in officers)


def test_a_second_load_changes_nothing(county, capsys):
    before = counts()
    call_command("load_county", CATALOGUE)
    assert counts() == before
    assert "没有变化" in capsys.readouterr().out


def test_what_the_county_changed_survives_a_second_load(county):
    Unit.objects.filter(key="xinan.centre").update(name="新安镇行政综合服务中心")
    ServiceItem.objects.filter(code="MZ01").update(enabled=False)

    call_command("load_county", CATALOGUE)

    assert county.unit("xinan.centre").name == "新安镇行政综合服务中心"
    assert not ServiceItem.objects.get(code="MZ01").enabled


def test_a_changed_item_waits_for_the_word_update(county, files, capsys):
    """CAT-05: a change is a new version; the old one stays for the cases opened with it."""

    def shorter(items):
        promised = next(x for x in items["MZ04"]["limits"] if x["clock"] == "promised")
        promised["days"] = 3

    change_items(files, shorter)
    old = ServiceItem.objects.get(code="MZ04").current

    call_command("load_county", files)
    assert "MZ04" in capsys.readouterr().out
    assert ServiceItem.objects.get(code="MZ04").current == old

    call_command("load_county", files, update=True)
    new = ServiceItem.objects.get(code="MZ04").current
    assert new.number == old.number + 1
    assert [row["days"] for row in new.limits if row["clock"] == "promised"] == [3]
    assert ItemVersion.objects.filter(pk=old.pk).exists()
    assert new.materials.count() == old.materials.count()


def test_an_item_nobody_has_seen_is_loaded(county, files):
    def another(items):
        items["MZ04"]["code"] = "ZZ99"
        items["MZ04"]["name"] = "新事项"

    change_items(files, another)
    call_command("load_county", files)

    assert ServiceItem.objects.get(code="ZZ99").current.name == "新事项"


def test_a_changed_calendar_is_published_as_the_next_one(county, files):
    path = files / "calendar_2025_2027.csv"
    path.write_text(path.read_text("utf-8") + "2027-12-31,调休,off,official\n", "utf-8")

    call_command("load_county", files)
    assert Calendar.objects.get(in_force=True).number == 1
    call_command("load_county", files, update=True)

    assert Calendar.objects.get(in_force=True).number == 2
    assert Calendar.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("items.yaml", "units: [", "不是正确的 YAML"),
        ("items.yaml", None, "读不到文件"),
        ("items.yaml", "version: 1\n", "缺少栏目"),
        ("roles.yaml", "[]", "没有登记的角色"),
        ("county/divisions_130123.csv", "code,name,level,parent\n1,甲,省,\n", "第2行"),
        ("calendar_2025_2027.csv", "date,name,kind,status\n2025-13-01,a,off,x\n", "第2行"),
    ],
)
def test_a_broken_file_is_named_and_nothing_is_loaded(empty, files, name, content, sentence):
    Role.objects.all().delete()
    if content is None:
        (files / name).unlink()
    else:
        (files / name).write_text(content, "utf-8")

    with pytest.raises(CommandError, match=sentence):
        call_command("load_county", files)

    assert set(counts().values()) == {0}


def test_an_item_of_an_unknown_organ_is_refused(county, files):
    change_items(files, lambda items: items["MZ04"].update(code="ZZ98", competent="nobody"))

    with pytest.raises(CommandError, match="ZZ98.*nobody"):
        call_command("load_county", files)
    assert not ServiceItem.objects.filter(code="ZZ98").exists()
