"""The console script `bianmin`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from webapp.config import cli
from webapp.config.folders import ROOT


@pytest.mark.parametrize("command", sorted(cli.ON_FILES))
def test_the_commands_for_files_need_no_django(command):
    """design.md §2: `bianmin` hands them to workflows.cli before Django is imported."""
    code = (
        "import sys\nfrom webapp.config.cli import main\n"
        "try: main([sys.argv[1], '--help'])\nexcept SystemExit: pass\n"
        "assert 'workflows.cli' in sys.modules\n"
        "for name in ('django', 'celery', 'psycopg'): assert name not in sys.modules, name"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["up", "--help"], ["backup", "--help"],
                                       ["restore", "--help"], ["migrate", "--help"]])  # fmt: skip
def test_help_works_and_starts_nothing(place, arguments):
    done = place.run(*arguments)
    assert done.returncode == 0
    assert "bianmin" in done.stdout
    assert not (place.var / "postgres").exists()


def test_without_a_command_it_shows_what_there_is(place):
    done = place.run()
    assert done.returncode == 2
    for command in ("up", "check", "try", "demo", "backup", "restore", "verify"):
        assert f"\n  {command} " in done.stdout


def test_an_unknown_command_is_refused(place):
    done = place.run("frobnicate")
    assert done.returncode != 0
    assert "frobnicate" in done.stderr
