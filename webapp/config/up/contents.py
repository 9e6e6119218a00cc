"""What the database holds already, asked without Django."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from webapp.config.databases import target


@dataclass(frozen=True, slots=True)
class Contents:
    """Whether there is a county, published processes, demo accounts that can sign in, cases."""

    county: bool
    library: bool
    demo_accounts: bool
    cases: bool


def look() -> Contents:
    """Look with the application's account."""
    with psycopg.connect(**target("app").parameters, autocommit=True) as database:  # type: ignore[arg-type]
        row = database.execute(
            "SELECT EXISTS(SELECT FROM organisations_unit),"
            " EXISTS(SELECT FROM processes_libraryfile),"
            " EXISTS(SELECT FROM accounts_officer WHERE is_demo AND is_active"
            " AND password NOT LIKE '!%'),"
            " EXISTS(SELECT FROM cases_case)"
        ).fetchone()
    return Contents(*(row or (False, False, False, False)))
