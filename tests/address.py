"""The address of the test database, for processes that a test starts."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import connection


def database_url() -> str:
    """`DATABASE_URL` of the database that this test uses; works with sockets and with TCP."""
    parts = connection.settings_dict
    known = {name: parts[name.upper()] for name in ("host", "port", "user", "password")}
    query = urlencode({name: value for name, value in known.items() if value})
    return f"postgresql:///{parts['NAME']}?{query}"
