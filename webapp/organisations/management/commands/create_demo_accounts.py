"""`create_demo_accounts`: lets some invented officers sign in, with passwords shown once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from webapp.accounts.models import Officer
from webapp.core import db
from webapp.organisations.actions import between
from webapp.organisations.models import Absence, Holding

SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
AWAY_DAYS = 90
WIDTH = 110


@dataclass(frozen=True, slots=True)
class Seat:
    """A post of the example county whose holder gets a demo account."""

    what: str
    unit: str
    role: str
    post: str
    cover: str = "A"


SEATS = (
    Seat("村级代办员", "station.130123103201", "village.agent", "代办员"),
    Seat("乡镇窗口（A岗）", "xinan.centre", "township.window", "民政窗口"),
    Seat("乡镇窗口（B岗顶岗）", "xinan.centre", "township.window", "卫健窗口", "B"),
    Seat("窗口负责人", "xinan.centre", "township.head_window", "窗口负责人"),
    Seat("站所承办人（民政所）", "xinan.civil_affairs", "township.handler", "民政所"),
    Seat("站所承办人（社保所）", "xinan.social_security", "township.handler", "社保所"),
    Seat("站所承办人（农业站）", "xinan.township_agriculture", "township.handler", "农业站"),
    Seat("中心主任", "xinan.centre", "township.leader", "中心主任"),
    Seat("另一乡镇窗口", "nangang.centre", "township.window", "民政窗口"),
    Seat("县政务大厅窗口", "county_hall", "county.window", "综合受理窗口"),
    Seat("县政务大厅负责人", "county_hall", "county.head_window", "大厅负责人"),
    Seat("县民政局承办人", "county_civil_affairs", "county.handler", "业务股"),
    Seat("县民政局股室负责人", "county_civil_affairs", "county.section_head", "股室负责人"),
    Seat("县民政局负责人", "county_civil_affairs", "county.leader", "分管领导"),
    Seat("县林业局承办人", "county_forestry", "county.handler", "业务股"),
    Seat("县林业局股室负责人", "county_forestry", "county.section_head", "股室负责人"),
    Seat("县林业局负责人", "county_forestry", "county.leader", "分管领导"),
    Seat("县政务办", "county_service_office", "county.office", "督查指导股"),
    Seat("流程设计员", "county_service_office", "county.designer", "流程设计"),
    Seat("流程复核发布员", "county_service_office", "county.publisher", "流程复核"),
    Seat("纪检监察", "county_inspection", "inspection", "监督检查室"),
    Seat("系统管理员", "county_service_office", "admin.system", "系统管理"),
)
# The A of this post is away, so that her B has something to cover (DUTY-05).
AWAY = Seat("卫健窗口A岗", "xinan.centre", "township.window", "卫健窗口")


class Command(BaseCommand):
    """Gives the demo officers new random passwords and shows them this once."""

    help = "建立演示账号并显示一次密码（只在 DEMO=1 时可用）；再次运行会换新密码。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Set passwords, then print the table."""
        if not settings.DEMO:
            raise CommandError("演示账号只能在 DEMO=1 时建立。正式使用请由系统管理员开通账号。")
        at = db.now()
        day = timezone.localdate(at)
        with transaction.atomic():
            rows = [self._open(seat, at) for seat in SEATS]
            away = self._holding(AWAY, at).officer
            if not Absence.objects.filter(officer=away, during__contains=at).exists():
                Absence.objects.create(
                    officer=away,
                    during=between(day, day + timedelta(days=AWAY_DAYS - 1)),
                    reason="外出培训（示例）",
                    recorded_by=away,
                    recorded_at=at,
                )
        _show(rows)

    def _open(self, seat: Seat, at: datetime) -> tuple[str, str, str, str]:
        holding = self._holding(seat, at)
        officer: Officer = holding.officer
        password = "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(3))
        officer.set_password(password)
        officer.is_demo = True
        officer.save(update_fields=["password", "is_demo"])
        unit = holding.post.pool.unit.name
        return seat.what, officer.username, password, f"{officer.name}（{unit}）"

    def _holding(self, seat: Seat, at: datetime) -> Holding:
        holdings = Holding.objects.select_related("officer", "post__pool__unit").filter(
            post__pool__unit__key=seat.unit,
            post__pool__role=seat.role,
            post__name=seat.post,
            cover=seat.cover,
            during__contains=timezone.localdate(at),
        )
        holding = holdings.first()
        if holding is None:
            raise CommandError(f"找不到“{seat.what}”的人员。请先运行 bianmin load_county。")
        return holding


def _show(rows: list[tuple[str, str, str, str]]) -> None:
    """Print the accounts, one line each."""
    console = Console()
    if console.width < WIDTH:
        console = Console(width=WIDTH)  # a password must never be cut
    table = Table(title="演示账号（人员为虚构；密码只显示这一次）", title_justify="left")
    for name in ("角色", "登录名", "密码", "人员"):
        table.add_column(name, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console.print(table, highlight=False)
