"""The console script `bianmin`.

The commands for files alone (`check`, `try`, `decide`, `feel`, `diff`, `rehearse`) are answered before Django or a
database is thought of; everything that is not ours is a management command of Django.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator

HELP = """便民 bianmin：村、镇、县三级审批，由流程图驱动。

用法：bianmin 命令 [参数]        每个命令都有 --help

运行
  up                    启动数据库、网站和后台任务，直到 Ctrl-C（环境变量 PORT、BIND、DEMO）
  demo --cases N        办理 N 件示例办件，让待办和时限像真的一样
  backup 文件            备份：数据库和附件，一个文件；运行中也可以
  restore 文件           从备份恢复（先停止系统）
  verify                核对审计记录的链条
  export_cases          导出以往办件供彩排，没有个人信息

流程图（只看文件，不需要数据库）
  check 文件...          检查流程图：哪里不能执行、不宜发布，怎样改
  try 文件               一步一步试走流程图
  decide 文件            试算决策表
  feel 表达式            试算 FEEL 表达式
  diff 原来 现在          比较两个版本（文件或文件夹）：意思上改了什么
  rehearse 草稿          用以往办件彩排草稿：走法、工作量、天数怎样变

管理
  load_county           载入示例县（正定县；人员为虚构）
  create_demo_accounts  建立演示账号，显示一次密码
  migrate               更新数据结构并重新授权
  system-check [--deploy]  检查配置
  help                  全部管理命令
"""

ON_FILES = frozenset({"check", "try", "decide", "feel", "diff", "rehearse"})
AS_OWNER = frozenset({"migrate", "grants", "flush", "sqlflush", "dbshell", "makemigrations"})
WITHOUT_DATABASE = frozenset(
    {"help", "version", "collectstatic", "findstatic", "diffsettings", "makemessages"}
    | {"startapp", "sqlmigrate", "compilemessages", "check_templates"}
)


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command in {"", "-h", "--help"}:
        sys.stdout.write(HELP)
        return 0 if command else 2
    if command in ON_FILES:
        from workflows.cli import main as on_files

        return on_files(arguments)
    ours = _ours().get(command)
    return ours(rest) if ours else _django(arguments)


def _ours() -> dict[str, Callable[[list[str]], int]]:
    return {"up": _up, "backup": _backup, "restore": _restore}


def _up(arguments: list[str]) -> int:
    import argparse

    from webapp.config.up import run

    parser = argparse.ArgumentParser(
        prog="bianmin up",
        description="启动数据库、网站和后台任务，直到 Ctrl-C。",
        epilog="环境变量：PORT（8000）、BIND（127.0.0.1）、DEMO=1（演示账号和示例办件）、"
        "DATABASE_URL、CELERY_BROKER_URL、ALLOWED_HOSTS、WEB_WORKERS、WEB_THREADS、"
        "WORKER_THREADS、BIANMIN_VAR。",
    )
    parser.parse_args(arguments)
    return run.main()


def _backup(arguments: list[str]) -> int:
    from webapp.config import backup

    with _failures():
        return backup.main_backup(arguments)
    return 1


def _restore(arguments: list[str]) -> int:
    from webapp.config import backup

    with _failures():
        return backup.main_restore(arguments)
    return 1


def _django(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.config.settings")
    command = arguments[0]
    if command == "system-check":
        arguments = ["check", *arguments[1:]]
    if command in AS_OWNER:
        os.environ["BIANMIN_DATABASE_ROLE"] = "owner"
    from django.core.management import call_command, execute_from_command_line
    from django.db import connections

    wants_help = "--help" in arguments or "-h" in arguments
    quiet = command in WITHOUT_DATABASE or wants_help
    with _failures(), contextlib.nullcontext() if quiet else _database():
        try:
            execute_from_command_line(["bianmin", *arguments])
            if command == "migrate" and not wants_help:
                call_command("grants", verbosity=0)
        finally:
            connections.close_all()
        return 0
    return 1


@contextlib.contextmanager
def _database() -> Iterator[None]:
    """Have the database running for this command, as `up` does for itself."""
    from webapp.config.up import at_hand

    with at_hand.database():
        yield


@contextlib.contextmanager
def _failures() -> Iterator[None]:
    """Turn what cannot work into a sentence."""
    from webapp.config.up.failures import CannotStart

    try:
        yield
    except CannotStart as reason:
        sys.stderr.write(f"✗ {reason}\n")


if __name__ == "__main__":
    sys.exit(main())
