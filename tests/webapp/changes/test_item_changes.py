"""Items changed on a page: the next case has the new content, the running one keeps the old."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command

from tests.webapp.cases.desk import Desk
from tests.webapp.conftest import ROOT
from webapp.catalogue.models import ItemVersion, ServiceItem
from webapp.catalogue.queries import item_by_code, item_version
from webapp.changes import actions
from webapp.changes.kinds import kind_of, kinds
from webapp.changes.kinds.item_materials import paper
from webapp.core.errors import Invalid, Refused, Unknown
from webapp.organisations.models import Post
from workflows.forms import validate

OFFICE = "county_service_office"
CODE = "MZ04"
SECTIONS = [key for key in kinds() if key.startswith("item.") and key != "item.new"]


@pytest.fixture
def desk(county, at):
    return Desk(county, at)


@pytest.fixture
def author(county):
    return county.acting(OFFICE, "county.office")


@pytest.fixture
def reviewer(county):
    return county.acting(OFFICE, "county.publisher")


@pytest.fixture
def propose(author):
    def propose(key, change_typed, subject=CODE, on=None):
        change = actions.begin(key, subject, author)
        typed = change.typed
        change_typed(typed)
        actions.save(change.pk, author, typed, reason="试改", effective_on=on, seen=0)
        return actions.propose(change.pk, author)

    return propose


def promised(days):
    def change(typed):
        row = next(row for row in typed["limits"] if row["clock"] == "promised")
        row["days"] = days

    return change


@pytest.mark.parametrize("key", SECTIONS)
def test_what_stands_there_passes_its_own_form_and_is_no_change(county, at, key):
    """Of every item: a page that is opened and saved unchanged proposes nothing."""
    kind = kind_of(key)
    for code in ServiceItem.objects.values_list("code", flat=True):
        value = kind.current(code)
        found = validate(kind.form(code), kind.typed(value), today=at.date())
        assert found.errors == {}, code
        assert kind.value(found.values, value) == value, code
        kind.check(code, value, at.date())
        assert kind.difference(value, value) == []


def test_a_limit_and_a_material_change_without_a_diagram(desk, propose, reviewer):
    running = desk.open(CODE)

    def another(typed):
        typed["materials"].append(
            {
                "name": "近期照片", "role": "secondary", "form": "original", "copies": 2,
                "source": "applicant", "tolerable": True, "supplement_days": 2,
            }
        )  # fmt: skip

    actions.approve(propose("item.limits", promised(3)).pk, reviewer)
    actions.approve(propose("item.materials", another).pk, reviewer)

    item = item_by_code(CODE)
    assert item.limit("promised").days == 3
    assert item.materials[-1].name == "近期照片"
    after = desk.open(CODE)
    assert after.item_version_id == item.version_id
    assert item_version(after.item_version_id).limit("promised").days == 3
    assert running.item_version_id != item.version_id
    assert item_version(running.item_version_id).limit("promised").days == 15
    assert after.materials.filter(key="added_1").exists()
    assert not running.materials.filter(key="added_1").exists()


def test_tomorrow_does_not_apply_today_and_comes_without_a_worker(desk, propose, reviewer):
    tomorrow = desk.at.date() + timedelta(days=1)
    change = propose("item.limits", promised(4), on=tomorrow)
    actions.approve(change.pk, reviewer)
    before = desk.open(CODE)
    assert item_version(before.item_version_id).limit("promised").days == 15
    desk.go_to(tomorrow.isoformat(), 0, 1)
    next_day = desk.open(CODE)
    assert item_version(next_day.item_version_id).limit("promised").days == 4


def test_the_law_is_told_at_the_field(propose):
    with pytest.raises(Invalid) as wrong:
        propose("item.limits", promised(200), subject="MZ01")
    assert any(key.startswith("limits[") for key in wrong.value.errors)

    def main_may_be_late(typed):
        row = next(row for row in typed["materials"] if row["role"] == "main")
        row.update(tolerable=True, supplement_days=3)

    with pytest.raises(Invalid) as wrong:
        propose("item.materials", main_may_be_late)
    assert "主件" in str(wrong.value)

    def no_feel(typed):
        typed["materials"][1]["condition"] = "age >="

    with pytest.raises(Invalid) as wrong:
        propose("item.materials", no_feel)
    assert list(wrong.value.errors) == ["materials[1].condition"]

    def deemed(typed):
        typed["deemed_acceptance"] = True

    with pytest.raises(Invalid) as wrong:
        propose("item.switches", deemed)
    assert "第三十二条" in wrong.value.errors["deemed_acceptance"]

    def charge(typed):
        typed |= {"amount": 20, "basis": ""}

    with pytest.raises(Invalid) as wrong:
        propose("item.fee", charge)
    assert "收费依据" in wrong.value.errors["basis"]


@pytest.mark.parametrize(
    ("copies", "said"), [(2, "复印件2份"), (1, "复印件1份"), (0, "复印件")]
)
def test_a_paper_of_which_none_is_kept_is_not_counted(copies, said):
    """CAT-05: an applicant who reads “0份” asks whether she must bring it at all."""
    assert paper({"form": "copy", "copies": copies}) == said


def test_licences_keep_their_limits(propose):
    def long_check(typed):
        next(row for row in typed["limits"] if row["clock"] == "check")["days"] = 9

    with pytest.raises(Invalid, match="第三十二条"):
        propose("item.limits", long_check, subject="ZR01")


def test_the_difference_says_what_is_graver(propose):
    change = propose("item.limits", promised(18))
    (line,) = kind_of("item.limits").difference(change.before, change.after)
    assert line.grave
    assert "15个工作日" in line.words
    assert "18个工作日" in line.words


def test_a_department_must_have_somebody_who_answers(propose):
    code = ServiceItem.objects.filter(current__flow="joint").first().code

    def ask_nobody(typed):
        typed["departments"][0].update(unit="county_tax", external=False, days=3)

    Post.objects.filter(pool__unit__key="county_tax", pool__role="county.leader").update(
        active=False
    )
    with pytest.raises(Invalid) as wrong:
        propose("item.departments", ask_nobody, subject=code)
    assert "departments[0].unit" in wrong.value.errors


def test_a_closed_item_opens_no_case_and_a_running_one_goes_on(desk, propose, reviewer):
    running = desk.open(CODE)

    def close(typed):
        typed["enabled"] = False

    actions.approve(propose("item.offer", close).pk, reviewer)
    with pytest.raises(Unknown):
        item_by_code(CODE)
    desk.run(running, "Task_Prelim")


def test_a_new_item_begins_as_a_copy(desk, propose, reviewer):
    def new(typed):
        typed.update(code="MZ77", name="高龄津贴", category="civil_affairs", like=CODE)

    change = propose("item.new", new, subject="")
    assert change.subject == "MZ77"
    actions.approve(change.pk, reviewer)
    case = desk.open("MZ77")
    assert item_version(case.item_version_id).name == "高龄津贴"
    with pytest.raises(Invalid, match="已经有"):
        propose("item.new", new, subject="")


def test_a_release_does_not_replace_what_the_county_changed(propose, reviewer, tmp_path):
    actions.approve(propose("item.limits", promised(2)).pk, reviewer)
    version = ItemVersion.objects.get(item__code=CODE, by_county=True)
    call_command("load_county", ROOT / "bpmn" / "catalogue", update=True)
    assert ServiceItem.objects.get(code=CODE).current_id == version.pk
    assert item_by_code(CODE).limit("promised").days == 2


def test_nothing_changed_is_not_proposed(propose):
    with pytest.raises(Refused, match="没有改动"):
        propose("item.limits", lambda typed: None)
