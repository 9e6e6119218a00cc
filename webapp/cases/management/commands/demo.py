"""`demo`: plays example cases, so that inboxes and deadlines look like a county at work."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from webapp.cases.demonstration.casting import stories
from webapp.cases.demonstration.play import Stage
from webapp.cases.models import Case
from webapp.core import db
from webapp.core.errors import Refused

MOST = 20_000
SHOWN = 5


class Command(BaseCommand):
    """Plays varied cases through the real actions, spread over past working days."""

    help = "办理示例办件（只在 DEMO=1 时可用）：经过真实的每一步，分布在过去的工作日。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many, and the seed that makes a run repeatable."""
        parser.add_argument("--cases", type=int, default=300, help="件数（默认 300）")
        parser.add_argument("--seed", type=int, default=1, help="随机种子（默认 1）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, with a progress bar, and say what came of it."""
        number: int = options["cases"]
        if not settings.DEMO:
            raise CommandError("示例办件只能在 DEMO=1 时办理，以免混入真实办件。")
        if not 1 <= number <= MOST:
            raise CommandError(f"件数应在 1 到 {MOST} 之间。")
        console = Console()
        columns = (
            TextColumn("{task.description}"),
            *(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()),
        )
        now = db.now()
        try:
            stage = Stage(f"{options['seed']}/{Case.objects.count()}", now)
            with Progress(*columns, console=console) as progress:
                task = progress.add_task("示例办件", total=number)
                for story in stories(number, options["seed"], now):
                    stage.play(story, lambda: progress.advance(task))
                played = stage.run_all()
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        still = Case.objects.filter(is_open=True).count()
        console.print(
            f"已办理 {played.opened} 件、{played.steps} 个环节，发出提醒和督办卡 {played.cards} 张；"
            f"现有在办 {still} 件。",
            soft_wrap=True,
            highlight=False,
        )
        for line in played.stuck[:SHOWN]:
            console.print(f"  停在途中：{line}", soft_wrap=True, highlight=False)
        if len(played.stuck) > SHOWN:
            console.print(f"  另有 {len(played.stuck) - SHOWN} 件停在途中。", highlight=False)
