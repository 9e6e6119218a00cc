"""Posted nonsense, field by field, for every item and every step: words, never a failure."""

from __future__ import annotations

import random

import pytest
from django.test import Client

from tests.webapp.cases.desk import Desk
from tests.webapp.inboxes.conftest import posted
from webapp.accounts.models import Officer
from webapp.cases.models import WorkItem
from webapp.catalogue.queries import item_by_code, items_offered
from webapp.processes import queries as processes
from workflows.forms import FieldKind

pytestmark = pytest.mark.django_db

JUNK = (
    "", "　", "-1", "1e400", "NaN", "Infinity", "9" * 400, "0.1" + "0" * 300, "١٢٣", "２０２６－０２－３０",
    "2026-02-30", "0000-00-00", "9999-12-31", "true", "null", "[]", '{"sensitive": 1}', "\u202e", "\ud7ff",
    "\ufffe", "😀" * 400, "a" * 20_000, "{applicant}", "⟦D05⟧", "%s%(x)s", "\\u0000", "\r\n" * 500,
    "'; DROP TABLE cases_case; --", "=1+1", "<b>", "grant", "1/0",
)  # fmt: skip


@pytest.fixture
def desk(county, at) -> Desk:
    """Registers and works cases through the real actions."""
    return Desk(county, at)


def browser(officer) -> Client:
    """A browser in which somebody is signed in; failures come as pages."""
    client = Client(raise_request_exception=False)
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def spoiled(chance, form, good):
    """Good answers with one to four of them spoiled, also those of rows, twice, or renamed."""
    pairs = posted(good)
    names = [one.key for one in form.fields]
    for one in form.fields:
        if one.kind is FieldKind.ROWS:
            names += [f"{one.key}[{n}].{part.key}" for part in one.fields for n in (0, 1, 9999)]
            names += [one.key, f"{one.key}[0]", f"{one.key}[x].y"]
    for name in chance.sample(names, min(len(names), chance.randint(1, 4))):
        several = chance.random() < 0.2
        pairs[name] = list(chance.choices(JUNK, k=2)) if several else chance.choice(JUNK)
    return pairs


def test_no_item_and_no_answer_breaks_the_register_page(desk, county):
    chance = random.Random(7)
    client = browser(county.officer("xinan.centre", "township.window"))
    for offered in items_offered("township"):
        form = item_by_code(offered.code).form
        for place in ("", "state/", "draft/"):
            pairs = spoiled(chance, form, desk.answers(offered.code))
            answer = client.post(f"/register/{offered.code}/{place}", pairs)
            assert answer.status_code < 500, (offered.code, place, pairs)
        assert client.get(f"/register/{offered.code}/").status_code == 200


@pytest.mark.parametrize(
    "code",
    [
        "ZR01",
        *(pytest.param(code, marks=pytest.mark.soak) for code in ("MZ01", "MZ04", "RS01")),
    ],
)
def test_no_answer_breaks_the_page_of_a_step(desk, code):
    chance = random.Random(11)
    case = desk.open(code)
    for _ in range(30):
        item = (
            WorkItem.objects.filter(case=case, state="OPEN")
            .exclude(process_key="")
            .order_by("id")
            .first()
        )
        if item is None:
            break
        person = desk.anybody(item.pool_id, but=desk.separate_from(item))
        client = browser(Officer.objects.get(pk=person.officer_id))
        form = processes.form(case.process_version_id, item.form)
        for place in ("state/", "draft/", ""):
            good = desk.form_answers(item) | {"outcome": "no-such"}
            pairs = spoiled(chance, form, good)
            answer = client.post(f"/items/{item.pk}/{place}", pairs)
            assert answer.status_code < 500, (item.element, place, pairs)
            assert client.get(f"/items/{item.pk}/").status_code < 400
        item.refresh_from_db()
        if item.state == "OPEN":
            desk.complete(item, person)
    for tab in (
        "overview",
        "materials",
        "timeline",
        "documents",
        "opinions",
        "diagram",
        "clocks",
    ):
        assert client.get(f"/cases/{case.pk}/{tab}/").status_code == 200
    assert client.post(f"/cases/{case.pk}/withdraw/", {"reason": "\x00"}).status_code < 500
