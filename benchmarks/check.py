"""`check` of a large diagram: all rules against reading the file, and how both grow.

One county diagram of 300 elements (choices, ways back, parallel opinions, effects), once read
and once examined by every rule as for publishing, in one process; then one of 3,000. Process
time, so that a busy machine counts less. Prints one JSON object a line; lower is better.

    python benchmarks/check.py
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks._large import large_library
from workflows.checks import check_bundle
from workflows.model import Bundle
from workflows.sources.bundle import Library

ROUNDS = 7
SMALL, LARGE = 300, 3_000


def main() -> None:
    """Print the ratios and the seconds behind them."""
    read = {nodes: seconds(lambda n=nodes: bundle(n)) for nodes in (SMALL, LARGE)}
    examined = {}
    for nodes in (SMALL, LARGE):
        one = bundle(nodes)
        examined[nodes] = seconds(lambda b=one: check_bundle(b, publish=True))
    say("check of 300 elements / reading them", examined[SMALL] / read[SMALL], examined[SMALL])
    say(
        "check of 3,000 / of 300 (10 is linear)",
        examined[LARGE] / examined[SMALL],
        examined[LARGE],
    )


def bundle(nodes: int) -> Bundle:
    """Read the diagram afresh."""
    return Library(large_library(nodes)).bundle("large")


def seconds(work: Callable[[], object]) -> float:
    """Median process time of one run; the first, which compiles expressions, is left out."""
    work()
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def say(what: str, ratio: float, taken: float) -> None:
    """One line of JSON."""
    line = {
        "benchmark": "check",
        "what": what,
        "ratio": round(ratio, 2),
        "ms": round(taken * 1000, 1),
    }
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
