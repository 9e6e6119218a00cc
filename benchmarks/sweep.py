"""The two sweeps: cards from due dates (A), engine timers from the ledger (B).

A counts the cards that one sweep issues; B fires the check timers of cases that nobody has
examined in time, with one worker and with two. Prints one JSON object a line; more is better.

    python benchmarks/sweep.py
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import timedelta

from _county import AT, county, remark, report, use_again

CASES = 20_000
FIRED = 150
LATER = AT + timedelta(days=21)


def sweep_a() -> None:
    """Issue cards, and look again when there is nothing to issue."""
    from django.db import transaction

    from webapp.cases.actions import issue_cards

    spans = []
    for _ in range(3):
        with transaction.atomic():
            begun = time.perf_counter()
            cards = issue_cards(AT)
            spans.append(cards / (time.perf_counter() - begun))
            transaction.set_rollback(True)
    report("sweep A, cards a second", value=round(max(spans)), target=2000, more_is_better=True)
    issue_cards(AT)
    begun = time.perf_counter()
    again = issue_cards(AT)
    remark(f"{cards} cards, then {again} in {(time.perf_counter() - begun) * 1e3:.0f} ms")


def work(address: str) -> None:
    """A worker's side: fire so many cases at each line read."""
    use_again(address)
    from webapp.cases.actions import fire_due_timers
    from webapp.core import db

    with db.pretended(LATER):
        fire_due_timers(5)  # warm
        print("ready", flush=True)
        for _line in sys.stdin:
            begun = time.perf_counter()
            swept = fire_due_timers(FIRED)
            span = time.perf_counter() - begun
            print(
                json.dumps(
                    {"fired": swept.fired, "passed over": swept.passed_over, "span": span}
                ),
                flush=True,
            )


def sweep_b(address: str) -> None:
    """Fire timers with one worker, then with two at once."""
    command = [sys.executable, __file__, "--worker", address]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout
        worker.stdout.readline()
    for many in (1, 2, 1, 2):
        begun = time.perf_counter()
        for worker in workers[:many]:
            assert worker.stdin
            worker.stdin.write("go\n")
            worker.stdin.flush()
        done = [json.loads(w.stdout.readline()) for w in workers[:many] if w.stdout]
        rate = sum(one["fired"] for one in done) / (time.perf_counter() - begun)
        remark(f"{many} workers: {done}")
        rates[many] = max(rate, rates.get(many, 0))
    for worker in workers:
        assert worker.stdin
        worker.stdin.close()
        worker.wait(20)
    report("sweep B, cases a second, one worker", value=round(rates[1]), more_is_better=True)
    report(
        "sweep B, cases a second, two workers",
        value=round(rates[2]),
        target=100,
        more_is_better=True,
    )


rates: dict[int, float] = {}


def main() -> None:
    """Both, in one database."""
    with county() as address:
        import _many
        import _path

        from webapp.core import db

        with db.pretended(AT):
            kinds = [(kind, place) for place in range(6) for kind in ("promised", "escalated")]
            opened = [_path.register(*one, "original").case_id for one in kinds]
            _many.multiply(address, opened, CASES)
            sweep_a()
        sweep_b(address)


if __name__ == "__main__":
    if "--worker" in sys.argv:
        work(sys.argv[2])
    else:
        main()
