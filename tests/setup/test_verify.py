"""`bianmin verify` finds what somebody with the owner's account has changed afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from webapp.audit.actions import record
from webapp.audit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded():
    at = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    for kind in ("OPENED", "MOVED"):
        record(subject="unit", subject_id=4, kind=kind, at=at, payload={"to": kind})


def test_an_untouched_record_verifies(recorded):
    out = StringIO()
    call_command("verify", stdout=out)
    assert "✓" in out.getvalue()


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: Event.objects.filter(seq=1).update(kind="CLOSED"),
        lambda: Event.objects.filter(seq=2).delete(),
        lambda: Event.objects.filter(seq=1).update(payload={"to": "elsewhere"}),
    ],
)
def test_a_changed_or_removed_event_is_named(recorded, tamper):
    tamper()
    out = StringIO()
    with pytest.raises(CommandError, match="处问题"):
        call_command("verify", stdout=out)
    assert "unit 4" in out.getvalue()
