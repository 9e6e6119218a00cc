"""How long a designer waits for an editor on a slow computer: 1366×768, CPU six times slower.

Prints one JSON object a line for each kind of file: milliseconds from the address to an editor
that answers (median of visits, the first of which has nothing in its cache), measured by
Chromium itself. Target: 4 000 (issue: designer). The front end must be built.

    python benchmarks/editor.py [visits]
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from _county import AT, county, median, remark, report

SLOWER, TARGET = 6, 4_000
FILES = {
    "diagram": "promised.bpmn",
    "table": "decisions/path.dmn",
    "form": "forms/decision-check.json",
    "wording": "documents/D05.yaml",
}
OFFICE = "county_service_office"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The product on threads of this process; gives its address."""
    from django.conf import settings
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, allow_reuse_address=False)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def begun() -> tuple[int, str]:
    """A draft with a file of each kind, and the session of its designer."""
    from django.conf import settings
    from django.test import Client

    from webapp.organisations.models import Holding
    from webapp.organisations.queries import acting
    from webapp.processes import actions

    held = Holding.objects.filter(
        post__pool__unit__key=OFFICE, post__pool__role="county.designer", cover="A"
    )
    officer = held.select_related("officer")[0].officer
    by = acting(officer.pk, AT)
    draft = actions.begin_draft(by, "慢电脑", "量一量")
    for path in FILES.values():
        actions.take_file(draft.pk, by, path)
    client = Client()
    client.force_login(officer)
    return draft.pk, client.cookies[settings.SESSION_COOKIE_NAME].value


def visits(page, address: str, times: int) -> list[float]:
    """Milliseconds of each visit until the editor says that it is ready."""
    spans = []
    for _ in range(times):
        page.goto(address)
        page.locator("#editor[data-ready='1']").wait_for(timeout=60_000)
        spans.append(page.evaluate("performance.now()"))
        page.goto("about:blank")
    return spans


def main(times: int = 5) -> None:
    """Measure each editor in a browser of its own."""
    from playwright.sync_api import sync_playwright

    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    if not Path(CHROMIUM).exists():
        remark(f"no browser at {CHROMIUM}: nothing is measured (CHROMIUM names another one)")
        return
    with county(), served() as site, sync_playwright() as playwright:
        from django.conf import settings

        draft, cookie = begun()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        remark(f"Chromium {browser.version}")
        for kind, path in FILES.items():
            context = browser.new_context(viewport={"width": 1366, "height": 768})
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}]
            )
            page = context.new_page()
            context.new_cdp_session(page).send(
                "Emulation.setCPUThrottlingRate", {"rate": SLOWER}
            )
            spans = visits(page, f"{site}/designer/drafts/{draft}/edit/{path}", times)
            report(
                f"editor_{kind}_ready",
                milliseconds=round(median(spans)),
                first=round(spans[0]),
                cpu_slower=SLOWER,
                target=TARGET,
            )
            context.close()
        browser.close()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
