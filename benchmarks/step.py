"""One handler's step through the action layer against bare psycopg writing the same rows.

Also: SQL statements and commits of a step, steps a second of one and of two processes, a step
with many cases in the database against few, bytes of the engine's state. Prints one JSON
object a line; lower is better unless it says otherwise.

    python benchmarks/step.py            BENCH_LARGE=1: a million cases instead of 100,000
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from _county import AT, county, doubled, median, remark, report, use_again

ROUNDS = 14  # cases of each kind, through the actions and through psycopg
TURNS = 5
FEW, MANY = 1_000, 1_000_000 if os.environ.get("BENCH_LARGE") else 100_000


def against_bare(address: str) -> None:
    """Play cases step by step, and after each step write the same rows without anything."""
    import psycopg

    ours: list[float] = []
    floor: list[float] = []
    by_element: dict[str, tuple[list[float], list[float], list[int]]] = defaultdict(
        lambda: ([], [], [])
    )
    with psycopg.connect(address) as bare, psycopg.connect(address, autocommit=True) as eye:
        for number in range(ROUNDS + 2):
            for kind in ("promised", "escalated"):
                for element, mine, least, rows in _round(bare, eye, kind, number):
                    if number >= 2:  # caches of both sides are warm
                        ours.append(mine)
                        floor.append(least)
                        spans = by_element[f"{kind} {element}"]
                        spans[0].append(mine)
                        spans[1].append(least)
                        spans[2].append(rows)
    for element, (mine, least, rows) in by_element.items():
        remark(
            f"{element:32} {median(mine) * 1e3:6.2f} ms  bare {median(least) * 1e3:6.2f} ms"
            f"  {median(mine) / median(least):5.2f}×  {rows[0]} rows"
        )
    report(
        "step through the action layer against bare psycopg writing the same rows, p50",
        ratio=round(median(ours) / median(floor), 2),
        target=3,
    )
    report("step through the action layer, ms, p50", value=round(median(ours) * 1e3, 2))
    report("the same rows by bare psycopg, ms, p50", value=round(median(floor) * 1e3, 2))


def _round(
    bare: Any, eye: Any, kind: str, number: int
) -> Iterator[tuple[str, float, float, int]]:
    """One case through the actions and its double through psycopg, step by step in turn."""
    import _bare
    import _path

    case_id = _path.register(kind, number, "ours").case_id
    own = _path.register(kind, number, "bare").case_id
    replay = _bare.Replay(bare, case_id, own)
    before = _bare.read(eye, case_id)
    for step in _path.steps(case_id):
        begun = time.perf_counter()
        step.complete()
        mine = time.perf_counter() - begun
        after = _bare.read(eye, case_id)
        written = _bare.difference(before, after)
        before = after
        write = replay.prepare(written)
        begun = time.perf_counter()
        write()
        yield step.element, mine, time.perf_counter() - begun, written.rows


_DONE = re.compile(rb"^[^\t\n]+\tB\t\d+\tCommandComplete\t \"(\w+)", re.MULTILINE)


def sent(step: Any) -> Counter[str]:
    """Complete a step; counts what the server says it has executed, by its first word."""
    from django.db import connection

    with tempfile.TemporaryFile() as log:
        connection.connection.pgconn.trace(log.fileno())
        step.complete()
        connection.connection.pgconn.untrace()
        log.seek(0)
        return Counter(word.decode() for word in _DONE.findall(log.read()))


def statements_and_commits(address: str) -> None:
    """Statements of a step, with everything remembered and with nothing known about units."""
    import _path

    from webapp.organisations import lookups

    commits: list[int] = []
    for name, cold in (("most", False), ("most, nothing remembered about units", True)):
        counts: Counter[int] = Counter()
        for kind in ("promised", "escalated"):
            for step in _path.steps(_path.register(kind, 0, name).case_id):
                if cold:
                    lookups.forget()
                words = sent(step)
                commits.append(words.pop("COMMIT"))
                words.pop("BEGIN")
                counts[words.total()] += 1
        remark(f"statements per step, {name}: {dict(sorted(counts.items()))}")
        report(f"SQL statements per step, {name}", value=max(counts), target=8)
    report("commits per step, most", value=max(commits), target=1)


def many_cases(address: str) -> None:
    """A step of an arbitrary case among many against one among few, in turns."""
    import _many
    import _path

    kinds = [(kind, number) for number in range(10) for kind in ("promised", "escalated")]
    originals = [_path.register(*one, "original").case_id for one in kinds]
    _many.multiply(address, originals, FEW)
    with doubled(address) as other:
        _many.multiply(other, originals, MANY)
        few, many = Worker(address, 0, "copies"), Worker(other, 0, "copies")
        spans: dict[Worker, list[float]] = {few: [], many: []}
        for _ in range(TURNS):
            for worker in (few, many):
                worker.go()
                spans[worker].append(worker.answer()["p50"])
        few.close()
        many.close()
    for worker, amount in ((few, FEW), (many, MANY)):
        remark(f"step with {amount} cases: {median(spans[worker]) * 1e3:.2f} ms")
    report(
        f"step with {MANY} cases in the database against {FEW}, p50",
        ratio=round(median(spans[many]) / median(spans[few]), 2),
        target=1.25,
    )


class Worker:
    """Another process that plays a share of its cases each time it is told to."""

    def __init__(self, address: str, number: int, cases: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--worker", address, str(number), cases],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.answer()

    def go(self) -> None:
        """Start a turn."""
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, float]:
        """Wait for its figures: `rate` in steps a second, `p50` in seconds."""
        assert self.process.stdout
        figures: dict[str, float] = json.loads(self.process.stdout.readline())
        return figures

    def close(self) -> None:
        """Let it end."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(20)


