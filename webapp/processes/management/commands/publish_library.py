"""`publish_library`: puts the process library of a folder in force."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from webapp.core import db
from webapp.core.errors import Refused
from webapp.processes.actions import publish_library

LIBRARY = Path("bpmn")


class Command(BaseCommand):
    """Publishes what changed in the library; a second run changes nothing."""

    help = "发布流程库：流程图、表单、办理路径表和文书文本。重复运行不会改变已发布的内容。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the library's folder."""
        parser.add_argument("folder", nargs="?", type=Path, default=LIBRARY, help="流程库目录")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish, and say in one line what came into force."""
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"没有目录 {folder}。")
        try:
            published = publish_library(folder, None, db.now())
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        if not published.anything:
            self.stdout.write(f"流程库没有变化（{published.unchanged} 项）。")
            return
        self.stdout.write(
            f"已发布：流程 {len(published.processes)}、办理路径表 {len(published.decisions)}、"
            f"文书文本 {len(published.wordings)}；未变化 {published.unchanged}。"
        )
