"""A database of its own with the example county, removed afterwards; and one line a figure.

The server is `TEST_DATABASE_URL` or `DATABASE_URL`, else an embedded one that waits for the
disk as the product's does. Import this module before anything of Django.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "webapp.config.settings"
os.environ["HTTPS"] = "0"
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

_number = itertools.count(1)
AT = datetime(2026, 3, 3, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Tuesday morning between holidays, when everything measured here happens."""


def report(name: str, **figures: object) -> None:
    """Print one figure."""
    print(json.dumps({"name": name, **figures}), flush=True)


def remark(text: str) -> None:
    """Say on the side what is going on."""
    print(f"  {text}", file=sys.stderr, flush=True)


def median(spans: list[float]) -> float:
    """The p50 of spans in seconds."""
    return statistics.median(spans)


def timed(work: Callable[[], object], times: int) -> float:
    """The p50 of `times` calls, in seconds."""
    spans = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        spans.append(time.perf_counter() - begun)
    return median(spans)


@contextlib.contextmanager
def county() -> Iterator[str]:
    """Load the example county and the library into a new database; gives its address."""
    from webapp.config.up import scratch

    with scratch.server(durable=True) as server, _database(server) as address:
        _use(address)
        _load()
        yield address


@contextlib.contextmanager
def doubled(address: str) -> Iterator[str]:
    """A copy of the database, removed afterwards."""
    with _database(address, template=str(conninfo_to_dict(address)["dbname"])) as copy:
        yield copy


@contextlib.contextmanager
def _database(server: str, template: str = "template0") -> Iterator[str]:
    name = f"bianmin_bench_{os.getpid()}_{next(_number)}"
    parameters = {key: str(value) for key, value in conninfo_to_dict(server).items()}
    keeper = make_conninfo(**parameters | {"dbname": "postgres"})
    _let_go()
    with psycopg.connect(keeper, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
    try:
        yield make_conninfo(**parameters | {"dbname": name})
    finally:
        _let_go()
        with psycopg.connect(keeper, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _let_go() -> None:
    if "django.db" in sys.modules:
        sys.modules["django.db"].connections.close_all()


def _use(address: str) -> None:
    """Point Django at the database, as the product does but for the account."""
    parameters = {key: str(value) for key, value in conninfo_to_dict(address).items()}
    os.environ["DATABASE_URL"] = address
    django.setup()
    from django.conf import settings
    from django.db import connections

    from webapp.config.databases import Target

    entry = connections["default"].settings_dict
    entry.update(Target(parameters).django())
    settings.ATTACHMENTS = settings.MEDIA_ROOT = tempfile.gettempdir()
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def _load() -> None:
    from django.core.management import call_command
    from django.db import connection

    begun = time.perf_counter()
    call_command("migrate", interactive=False, verbosity=0)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        call_command("load_county", ROOT / "bpmn" / "catalogue")
        call_command("publish_library", ROOT / "bpmn", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    remark(f"county loaded in {time.perf_counter() - begun:.1f} s")


def use_again(address: str) -> None:
    """In another process: use a database that `county` has loaded."""
    _use(address)
