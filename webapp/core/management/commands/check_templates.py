"""`bianmin check_templates`: every template compiles and obeys the content security policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError, engines
from django.template.backends.django import DjangoTemplates

WEBAPP = Path(__file__).resolve().parents[3]
FORBIDDEN = {
    r"<script(?![^>]*\b(src|type=\"application/json\")\b)[^>]*>": "脚本要放在文件里（CSP）",
    r"<style\b": "样式要放在文件里（CSP）",
    r"\sstyle\s*=": "不用 style 属性（CSP）",
    r"\son[a-z]+\s*=\s*[\"']": "不用 on… 属性（CSP）",
    r"\bhx-on\b": "不用 hx-on（CSP）",
    r"hx-(vals|headers)\s*=\s*[\"']js:": "不用 js: 取值（CSP）",
    r"hx-trigger\s*=\s*\"[^\"]*\[": "hx-trigger 里不用条件（CSP）",
    r"\|\s*safe\b": "不用 safe 过滤器：值可能来自申请人",
}


class Command(BaseCommand):
    """Look at every template of the product without rendering it."""

    help = "检查全部页面模板：能否编译，是否遵守内容安全策略。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print findings as `file:line: sentence`; fail when there is one."""
        files = list(template_files())
        findings = [finding for file in files for finding in check(file)]
        for finding in findings:
            self.stdout.write(finding)
        if findings:
            raise CommandError(f"{len(findings)} 处模板问题。")


def template_files() -> Iterator[tuple[str, Path]]:
    """Name and file of each of our templates."""
    for folder in sorted(WEBAPP.glob("*/templates")):
        for file in sorted(folder.rglob("*")):
            if file.suffix in {".html", ".txt"}:
                yield str(file.relative_to(folder)), file


def check(template: tuple[str, Path]) -> Iterator[str]:
    """The findings in one template."""
    name, file = template
    place = file.relative_to(WEBAPP.parent)
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)  # noqa: S101
    try:
        engine.get_template(name)
    except TemplateSyntaxError as error:
        yield f"{place}: {error}"
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        for pattern, sentence in FORBIDDEN.items():
            if re.search(pattern, line):
                yield f"{place}:{number}: {sentence}：{line.strip()[:80]}"
