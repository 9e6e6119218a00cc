"""The course of `bianmin up`, from an empty folder to an address that can be opened."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

from webapp.config.databases import is_embedded
from webapp.config.folders import ROOT, living, private, var
from webapp.config.up import contents, instance, roles
from webapp.config.up.children import Child, LogFile, Supervisor
from webapp.config.up.embedded import Cluster
from webapp.config.up.failures import CannotStart

QUEUES = "bianmin,bianmin.cases,bianmin.core,bianmin.processes"
DEMO_CASES = 300
_BIANMIN = ("-m", "webapp.config.cli")


class Interrupted(Exception):
    """Somebody asked to stop while things were still being prepared."""


@dataclass(frozen=True, slots=True)
class Options:
    """Where and how much; from the environment."""

    bind: str
    port: int
    demo: bool
    web_workers: int
    web_threads: int
    worker_threads: int

    @classmethod
    def read(cls) -> Options:
        """Read the environment; a wrong value is a sentence, not a traceback."""
        return cls(
            bind=os.environ.get("BIND") or "127.0.0.1",
            port=_number("PORT", 8000, 1, 65535),
            demo=os.environ.get("DEMO", "").lower() in {"1", "true", "yes"},
            web_workers=_number("WEB_WORKERS", 2, 1, 64),
            web_threads=_number("WEB_THREADS", 4, 1, 64),
            worker_threads=_number("WORKER_THREADS", 4, 1, 64),
        )

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the address."""
        if self.bind == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.bind.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def host(self) -> str:
        """The address as it stands in a URL."""
        return f"[{self.bind.strip('[]')}]" if ":" in self.bind else self.bind

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"http://{self.host}:{self.port}/"


