"""Fixtures of the web application's tests: the example county and its people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from webapp.accounts.models import Officer
from webapp.organisations import lookups, queries
from webapp.organisations.models import Holding, Pool, Unit
from webapp.organisations.queries import Acting
from webapp.processes.models import Process

ROOT = Path(__file__).resolve().parents[2]
CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class County:
    """The loaded example county: finds its units, pools and people by key."""

    at: datetime

    def unit(self, key: str) -> Unit:
        """A unit by its key, e.g. `xinan.centre`."""
        return Unit.objects.get(key=key)

    def pool(self, unit: str, role: str) -> int:
        """The id of a pool."""
        return Pool.objects.get(unit__key=unit, role=role).pk

    def officer(self, unit: str, role: str, cover: str = "A", post: str = "") -> Officer:
        """Who holds a post (the first of its role unless `post` names it)."""
        holdings = Holding.objects.filter(
            post__pool__unit__key=unit, post__pool__role=role, cover=cover
        ).order_by("post_id")
        if post:
            holdings = holdings.filter(post__name=post)
        return holdings.first().officer

    def acting(self, unit: str, role: str, cover: str = "A", post: str = "") -> Acting:
        """The same person as actions want her."""
        return queries.acting(self.officer(unit, role, cover, post).pk, self.at)


def load() -> None:
    """Load county and library as the product does."""
    call_command("load_county", ROOT / "bpmn" / "catalogue")
    call_command("publish_library", ROOT / "bpmn", verbosity=0)
    lookups.forget()


@pytest.fixture(autouse=True)
def _no_remembered_rows():
    """Rows of one test are undone; ids remembered from them must go too."""
    lookups.forget()
    yield
    lookups.forget()


@pytest.fixture(scope="session")
def _county_rows(django_db_setup, django_db_blocker):
    """Load once for the run; tests that need an empty table empty it in their transaction."""
    with django_db_blocker.unblock():
        load()


@pytest.fixture
def at() -> datetime:
    """A Tuesday morning between holidays."""
    return datetime(2026, 3, 3, 9, 30, tzinfo=CHINA)


@pytest.fixture
def county(_county_rows, db, at) -> County:
    """The example county, loaded again where a test before this one emptied the tables."""
    if not Process.objects.exists():
        load()
    return County(at)
