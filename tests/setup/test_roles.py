"""Two database roles: the application cannot change what was recorded (design.md §8)."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from webapp.config.databases import APP, NAME, OWNER
from webapp.config.up.embedded import Cluster

EVENT = (
    "INSERT INTO audit_event (subject, subject_id, seq, at, kind, actor_name, acting_as, payload,"
    " payload_digest, previous, digest)"
    " VALUES ('case', 1, %s, now(), 'X', '', '', '{}', '', '', '')"
)


@pytest.fixture(scope="module", params=["embedded", "foreign"])
def application(request, lasting_place):
    """A connection as the application runs: on the embedded server and on a foreign one."""
    cluster = Cluster(lasting_place.var / request.param, durable=False)
    if request.param == "embedded":
        cluster = Cluster(lasting_place.var / "postgres", durable=False)
    else:
        cluster.prepare()
        cluster.start(2)
        with cluster.connect("postgres") as server:
            server.execute("CREATE DATABASE foreign_db")
        lasting_place.extra = {"DATABASE_URL": cluster.url("foreign_db")}
    done = lasting_place.run("migrate", "-v0")
    assert done.returncode == 0, done.stdout + done.stderr
    if request.param == "embedded":
        cluster.prepare()
        cluster.start(2)
        with psycopg.connect(cluster.url(NAME, user=APP), autocommit=True) as connection:
            yield connection
    else:
        with psycopg.connect(
            cluster.url("foreign_db"), options=f"-c role={APP}", autocommit=True
        ) as connection:
            yield connection
    lasting_place.extra = {}
    cluster.stop()


def test_it_may_read_and_add(application):
    before = application.execute("SELECT count(*) FROM audit_event").fetchone()[0]
    application.execute(EVENT, [before + 1])
    assert application.execute("SELECT count(*) FROM audit_event").fetchone()[0] == before + 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET kind = 'Y'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "DROP TABLE audit_event",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "DELETE FROM audit_head",
        "UPDATE django_migrations SET name = 'x'",
        "CREATE TABLE mine (n int)",
        f"SET SESSION AUTHORIZATION {OWNER}",
    ],
)
def test_it_may_not_change_what_was_recorded(application, statement):
    if statement.startswith("SET SESSION") and application.info.user not in (APP, OWNER):
        pytest.skip("one powerful account with a switched role: separate accounts are advised")
    with pytest.raises(errors.InsufficientPrivilege):
        application.execute(statement)


def test_neither_role_is_a_superuser(application):
    rows = application.execute(
        "SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles"
        " WHERE rolname = ANY(%s)",
        [[APP, OWNER]],
    ).fetchall()
    assert dict(rows) == {APP: False, OWNER: False}


def test_everything_belongs_to_the_owner(application):
    owners = application.execute(
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall()
    assert owners == [(OWNER,)]


def test_data_can_be_changed(application):
    application.execute("INSERT INTO audit_head (subject, subject_id, seq, digest)"
                        " VALUES ('unit', 1, 0, '')")  # fmt: skip
    assert application.execute("UPDATE audit_head SET seq = 1").rowcount >= 1
    application.execute("UPDATE core_outboxmessage SET attempts = 1")
    application.execute("DELETE FROM core_outboxmessage")
