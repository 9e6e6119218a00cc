"""`export_cases`: past cases for `bianmin rehearse`, without personal data."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from webapp.cases.queries.past import as_line, past_cases


class Command(BaseCommand):
    """Writes one JSON line for each case opened in the last months."""

    help = "导出以往办件供彩排（bianmin rehearse）：只有编号、流转数据和时间，没有个人信息。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How far back, and where to."""
        parser.add_argument("--days", type=int, default=180, help="最近多少天立案的（180）")
        parser.add_argument("--output", metavar="FILE", help="写到文件；不写则输出到屏幕")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the lines and say how many."""
        until = timezone.now()
        lines = past_cases(until - timedelta(days=options["days"]), until)
        path = options["output"]
        written = [as_line(one) for one in lines]
        text = "".join(line + "\n" for line in written)
        if path:
            Path(path).write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
        sys.stderr.write(f"✓ 导出 {len(written)} 件\n")
