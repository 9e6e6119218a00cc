"""How the data of several tokens become one. Corrects E9 (last writer wins on every key).

Every write of a case has a number, and each variable of a token remembers the write it got
its value from. Where tokens meet (a join, the end of a scope, the instances of a
multi-instance), each variable keeps the value written last: what a branch has *changed*
since the split wins over what the others left untouched, and of two changes the later one.
A value is taken whole; lists and contexts are never mixed.

`outcome` is local to its token: where two or more tokens meet it is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

LOCAL = "outcome"

Part = tuple[dict[str, Any], dict[str, int]]  # data and stamps; never changed in place
NO_DATA: Part = ({}, {})


def merge(parts: Iterable[Part], without: frozenset[str] = frozenset()) -> Part:
    """Merge (data, stamps) pairs; a single part passes whole, but for `without`."""
    different: list[Part] = []
    count = 0
    for part in parts:
        count += 1
        if not any(part is seen for seen in different):
            different.append(part)
    if count > 1:
        without = without | {LOCAL}
    if len(different) == 1:
        data, stamps = different[0]
        if without.isdisjoint(data):
            return data, stamps
    merged: dict[str, Any] = {}
    newest: dict[str, int] = {}
    for data, stamps in different:
        for key, stamp in stamps.items():
            if key not in without and stamp > newest.get(key, -1):
                newest[key] = stamp
                merged[key] = data[key]
    return merged, newest
