"""A county office for the browser: real server, real PostgreSQL, the example county, a worker.

The whole office lives at a pretended moment (`clock.go_to`): the database tells every new
connection the same time, so that deadlines on the screen are known beforehand. Case tables are
emptied after each test; the county stays.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection, connections
from django.test import override_settings
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.people import Desk, Staff
from tests.browser.worker import Worker
from tests.webapp.cases.desk import day
from tests.webapp.conftest import load
from webapp.accounts.models import Officer
from webapp.catalogue.models import ServiceItem
from webapp.core.templatetags import frontend
from webapp.organisations import lookups
from webapp.processes.models import Process

MORNING = "2026-03-03"
"""A Tuesday between holidays."""
HOMESTEAD = "ZR01"
"""A licence, with a statutory clock and every special procedure."""
EMPTIED = {"cases", "inboxes", "changes", "audit", "core", "sessions", "axes"}
"""Apps whose rows belong to one test."""


def pytest_collection_modifyitems(items):
    """Everything here drives a browser (and is skipped, loudly, where there is none).

    And everything needs committed rows, which a server of many threads can see.
    """
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture
def _django_db_helper(django_db_setup, django_db_blocker):
    """What pytest-django does around a test, without emptying the county after each."""
    with django_db_blocker.unblock():
        yield


class Clock:
    """The moment at which the office lives."""

    def __init__(self) -> None:
        self.at = day(MORNING)

    def go_to(self, text: str, hour: int = 9, minute: int = 30) -> datetime:
        """Move the whole office to another moment."""
        self.at = day(text, hour, minute)
        self._tell(f"= '{self.at.isoformat()}'")
        return self.at

    def back(self) -> None:
        """Live in the present again."""
        self._tell("TO DEFAULT")

    def _tell(self, value: str) -> None:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} SET bianmin.moment {value}")
        connection.close()  # the next statement here belongs to the new moment, too


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A computer of the county: Chinese, in Chinese time (date fields show year first)."""
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The front end as it was built when the tests began: building it anew does not disturb."""
    copy = tmp_path_factory.mktemp("front") / "dist"
    shutil.copytree(settings.FRONTEND_DIST, copy)
    with override_settings(FRONTEND_DIST=copy, STATICFILES_DIRS=[copy]):
        finders.get_finder.cache_clear()
        frontend._manifest.cache_clear()
        yield
    finders.get_finder.cache_clear()
    frontend._manifest.cache_clear()


@pytest.fixture(scope="session")
def site(django_db_setup, built):
    """The product, served by threads of this process at an address of its own."""
    connections.settings["default"]["CONN_MAX_AGE"] = 0  # each request asks for the time anew
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture
def clock(_django_db_helper, site):
    """The office on a Tuesday morning, with the county loaded and no cases."""
    if not Process.objects.exists():
        load()
    lookups.forget()
    clock = Clock()
    clock.go_to(MORNING)
    yield clock
    clock.back()
    _empty()
    connection.close()
    lookups.forget()


def _empty() -> None:
    tables = [m._meta.db_table for m in apps.get_models() if m._meta.app_label in EMPTIED]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
    Officer.objects.exclude(password__startswith="!").update(password="!")


@pytest.fixture
def staff(clock, site, browser, browser_context_args):
    """Lets people of the county sit down at a screen of their own."""
    expect.set_options(timeout=8_000)
    staff = Staff(site, browser, browser_context_args, clock)
    yield staff
    for person in staff.seated:
        person.page.context.close()


@pytest.fixture
def papers(clock) -> Desk:
    """Prepares cases through the real actions, for tests that begin in the middle."""
    return Desk(clock)


@pytest.fixture
def worker(clock, tmp_path):
    """A real Celery worker on this database; it sweeps as soon as it is started."""
    one = Worker(tmp_path)
    yield one
    one.stop()


@pytest.fixture
def alone(papers):
    """The county lets the township decide homesteads alone: the item's own process wins."""
    item = ServiceItem.objects.get(code=HOMESTEAD)
    before = item.current_id
    papers.reroute(HOMESTEAD, "promised")
    yield
    ServiceItem.objects.filter(pk=item.pk).update(current=before)
