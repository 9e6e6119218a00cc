"""Commands of the outbox to cases: delivered once, harmless twice, never lost in silence."""

from __future__ import annotations

import pytest

from webapp.cases import actions, channels
from webapp.core import outbox
from webapp.core.errors import AlreadyDone, Unknown
from webapp.core.models import OutboxMessage

pytestmark = pytest.mark.django_db


def message(**payload):
    return outbox.Message(1, "case-command", "case-command:1", payload)


def test_a_message_moves_the_case_that_waits_and_is_harmless_twice(desk):
    key = next(iter(desk.marks("ZR01")))
    case = desk.open("ZR01", marks=desk.marks("ZR01", **{key: "missing"}))
    desk.complete(desk.item(case), outcome="supplement")
    command = message(case=case.pk, message="materials_supplied")
    channels.case_command(command)
    assert desk.item(case).element == "Task_Examine"
    channels.case_command(command)
    with pytest.raises(AlreadyDone):
        actions.deliver_message(case.pk, "materials_supplied")
    with pytest.raises(Unknown):
        actions.deliver_message(999_999, "materials_supplied")


def test_notices_of_a_case_are_delivered(desk):
    desk.reroute("ZR01", "promised")
    desk.run(desk.open("ZR01"), until="Task_Review")
    assert outbox.deliver(10) >= 2  # the notice, the files of the documents
    assert not OutboxMessage.objects.filter(sent_at=None).exists()


def test_starting_a_case_from_no_case_is_refused_loudly():
    with pytest.raises(Unknown):
        channels.start_case(message(case=1, process="", level="township"))
