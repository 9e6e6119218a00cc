"""Documents as PDF/A files: one skeleton (`paper.typ`), frozen content in, the same bytes out.

The skeleton is code and ships with the product; what a county may change is the wording that the
content was written from. Content reaches typst as JSON strings, never as markup, so whatever
somebody typed is printed literally. Nothing is fetched: no packages, no fonts of the machine.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import segno
import typst
from django.conf import settings

from workflows.calendars import local_day

HERE = Path(__file__).resolve().parent
LETTERS = frozenset({"D18"})
"""公文 with a red head (GB/T 9704); everything else that is issued is a form (domain §3.3)."""


SCAN = "扫描右边的二维码，可以查询进度、核对本文书。"
"""What the square code is for, unless the content says something else."""
GETA = "〓"
"""Printed for a sign that no font has (a rare character of a name), to be written in by hand.

PDF/A allows no hole; a county that needs such names supplies a font (`FONTS`).
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is to be printed. `content` is a document's frozen content.

    `mark` is printed across the top of every page: 作废, or when and by whom a copy was printed.
    """

    code: str
    number: str
    content: Mapping[str, Any]
    issued_at: datetime
    mark: str = ""


def typeset(sheets: Sequence[Sheet]) -> bytes:
    """Set documents one after another as one PDF/A-2b. The same sheets give the same bytes.

    Where a combination of signs cannot be drawn as PDF/A demands, it is a plain PDF.

    Raises RuntimeError (typst's own words) where a font or the skeleton is broken.
    """
    papers = [_paper(sheet) for sheet in sheets]
    at = int(sheets[0].issued_at.timestamp())
    without: dict[int, str] = {}
    while True:
        try:
            return _compile(papers, without, at, ["a-2b"])
        except typst.TypstError as error:
            unknown = _undrawn(str(error)) - set(without)
            if not unknown:  # a plain PDF rather than no document
                return _compile(papers, without, at, [])
            without |= dict.fromkeys(unknown, GETA)


def _compile(
    papers: list[dict[str, Any]], without: dict[int, str], at: int, standards: Any
) -> bytes:
    plain = json.dumps(_printable(papers, without), ensure_ascii=False)
    made = _compiler().compile(
        input=str(HERE / "paper.typ"),
        format="pdf",
        sys_inputs={"papers": plain},
        pdf_standards=standards,
        timestamp=at,
    )
    return cast("bytes", made)


_UNSEEN = {"Cc", "Cf", "Cs"}


def _printable(value: Any, without: dict[int, str]) -> Any:
    """Texts without control signs, and with GETA for what no font can draw."""
    if isinstance(value, str):
        shown = "".join(sign for sign in value if unicodedata.category(sign) not in _UNSEEN)
        return shown.translate(without)
    if isinstance(value, list):
        return [_printable(one, without) for one in value]
    if isinstance(value, dict):
        return {
            key: one if key == "square" else _printable(one, without)
            for key, one in value.items()
        }
    return value


_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def _undrawn(error: str) -> set[int]:
    """The signs that typst names as missing in every font; of a sign with marks, the marks."""
    found = "".join(_NO_GLYPH.findall(error))
    signs = set(_ESCAPED.sub(lambda code: chr(int(code[1], 16)), found)) - {GETA}
    marks = {sign for sign in signs if unicodedata.category(sign).startswith("M")}
    return {ord(sign) for sign in marks or signs}


def _paper(sheet: Sheet) -> dict[str, Any]:
    """Everything that the skeleton prints, as strings."""
    day = local_day(sheet.issued_at)
    query = sheet.content.get("query")
    there = sheet.content.get("travels") or (query and query.get("address"))
    return {
        "seal": "none",
        "scan": SCAN,
        **sheet.content,
        "number": sheet.number,
        "mark": sheet.mark,
        "letter": sheet.code in LETTERS,
        "day": [day.year, day.month, day.day],
        "query": query,
        "square": _square(there) if there else "",
    }


def _square(address: str) -> str:
    """The address as a QR code, drawn as SVG."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, border=0, svgns=True
    )
    return out.getvalue().decode()


@cache
def _compiler() -> typst.Compiler:
    """Keeps fonts and skeleton in memory; safe to share, every run has its own inputs."""
    return typst.Compiler(
        root=str(HERE),
        font_paths=[str(folder) for folder in settings.FONTS],
        ignore_system_fonts=True,
    )
