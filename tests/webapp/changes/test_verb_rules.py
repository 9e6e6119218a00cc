"""动作权限: which role may use which verb is the county's table, and every verb asks it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from webapp.catalogue.models import VerbRule
from webapp.catalogue.verbs import EVERY, VERBS, load_verbs, verb_rules
from webapp.changes import actions as changes
from webapp.core import db
from webapp.core.errors import NotYours, Refused
from webapp.organisations import lookups

pytestmark = pytest.mark.django_db
OFFICE = "county_service_office"
SHIPPED = yaml.safe_load(Path("bpmn/catalogue/verbs.yaml").read_text(encoding="utf-8"))


def change_roles(county, verb, roles, reviewer=None):
    author = county.acting(OFFICE, "county.office")
    change = changes.begin("verb", verb, author)
    typed = {"roles": roles, "source": "县政务办会议纪要"}
    change = changes.save(
        change.pk, author, typed, reason="收紧", effective_on=None, seen=change.version
    )
    changes.propose(change.pk, author)
    return changes.approve(change.pk, reviewer or county.acting(OFFICE, "county.publisher"))


def test_the_shipped_rows_are_the_defaults_of_the_product(county):
    assert {verb: tuple(row["roles"]) for verb, row in SHIPPED.items()} == {
        verb: known.roles for verb, known in VERBS.items()
    }
    assert set(VerbRule.objects.values_list("verb", flat=True)) == set(VERBS)


def test_a_verb_without_a_row_has_its_default(county):
    VerbRule.objects.filter(verb="release").delete()
    lookups.forget()
    assert verb_rules()["release"] == {EVERY}


def test_a_second_person_puts_it_in_force_and_the_gaining_role_does_not_review(county):
    change_roles(county, "reassign", ["township.head_window", "township.leader"])
    assert verb_rules()["reassign"] == {"township.head_window", "township.leader"}
    publisher = county.acting(OFFICE, "county.publisher")
    window = county.acting("xinan.centre", "township.window")
    both = replace(publisher, held=publisher.held + window.held)
    with pytest.raises(NotYours, match="扩大"):
        change_roles(county, "reassign", ["township.window"], reviewer=both)


def test_what_the_county_set_stays_after_a_later_load(county):
    change_roles(county, "release", ["township.window"])
    assert load_verbs(SHIPPED, db.now(), update=True) == []
    assert VerbRule.objects.get(pk="release").roles == ["township.window"]


@pytest.mark.parametrize(
    "row", [{"roles": ["nobody"], "source": ""}, {"roles": [], "source": ""}]
)
def test_a_file_with_a_strange_role_or_none_is_refused(county, row):
    with pytest.raises(Refused):
        load_verbs({"release": row}, db.now())
    with pytest.raises(Refused, match="没有"):
        load_verbs({"fly": {"roles": [EVERY], "source": ""}}, db.now())
