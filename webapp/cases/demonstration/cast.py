"""Who plays: the officers of a pool at a moment, as their posts allow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from random import Random

from webapp.organisations.models import Holding
from webapp.organisations.queries import Acting, acting
from workflows.calendars import local_day


class Cast:
    """Finds officers by pool; remembers who they are for each day."""

    def __init__(self) -> None:
        self._officers: dict[int, list[int]] = defaultdict(list)
        holdings = Holding.objects.order_by("cover", "post_id")
        for pool, officer in holdings.values_list("post__pool_id", "officer_id"):
            if officer not in self._officers[pool]:
                self._officers[pool].append(officer)
        self._known: dict[tuple[int, date], Acting] = {}

    def of(self, pool_id: int, at: datetime, random: Random) -> list[Acting]:
        """Everybody who may act for the pool at `at`, in a random order."""
        people = [self._acting(officer, at) for officer in self._officers[pool_id]]
        found = [person for person in people if person.holds(pool_id)]
        random.shuffle(found)
        return found

    def _acting(self, officer: int, at: datetime) -> Acting:
        key = (officer, local_day(at))
        if key not in self._known:
            self._known[key] = acting(officer, at)
        return replace(self._known[key], at=at)
