"""A chain proves that nothing was changed, taken out, put in, or cut off at its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.audit.actions import record
from webapp.audit.chain import START, Link, Stored, breaks, payload_digest
from webapp.audit.models import Event, Head
from webapp.audit.queries import broken_heads, broken_links

MOMENT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def chain_of(payloads):
    previous, events = START, []
    for seq, payload in enumerate(payloads, start=1):
        link = Link(
            "case", 7, seq, MOMENT + timedelta(minutes=seq), "step", 3, "张敏", "A岗",
            payload_digest(payload), previous,
        )  # fmt: skip
        previous = link.digest()
        events.append(Stored(link, previous, payload))
    return events


payloads = st.lists(
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.booleans()),
    min_size=1,
    max_size=5,
)


@given(payloads, st.data())
def test_a_whole_chain_verifies_and_every_tampering_is_found(contents, data):
    events = chain_of(contents)
    head, seq = events[-1].digest, len(events)
    assert breaks(events, head, seq) == []
    at = data.draw(st.integers(0, len(events) - 1))
    event = events[at]
    tampered = {
        "payload": replace(event, payload={"other": 1}),
        "actor": replace(event, link=replace(event.link, actor_id=99)),
        "moment": replace(event, link=replace(event.link, at=MOMENT)),
        "rehashed": replace(
            event,
            link=replace(event.link, actor_name="x"),
            digest=replace(event.link, actor_name="x").digest(),
        ),
    }
    for changed in tampered.values():
        assert breaks([*events[:at], changed, *events[at + 1 :]], head, seq)
    assert breaks([*events[:at], *events[at + 1 :]], head, seq)
    assert breaks(events[:-1], head, seq)


def test_an_erased_payload_does_not_break_the_chain():
    events = chain_of([{"a": 1}, {"b": 2}])
    events[0] = replace(events[0], payload=None)
    assert breaks(events, events[-1].digest, 2) == []


def test_floats_are_refused():
    with pytest.raises(TypeError):
        payload_digest({"days": [1.5]})


@pytest.mark.django_db
def test_recorded_events_verify_and_a_changed_row_does_not():
    for number in range(3):
        record(
            subject="officer", subject_id=5, kind="signed_in", at=MOMENT,
            actor_id=5, actor_name="李静", payload={"number": number, "text": "甲"},
        )  # fmt: skip
    assert list(broken_heads()) == []
    Event.objects.filter(subject_id=5, seq=2).update(payload={"number": 9})
    assert broken_links(
        "officer", 5, Head.objects.get(subject="officer", subject_id=5).digest, 3
    ) == ["第2条记录的内容被改动"]
    Event.objects.filter(subject_id=5, seq=3).delete()
    assert len(list(broken_heads())) == 2


@pytest.mark.django_db
def test_a_case_is_not_recorded_here():
    with pytest.raises(ValueError):
        record(subject="case", subject_id=1, kind="x", at=MOMENT)
