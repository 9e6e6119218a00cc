"""`rehearse`: past cases played on a draft library, and on the version they were handled by.

Exit status 0: every case goes the same way; 1: something changes or no longer fits; 2: unreadable.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from workflows.errors import Unreadable
from workflows.rehearse.cases import PastCase, read_cases
from workflows.rehearse.weighing import Weighed, as_json, weigh
from workflows.sources.bundle import read_library

SHOWN = 20  # cases told one by one


def rehearse(draft: str, cases: str, against: str | None, *, as_lines: bool) -> int:
    """Rehearse and print; `as_lines` False: JSON."""
    old = read_library(Path(against)) if against is not None else None
    library = read_library(Path(draft))
    weighed = weigh(_cases(Path(cases)), library, old)
    if not weighed.cases:
        raise Unreadable(f"{cases}：没有办件")
    if as_lines:
        names = {key: str(role.get("name", key)) for key, role in library.roles.items()}
        for line in _lines(weighed, names, compared=old is not None):
            sys.stdout.write(line + "\n")
    else:
        sys.stdout.write(json.dumps(as_json(weighed), ensure_ascii=False, indent=1) + "\n")
    return 1 if weighed.misfits or weighed.changed else 0


def _cases(path: Path) -> Iterator[PastCase]:
    if not path.is_file():
        raise Unreadable(f"{path}：没有这个文件")
    try:
        with path.open(encoding="utf-8") as stream:
            yield from read_cases(stream, path.name)
    except (OSError, UnicodeDecodeError) as wrong:
        raise Unreadable(f"{path}：读不了") from wrong


def _lines(weighed: Weighed, names: dict[str, str], *, compared: bool) -> Iterator[str]:
    total, misfits, changed = len(weighed.cases), weighed.misfits, weighed.changed
    same = total - len(misfits) - len(changed)
    yield f"办件 {total} 件：照旧 {same} 件，走法或结果不同 {len(changed)} 件，答案不再适用 {len(misfits)} 件"
    for one in misfits[:SHOWN]:
        yield f"  不适用 {one.case.number}（{one.case.process}）：{one.after.misfit}"
    for one in changed[:SHOWN]:
        before = one.before.result if one.before is not None else one.case.result
        said = "" if one.same_result else f"结果由“{before}”变为“{one.after.result}”，"
        days = f"{one.before.days:.1f} 天→" if one.before is not None else ""
        yield f"  不同 {one.case.number}（{one.case.process}）：{said}用时 {days}{one.after.days:.1f} 天"
    if compared:
        for title, places in (("多走", weighed.added), ("不再走", weighed.dropped)):
            for place, count in places.most_common(SHOWN):
                yield f"  {title} {place}：{count} 件"
    yield "各角色的工作量（件、天；新环节按时限估计）"
    for role, load in sorted(weighed.loads.items()):
        items = f"{load.items_before}→{load.items_after}" if compared else str(load.items_after)
        days = (
            f"{load.days_before:.1f}→{load.days_after:.1f}"
            if compared
            else f"{load.days_after:.1f}"
        )
        assumed = f"，其中估计 {load.assumed} 件" if load.assumed else ""
        yield f"  {names.get(role, role or '没有角色')}：{items} 件，{days} 天{assumed}"
