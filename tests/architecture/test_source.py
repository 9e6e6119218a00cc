"""House rules that no linter knows: no Django signals, Celery at one door, migrations complete."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
CELERY_AT_HOME = {"webapp/core/jobs.py"}
"""Besides `workers`, whose trade it is."""


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Every Python file of the product, parsed."""
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in file.parts:
                yield str(file.relative_to(ROOT)), ast.parse(file.read_text("utf-8"))


def imported(tree: ast.Module) -> set[str]:
    """Full names of everything a module imports."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_nobody_listens_to_django_signals():
    """Who runs when is written where it is called."""
    listening = [
        (file, name)
        for file, tree in sources("webapp", "workers", "workflows")
        for name in imported(tree)
        if name.startswith("django.") and ("signals" in name or "dispatch" in name)
    ]
    assert listening == []


def test_celery_is_known_to_workers_and_one_module_of_webapp():
    """Design §2: workers hold the interface code, `webapp.core.jobs` the names of jobs."""
    knowing = {
        file
        for file, tree in sources("webapp", "workflows")
        if any(name.split(".")[0] in {"celery", "kombu"} for name in imported(tree))
    }
    assert knowing <= CELERY_AT_HOME


def test_workers_hold_interface_code_only():
    """No table is touched and no rule is decided in a job: it calls an action or a query."""
    for file, tree in sources("workers"):
        reached = {name for name in imported(tree) if name.startswith(("webapp.", "django."))}
        touching = {n for n in reached if ".models" in n or n.startswith("django.db")}
        assert touching == set(), file


@pytest.mark.django_db
def test_migrations_are_complete():
    """Models and migrations say the same."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
