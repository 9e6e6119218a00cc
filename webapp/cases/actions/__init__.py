"""The verbs of a case, one a file."""

from __future__ import annotations
