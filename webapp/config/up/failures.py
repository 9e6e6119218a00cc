"""What stops `bianmin up` or a command before it: always a sentence with its remedy."""

from __future__ import annotations


class CannotStart(Exception):
    """The product cannot start; the message says why and what to do."""
