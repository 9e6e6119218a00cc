"""Seals: nothing that was sealed can be changed or removed without being found (design: security)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.audit.actions import record, seal
from webapp.audit.models import Event, Head, Seal, SealedHead
from webapp.audit.queries import broken_seals, last_seals_by_day, sealed_upto
from webapp.audit.tree import Leaf, root

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

leaves = st.lists(
    st.builds(
        Leaf,
        st.sampled_from(["case", "officer"]),
        st.integers(1, 9),
        st.integers(1, 9),
        st.binary(min_size=32, max_size=32),
    ),
    min_size=1,
    max_size=9,
    unique=True,
)


@given(leaves, st.data())
def test_a_root_changes_with_every_leaf_and_with_their_order(found, data):
    top = root(found)
    at = data.draw(st.integers(0, len(found) - 1))
    other = data.draw(st.binary(min_size=32, max_size=32))
    changed = Leaf(found[at].subject, found[at].subject_id, found[at].seq, other)
    if changed != found[at]:
        assert root([*found[:at], changed, *found[at + 1 :]]) != top
    if len(found) > 1:
        assert root(found[:-1]) != top
        assert root([found[-1], *found[:-1]]) != top


@pytest.mark.django_db
class TestSeals:
    @pytest.fixture(autouse=True)
    def _nothing_recorded_yet(self):
        """Loading the example county has left events; the chains here begin empty."""
        for model in (Event, Head, Seal, SealedHead):
            model.objects.all().delete()

    def happen(self, subject_id: int, minute: int, kind: str = "sign_in") -> Event:
        at = AT + timedelta(minutes=minute)
        return record(subject="officer", subject_id=subject_id, kind=kind, at=at)

    def test_what_grew_is_sealed_once_and_nothing_is_sealed_twice(self):
        self.happen(1, 0)
        self.happen(1, 0)
        self.happen(2, 0)
        first = seal(AT)
        assert first is not None
        assert (first.number, first.count) == (1, 2)
        assert seal(AT) is None
        self.happen(2, 1)
        second = seal(AT + timedelta(minutes=1))
        assert (second.number, second.count) == (2, 1)
        assert bytes(second.previous) == bytes(first.digest)
        assert list(broken_seals()) == []
        assert sealed_upto("officer", 2) == (2, second)
        assert sealed_upto("officer", 3) is None

    @pytest.mark.parametrize(
        "tampering",
        [
            lambda: Event.objects.filter(subject_id=2, seq=2).delete(),
            lambda: (
                Event.objects.filter(subject_id=2).delete(),
                Head.objects.filter(subject_id=2).delete(),
            ),
            lambda: Event.objects.filter(subject_id=1, seq=1).update(digest=b"\x01" * 32),
            lambda: Seal.objects.filter(number=1).delete(),
            lambda: Seal.objects.filter(number=1).update(at=AT - timedelta(days=1)),
            lambda: SealedHead.objects.filter(seal_number=2).delete(),
            lambda: SealedHead.objects.filter(seal_number=1).update(seq=7),
        ],
    )
    def test_every_tampering_is_found(self, tampering):
        self.happen(1, 0)
        self.happen(2, 0)
        seal(AT)
        self.happen(2, 1)
        seal(AT + timedelta(minutes=1))
        assert list(broken_seals()) == []
        tampering()
        assert list(broken_seals())

    def test_an_event_that_is_committed_late_is_sealed_next_time(self):
        """Numbers are taken before the commit: an older number may come after a newer one."""
        self.happen(1, 0)
        Seal.objects.filter(pk=seal(AT).pk).update(upto=Event.objects.get().pk + 5)
        late = self.happen(2, 0)
        assert late.pk <= Seal.objects.get().upto
        again = seal(AT + timedelta(minutes=1))
        assert sealed_upto("officer", 2) == (1, again)

    def test_the_last_seal_of_each_day_leaves_the_machine(self):
        self.happen(1, 0)
        seal(AT)
        self.happen(1, 1)
        newest = seal(AT + timedelta(hours=2))
        self.happen(1, 2)
        tomorrow = seal(AT + timedelta(days=1))
        days = last_seals_by_day()
        assert [one.pk for _day, one in days] == [tomorrow.pk, newest.pk]
        assert days[0][1].hex.replace(" ", "") == bytes(tomorrow.digest).hex()
