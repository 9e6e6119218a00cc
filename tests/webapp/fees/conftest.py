"""A desk for the tests of fees."""

from __future__ import annotations

import pytest

from tests.webapp.cases.desk import Desk


@pytest.fixture
def desk(county, at) -> Desk:
    """Registers and works cases through the real actions."""
    return Desk(county, at)
