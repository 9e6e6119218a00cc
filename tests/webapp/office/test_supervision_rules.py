"""Rules R01–R13 changed on a page (domain §4.4): bands, persons, preview, four eyes, history."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from django.test import Client
from django.urls import reverse

from tests.webapp.cases.desk import day
from webapp.accounts.models import Officer
from webapp.cases import actions as cases
from webapp.cases.models import Card, Clock
from webapp.catalogue.models import SupervisionRule
from webapp.catalogue.supervision import load_rules, supervision_rules
from webapp.changes import actions as changes
from webapp.changes.kinds import kind_of
from webapp.changes.models import Change
from webapp.changes.queries import difference
from webapp.core import db
from webapp.core.errors import Invalid, NotYours, Unknown
from webapp.office.previews import consequences
from webapp.organisations import lookups
from webapp.organisations.models import Pool

pytestmark = pytest.mark.django_db
OFFICE = "county_service_office"
BANDS = "R04_1"
FILE = Path(__file__).parents[3] / "bpmn/catalogue/supervision.yaml"


@pytest.fixture(autouse=True)
def fresh():
    lookups.forget()
    yield
    lookups.forget()


@pytest.fixture
def office(desk):
    return desk.acting(OFFICE, "county.office")


@pytest.fixture
def publisher(desk):
    return desk.acting(OFFICE, "county.publisher")


def proposed(office, subject: str, on: date | None = None, **answers) -> Change:
    """A change with these answers over those in force."""
    change = changes.begin("supervision", subject, office)
    kind = kind_of("supervision")
    typed = {**kind.typed(kind.current(subject)), **answers}
    changes.save(change.pk, office, typed, reason="县里定", effective_on=on, seen=0)
    return changes.propose(change.pk, office)


def row(code: str, part: int = 1) -> SupervisionRule:
    return SupervisionRule.objects.get(code=code, part=part)


def late(desk):
    """A case whose promised day was Tuesday 2026-03-31; nothing else of it runs out."""
    desk.reroute("ZR01", "promised")
    case = desk.run(desk.open("ZR01"), until="Task_Review")
    Clock.objects.filter(case=case).exclude(kind="promised").update(state="ended")
    return case


def test_yellow_ends_where_red_begins(office, publisher):
    five = "超过承诺时限五个工作日以上"
    change = proposed(office, BANDS, R05_1_late_from="5", R05_1_name=five)
    assert f"R05：牌上写“{five}”" in [line.words for line in difference(change)]
    changes.approve(change.pk, publisher)
    assert row("R05").name == five
    assert (row("R04").late_until, row("R05").late_from, row("R05").late_until) == (4, 5, None)
    assert row("R05", 2).late_from == 1, "the statutory clock is another change"
    now = {(one.code, one.part): one for one in supervision_rules()}
    assert now["R04", 1].covers("promised", 4)
    assert not now["R04", 1].covers("promised", 5)
    assert now["R05", 1].covers("promised", 5)


@pytest.mark.parametrize("first", ["0", "1", "31"])
def test_a_band_that_begins_before_the_other_is_told_at_its_field(office, first):
    with pytest.raises(Invalid) as wrong:
        proposed(office, BANDS, R05_1_late_from=first)
    assert list(wrong.value.errors) == ["R05_1_late_from"]
    assert row("R05").late_from == 3


def test_without_the_red_band_the_yellow_one_has_no_end(office, publisher):
    done = changes.approve(proposed(office, BANDS, R05_1_enabled=False).pk, publisher)
    assert (row("R04").late_until, row("R05").enabled) == (None, False)
    told = {line.words: line.grave for line in difference(done)}
    assert told == {"R05：停用，不再发": True}
    back = changes.go_back(done.pk, office, "还是要红牌")
    changes.approve(back.pk, publisher)
    assert (row("R04").late_until, row("R05").enabled) == (2, True)


def test_the_preview_names_who_would_get_a_card_and_the_sweep_does_as_it_said(
    desk, office, publisher
):
    case = late(desk)
    cases.issue_cards(day("2026-04-02"))
    assert set(Card.objects.filter(case=case).values_list("rule", flat=True)) == {"R04"}
    change = proposed(office, BANDS, R05_1_late_from="2")
    with db.pretended(day("2026-04-02")):
        said = consequences(Change.objects.get(pk=change.pk))
    assert "照现在的情形，1 件在办件会收到 1 张：" in said
    assert f"{case.number} R05 红牌（承诺办结时限，2026-03-31到期）" in said
    assert Card.objects.filter(case=case).count() == 1, "looking issues nothing"
    with db.pretended(day("2026-04-01")):
        assert any("没有在办件" in line for line in consequences(change))
    changes.approve(change.pk, publisher)
    cases.issue_cards(day("2026-04-02"))
    red = Card.objects.get(case=case, rule="R05")
    assert (red.level, red.clock.kind) == ("red", "promised")


def test_reminders_are_foreseen_also_when_offices_are_closed(desk, office):
    case = late(desk)
    change = proposed(office, "R01_1", R01_1_days="5")
    with db.pretended(day("2026-03-24", 3)):
        said = consequences(Change.objects.get(pk=change.pk))
    assert any(line.startswith(f"{case.number} R01 提醒") for line in said)


def test_who_is_told_changes_and_fewer_is_grave(desk, office, publisher):
    case = late(desk)
    change = proposed(office, BANDS, R04_1_to=["township.leader", "inspection"])
    told = {line.words: line.grave for line in difference(change)}
    assert [line for line in told if "增加告诉" in line]
    assert all(told[line] is ("不再告诉" in line) for line in told)
    changes.approve(change.pk, publisher)
    cases.issue_cards(day("2026-04-01"))
    card = Card.objects.get(case=case, rule="R04")
    roles = set(Pool.objects.filter(pk__in=card.told).values_list("role_id", flat=True))
    assert roles == {"township.leader", "inspection"}


def test_it_waits_for_its_day(office, publisher):
    today = office.at.date()
    change = proposed(office, "R11_1", on=today + timedelta(days=3), R11_1_count="4")
    changes.approve(change.pk, publisher)
    assert changes.take_effect(office.at) == 0
    assert row("R11").count == 3
    assert changes.take_effect(office.at + timedelta(days=3)) == 1
    assert row("R11").count == 4


def test_four_eyes(office, desk):
    change = proposed(office, "R11_1", R11_1_count="2")
    with pytest.raises(NotYours):
        changes.approve(change.pk, office)
    with pytest.raises(NotYours):
        changes.begin("supervision", "R11_1", desk.acting("county_inspection", "inspection"))


@pytest.mark.parametrize("subject", ["R08_1", "R05_1", "R99_1", "", "R04"])
def test_what_is_no_rule_to_change_is_unknown(office, subject):
    """R08 is the law's (行政许可法第三十八条); a band is changed with its first."""
    with pytest.raises(Unknown):
        changes.begin("supervision", subject, office)


