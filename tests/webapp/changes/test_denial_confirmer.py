"""否定由谁确认 is the county's parameter, by item or for all; a case keeps what held (DENY-02)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.webapp.cases.desk import Desk
from webapp.catalogue.models import ItemVersion
from webapp.catalogue.parameters import denial_confirmer
from webapp.catalogue.switches import problems_of_switches
from webapp.catalogue.versions import row_of
from webapp.changes import actions
from webapp.changes.kinds import kind_of
from webapp.core.errors import Invalid, NotYours
from webapp.office.previews import of_parameter
from webapp.organisations.models import Post
from workflows.forms import validate

pytestmark = pytest.mark.django_db
OFFICE = "county_service_office"
ITEM, OTHER = "MZ04", "SJ03"
LOWEST, LEADER = "township.head_window", "township.leader"


@pytest.fixture
def desk(county, at):
    return Desk(county, at)


@pytest.fixture
def put(county):
    """Propose, approve and put in force a change of one answer."""

    def put(key, subject, reviewer=None, **answers):
        author = county.acting(OFFICE, "county.office")
        change = actions.begin(key, subject, author)
        typed = {**change.typed, **answers}
        actions.save(change.pk, author, typed, reason="会议纪要", effective_on=None, seen=0)
        actions.propose(change.pk, author)
        who = reviewer or county.acting(OFFICE, "county.publisher")
        return actions.approve(change.pk, who)

    return put


def confirming(desk, case):
    """The role in whose inbox the proposed denial waits."""
    desk.run(case, "Task_Confirm", Task_Examine={"outcome": "not_required"})
    return desk.item(case, "Task_Confirm").pool.role_id


def test_an_item_names_another_and_the_running_case_keeps_its_own(desk, put):
    before = desk.open(ITEM)
    put("item.switches", ITEM, denial_confirmer=LEADER)
    after, other = desk.open(ITEM), desk.open(OTHER)
    assert confirming(desk, before) == LOWEST
    assert confirming(desk, after) == LEADER
    assert confirming(desk, other) == LOWEST
    desk.complete(desk.item(after, "Task_Confirm"), outcome="confirm")
    after.refresh_from_db()
    assert after.result == "not_required"


def test_the_county_names_one_for_all_and_an_item_its_own(desk, put):
    before = desk.open(ITEM)
    put("item.switches", OTHER, denial_confirmer=LOWEST)
    change = put("parameter.role", "denial_confirmer", role=LEADER, source="县办〔2026〕3号")
    assert "已经登记的，仍由原来的岗位确认" in of_parameter(change)[1], "as the page foretells"
    after, own = desk.open(ITEM), desk.open(OTHER)
    assert confirming(desk, before) == LOWEST
    assert confirming(desk, after) == LEADER
    assert confirming(desk, own) == LOWEST


def test_whoever_gains_the_decision_does_not_review_it(county, put):
    publisher = county.acting(OFFICE, "county.publisher")
    leader = county.acting("xinan.centre", LEADER)
    both = replace(publisher, held=publisher.held + leader.held)
    with pytest.raises(NotYours, match="扩大"):
        put("item.switches", ITEM, reviewer=both, denial_confirmer=LEADER)


@pytest.mark.parametrize("role", ["township.window", "village.agent", "nobody"])
def test_nobody_below_the_head_of_the_window(county, at, role):
    """Neither the page nor the items file lets a lower rank confirm."""
    for key, subject, name in (
        ("item.switches", ITEM, "denial_confirmer"),
        ("parameter.role", "denial_confirmer", "role"),
    ):
        kind = kind_of(key)
        typed = kind.typed(kind.current(subject)) | {name: role, "source": "会议纪要"}
        assert name in validate(kind.form(subject), typed, today=at.date()).errors
    version = ItemVersion.objects.select_related("item", "competent").get(
        item__code=ITEM, item__current__isnull=False, pk__in=current(ITEM)
    )
    row = row_of(version)
    row["switches"] = {**row["switches"], "denial_confirmer": role}
    assert [name for name, _words in problems_of_switches(row)] == ["denial_confirmer"]
    assert denial_confirmer({"denial_confirmer": role}) == LOWEST


def current(code):
    return ItemVersion.objects.filter(item__code=code).order_by("-number").values("pk")[:1]


def test_a_role_that_nobody_holds_somewhere_is_refused_at_its_field(county, put):
    Post.objects.filter(pool__unit__key="xinan.centre", pool__role=LEADER).update(active=False)
    with pytest.raises(Invalid) as wrong:
        put("item.switches", ITEM, denial_confirmer=LEADER)
    assert list(wrong.value.errors) == ["denial_confirmer"]
    with pytest.raises(Invalid) as wrong:
        put("parameter.role", "denial_confirmer", role=LEADER, source="会议纪要")
    assert "新安" in wrong.value.errors["role"]


def test_the_difference_names_both_roles_in_red(county):
    for key, before, after in (
        ("item.switches", {"denial_confirmer": LOWEST}, {"denial_confirmer": LEADER}),
        ("parameter.role", {"role": LOWEST, "source": "a"}, {"role": LEADER, "source": "a"}),
    ):
        (line,) = kind_of(key).difference(before, after)
        assert line.grave
        assert line.words.index("窗口负责人") < line.words.index("分管领导")
