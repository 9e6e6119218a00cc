"""What `bianmin check` says about the virus scanner (`settings.CLAMAV`)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info
from django.core.checks import Warning as Warned
from django.core.exceptions import ImproperlyConfigured

from webapp.cases import scanner


def scanner_is_named(**_kwargs: Any) -> list[CheckMessage]:
    """The address can be read."""
    try:
        if settings.CLAMAV:
            scanner.parsed(settings.CLAMAV)
    except ImproperlyConfigured as wrong:
        return [Error(str(wrong), id="cases.E001")]
    return []


def scanner_is_there(**_kwargs: Any) -> list[CheckMessage]:
    """Asked with `check --deploy`: files are scanned, or somebody knows that they are not."""
    if not settings.CLAMAV:
        words = "CLAMAV 没有设置：申请人的文件不查毒（Uploaded files are not scanned for viruses）。"
        return [Info(words, id="cases.I001")]
    if scanner_is_named() or scanner.answers(settings.CLAMAV):
        return []
    words = f"CLAMAV={settings.CLAMAV} 没有应答：新文件一直是“扫描中”，打不开（The scanner does not answer）。"
    return [Warned(words, id="cases.W001")]
