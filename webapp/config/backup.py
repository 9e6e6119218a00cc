"""`bianmin backup FILE` and `bianmin restore FILE`: one tar file for database and attachments.

The keys in `var/secrets` are not in it, on purpose: who finds a backup must not be able to read
the identity numbers in it. The file names the key it needs by a fingerprint, and `restore`
refuses to go on without that key. Keep a copy of `var/secrets` in another place.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from webapp.config import keys
from webapp.config.databases import target
from webapp.config.folders import ROOT, living, private
from webapp.config.up import at_hand, instance
from webapp.config.up.embedded import programs
from webapp.config.up.failures import CannotStart

FORMAT = 1
_MANIFEST, _DATABASE, _FILES = "bianmin.json", "database.dump", "attachments"

_CLEAR = """
DO $$
DECLARE thing record;
BEGIN
  FOR thing IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', thing.tablename);
  END LOOP;
  FOR thing IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP SEQUENCE IF EXISTS public.%I CASCADE', thing.sequencename);
  END LOOP;
  FOR thing IN SELECT oid::regprocedure AS signature FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace AND proowner = current_user::regrole LOOP
    EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', thing.signature);
  END LOOP;
END $$;
"""


def attachments() -> Path:
    """The folder of uploaded files, as in the settings."""
    return Path(os.environ.get("ATTACHMENTS") or living() / "attachments")


def fingerprint() -> str:
    """Names the key of sensitive values without telling it."""
    key = keys.secret("FIELD_KEY", keys.field_key)
    return hashlib.sha256(b"bianmin field key " + key.encode()).hexdigest()[:16]


# -- backup -------------------------------------------------------------------------------


def main_backup(arguments: list[str]) -> int:
    """Parse, write the backup, say what to keep."""
    parser = argparse.ArgumentParser(
        prog="bianmin backup", description="备份数据库和附件到一个文件；系统运行中也可以。"
    )
    parser.add_argument("file", type=Path, help="要写的文件，例如 bianmin-20260101.tar")
    parser.add_argument("--force", action="store_true", help="文件已存在时覆盖")
    chosen = parser.parse_args(arguments)
    if chosen.file.exists() and not chosen.force:
        raise CannotStart(f"{chosen.file} 已经存在。换个名字，或加 --force 覆盖。")
    with at_hand.database():
        manifest = write(chosen.file)
    sys.stdout.write(
        f"✓ 已备份到 {chosen.file}（{chosen.file.stat().st_size / 1e6:.1f} MB，"
        f"附件 {manifest['files']} 个）。\n"
        f"  密钥不在里面：请另外保存 {keys.folder()}，没有它，身份证号等敏感信息无法恢复。\n"
    )
    return 0


def stored_files() -> list[Path]:
    """Finished uploads, in order; what is just arriving (`.in-…`) may be gone in a moment."""
    found = attachments().rglob("*")
    return sorted(path for path in found if path.is_file() and not _is_passing(path))


def _is_passing(path: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(attachments()).parts)


def write(file: Path) -> dict[str, Any]:
    """Write the backup; the database as of one moment, then the files (which never change)."""
    with tempfile.TemporaryDirectory(dir=private(living() / "run")) as name:
        dump = Path(name) / _DATABASE
        options = ["--format=custom", "--no-owner", "--no-acl", "--no-comments"]
        _program("pg_dump", *options, f"--file={dump}")
        files = stored_files()
        manifest = {
            "format": FORMAT,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),  # noqa: TID251
            "field_key": fingerprint(),
            "database_sha256": _sha256(dump),
            "files": len(files),
        }
        (Path(name) / _MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                with tarfile.open(fileobj=out, mode="w") as tar:
                    tar.add(Path(name) / _MANIFEST, _MANIFEST)
                    tar.add(dump, _DATABASE)
                    for path in files:
                        tar.add(path, f"{_FILES}/{path.relative_to(attachments())}")
                out.flush()
                os.fsync(out.fileno())
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    return manifest


# -- restore ------------------------------------------------------------------------------


def main_restore(arguments: list[str]) -> int:
    """Parse, ask, restore, bring the tables up to this version."""
    parser = argparse.ArgumentParser(
        prog="bianmin restore",
        description="从备份恢复数据库和附件，替换现有的全部数据。请先停止系统。",
    )
    parser.add_argument("file", type=Path, help="bianmin backup 写的文件")
    parser.add_argument("--yes", action="store_true", help="不再询问，直接替换现有数据")
    chosen = parser.parse_args(arguments)
    if instance.running():
        raise CannotStart("系统正在运行。请先在它的窗口按 Ctrl-C，再恢复。")
    with at_hand.database():
        if _has_cases() and not chosen.yes and not _agreed():
            raise CannotStart("没有恢复，现有数据没有变。")
        read(chosen.file)
        _run([sys.executable, "-m", "webapp.config.cli", "migrate", "--verbosity", "0"])
    sys.stdout.write("✓ 已恢复。\n")
    return 0


def read(file: Path) -> None:
    """Replace database and attachments by those of the backup; all of it or nothing."""
    with tempfile.TemporaryDirectory(dir=private(living() / "run")) as name:
        folder = Path(name)
        _unpack(file, folder)
        _check(folder)
        (folder / "clear.sql").write_text(_CLEAR, "utf-8")
        script = folder / "restore.sql"
        _run([str(programs() / "pg_restore"), f"--file={script}", str(folder / _DATABASE)])
        once = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        files = [f"--file={folder / 'clear.sql'}", f"--file={script}"]
        _program("psql", *once, "--output=/dev/null", *files)
        _swap(folder / _FILES)


def _unpack(file: Path, folder: Path) -> None:
    try:
        with tarfile.open(file) as tar:
            tar.extractall(folder, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise CannotStart(f"{file} 读不出来（{error}），没有恢复任何东西。") from error


def _check(folder: Path) -> None:
    try:
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        whole = manifest["database_sha256"] == _sha256(folder / _DATABASE)
        files = sum(path.is_file() for path in (folder / _FILES).rglob("*"))
        whole = whole and manifest["files"] == files and manifest["format"] <= FORMAT
        needed = manifest["field_key"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotStart("这不是 bianmin backup 写的文件，没有恢复任何东西。") from error
    if not whole:
        raise CannotStart("备份文件不完整或版本太新，没有恢复任何东西。")
    if needed != fingerprint():
        raise CannotStart(
            "这份备份是用另一把密钥加密的，现在恢复会读不出身份证号等敏感信息。\n"
            f"请把当时保存的 secrets 文件夹放回 {keys.folder()}，再运行一次。"
        )


def _swap(files: Path) -> None:
    """Put the restored files in place of the present ones."""
    place = attachments()
    private(place)
    files.mkdir(exist_ok=True)
    former = place.with_name(f"{place.name}.before-restore")
    shutil.rmtree(former, ignore_errors=True)
    ready = place.with_name(f"{place.name}.restored")
    shutil.rmtree(ready, ignore_errors=True)
    shutil.move(files, ready)
    ready.chmod(0o700)
    place.rename(former)
    ready.rename(place)
    shutil.rmtree(former, ignore_errors=True)


def _has_cases() -> bool:
    with psycopg.connect(**target("owner").parameters, autocommit=True) as database:  # type: ignore[arg-type]
        table = database.execute("SELECT to_regclass('public.cases_case')").fetchone()
        if not table or table[0] is None:
            return False
        row = database.execute("SELECT EXISTS(SELECT FROM cases_case)").fetchone()
        return bool(row and row[0])


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise CannotStart("现有数据会被替换。确定的话请加 --yes。")
    return input("现有的办件数据会被备份里的数据替换。输入 yes 继续：").strip() == "yes"


# -- means --------------------------------------------------------------------------------


def _program(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on our database as the owner."""
    account = target("owner").libpq()
    _run([str(programs() / name), *arguments], environment=account)


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(  # noqa: S603
        command,
        cwd=ROOT,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"{' '.join(command[:4])} 失败：{done.stderr.strip()}")


def _sha256(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
