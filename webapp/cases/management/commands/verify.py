"""`verify`: proves that no recorded event was changed, removed or put in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from webapp.audit import queries as audit
from webapp.cases.models import Case
from webapp.cases.queries import (
    broken_chain,
    broken_invariants,
    events_without_case,
    gaps_in_numbers,
)


class Command(BaseCommand):
    """Checks the audit chains, the numbers of documents and the invariant of open cases."""

    help = "核对：审计记录没有被改动或删除，文书编号连续，每件在办办件都有人负责。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print every defect; fail when there is one."""
        count = 0
        for sentence in _defects():
            self.stdout.write(sentence)
            count += 1
        if count:
            raise CommandError(f"发现 {count} 处问题。")
        cases = Case.objects.count()
        self.stdout.write(f"✓ {cases} 件办件和其他对象的审计记录完整，编号连续，都有人负责。")


def _defects() -> Iterator[str]:
    for case_id, number in Case.objects.order_by("id").values_list("id", "number").iterator():
        for sentence in broken_chain(case_id):
            yield f"办件 {number}: {sentence}"
    yield from audit.broken_heads()
    yield from audit.broken_seals()
    for case_id in events_without_case():
        yield f"办件 {case_id}: 有审计记录，但办件已不在"
    for organ, code, year in gaps_in_numbers():
        yield f"文书编号不连续：单位 {organ}，{code}，{year} 年"
    for broken in broken_invariants():
        yield f"办件 {broken.number}: {broken.rule}"
