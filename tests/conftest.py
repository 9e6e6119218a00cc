"""What every test may ask for: a real PostgreSQL, and clear words about a missing browser.

The server is `TEST_DATABASE_URL`, else `DATABASE_URL`, else an embedded one that lives as long
as the run. Tests never touch the data of the product in `var/`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile

import pytest
from django.conf import settings
from django.db import connections
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as properties
from psycopg.conninfo import conninfo_to_dict

from webapp.config.databases import Target
from webapp.config.translations import compile_translations
from webapp.config.up import scratch

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # pytest-playwright runs a loop

# No test asserts a time: a slow machine is not a defect.
properties.register_profile(
    "bianmin", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
properties.load_profile("bianmin")

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
)

_open = contextlib.ExitStack()


def pytest_configure(config):
    """Start the database once for all workers; make quick what changes no result."""
    if not hasattr(config, "workerinput"):
        os.environ["TEST_DATABASE_URL"] = _open.enter_context(scratch.server())
        os.environ["TEST_RUN"] = str(os.getpid())
        compile_translations()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    files = _open.enter_context(tempfile.TemporaryDirectory(prefix="bianmin-test-"))
    settings.ATTACHMENTS = settings.MEDIA_ROOT = files


@pytest.fixture(autouse=True)
def _chinese_again():
    """A request leaves its language to the thread; the next test begins in Chinese."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


def pytest_unconfigure(config):
    """Stop the database, remove uploaded files."""
    _open.close()


def pytest_collection_modifyitems(config, items):
    """Without a browser only the browser tests are skipped; `pytest_terminal_summary` says so."""
    if not CHROMIUM:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no chromium"))


def pytest_terminal_summary(terminalreporter):
    """Say loudly what a missing browser cost."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum("no chromium" in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_sep("!", f"{count} BROWSER TESTS SKIPPED", red=True, bold=True)
        terminalreporter.write_line(
            "缺少 chromium 和中文字体（Debian: apt install chromium fonts-noto-cjk），"
            "或用 CHROMIUM=/path 指定浏览器。"
        )


@pytest.fixture(scope="session")
def test_server() -> Target:
    """The server of this run, with an account that may make databases and roles."""
    parameters = conninfo_to_dict(os.environ["TEST_DATABASE_URL"])
    return Target({key: str(value) for key, value in parameters.items()})


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    test_server, django_db_modify_db_settings_parallel_suffix
) -> None:
    """Point Django's tests at that server, in a database of this run and worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    default = connections["default"].settings_dict
    name = f"bianmin_test_{os.environ['TEST_RUN']}_{worker}"
    default.update(test_server.django() | {"NAME": test_server.parameters.get("dbname", "")})
    default["TEST"]["NAME"] = name


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The system's chromium, quiet and without a sandbox (tests run as root in containers)."""
    switches = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    switches += ["--disable-background-networking", "--disable-component-update"]
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": [*switches, "--disable-sync"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A browser of an office in Hebei: Chinese, 1366 × 768."""
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1366, "height": 768},
    }
