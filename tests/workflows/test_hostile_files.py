"""Files made to hurt: answered in words within seconds and 512 MB, exit status 2 (design §3)."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workflows.drawings import END, START, chain, diagram, task

MEMORY = 512 * 1024 * 1024
SECONDS = 30  # a loaded machine; alone each takes less than two


def sparse(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(1_000_000_000)


def sparse_with_a_head(path: Path) -> None:
    path.write_bytes(diagram(START, task("a"), END, chain("s", "a", "e")))
    with path.open("r+b") as stream:
        stream.truncate(1_000_000_000)


def bomb(path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 20}">' for n in range(12))
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "x">{entities}]><d>&e12;</d>'
    )


def deep(path: Path) -> None:
    inner = '<bpmn:subProcess id="x">' * 100_000 + "</bpmn:subProcess>" * 100_000
    path.write_bytes(diagram(START, inner, END))


def long_attribute(path: Path) -> None:
    path.write_bytes(diagram(START, task("a", f'name="{"x" * 20_000_000}"'), END))


def half_a_character(path: Path) -> None:
    path.write_bytes(
        diagram(START, task("a", 'name="办"'), END).replace("办".encode(), b"\xe5\x8a")
    )


@pytest.mark.parametrize(
    "make", [sparse, sparse_with_a_head, bomb, deep, long_attribute, half_a_character]
)
@pytest.mark.parametrize("command", ["check", "try"])
def test_a_hostile_file_is_refused_in_words(
    make: Callable[[Path], None], command: str, tmp_path: Path
) -> None:
    path = tmp_path / "p.bpmn"
    make(path)
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "workflows.cli", command, str(path)],
        capture_output=True,
        text=True,
        timeout=SECONDS * 4,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    assert time.monotonic() - began < SECONDS
    said = done.stdout + done.stderr
    assert done.returncode == 2, said
    assert "Traceback" not in said
    assert "p.bpmn：" in said
