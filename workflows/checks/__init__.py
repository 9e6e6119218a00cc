"""Is it fit to run, is it fit to be published: pure rules over what was read.

`check_diagram` looks at one file alone; `check_bundle` also follows references. Every rule is
registered with its code in `registry`; `check_signals` compares a library's processes; the rooms are structure, soundness, looping,
people, data and, for the county (制度体检), statute, deciding, belonging,
clocks, papers, closing and paths.
"""

from __future__ import annotations

from workflows.checks import (
    belonging,
    clocks,
    closing,
    data,
    deciding,
    looping,
    papers,
    paths,
    people,
    soundness,
    statute,
    structure,
)
from workflows.checks.registry import RULES, Rule, check_bundle, check_diagram
from workflows.checks.signals import check_signals

__all__ = [
    "RULES",
    "Rule",
    "belonging",
    "check_bundle",
    "check_diagram",
    "check_signals",
    "clocks",
    "closing",
    "data",
    "deciding",
    "looping",
    "papers",
    "paths",
    "people",
    "soundness",
    "statute",
    "structure",
]
