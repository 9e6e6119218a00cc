"""The two roles and the database (design.md §8). What they may do: the command `grants`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql

from webapp.config.databases import APP, NAME, OWNER, is_embedded, superuser, target
from webapp.config.up.failures import CannotStart

Connection = psycopg.Connection[tuple[Any, ...]]


def prepare() -> list[str]:
    """Make roles and database where that is ours to do. Returns remarks to show.

    On a foreign server with one account that may create roles, the roles are made without
    sign-in and taken on after connecting (`BIANMIN_SWITCH_ROLE` is set for our children).
    """
    if is_embedded():
        with psycopg.connect(**superuser().parameters, autocommit=True) as server:  # type: ignore[arg-type]
            create_roles(server, login=True)
            create_database(server)
        return []
    os.environ.pop("BIANMIN_SWITCH_ROLE", None)
    if os.environ.get("DATABASE_OWNER_URL"):
        return []
    try:
        with connect("app") as server:
            return _prepare_foreign(server)
    except psycopg.OperationalError as failure:
        raise CannotStart(f"连不上 DATABASE_URL 指定的数据库：{failure}") from failure


def connect(role: str) -> Connection:
    """Connect in autocommit with the account of one role."""
    account = target("owner" if role == "owner" else "app", switch=None)
    return psycopg.connect(**account.parameters, autocommit=True)  # type: ignore[arg-type]


def _prepare_foreign(server: Connection) -> list[str]:
    powerful = server.execute(
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if powerful and powerful[0]:
        create_roles(server, login=False)
        for role in (OWNER, APP):
            server.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))
        give_schema(server)
    if not _may_become(server, (OWNER, APP)):
        return [
            "数据库只有一个账号：审计表不受数据库保护。正式使用请另设 DATABASE_OWNER_URL（见 docs）。"
        ]
    os.environ["BIANMIN_SWITCH_ROLE"] = "1"
    return []


def _may_become(server: Connection, roles: Iterable[str]) -> bool:
    for role in roles:
        known = server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        if not known:
            return False
        row = server.execute("SELECT pg_has_role(%s, 'MEMBER')", [role]).fetchone()
        if not row or not row[0]:
            return False
    return True


def create_roles(server: Connection, *, login: bool) -> None:
    """Make owner and application, if they are missing; neither is a superuser."""
    for role in (OWNER, APP):
        if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            kind = sql.SQL("LOGIN" if login else "NOLOGIN")
            server.execute(
                sql.SQL("CREATE ROLE {} {} NOSUPERUSER NOCREATEDB NOCREATEROLE").format(
                    sql.Identifier(role), kind
                )
            )


def create_database(server: Connection, name: str = NAME) -> None:
    """Make the database of the product, owned by the owner, closed to everybody else."""
    if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    database, owner = sql.Identifier(name), sql.Identifier(OWNER)
    server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
    server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    server.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(APP))
    )


def give_schema(server: Connection) -> None:
    """On a foreign server: let the owner make tables in the schema of the current database."""
    server.execute(
        sql.SQL("GRANT CREATE, USAGE ON SCHEMA public TO {}").format(sql.Identifier(OWNER))
    )
