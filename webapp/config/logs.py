"""Log lines without personal data."""

from __future__ import annotations

import logging
import re

_DETAIL = re.compile(r"^(DETAIL|CONTEXT|详细信息|上下文|背景)(:|：).*$", re.MULTILINE)


class Discreet(logging.Formatter):
    """One line a record; PostgreSQL's DETAIL lines, which quote the values of a row, are cut.

    URLs are logged by their path alone: search words stand in the query.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line, with every DETAIL and CONTEXT cut."""
        return _DETAIL.sub(r"\1\2 (…)", super().format(record))
