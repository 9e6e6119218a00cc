"""`bianmin grants`: what the application's account may do with the tables that exist now."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection, transaction

OWNER = "bianmin_owner"
APP = "bianmin_app"
CHANGING = frozenset({"audit_head"})
"""Tables of `audit` that are no record but a pointer to the end of one: changed, never deleted."""


class Command(BaseCommand):
    """Give the application everything on data, and only reading and adding on the audit."""

    help = "授予应用账号所需的数据库权限（审计表只能读和追加）。每次 migrate 之后自动执行。"

    def add_arguments(self, parser: Any) -> None:
        """`--to` names the application's account."""
        parser.add_argument("--to", default=APP, help="应用账号，默认 %(default)s")

    def handle(self, *_args: Any, to: str, verbosity: int, **_options: Any) -> None:
        """Grant, in one transaction."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user = %s, EXISTS(SELECT 1 FROM pg_roles WHERE rolname = %s)",
                [to, to],
            )
            same, exists = cursor.fetchone()
            if same or not exists:
                self.stdout.write(
                    "数据库只有一个账号，没有可授予的权限；审计表不受数据库保护。"
                )
                return
            for statement in statements(to):
                cursor.execute(statement)
        if verbosity:
            self.stdout.write(f"已授权给 {to}。")


def statements(to: str) -> list[str]:
    """The statements for the tables of the installed apps."""
    who = connection.ops.quote_name(to)
    audit = [model._meta.db_table for model in apps.get_app_config("audit").get_models()]
    return [
        f"GRANT USAGE ON SCHEMA public TO {who}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {who}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {who}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {who}",
        *(
            f"REVOKE {'DELETE' if table in CHANGING else 'UPDATE, DELETE'} "
            f"ON {connection.ops.quote_name(table)} FROM {who}"
            for table in audit
        ),
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {who}",
    ]
