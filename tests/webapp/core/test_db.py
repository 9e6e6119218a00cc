"""An action runs in one transaction, again when the database asks, never twice for good."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from webapp.core.db import now, prepared_rows, rows, sqlstate, transaction_with_retry
from webapp.core.models import OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)


def message(channel):
    return OutboxMessage.objects.create(channel=channel, ordering_key="x", created_at=now())


def test_a_lock_that_is_not_available_is_waited_for_in_new_transactions():
    row = message("test")
    tries = []
    held, free = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            OutboxMessage.objects.select_for_update().get(pk=row.pk)
            held.set()
            free.wait(5)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)

    def work():
        tries.append(1)
        message("try")
        if len(tries) == 3:
            free.set()
            holder.join()
        return OutboxMessage.objects.select_for_update(nowait=True).get(pk=row.pk).pk

    assert transaction_with_retry(work) == row.pk
    assert len(tries) == 3
    assert OutboxMessage.objects.filter(channel="try").count() == 1


def test_it_gives_up_after_the_agreed_number_of_tries():
    tries = []

    def work():
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")

    with pytest.raises(OperationalError) as caught:
        transaction_with_retry(work, attempts=3)
    assert sqlstate(caught.value) == "40001"
    assert len(tries) == 3


def test_other_errors_are_not_repeated():
    tries = []

    def work():
        tries.append(1)
        message("lost")
        raise ValueError

    with pytest.raises(ValueError):
        transaction_with_retry(work)
    assert tries == [1]
    assert not OutboxMessage.objects.exists()


def test_a_prepared_statement_is_kept_and_stands_in_the_transaction():
    """Sent twice, planned once; rolled back with everything else; its errors are Django's."""
    add = (
        "INSERT INTO core_outboxmessage (channel, ordering_key, payload, created_at, attempts,"
        " last_error) VALUES (%(channel)s, 'x', '{}', now(), 0, '') RETURNING channel"
    )
    for _ in range(2):
        assert prepared_rows(add, {"channel": "kept"}) == [{"channel": "kept"}]
    known = "SELECT generic_plans + custom_plans AS uses FROM pg_prepared_statements"
    assert rows(f"{known} WHERE statement LIKE 'INSERT INTO core_outbox%%'", []) == [
        {"uses": 2}
    ]

    def work():
        prepared_rows(add, {"channel": "lost"})
        prepared_rows(add, {"channel": None})

    with pytest.raises(IntegrityError):
        transaction_with_retry(work)
    assert not OutboxMessage.objects.filter(channel="lost").exists()
    assert OutboxMessage.objects.filter(channel="kept").count() == 2
    assert connection.connection.prepare_threshold is None