def test_a_release_leaves_the_county_s_rules_alone(office, publisher):
    changes.approve(proposed(office, "R11_1", R11_1_count="5").pk, publisher)
    rows = yaml.safe_load(FILE.read_text())
    assert load_rules(rows, update=True) == []
    assert row("R11").count == 5
    SupervisionRule.objects.filter(code="R02").update(name="旧的名称")
    assert load_rules(rows, update=True) == ["R02"]


def test_the_page_lists_every_rule_and_what_was_changed(
    office, publisher, django_assert_max_num_queries
):
    changes.approve(proposed(office, BANDS, R05_1_late_from="5").pk, publisher)
    client = Client()
    client.force_login(
        Officer.objects.get(pk=office.officer_id), "django.contrib.auth.backends.ModelBackend"
    )
    with django_assert_max_num_queries(16):
        page = client.get(reverse("office:supervision")).content.decode()
    for code in range(1, 14):
        assert f"R{code:02} " in page
    assert "超期1至4个工作日" in page
    assert "超期5个工作日起" in page
    assert "本县改过" in page
    assert "R05 从超期第几个工作日起：由 3 改为 5" in page
    assert 'value="R08_1"' not in page
    changed = client.post(
        reverse("office:change_begin"), {"kind": "supervision", "subject": BANDS}, follow=True
    ).content.decode()
    assert "R05 超过承诺时限三个工作日以上" in changed
