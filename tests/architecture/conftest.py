"""One scene for all walkers, undone when the last of a module has come home."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.architecture.scene import Scene, build
from tests.webapp.cases.desk import day
from tests.webapp.conftest import County, _county_rows, _no_remembered_rows, at, load
from webapp.organisations import lookups
from webapp.processes.models import Process

__all__ = ["_county_rows", "_no_remembered_rows", "at"]


@pytest.fixture(scope="module")
def scene(_county_rows, django_db_blocker) -> Scene:
    """Cases at every stage and people of every role; rolled back at the end of the module."""
    with django_db_blocker.unblock():
        if not Process.objects.exists():
            load()
        with transaction.atomic():
            yield build(County(day("2026-03-03")))
            transaction.set_rollback(True)
        lookups.forget()
