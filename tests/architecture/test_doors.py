"""The walk of permissions over addresses: everybody tries every door (design: security).

Generated from the URL conf. Who may not get in learns nothing (404, as for what does not exist)
and changes nothing; who is not signed in is sent to the gate.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture import doors
from tests.architecture.bodies import body_of
from tests.architecture.doors import DOORS
from tests.architecture.people import OUTSIDE, PLACES
from webapp.cases.models import Document
from webapp.core.access import AccessMiddleware
from webapp.inboxes.desk import TABS
from webapp.organisations.models import Role, Unit

pytestmark = pytest.mark.django_db

CLERK = "township.window @ own"
IN, HIDDEN, GATE = "in", "404", "gate"
BY_ROLE = [name for name, door in DOORS.items() if not isinstance(door.who, str)]
BY_CASE = [
    name
    for name, door in DOORS.items()
    if isinstance(door.who, str) and door.who not in {doors.ITEM, doors.SEAT}
]
BY_ITEM = [name for name, door in DOORS.items() if door.who == doors.ITEM]
FILES = dict.fromkeys(
    ("designer:form_preview", "designer:form_preview_state"), "forms/review.json"
)
FILES["designer:story"] = "scenarios/promised-granted.yaml"
FILES["designer:table_trial"] = "decisions/path.dmn"
FILES["designer:wording_page"] = "documents/D05.yaml"
"""Doors that are about another file of the draft than its diagram."""
EVERY_STAGE = {"inboxes:case", "inboxes:item"}
THREE_STAGES = ("county.handler", "township.window", "county.office")
"""For the other doors: at the county, still at the township, denied and filed."""


def patterns(resolver=None, space="") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site with its full name."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, f"{one.app_name}:" if one.app_name else space)
        else:
            yield f"{space}{one.name}", one


def test_every_address_has_a_rule_and_a_line_in_the_table():
    """A new page without either fails here."""
    found = dict(patterns())
    assert set(found) == set(DOORS)
    assert len(found) == len(list(patterns())), "two addresses share a name"
    for name, pattern in found.items():
        assert callable(getattr(pattern.callback, "rule", None)), f"{name} has no rule"
        methods = set(pattern.callback.methods) - {"HEAD"}
        assert methods == set(DOORS[name].methods.split()), name


def test_a_view_without_a_rule_is_a_closed_door(rf):
    """Deny by default: forgetting the rule shows nothing."""
    middleware = AccessMiddleware(lambda request: HttpResponse())
    with pytest.raises(Http404):
        middleware.process_view(rf.get("/"), lambda request: HttpResponse("open"), (), {})


def test_every_role_of_the_county_walks(scene):
    """ORG-02: roles are data; a new one must find its way into the walk."""
    assert set(Role.objects.values_list("key", flat=True)) == set(PLACES)


# -- the walk ------------------------------------------------------------------------------


def walk(scene, name, url, who, body=None, walkers=None) -> list[str]:
    """Everybody tries one address with every method; gives what went wrong.

    What those who may do is undone; what the others try is not: it must leave no trace.
    """
    wrong = []
    before = scene.fingerprint()
    for method in DOORS[name].methods.split():
        for walker in walkers or scene.everybody:
            with transaction.atomic():
                got = answer(scene, walker, method, url, body)
                transaction.set_rollback(walker in who)
            due = IN if walker in who else GATE if walker == OUTSIDE else HIDDEN
            if got != due:
                wrong.append(f"{method} {name} {url}: {walker} got {got}, not {due}")
    if found := difference(before, scene.fingerprint()):
        wrong.append(f"{name} {url}: people who may not have changed {found}")
    return wrong


def answer(scene, walker, method, url, body) -> str:
    """What a walker gets. No door answers 403 or fails."""
    client = scene.client(walker)
    got = client.get(url) if method == "GET" else client.post(url, body or {})
    if got.status_code == 404:
        return HIDDEN
    if got.status_code == 401 or (got.status_code == 302 and "/sign-in/?next=" in got.url):
        return GATE
    return IN if got.status_code in {200, 302, 400, 409, 422} else str(got.status_code)


def difference(before, after) -> list[str]:
    """Tables whose content is another one now."""
    return [table for table, digest in before.items() if after[table] != digest]


def can_change(scene, who, url, body) -> bool:
    """Whether the right people change rows with this body (undone)."""
    before = scene.fingerprint()
    for walker in sorted(who):
        with transaction.atomic():
            scene.client(walker).post(url, body or {})
            found = difference(before, scene.fingerprint())
            transaction.set_rollback(True)
        if found:
            return True
    return False


def address(scene, name, staged=None) -> str:
    """The address of a door, about one case where it is about a case."""
    known = {"code": "ZR01", "key": "promised", "part": "decision", "band": "all"}
    known |= {"path": FILES.get(name, "promised.bpmn"), "verb": "remark"}
    known |= {"run_id": scene.run, "process": "promised"}
    known |= {"draft_id": scene.draft, "publication_id": scene.publication}
    known |= {"change_id": scene.change, "transfer_id": scene.transfer}
    known |= {"card_id": scene.card, "contact_id": scene.contact, "view_id": scene.view}
    if name == "contacts:contact_do":
        known["verb"] = "take"
    known |= {"upload_id": scene.upload, "number": "no-such-run"}
    if name == "office:change_verb":
        known["verb"] = "withdraw"
    if name == "office:unit":
        known["key"] = "xinan.centre"
    known |= {"absence_id": scene.absence, "handover_id": scene.handover}
    known |= {"filing_id": scene.filing}
    known |= {"roster_id": scene.roster, "unit_id": Unit.objects.get(key="xinan.centre").pk}
    window = scene.acting("township.window @ own").held[0]
    known |= {"post_id": window.post_id, "officer_id": scene.people[CLERK].officer.pk}
    if name == "inboxes:absence_do":
        known["verb"] = "note"
    if staged is not None:
        known |= {
            "tab": "timeline",
            "verb": "bill",
            "case_id": staged.case.pk,
            "item_id": staged.item.pk,
            "process": staged.case.process_version.process.key,
            "attachment_id": staged.attachment,
            "number": 1,
            "document_id": Document.objects.filter(case=staged.case).first().pk,
        }
    wanted = dict(patterns())[name].pattern.converters
    return reverse(name, kwargs={key: known[key] for key in wanted})


def stages(scene, name):
    """The cases about which a door is tried."""
    roles = scene.staged if name in EVERY_STAGE else THREE_STAGES
    return [scene.staged[role] for role in roles]


def who_of(name, staged) -> frozenset[str]:
    """Who gets in, for one case."""
    return {
        doors.CASE: staged.seen_by,
        doors.CASE_OF_WINDOW: staged.seen_by & doors.REGISTERING,
        doors.IN_HAND: staged.in_hand,
        doors.AT_WINDOW: staged.at_window,
        doors.PRINTING: staged.prints,
        doors.ITEM_OR_LEADS: staged.leads | {staged.owner},
        doors.LEADS: staged.leads,
        doors.OFFICE: frozenset({"county.office @ own"}),
        doors.ITEM: frozenset({staged.owner}),
    }[DOORS[name].who]


@pytest.mark.parametrize("name", BY_ROLE)
def test_pages_by_role(scene, name):
    """Who gets in depends on the role alone."""
    url, body = address(scene, name), body_of(scene, name, None)
    assert walk(scene, name, url, DOORS[name].who, body) == []
    if DOORS[name].changes:
        assert can_change(scene, DOORS[name].who, url, body), "the walk would notice nothing"


@pytest.mark.parametrize("name", BY_CASE + BY_ITEM)
def test_pages_about_a_case_or_a_work_item(scene, name):
    """Own unit yes; the same role of another township, another department or village: 404.

    A work item is open to the post where it waits only, not to colleagues of the same unit.
    """
    changed = False
    for staged in stages(scene, name):
        url, body = address(scene, name, staged), body_of(scene, name, staged)
        assert walk(scene, name, url, who_of(name, staged), body) == []
        if DOORS[name].changes and not changed:
            changed = can_change(scene, staged.in_hand | staged.leads, url, body)
    assert changed == DOORS[name].changes, "the walk would notice nothing"


def test_every_tab_and_every_drawing_of_a_case(scene):
    """Tabs share one address: each is tried, also one that does not exist."""
    staged = scene.staged["county.handler"]
    walkers = [staged.owner, "county.handler @ other", "admin.system @ own", OUTSIDE]
    tabs = [key for key, _label in TABS]
    for tab in [*tabs, "nothing", "item", "frame"]:
        url = reverse("inboxes:case_tab", args=[staged.case.pk, tab])
        who = staged.seen_by if tab in tabs else frozenset()
        assert walk(scene, "inboxes:case_tab", url, who, walkers=walkers) == []
    for process in ("escalated", "intake", "county-decision", "nothing"):
        url = reverse("inboxes:diagram_file", args=[staged.case.pk, process])
        who = frozenset() if process == "nothing" else staged.seen_by
        assert walk(scene, "inboxes:diagram_file", url, who, walkers=walkers) == []


def test_numbers_that_nobody_has(scene):
    """What does not exist and what is not hers look the same."""
    walkers = ["township.window @ own", "county.office @ own", "admin.audit @ own", OUTSIDE]
    for name in BY_CASE + BY_ITEM:
        known = {"tab": "timeline", "process": "escalated"}
        wanted = dict(patterns())[name].pattern.converters
        url = reverse(name, kwargs={key: known.get(key, 999_999) for key in wanted})
        assert walk(scene, name, url, frozenset(), walkers=walkers) == []


def test_the_board_of_a_unit_is_for_its_leaders(scene):
    """A leader opens the lines of her own unit, the county's eyes every line."""
    lines = {
        "xinan.centre": {"township.leader @ own", "township.head_window @ own"},
        "nangang.centre": {"township.leader @ other", "township.head_window @ other"},
        "county_civil_affairs": {"county.leader @ own"},
        "county_government": {"county.government @ own"},
    }
    for unit, leaders in lines.items():
        url = reverse("office:unit_items", args=[Unit.objects.get(key=unit).pk, "all"])
        assert walk(scene, "office:unit_items", url, doors.COUNTY_EYES | leaders) == []
    absent = reverse("office:unit_items", args=[Unit.objects.get(key=unit).pk, "nothing"])
    assert walk(scene, "office:unit_items", absent, frozenset()) == []


def test_lists_hold_nothing_of_others(scene):
    """The inbox, the search and the village's page show no case that one may not know of."""
    for name in ("inboxes:inbox", "inboxes:cases", "inboxes:done", "inboxes:village"):
        for walker in sorted(DOORS[name].who):
            page = scene.client(walker).get(reverse(name)).content.decode()
            for role, staged in scene.staged.items():
                if walker not in staged.seen_by:
                    assert staged.case.number not in page, (name, walker, role)
    for role, staged in scene.staged.items():
        page = scene.client(staged.owner).get(f"{reverse('inboxes:inbox')}?view=unit")
        assert staged.case.number in page.content.decode(), role
