"""Render every diagram of the process library to docs/diagrams/*.png (`make diagrams`).

The picture is what officers and designers see: the built viewer of the product (bpmn-js) in the
system's Chromium, at the size of the drawing. Nothing is fetched from anywhere: the page and its
files are answered from the folder of the built front end.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Page, Route, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIBRARY = ROOT / "bpmn"
DIST = ROOT / "webapp/frontend/dist"
ORIGIN = "http://diagrams.invalid"
MARGIN = 40
_POOL = re.compile(
    r'isHorizontal="true"[^>]*>\s*<dc:Bounds x="\S+" y="\S+" width="(\S+)" height="(\S+)"'
)
_TYPES = {".js": "text/javascript", ".css": "text/css", ".bpmn": "application/xml"}


def diagrams() -> Iterator[tuple[str, Path]]:
    """Name of the picture and file of the drawing, paths first, then shared parts."""
    for folder in (LIBRARY, LIBRARY / "shared"):
        for path in sorted(folder.glob("*.bpmn")):
            yield path.stem, path


def size(drawing: str) -> tuple[int, int]:
    """Width and height in pixels: those of the pool, with a margin."""
    pool = _POOL.search(drawing)
    if pool is None:
        raise SystemExit("没有泳池，不知道画面多大")
    return int(float(pool[1])) + MARGIN, int(float(pool[2])) + MARGIN


def page_of(name: str, width: int, height: int) -> str:
    """A page with nothing but the viewer."""
    entry = json.loads((DIST / ".vite/manifest.json").read_text("utf-8"))["src/viewer.js"]
    sheets = "".join(f'<link rel="stylesheet" href="/{sheet}">' for sheet in entry["css"])
    font = "font-family:'Noto Sans CJK SC','Source Han Sans SC','WenQuanYi Zen Hei',sans-serif"
    return (
        f'<!doctype html><meta charset="utf-8">{sheets}<style>body{{margin:0;{font}}}'
        f"#diagram[data-whole]{{width:{width}px;height:{height}px;border:0;background:#fff}}</style>"
        f'<div id="diagram" data-source="/{name}.bpmn" data-whole></div>'
        f'<script type="module" src="/{entry["file"]}"></script>'
    )


def render(page: Page, name: str, path: Path) -> Path:
    """Draw one diagram. Raises SystemExit when the viewer cannot open it."""
    drawing = path.read_text("utf-8")
    width, height = size(drawing)

    def answer(route: Route) -> None:
        asked = unquote(urlsplit(route.request.url).path).lstrip("/")
        if not asked:
            html = page_of(name, width, height)
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
            return
        file = path if asked == f"{name}.bpmn" else DIST / asked
        if not file.resolve().is_relative_to(ROOT) or not file.is_file():
            route.fulfill(status=404)
            return
        kind = _TYPES.get(file.suffix, "application/octet-stream")
        route.fulfill(body=file.read_bytes(), content_type=f"{kind}; charset=utf-8")

    page.unroute_all()
    page.route(f"{ORIGIN}/**", answer)
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{ORIGIN}/")
    page.wait_for_selector("#diagram[data-ready]")
    if page.get_attribute("#diagram", "data-ready") != "1":
        raise SystemExit(f"{path.name}：看图组件打不开")
    target = HERE / f"{name}.png"
    page.screenshot(path=target)
    return target


def main() -> None:
    """Draw all, or those named on the command line."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or "google-chrome"
    wanted = set(sys.argv[1:])
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which(chromium) or chromium)
        page = browser.new_page()
        for name, path in diagrams():
            if not wanted or name in wanted:
                target = render(page, name, path)
                print(f"{target.relative_to(ROOT)}  {target.stat().st_size // 1024} KB")
        browser.close()


if __name__ == "__main__":
    main()
