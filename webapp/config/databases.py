"""Which database, and as whom. No Django: the supervisor and the backup use this too.

Two roles (design.md §8): the owner migrates, the application runs. The application may only
read and add in the audit tables.

`DATABASE_URL`        any PostgreSQL 15+ server; without it the embedded one in `var/`
`DATABASE_OWNER_URL`  the owner's account there; without it the same account
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from psycopg.conninfo import conninfo_to_dict

from webapp.config.folders import var
from webapp.config.up.embedded import SUPERUSER, socket_folder

NAME = "bianmin"
OWNER = "bianmin_owner"
APP = "bianmin_app"

Role = Literal["owner", "app"]


@dataclass(frozen=True, slots=True)
class Target:
    """One account on one database, as libpq keywords (`host`, `user`, `dbname`, ...)."""

    parameters: Mapping[str, str]

    def django(self) -> dict[str, Any]:
        """The same as an entry of Django's DATABASES.

        What we prepare (`core.db.prepared`) is planned once for all values: the server would
        otherwise go on planning for each, where that looks a little cheaper to execute. A
        session that hangs in a transaction is ended, and nobody waits for a lock without end.
        """
        rest = dict(self.parameters)
        rest["options"] = " ".join(
            [
                rest.get("options", ""),
                "-c plan_cache_mode=force_generic_plan",
                "-c lock_timeout=4s",
                "-c idle_in_transaction_session_timeout=60s",
            ]
        ).strip()
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": rest.pop("dbname", ""),
            "USER": rest.pop("user", ""),
            "PASSWORD": rest.pop("password", ""),
            "HOST": rest.pop("host", ""),
            "PORT": rest.pop("port", ""),
            "OPTIONS": rest,
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }

    def libpq(self) -> dict[str, str]:
        """The same as environment variables for PostgreSQL's own programs."""
        names = {
            "host": "PGHOST",
            "port": "PGPORT",
            "user": "PGUSER",
            "password": "PGPASSWORD",
            "dbname": "PGDATABASE",
            "options": "PGOPTIONS",
            "sslmode": "PGSSLMODE",
            "sslrootcert": "PGSSLROOTCERT",
            "sslcert": "PGSSLCERT",
            "sslkey": "PGSSLKEY",
        }
        return {names[key]: value for key, value in self.parameters.items() if key in names}


def superuser(dbname: str = "postgres") -> Target:
    """The embedded server's own account, which makes the two roles."""
    host = str(socket_folder(var() / "postgres"))
    return Target({"host": host, "user": SUPERUSER, "dbname": dbname})


def is_embedded() -> bool:
    """Whether the database is the one that this product starts itself."""
    return not os.environ.get("DATABASE_URL")


def chosen_role() -> Role:
    """Whose account this process uses: `BIANMIN_DATABASE_ROLE`, or the application's."""
    return "owner" if os.environ.get("BIANMIN_DATABASE_ROLE") == "owner" else "app"


def target(role: Role, *, switch: bool | None = None) -> Target:
    """The account to connect with.

    `switch` (default: `BIANMIN_SWITCH_ROLE=1`, which `roles.prepare` sets) takes on the role
    after connecting with one powerful account, where a server has only that one.
    """
    name = OWNER if role == "owner" else APP
    if is_embedded():
        host = str(socket_folder(var() / "postgres"))
        return Target({"host": host, "user": name, "dbname": NAME})
    address = os.environ["DATABASE_URL"]
    if role == "owner":
        address = os.environ.get("DATABASE_OWNER_URL") or address
    parameters = {key: str(value) for key, value in conninfo_to_dict(address).items()}
    if switch if switch is not None else os.environ.get("BIANMIN_SWITCH_ROLE") == "1":
        parameters["options"] = f"{parameters.get('options', '')} -c role={name}".strip()
    return Target(parameters)
