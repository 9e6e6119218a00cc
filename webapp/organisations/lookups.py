"""Answers about units and pools that change about once a month, remembered for seconds.

The answers are ids of rows that are never deleted, so an answer that is a few seconds old is
still a valid one. Tests that undo their rows call `forget`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import Lock
from time import monotonic
from typing import ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

KEPT_SECONDS = 30.0
KEPT_ANSWERS = 4096

_answers: dict[object, tuple[float, object]] = {}
_lock = Lock()


def remembered(ask: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Keep what `ask` returns for a few seconds in this process; refusals are not kept."""

    @wraps(ask)
    def answer(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        question = (ask.__qualname__, args, tuple(sorted(kwargs.items())))
        moment = monotonic()
        known = _answers.get(question)
        if known is not None and moment - known[0] < KEPT_SECONDS:
            return known[1]  # type: ignore[return-value]
        found = ask(*args, **kwargs)
        with _lock:
            if len(_answers) >= KEPT_ANSWERS:
                _answers.clear()
            _answers[question] = (moment, found)
        return found

    return answer


def forget() -> None:
    """Ask the database again from now on (after a change of units, posts or pools)."""
    with _lock:
        _answers.clear()
