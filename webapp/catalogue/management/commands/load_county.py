"""`load_county`: loads the example county from its input files."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from webapp.catalogue import importers as catalogue
from webapp.catalogue.parameters import load_parameters
from webapp.catalogue.supervision import load_rules
from webapp.catalogue.verbs import load_verbs
from webapp.core import db
from webapp.core.errors import Refused
from webapp.organisations import county_plan, lookups
from webapp.organisations import importers as organisations
from workflows.calendars import SpecialDay, read_special_days
from workflows.errors import WorkflowError

CATALOGUE = Path("bpmn/catalogue")
LOCK = 7_201_301_23  # one load at a time


@dataclass(frozen=True, slots=True)
class CountyFiles:
    """The input files, read."""

    roles: list[dict[str, Any]]
    organisation: dict[str, Any]
    divisions: list[county_plan.DivisionPlan]
    items: dict[str, Any]
    lists: dict[str, list[dict[str, str]]]
    parameters: dict[str, dict[str, Any]]
    supervision: list[dict[str, Any]]
    verbs: dict[str, dict[str, Any]]
    days: tuple[SpecialDay, ...]


def read_files(folder: Path) -> CountyFiles:
    """Read every input file. Raises Refused, naming the file, when one is missing or broken."""

    def text(name: str) -> str:
        try:
            return (folder / name).read_text(encoding="utf-8-sig")
        except OSError as problem:
            raise Refused(f"读不到文件 {folder / name}。") from problem
        except UnicodeDecodeError as problem:
            raise Refused(f"文件 {folder / name} 不是 UTF-8 编码。") from problem

    def parsed(name: str) -> Any:
        try:
            return yaml.safe_load(text(name))
        except yaml.YAMLError as problem:
            raise Refused(f"文件 {folder / name} 不是正确的 YAML：{problem}") from problem

    organisation = parsed("county/organisation.yaml")
    county = organisation["county"]["code"]
    rows = csv.DictReader(text(f"county/divisions_{county}.csv").splitlines())
    calendars = sorted(folder.glob("calendar_*.csv"))
    if not calendars:
        raise Refused(f"目录 {folder} 中没有日历文件 calendar_*.csv。")
    return CountyFiles(
        roles=parsed("roles.yaml"),
        organisation=organisation,
        divisions=county_plan.read_divisions(rows, organisation),
        items=parsed("items.yaml"),
        lists=parsed("lists.yaml"),
        parameters=parsed("parameters.yaml"),
        supervision=parsed("supervision.yaml"),
        verbs=parsed("verbs.yaml"),
        days=read_special_days(text(calendars[-1].name)),
    )


class Command(BaseCommand):
    """Loads places, units, posts, people, items, calendar; a second run changes nothing."""

    help = "载入示例县：区划、单位、岗位、虚构人员、事项、日历。重复运行只补缺少的内容。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder of the input files, and whether changed files win."""
        parser.add_argument("folder", nargs="?", type=Path, default=CATALOGUE, help="数据目录")
        parser.add_argument(
            "--update",
            action="store_true",
            help="事项和日历与文件不同时，按文件生成新版本（在办件仍用原版本）",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything in one transaction, showing how far it is."""
        console = Console()
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
        try:
            with Progress(*columns, console=console) as progress, transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
                files = read_files(options["folder"])
                lines = load(files, db.now(), options["update"], progress)
        except (Refused, WorkflowError) as refusal:
            raise CommandError(str(refusal)) from refusal
        except KeyError as missing:
            raise CommandError(f"数据文件缺少栏目 {missing}。") from missing
        lookups.forget()
        for line in lines:
            console.print(line, highlight=False, soft_wrap=True)


def load(files: CountyFiles, at: datetime, update: bool, progress: Progress) -> list[str]:
    """Write the files' content; sentences that say what was created."""
    organisation = files.organisation
    units = county_plan.read_units(organisation, files.divisions)
    people = county_plan.invent_people(organisation, units)
    places = progress.add_task("区划和单位", total=3)
    roles = organisations.load_roles(files.roles)
    progress.advance(places)
    divisions = organisations.load_divisions(files.divisions)
    progress.advance(places)
    created_units = organisations.load_units(units)
    progress.advance(places)
    staff = progress.add_task("岗位和人员", total=2)
    posts = organisations.load_posts(units)
    progress.advance(staff)
    officers = organisations.load_people(units, people, organisation["holdings_since"])
    progress.advance(staff)
    days = progress.add_task("日历和办公时间", total=2)
    calendar = catalogue.load_calendar(files.days, at, update=update)
    progress.advance(days)
    hours = catalogue.load_hours(organisation["hours"])
    progress.advance(days)
    categories = catalogue.load_categories(files.items["categories"])
    parameters = load_parameters(files.parameters, at, update=update)
    rules = load_rules(files.supervision, update=update)
    verbs = load_verbs(files.verbs, at, update=update)
    items = _load_items(files, at, update, progress)
    created = {
        "角色": roles,
        "区划": divisions,
        "单位": created_units,
        "岗位": posts,
        "虚构人员": officers,
        "办公时间": hours,
        "事项类别": categories,
        "事项": len(items.created),
        "县参数": len(parameters),
        "督办规则": len(rules),
        "动作权限": len(verbs),
    }
    return _told(created, items, calendar)


def _told(created: dict[str, int], items: catalogue.ItemsLoaded, calendar: bool) -> list[str]:
    """What was loaded, in sentences."""
    listed = "、".join(f"{name} {count}" for name, count in created.items() if count)
    lines = [f"新建：{listed}。"] if listed else []
    if calendar:
        lines.append("已发布工作日日历。")
    if items.updated:
        lines.append(f"已生成新版本的事项：{'、'.join(items.updated)}。")
    if items.differing:
        codes = "、".join(items.differing)
        lines.append(f"与文件不同、保持原样的事项：{codes}。要采用文件内容，请加 --update。")
    if items.kept:
        codes = "、".join(items.kept)
        lines.append(f"县里在网页上改过、保持县里版本的事项：{codes}。")
    return lines or ["示例县已经载入，没有变化。"]


def _load_items(
    files: CountyFiles, at: datetime, update: bool, progress: Progress
) -> catalogue.ItemsLoaded:
    task: TaskID = progress.add_task("事项", total=len(files.items["items"]))
    return catalogue.load_items(
        files.items, files.lists, at, update=update, step=lambda: progress.advance(task)
    )
