"""Is it fit to run, is it fit to be published: pure rules over what was read.

`check_diagram` looks at one file alone; `check_bundle` also follows references. Every rule is
registered with its code in `registry`; the rooms are structure, soundness, people, data,
statute and paths (制度体检).
"""

from __future__ import annotations

from workflows.checks import data, paths, people, soundness, statute, structure
from workflows.checks.registry import RULES, Rule, check_bundle, check_diagram

__all__ = [
    "RULES",
    "Rule",
    "check_bundle",
    "check_diagram",
    "data",
    "paths",
    "people",
    "soundness",
    "statute",
    "structure",
]