def work(address: str, number: int, cases: str) -> None:
    """The worker's side: make cases ready, then play a share of them at each line read."""
    use_again(address)
    import _path

    from webapp.core import db

    with db.pretended(AT):
        kinds = [(kind, place) for place in range(4) for kind in ("promised", "escalated")]
        scripts = [_path.Script.of(*one, f"script {cases} {number}") for one in kinds]
        first = _copies if cases == "copies" else _fresh
        firsts = [first(kind, place, number) for kind, place in kinds]
        _play(scripts, [items.pop() for items in firsts])  # warm
        print(json.dumps({}), flush=True)
        for _line in sys.stdin:
            spans, begun = _play(scripts, [items.pop() for items in firsts])
            rate = len(spans) / (time.perf_counter() - begun)
            print(json.dumps({"rate": rate, "p50": median(spans)}), flush=True)


def _play(scripts: list[Any], items: list[int]) -> tuple[list[float], float]:
    """Play one case of each script; seconds of each step, and when it began."""
    begun = time.perf_counter()
    spans = [
        seconds
        for script, item in zip(scripts, items, strict=True)
        for seconds in script.play(item)
    ]
    return spans, begun


def _fresh(kind: str, place: int, number: int) -> list[int]:
    """First items of newly opened cases."""
    import _path

    opened = [
        _path.register(kind, place, f"{turn} of {number}") for turn in range(2 * TURNS + 1)
    ]
    return [item for one in opened for item in one.item_ids.values()]


def _copies(kind: str, place: int, _number: int) -> list[int]:
    """First items of arbitrary old cases."""
    import _path

    from webapp.core import db

    rows = db.rows(
        "SELECT i.id FROM cases_case c JOIN cases_workitem i ON i.case_id = c.id"
        " JOIN catalogue_itemversion v ON v.id = c.item_version_id"
        " JOIN catalogue_serviceitem s ON s.id = v.item_id"
        " WHERE c.opening_key IS NULL AND c.version = 1 AND s.code = %s"
        " AND c.accountable_unit_id = %s ORDER BY c.id * 7919 %% 10007, c.id LIMIT %s",
        [_path.ITEMS[kind], _path.centres()[place][0], TURNS + 1],
    )
    return [row["id"] for row in rows]


def two_processes(address: str) -> None:
    """Steps a second of two processes against one."""
    workers = [Worker(address, number, "fresh") for number in range(2)]
    alone: list[float] = []
    gains: list[float] = []
    for turn in range(TURNS):
        workers[turn % 2].go()
        alone.append(workers[turn % 2].answer()["rate"])
        for worker in workers:
            worker.go()
        gains.append(sum(worker.answer()["rate"] for worker in workers) / alone[-1])
    for worker in workers:
        worker.close()
    report("steps a second, one process", value=round(median(alone)), more_is_better=True)
    report(
        "steps a second, two processes against one",
        ratio=round(median(gains), 2),
        target=1.8,
        more_is_better=True,
    )


def snapshot_bytes(address: str) -> None:
    """What the engine keeps of a case, at its end and at its largest."""
    import _path
    import psycopg

    with psycopg.connect(address, autocommit=True) as eye:
        for kind in ("promised", "escalated"):
            case_id = _path.register(kind, 2, "snapshot").case_id
            sizes = []
            for step in _path.steps(case_id):
                step.complete()
                row = eye.execute(
                    "SELECT length(state) FROM cases_casesnapshot WHERE case_id = %s", [case_id]
                ).fetchone()
                sizes.append(row[0] if row else 0)
            report(f"snapshot bytes after the whole {kind} path", value=sizes[-1], target=4000)
            report(f"snapshot bytes, largest of the {kind} path", value=max(sizes), target=4000)


def main() -> None:
    """Everything, in one database."""
    with county() as address:
        from webapp.core import db

        with db.pretended(AT):
            against_bare(address)
            statements_and_commits(address)
            snapshot_bytes(address)
            two_processes(address)
            many_cases(address)


if __name__ == "__main__":
    if "--worker" in sys.argv:
        work(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    else:
        main()
