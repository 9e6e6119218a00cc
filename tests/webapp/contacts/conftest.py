"""Fixtures of first contact: a desk in the example county, browsers of its people."""

from __future__ import annotations

import pytest

from tests.webapp.cases.desk import Desk
from tests.webapp.inboxes.conftest import Browser


@pytest.fixture
def desk(county, at) -> Desk:
    """Registers and works cases through the real actions."""
    return Desk(county, at)


@pytest.fixture
def window(desk) -> Browser:
    """A clerk of the window of 新安镇."""
    return Browser(desk, desk.window)


@pytest.fixture
def handler(desk) -> Browser:
    """The civil-affairs handler of 新安镇: not a window."""
    return Browser(desk, desk.acting("xinan.civil_affairs", "township.handler"))


@pytest.fixture
def stranger(desk) -> Browser:
    """The window of another township."""
    return Browser(desk, desk.acting("nangang.centre", "township.window"))
