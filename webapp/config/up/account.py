"""Who runs the database when we are root: PostgreSQL refuses to run as root.

Then a system account without a shell does, and it must be able to reach its programs and its
folder. Only the right to pass through is opened, never to list or read, and each folder
outside `var/` for which that was needed is named to the person at the keyboard.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

from webapp.config.folders import var
from webapp.config.up.failures import CannotStart

NAME = "bianmin-db"


def database_user() -> pwd.struct_passwd | None:
    """The account for the server: none unless we are root; made when it is missing."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        pass
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [useradd, "--system", "--no-create-home", "--user-group"]
    command += ["--shell", "/usr/sbin/nologin", NAME]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as failure:
        detail = getattr(failure, "stderr", "") or failure
        raise CannotStart(
            f"以 root 运行时，数据库需要一个普通账号 {NAME}，创建失败：{detail}\n"
            "请改用普通用户运行，或用 DATABASE_URL 指定一台数据库服务器。"
        ) from failure
    return pwd.getpwnam(NAME)


def popen_arguments(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """What `Popen` needs to change to that account."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def let_through(user: pwd.struct_passwd, folder: Path, programs: Path) -> list[str]:
    """Let `user` pass through to `folder` and `programs`; a remark for each opened folder.

    `var/` and what lies in it are opened to the account's own group only, and not mentioned.
    """
    remarks = []
    for passed in (folder, *folder.parents, programs, *programs.parents):
        mode = stat.S_IMODE(passed.stat().st_mode)
        if passed == folder or passed == var() or var() in passed.parents:
            os.chown(passed, -1, user.pw_gid)
            passed.chmod((mode | stat.S_IXGRP) & ~stat.S_IRWXO)
        elif not mode & stat.S_IXOTH:
            passed.chmod(mode | stat.S_IXOTH)
            remarks.append(
                f"以 root 运行：已允许其他账号穿过 {passed}（不能列目录），供数据库账号 {NAME} 使用。"
            )
    if not (programs / "postgres").stat().st_mode & stat.S_IROTH:
        package = programs.parents[1]
        _open_to_read(programs.parent)
        _open_to_read(package.with_name(f"{package.name}.libs"))
    return remarks


def _open_to_read(tree: Path) -> None:
    """Let everybody read the wheel's programs or libraries (installed under umask 077)."""
    for path in (tree, *tree.rglob("*")):
        if path.is_symlink():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        runs = stat.S_IXGRP | stat.S_IXOTH if mode & stat.S_IXUSR else 0
        path.chmod(mode | stat.S_IRGRP | stat.S_IROTH | runs)
