"""The outbox: leased, done outside the transaction, in order per key, at least once, never lost."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from webapp.core import outbox
from webapp.core.db import now
from webapp.core.models import OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)


def put(key="case:1", channel="test", **payload):
    return OutboxMessage.objects.create(
        channel=channel, ordering_key=key, payload=payload, created_at=now()
    )


def test_messages_of_one_key_are_done_in_order_and_once():
    rows = [put(number=n) for n in range(3)] + [put("case:2", number=9)]
    done = []
    assert outbox.deliver(10, {"test": done.append}) == 4
    assert [m.id for m in done if m.ordering_key == "case:1"] == [r.pk for r in rows[:3]]
    assert outbox.deliver(10, {"test": done.append}) == 0
    assert not OutboxMessage.objects.filter(sent_at=None).exists()


def test_nothing_is_done_inside_a_transaction():
    put()
    inside = []
    outbox.deliver(1, {"test": lambda message: inside.append(connection.in_atomic_block)})
    assert inside == [False]


def test_a_failure_waits_and_holds_up_only_its_own_key():
    first, second, other = put(), put(), put("case:2")
    done = []

    def channel(message):
        if message.id == first.pk:
            raise OSError("away")
        done.append(message.id)

    assert outbox.deliver(10, {"test": channel}) == 1
    assert done == [other.pk]
    first.refresh_from_db()
    assert (first.attempts, first.sent_at, first.last_error) == (1, None, "OSError: away")
    assert first.leased_until > now()
    assert OutboxMessage.objects.get(pk=second.pk).attempts == 0


def test_what_fails_too_often_is_dead_frees_the_rest_and_can_be_retried():
    first, second = put(), put()

    def channel(message):
        if message.id == first.pk:
            raise OSError("away")

    for _ in range(outbox.ATTEMPTS):
        OutboxMessage.objects.update(leased_until=None)
        outbox.deliver(1, {"test": channel})
    first.refresh_from_db()
    assert first.dead_at is not None
    assert outbox.deliver(1, {"test": channel}) == 1
    assert OutboxMessage.objects.get(pk=second.pk).sent_at is not None
    assert outbox.retry(first.pk)
    assert not outbox.retry(second.pk)
    assert outbox.deliver(1, {"test": lambda message: None}) == 1


def test_a_lease_that_ran_out_is_taken_by_another_worker():
    row = put()
    OutboxMessage.objects.filter(pk=row.pk).update(leased_until=now())
    assert outbox.deliver(1, {"test": lambda message: None}) == 1


def test_two_workers_do_each_message_once():
    for number in range(30):
        put(f"case:{number}")
    done, lock = [], threading.Lock()

    def channel(message):
        with lock:
            done.append(message.id)

    def work():
        outbox.deliver(100, {"test": channel})
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == sorted(set(done))
    assert len(done) == 30


def test_an_unknown_channel_is_a_failure_and_not_a_loss():
    put(channel="nowhere")
    assert outbox.deliver(1, {}) == 0
    assert "nowhere" in OutboxMessage.objects.get().last_error


def test_every_configured_channel_exists():
    assert set(outbox._configured()) >= {"notify", "case-command", "start-case"}
