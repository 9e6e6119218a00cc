"""Secrets, log lines, language and names of static files."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest
from django.test import RequestFactory
from django.utils import translation

from webapp.config.folders import ROOT
from webapp.config.language import ChosenLanguageMiddleware
from webapp.config.logs import Discreet


def test_processes_that_start_together_agree_on_a_secret(place):
    code = "from webapp.config import keys; print(keys.secret('SECRET_KEY', keys.signing_key))"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=place.environment,
            stdout=subprocess.PIPE, text=True,
        )
        for _ in range(6)
    ]  # fmt: skip
    secrets = {process.communicate()[0] for process in started}
    assert len(secrets) == 1
    assert len(secrets.pop().strip()) >= 50


@pytest.mark.parametrize("key", ["short", "django-insecure-" + "x" * 50])
def test_a_weak_secret_is_refused(place, key):
    place.extra = {"SECRET_KEY": key}
    done = place.run("system-check")
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr


def test_a_production_installation_passes_djangos_own_check(place):
    place.extra = {"HTTPS": "1", "ALLOWED_HOSTS": "bm.example.test"}
    done = place.run("system-check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_values_of_a_row_do_not_reach_the_log():
    record = logging.makeLogRecord(
        {"msg": "duplicate key\nDETAIL:  Key (id_card)=(130123199001011234) already exists."}
    )
    assert "130123199001011234" not in Discreet().format(record)
    assert "duplicate key" in Discreet().format(record)


@pytest.mark.parametrize(
    ("cookie", "language"), [(None, "zh-hans"), ("en", "en"), ("xx", "zh-hans")]
)
def test_pages_are_chinese_unless_somebody_chose_otherwise(cookie, language):
    request = RequestFactory().get("/", HTTP_ACCEPT_LANGUAGE="en-US,en;q=0.9")
    if cookie:
        request.COOKIES["django_language"] = cookie
    with translation.override("zh-hans"):
        ChosenLanguageMiddleware(lambda _: None).process_request(request)
        assert translation.get_language() == language
