"""Draws the first pages of one file as pictures: a program of its own, with little of everything.

`python -m webapp.cases.drawing FILE SUFFIX FOLDER`. Whatever a file does to the decoder, it ends
with this process: its memory, its seconds and its output are limited before the file is opened.
It knows no database and no network. It prints how many pages it wrote.
"""

from __future__ import annotations

import resource
import shutil
import sys
from pathlib import Path

import typst

PAGES = 3
"""Pages shown as pictures; the whole file is one click away."""
WIDE = 750
"""Points of width, at 96 dots an inch: a page of print is readable, a face is recognisable."""
MEMORY = 1536 * 1024 * 1024
SECONDS = 30
LARGEST = 16 * 1024 * 1024

_SHEET = """#set page(width: {wide}pt, height: auto, margin: 0pt, fill: white)
#image("{name}", width: 100%{more})
"""


def main(source: str, suffix: str, folder: str) -> int:
    """Write `1.png` … into the folder; gives how many."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST * 2, LARGEST * 2))
    room = Path(folder)
    name = f"in{suffix}"
    shutil.copyfile(source, room / name)
    for number in range(1, PAGES + 1):
        more = f", page: {number}" if suffix == ".pdf" else ""
        sheet = room / "sheet.typ"
        sheet.write_text(_SHEET.format(wide=WIDE, name=name, more=more))
        try:
            drawn: object = typst.compile(str(sheet), root=str(room), format="png", ppi=96)
        except typst.TypstError:  # no such page, or nothing that can be drawn
            return number - 1
        if not isinstance(drawn, bytes) or len(drawn) > LARGEST:
            return number - 1
        (room / f"{number}.png").write_bytes(drawn)
        if suffix != ".pdf":
            break
    return number


if __name__ == "__main__":
    print(main(*sys.argv[1:4]))  # noqa: T201 - the answer of this program
