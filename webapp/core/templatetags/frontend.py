"""Links to the built front end: Vite's manifest names the hashed files of each entry."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


class FrontEndNotBuilt(Exception):
    """The manifest or an entry of it is missing: run `make frontend`."""


@lru_cache(maxsize=1)
def _manifest() -> dict[str, Any]:
    path = Path(settings.FRONTEND_DIST) / ".vite" / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as missing:
        raise FrontEndNotBuilt(f"{path} is missing; run `make frontend`") from missing
    return manifest


def _entry(name: str) -> dict[str, Any]:
    for source, chunk in _manifest().items():
        if chunk.get("isEntry") and Path(source).stem == name:
            return dict(chunk)
    raise FrontEndNotBuilt(f"the front end has no entry {name!r}; run `make frontend`")


def _styles_of(chunk: dict[str, Any], seen: set[str]) -> list[str]:
    styles = list(chunk.get("css", []))
    for imported in chunk.get("imports", []):
        if imported not in seen:
            seen.add(imported)
            styles = _styles_of(_manifest()[imported], seen) + styles
    return styles


@register.simple_tag
def frontend_styles(name: str) -> SafeString:
    """The style sheets of an entry, those of shared chunks first."""
    return format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}">',
        ((static(style),) for style in _styles_of(_entry(name), set())),
    )


@register.simple_tag
def frontend_script(name: str) -> SafeString:
    """The module script of an entry; modules are deferred by nature."""
    return format_html_join(
        "", '<script type="module" src="{}"></script>', [(static(_entry(name)["file"]),)]
    )