def _number(name: str, default: int, least: int, most: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise CannotStart(f"{name}={text} 不对：应为 {least} 到 {most} 之间的整数。")
    return int(text)


def refuse_to_expose(options: Options, *, demo_accounts: bool) -> None:
    """Raise when demo accounts would be reachable from other machines (design.md §11)."""
    if options.is_local or not (options.demo or demo_accounts):
        return
    raise CannotStart(
        f"BIND={options.bind} 会让其他电脑访问本系统，但系统里有演示账号，所以不启动。\n"
        "演示请用 BIND=127.0.0.1；正式使用请换一个没有演示数据的 BIANMIN_VAR 或 DATABASE_URL，"
        "并直接运行 bianmin up（不带 DEMO=1）。"
    )


def main() -> int:
    """Run until ctrl-C, SIGTERM or a failure. Returns the exit status."""
    try:
        _follow_parent()
        options = Options.read()
        refuse_to_expose(options, demo_accounts=False)
        with instance.held() as me:
            _Run(options, me).go()
    except CannotStart as reason:
        _say(f"\n✗ {reason}")
        return 1
    except Interrupted:
        pass
    return 0


def _follow_parent() -> None:
    """Stop in good order when `make`, which started us, is killed (Linux)."""
    if os.environ.pop("BIANMIN_FOLLOW_PARENT", "") and sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(1, int(signal.SIGTERM))


class _Run:
    """One run: what it knows and what it started."""

    def __init__(self, options: Options, me: instance.Instance) -> None:
        self.options = options
        self.me = me
        self.supervisor = Supervisor(_say)
        self.preparing = True
        self.logs = private(living() / "log")
        self.accounts = ""
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "webapp.config.settings",
            "PYTHONUNBUFFERED": "1",
        }
        self.environment.pop("BIANMIN_DATABASE_ROLE", None)
        if not os.environ.get("ALLOWED_HOSTS") and options.is_local:
            names = dict.fromkeys(("127.0.0.1", "localhost", "[::1]", options.host))
            self.environment["ALLOWED_HOSTS"] = ",".join(names)
        if not os.environ.get("ALLOWED_HOSTS") and not options.is_local:
            raise CannotStart("BIND 不是本机时，请用 ALLOWED_HOSTS 写明网站的域名或地址。")

    def go(self) -> None:
        """Prepare, start, watch; whatever happens, stop all that was started."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        began = time.monotonic()
        try:
            with _step("启动数据库", "database"):
                self._database()
            with _step("检查数据结构和静态文件", "tables, static files"):
                self._own("-m", "webapp.config.up.prepare")
            self._contents()
            with _step("启动网站和后台任务", "web server, worker"):
                self._services()
            self.preparing = False
            self.me.note(state="running", address=self.options.address)
            self._announce(time.monotonic() - began)
            self.supervisor.watch()
        finally:
            self.preparing = False
            self._show_accounts()  # they are shown once: also when the start failed after all
            self.me.note(state="stopping")
            _say("正在停止……")
            self.supervisor.stop_all()
            _say("已全部停止。")

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        first = not self.supervisor.stopping
        self.supervisor.request_stop()
        if self.preparing and first:
            raise Interrupted

    # -- steps ----------------------------------------------------------------------------

    def _database(self) -> None:
        if is_embedded():
            cluster = Cluster(var() / "postgres")
            for remark in cluster.prepare():
                _say(f"  {remark}")
            self.supervisor.add(
                Child(
                    "数据库",
                    cluster.command(),
                    LogFile(self.logs / "database.log"),
                    stop_with=signal.SIGINT,
                    popen=cluster.as_user(),
                    ready=lambda ended: cluster.wait_until_ready(ended, time.monotonic() + 10),
                )
            )
        for remark in roles.prepare():
            _say(f"  {remark}")
        if os.environ.get("BIANMIN_SWITCH_ROLE"):
            self.environment["BIANMIN_SWITCH_ROLE"] = "1"

    def _contents(self) -> None:
        """Fill an empty demonstration; an empty production system is only told how."""
        found = contents.look()
        refuse_to_expose(self.options, demo_accounts=found.demo_accounts)
        if not self.options.demo:
            if not found.county:
                _say("数据库是空的。要试用示例县（正定县，人员为虚构）：DEMO=1 bianmin up")
            return
        if not found.county:
            _say("第一次运行：载入示例县（正定县）……  the example county")
            self._own(*_BIANMIN, "load_county", shown=True)
        if not found.library:
            _say("第一次运行：发布流程库……  the process library")
            self._own(*_BIANMIN, "publish_library", shown=True)
        if not found.cases:
            _say(f"第一次运行：办理 {DEMO_CASES} 件示例办件……  example cases")
            self._own(*_BIANMIN, "demo", "--cases", str(DEMO_CASES), shown=True)
        if not found.demo_accounts:
            self.accounts = self._own(*_BIANMIN, "create_demo_accounts")

    def _services(self) -> None:
        self._wait_for_port()
        self.supervisor.add(self._python("网站", "web", self._gunicorn()))
        worker = ["celery", "-A", "workers.app", "worker", "--pool", "threads", "-Q", QUEUES]
        worker += ["--concurrency", str(self.options.worker_threads), "--loglevel", "INFO"]
        worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.supervisor.add(self._python("后台任务", "worker", worker))
        beat = ["celery", "-A", "workers.app", "beat", "--scheduler", "celery.beat:Scheduler"]
        beat += ["--pidfile", "", "--loglevel", "INFO"]
        self.supervisor.add(self._python("定时器", "beat", beat))
        self._wait_for_site()

    def _gunicorn(self) -> list[str]:
        options = self.options
        return [
            "gunicorn", "webapp.config.wsgi:application",
            "--bind", f"{options.host}:{options.port}",
            "--worker-class", "webapp.config.web_worker.ImpatientWorker",
            "--workers", str(options.web_workers),
            "--threads", str(options.web_threads),
            "--timeout", "60", "--graceful-timeout", "15", "--keep-alive", "30",
            "--max-requests", "20000", "--max-requests-jitter", "2000",
            "--no-control-socket",
            "--access-logfile", "-",
            # No address, no query: who looked for whom is not for a log file.
            "--access-logformat", "%(t)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms",
        ]  # fmt: skip

    # -- means ----------------------------------------------------------------------------

    def _python(self, name: str, log: str, module: list[str]) -> Child:
        command = [sys.executable, "-m", *module]
        place = {"cwd": ROOT, "env": self.environment}
        return Child(name, command, LogFile(self.logs / f"{log}.log"), popen=place)

    def _own(self, *arguments: str, shown: bool = False) -> str:
        """Run one of our own commands to its end; returns what it printed unless `shown`."""
        output = None if shown else subprocess.PIPE
        with subprocess.Popen(  # noqa: S603
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if shown else subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                printed, _ = process.communicate()
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            command = " ".join(arguments).replace(" ".join(_BIANMIN), "bianmin")
            raise CannotStart(f"{command} 失败：\n{printed or '（原因见上）'}")
        return printed or ""

    def _wait_for_port(self) -> None:
        """The web server of a killed run may need some seconds to go."""
        family = socket.AF_INET6 if ":" in self.options.bind else socket.AF_INET
        deadline = time.monotonic() + 10
        while True:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.options.bind.strip("[]"), self.options.port))
                    return
                except OSError as error:
                    if time.monotonic() > deadline:
                        raise CannotStart(
                            f"端口 {self.options.port} 用不了（{error.strerror}）。"
                            f"请换一个：make run PORT={self.options.port + 1}"
                        ) from error
            time.sleep(0.3)

    def _wait_for_site(self) -> None:
        """Until the site answers; its children are looked after meanwhile by nobody else."""
        web = next(child for child in self.supervisor.children if child.name == "网站")
        deadline = time.monotonic() + 60
        while not self._site_answers():
            if web.ended() is not None or time.monotonic() > deadline:
                raise CannotStart(f"网站没有启动成功。最后的输出：\n{web.log.tail()}")
            time.sleep(0.1)

    def _site_answers(self) -> bool:
        bind = self.options.bind.strip("[]")
        reach = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104
        name = self.environment["ALLOWED_HOSTS"].split(",")[0].lstrip(".*") or "localhost"
        connection = http.client.HTTPConnection(reach, self.options.port, timeout=5)
        with contextlib.closing(connection):
            try:
                connection.request("GET", "/health/", headers={"Host": name})
                return connection.getresponse().status == 200
            except OSError:
                return False

    def _show_accounts(self) -> bool:
        """Show the new demo accounts, if there are any and they have not been shown."""
        accounts, self.accounts = self.accounts, ""
        if accounts:
            _say(f"\n{accounts.rstrip()}\n")
        return bool(accounts)

    def _announce(self, seconds: float) -> None:
        _say(f"\n✓ 便民已启动（{seconds:.0f} 秒）：{self.options.address}")
        if not self._show_accounts() and self.options.demo:
            _say(
                "  演示账号的密码只在第一次显示；忘了就换新的：DEMO=1 .venv/bin/bianmin create_demo_accounts"
            )
        _say(f"  日志 {self.logs}    停止 Ctrl-C")


def _say(text: str) -> None:
    """Tell the person at the keyboard, who may have closed the window."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


@contextlib.contextmanager
def _step(chinese: str, english: str) -> Iterator[None]:
    """Show what is being done, and when it is done how long it took."""
    began = time.monotonic()
    _say(f"· {chinese}  {english} …")
    yield
    if time.monotonic() - began > 2:
        _say(f"  {time.monotonic() - began:.0f} 秒")
