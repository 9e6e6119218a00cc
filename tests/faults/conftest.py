"""The fault tests need the example county, as the tests of the web application do."""

from __future__ import annotations

from tests.webapp.conftest import _county_rows, _no_remembered_rows, at, county

__all__ = ["_county_rows", "_no_remembered_rows", "at", "county"]
