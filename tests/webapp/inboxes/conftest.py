"""Browsers of officers, without a browser: Django's client at a moment in March 2026."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from tests.webapp.cases.desk import Desk
from webapp.core import db
from webapp.organisations.queries import Acting


class Browser:
    """One officer's browser; every request happens at the desk's moment."""

    def __init__(self, desk: Desk, person: Acting) -> None:
        from webapp.accounts.models import Officer

        self.desk = desk
        self.person = person
        self.client = Client()
        self.client.force_login(
            Officer.objects.get(pk=person.officer_id),
            backend="django.contrib.auth.backends.ModelBackend",
        )

    def get(self, path: str, **headers: str):
        """Open a page."""
        with db.pretended(self.desk.at):
            return self.client.get(path, headers=headers)

    def post(self, path: str, data: Mapping[str, Any], *, follow: bool = False, **headers: str):
        """Submit a form."""
        with db.pretended(self.desk.at):
            return self.client.post(path, data, follow=follow, headers=headers)


@pytest.fixture
def desk(county, at) -> Desk:
    """Registers and works cases through the real actions."""
    return Desk(county, at)


@pytest.fixture
def window(desk) -> Browser:
    """The clerk of the civil-affairs window of 新安镇."""
    return Browser(desk, desk.window)


@pytest.fixture
def agent(desk) -> Browser:
    """The village agent of 新安村."""
    return Browser(desk, desk.acting("station.130123103201", "village.agent"))


@pytest.fixture
def stranger(desk) -> Browser:
    """The window of another township."""
    return Browser(desk, desk.acting("nangang.centre", "township.window"))


@pytest.fixture
def browser_of(desk):
    """A browser of anybody who holds a post of a pool."""
    return lambda pool_id: Browser(desk, desk.anybody(pool_id))


def posted(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as a browser posts them: rows as `members[0].name`, ticks as `true`."""
    pairs: dict[str, Any] = {}
    for key, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, row in enumerate(value):
                pairs |= {f"{key}[{number}].{name}": _text(v) for name, v in row.items()}
        elif value is not None:
            pairs[key] = [str(v) for v in value] if isinstance(value, list) else _text(value)
    return {name: value for name, value in pairs.items() if value not in ("", None)}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else str(value)
