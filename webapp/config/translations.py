"""Compiles `webapp/locale/*/LC_MESSAGES/django.po` without the gettext programs."""

from __future__ import annotations

import os

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from webapp.config.folders import ROOT


def compile_translations() -> list[str]:
    """Write each `.mo` that is missing or older than its `.po`; returns the languages done."""
    done = []
    for source in sorted((ROOT / "webapp" / "locale").glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parent.parent.name)
        draft = compiled.with_name(f"{compiled.name}.{os.getpid()}")
        with draft.open("wb") as out:
            write_mo(out, catalogue)
        draft.replace(compiled)
        done.append(source.parent.parent.name)
    return done
